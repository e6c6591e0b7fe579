/**
 * Makes a machine ready: system packages where it may (apt as root or through sudo, Homebrew), npm packages, builds.
 * Needs nothing but Node. System packages make things faster, none is required: what cannot be installed is named
 * with the one line that installs it, and setup goes on.
 */
import { existsSync, readdirSync } from "node:fs";
import { build } from "./build.mjs";
import { attached, bold, dim, install, main, red, StepFailed, step, works } from "./steps.mjs";

/** What the native addon can use. `present` must not need a package manager. */
const SYSTEM = [
  { purpose: "C++ compiler, for the native addon", apt: "g++", present: () => works("c++") || works("g++") || works("clang++") },
  { purpose: "make, for the native addon", apt: "make", present: () => works("make") },
  {
    purpose: "oneDNN, for faster matrix products and convolutions",
    apt: "libdnnl-dev",
    brew: "onednn",
    present: () =>
      ["/usr/include", "/usr/local/include", "/opt/homebrew/include"].some(
        (dir) => existsSync(`${dir}/dnnl.h`) || existsSync(`${dir}/oneapi/dnnl/dnnl.h`),
      ),
  },
  { purpose: "LLVM, for loops and elementwise chains as machine code", apt: "libllvm19", brew: "llvm@19", present: hasLlvm },
];

/** A library of the majors that native/src/jit/llvm.cpp knows, where it looks for them. */
function hasLlvm() {
  const folders = ["/usr/lib", "/usr/lib64", "/usr/local/lib", ...readable("/usr/lib", /-linux-gnu$/)];
  const names = /^libLLVM(-(1[5-9]|20)\.so(\.1)?|\.so\.(1[5-9]|20)\.1)$/;
  return (
    folders.some((folder) => readable(folder, names).length > 0) ||
    ["/opt/homebrew/opt", "/usr/local/opt"].some((folder) => readable(folder, /^llvm@(1[5-9]|20)$/).length > 0)
  );
}

/** Entries of a folder by name, if it can be read. */
function readable(folder, names) {
  try {
    return readdirSync(folder)
      .filter((name) => names.test(name))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** How this machine installs a system package, and whether we may; undefined where we do not know how. */
function installer() {
  if (works("apt-get")) {
    const isRoot = process.getuid?.() === 0;
    // With a terminal sudo can ask for the password; without one only a password-less sudo is of use.
    const sudo = !isRoot && works("sudo") && (process.stdin.isTTY || works("sudo", ["-n", "true"]));
    const prefix = isRoot ? [] : ["sudo"];
    return {
      allowed: isRoot || sudo,
      // The password prompt needs the terminal.
      interactive: sudo && process.stdin.isTTY && !works("sudo", ["-n", "true"]),
      name: (item) => item.apt,
      refresh: [...prefix, "apt-get", "update"],
      install: (names) => [...prefix, "apt-get", "install", "-y", ...names],
    };
  }
  if (process.platform === "darwin" && works("brew")) {
    return { allowed: true, interactive: false, name: (item) => item.brew, install: (names) => ["brew", "install", ...names] };
  }
  return undefined;
}

async function systemPackages() {
  let missing = SYSTEM.filter((item) => !item.present());
  const how = installer();
  if (missing.length > 0 && how?.allowed) {
    await installSystemPackages(missing, how);
    missing = SYSTEM.filter((item) => !item.present());
  }
  if (missing.length === 0) {
    console.log(`  compiler, oneDNN and LLVM ${dim("…")} present`);
    return;
  }
  const names = missing.map((item) => how?.name(item)).filter((name) => name !== undefined);
  console.log(red("  Not installed:"));
  for (const item of missing) console.log(`    ${item.purpose}`);
  if (names.length > 0) console.log(`  To install: ${bold(how.install(names).join(" "))}`);
  else if (process.platform === "darwin")
    console.log(`  To install: ${bold("xcode-select --install")}, and oneDNN with Homebrew (https://brew.sh)`);
  else console.log("  Install these with your system's package manager.");
  console.log("  Everything works without them, slower.");
}

/** One by one, so that a package which this system lacks does not keep the others away. */
async function installSystemPackages(missing, how) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const execute = async (title, [command, ...args]) => {
    if (!how.interactive) await step(title, command, args, { env });
    else if ((await attached(command, args, { env })) !== 0) throw new StepFailed(title, 1);
  };
  const attempt = async (title, command) => {
    try {
      await execute(title, command);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
    }
  };
  if (how.refresh) await attempt("package lists", how.refresh);
  for (const item of missing) {
    const name = how.name(item);
    if (name !== undefined) await attempt(`${name} (${item.purpose})`, how.install([name]));
  }
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
