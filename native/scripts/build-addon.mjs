/**
 * Builds native/build/Release/graphfn.node with the C++ compiler alone: headers come from the npm packages node-api-headers and node-addon-api, so nothing is
 * downloaded, and no library is needed at build time (accelerators are looked for when the addon runs).
 *
 *   node native/scripts/build-addon.mjs [--clean] [--quiet] [--strict] [--sanitize] [--program=FILE]
 *
 * - CXX names the compiler; otherwise the first of c++, g++, clang++ that answers. Without one the script says so and ends with 0:
 *   graphfn then runs on its TypeScript kernels. The same where compiling fails, except with --strict.
 * - Files `*.simd.cpp` are compiled once per level of vector instructions (see src/core/cpu.h), all others for the baseline.
 * - An object is compiled again when its source, a header it includes (compiler's dependency file), or the command changed.
 * - --sanitize builds with AddressSanitizer and UBSan into build/Sanitize; run it with LD_PRELOAD of the compiler's libasan.
 *   --sanitize=thread: with ThreadSanitizer, into build/Thread; for programs only (see scripts/sanitize-programs.mjs).
 * - --program=NAME builds native/test/NAME.cpp over the kernels instead of the addon, without Node and for the baseline level alone.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const native = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(native, "src");
const flags = new Set(process.argv.slice(2));
const program = [...flags].find((flag) => flag.startsWith("--program="))?.slice("--program=".length);
const sanitizers = flags.has("--sanitize=thread") ? "thread" : flags.has("--sanitize") ? "address,undefined" : undefined;
const output = join(native, "build", sanitizers === undefined ? "Release" : sanitizers === "thread" ? "Thread" : "Sanitize");
const objects = join(output, program === undefined ? "objects" : "program-objects");
const target = join(output, program ?? "graphfn.node");
const say = flags.has("--quiet") ? () => {} : (line) => console.log(line);

const LEVELS = {
  x64: {
    baseline: [],
    avx2: ["-mavx2", "-mfma", "-mbmi2"],
    avx512: ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mbmi2", "-mprefer-vector-width=512"],
  },
};
const levels = (program === undefined && LEVELS[process.arch]) || { baseline: [] };

/** IEEE semantics: no contraction, no fast-math. What is switched off (errno, traps) cannot be seen in results. */
const FLAGS = [
  ...["-std=c++20", "-fPIC", "-fvisibility=hidden", "-pthread", "-Wall", "-Wextra", "-Wno-psabi"],
  ...["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"],
  ...["-DNAPI_VERSION=9", "-DNODE_GYP_MODULE_NAME=graphfn"],
  ...(sanitizers === undefined
    ? ["-O3", "-DNDEBUG"]
    : ["-O1", "-g", "-fno-omit-frame-pointer", `-fsanitize=${sanitizers}`, "-fno-sanitize-recover=undefined"]),
];

/** First compiler that answers, with its version line: part of the fingerprint of objects. */
function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ["c++", "g++", "clang++"];
  for (const command of candidates) {
    const [name, ...rest] = command.split(" ");
    const answer = spawnSync(name, [...rest, "--version"], { encoding: "utf8" });
    if (answer.status === 0) return { name, args: rest, version: answer.stdout.split("\n")[0].trim() };
  }
  return undefined;
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}

/** What is compiled. A program needs nothing of Node, and the level of its test in the place of the detection of levels. */
function sources() {
  const all = filesUnder(source).filter((path) => path.endsWith(".cpp"));
  if (program === undefined) return all;
  const left = all.filter((path) => !path.startsWith(join(source, "addon")) && path !== join(source, "core", "cpu.cpp"));
  return [...left, join(native, "test", `${program}.cpp`), join(native, "test", "level.cpp")];
}

/** One compilation: source file, object file, whole argument list. */
function plan(compiler, includes) {
  const units = [];
  for (const file of sources()) {
    const variants = file.endsWith(".simd.cpp") ? Object.entries(levels) : [["", []]];
    for (const [level, extra] of variants) {
      const name = `${relative(source, file)
        .replaceAll(/[\\/]/g, "_")
        .replace(/\.cpp$/, "")}${level && `.${level}`}`;
      const object = join(objects, `${name}.o`);
      const args = [...compiler.args, ...FLAGS, ...extra, ...(level ? [`-DGFN_LEVEL=${level}`] : []), ...includes, `-I${source}`];
      units.push({
        file,
        object,
        label: relative(source, file) + (level && ` (${level})`),
        args: [...args, "-MMD", "-c", file, "-o", object],
      });
    }
  }
  return units;
}

const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function upToDate(unit, fingerprint) {
  const stamp = `${unit.object}.cmd`;
  if (!existsSync(unit.object) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint) return false;
  const dependencies = `${unit.object.slice(0, -2)}.d`;
  if (!existsSync(dependencies)) return false;
  const made = time(unit.object);
  const files = readFileSync(dependencies, "utf8").replaceAll("\\\n", " ").replaceAll("\\ ", "\0").split(/\s+/).slice(1);
  return files.filter(Boolean).every((path) => {
    const changed = time(path.replaceAll("\0", " "));
    return changed !== 0 && changed <= made;
  });
}

function execute(name, args) {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.on("error", (error) => resolve({ code: 1, text: String(error) }));
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}

async function compile(compiler, units) {
  const stale = units.filter((unit) => !upToDate(unit, `${compiler.version}\n${unit.args.join("\n")}`));
  let next = 0;
  let done = 0;
  let failed;
  const worker = async () => {
    while (next < stale.length && failed === undefined) {
      const unit = stale[next++];
      const { code, text } = await execute(compiler.name, unit.args);
      if (code !== 0) failed ??= `${unit.label}\n${text}`;
      else {
        writeFileSync(`${unit.object}.cmd`, `${compiler.version}\n${unit.args.join("\n")}`);
        if (text.trim()) say(text.trimEnd());
        say(`  [${++done}/${stale.length}] ${unit.label}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, Math.min(8, availableParallelism())) }, worker));
  if (failed !== undefined) throw new Error(failed);
  return stale.length;
}

async function link(compiler, units) {
  const platform = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : ["-ldl"];
  // Linked beside and renamed: a process that has the old file open keeps it.
  const fresh = `${target}.new`;
  // A program never asks for the levels that were left out.
  const form = program === undefined ? ["-shared"] : ["-Wl,--unresolved-symbols=ignore-all"];
  if (sanitizers !== undefined) form.push(`-fsanitize=${sanitizers}`);
  const args = [...compiler.args, ...form, "-pthread", ...units.map((unit) => unit.object), ...platform, "-o", fresh];
  const { code, text } = await execute(compiler.name, args);
  if (code !== 0) throw new Error(`linking\n${text}`);
  renameSync(fresh, target);
}

/** Objects of sources that are gone. */
function sweep(units) {
  const known = new Set(units.flatMap(({ object }) => [object, `${object}.cmd`, `${object.slice(0, -2)}.d`]));
  for (const path of filesUnder(objects)) if (!known.has(path)) rmSync(path);
}

async function build() {
  const compiler = findCompiler();
  if (compiler === undefined) {
    console.log(
      "notice: native addon not built: no C++ compiler found (install g++ or clang++, or set CXX). graphfn will use its TypeScript kernels.",
    );
    return;
  }
  const require = createRequire(import.meta.url);
  const includes = [`-I${require("node-api-headers").include_dir}`, `-I${dirname(require.resolve("node-addon-api/package.json"))}`];
  if (flags.has("--clean")) rmSync(output, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const started = performance.now();
  const units = plan(compiler, includes);
  // Programs share objects.
  if (program === undefined) sweep(units);
  const compiled = await compile(compiler, units);
  if (compiled === 0 && time(target) >= Math.max(...units.map((unit) => time(unit.object)))) {
    say("native addon: up to date");
    return;
  }
  await link(compiler, units);
  say(`native addon: ${relative(process.cwd(), target)} (${((performance.now() - started) / 1000).toFixed(1)} s, ${compiler.version})`);
}

if (process.platform === "win32") {
  console.log("notice: native addon not built: Windows is not supported yet. graphfn will use its TypeScript kernels.");
} else {
  try {
    await build();
  } catch (error) {
    // An addon of older sources would be worse than none.
    rmSync(target, { force: true });
    console.log(error.message);
    console.log("notice: native addon not built: the compiler failed (message above). graphfn will use its TypeScript kernels.");
    if (flags.has("--strict")) process.exitCode = 1;
  }
}
