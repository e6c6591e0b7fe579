/**
 * Makes a machine ready: system packages where it may (apt as root or through sudo, Homebrew), npm packages, builds.
 * Needs nothing but Node. System packages make things faster, none is required: what cannot be installed is named
 * with the one line that installs it, and setup goes on.
 */
import { existsSync } from "node:fs";
import { build } from "./build.mjs";
import { attached, bold, dim, install, main, red, StepFailed, step, works } from "./steps.mjs";

/** What the native addon can use. `present` must not need a package manager. */
const SYSTEM = [
  { purpose: "C++ compiler, for the native addon", apt: "g++", present: () => works("c++") || works("g++") || works("clang++") },
  { purpose: "make, for the native addon", apt: "make", present: () => works("make") },
  {
    purpose: "oneDNN, for faster matrix products",
    apt: "libdnnl-dev",
    brew: "onednn",
    present: () =>
      ["/usr/include", "/usr/local/include", "/opt/homebrew/include"].some(
        (dir) => existsSync(`${dir}/dnnl.h`) || existsSync(`${dir}/oneapi/dnnl/dnnl.h`),
      ),
  },
];

/** How this machine installs system packages: the command, its arguments, and whether we may run it. */
function installer(missing) {
  if (works("apt-get")) {
    const names = missing.map((item) => item.apt);
    const isRoot = process.getuid?.() === 0;
    // With a terminal sudo can ask for the password; without one only a password-less sudo is of use.
    const sudo = !isRoot && works("sudo") && (process.stdin.isTTY || works("sudo", ["-n", "true"]));
    const prefix = isRoot ? [] : ["sudo"];
    return {
      allowed: isRoot || sudo,
      refresh: [...prefix, "apt-get", "update"],
      command: [...prefix, "apt-get", "install", "-y", ...names],
    };
  }
  if (process.platform === "darwin") {
    if (missing.some((item) => !item.brew)) return { allowed: false, command: ["xcode-select", "--install"] };
    return { allowed: works("brew"), command: ["brew", "install", ...missing.map((item) => item.brew)] };
  }
  return undefined;
}

async function systemPackages() {
  const missing = SYSTEM.filter((item) => !item.present());
  if (missing.length === 0) {
    console.log(`  compiler and oneDNN ${dim("…")} present`);
    return;
  }
  const how = installer(missing);
  const line = how?.command.join(" ");
  try {
    if (how?.allowed) {
      const [command, ...args] = how.command;
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const interactive = command === "sudo" && process.stdin.isTTY;
      const execute = async (title, name, rest) => {
        if (!interactive) return step(title, name, rest, { env });
        if ((await attached(name, rest, { env })) !== 0) throw new StepFailed(title, 1);
      };
      if (how.refresh)
        await execute("package lists", how.refresh[0], how.refresh.slice(1)).catch(() =>
          console.log(dim("    going on with the old lists")),
        );
      await execute(`system packages: ${missing.map((item) => item.apt).join(", ")}`, command, args);
      return;
    }
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
  }
  console.log(red("  Not installed:"));
  for (const item of missing) console.log(`    ${item.purpose}`);
  console.log(line ? `  To install: ${bold(line)}` : "  Install these with your system's package manager.");
  console.log("  Everything works without them, slower.");
}

function nodeIsSupported() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}

await main(async () => {
  if (!nodeIsSupported()) {
    console.error(red(`Node ${process.versions.node} is not supported: use 20.19 or later of 20, 22.12 or later of 22, or 24 and later.`));
    return 1;
  }
  console.log(bold("System"));
  await systemPackages();
  console.log(bold("Build"));
  await install();
  await build();
  console.log(`\nReady. ${bold("npm start")} runs the tour, ${bold("npm test")} the tests.`);
  return 0;
});
