/**
 * Steps of the scripts in this folder: one line per step with its time, output only when it fails.
 * Needs nothing but Node, so that `npm run setup` works before anything is installed.
 *
 *   await step("type-check", "npx", ["tsc", "-b"]);      //  type-check ........ ok, 3.1 s
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const windows = process.platform === "win32";
const color = process.stdout.isTTY && !process.env.NO_COLOR;
export const bold = (text) => (color ? `\x1b[1m${text}\x1b[22m` : text);
export const red = (text) => (color ? `\x1b[31m${text}\x1b[39m` : text);
export const dim = (text) => (color ? `\x1b[2m${text}\x1b[22m` : text);

/** Last lines of an output shown when a step fails; the rest is noise in nearly all cases, `full` shows everything. */
const SHOWN_LINES = 80;

export class StepFailed extends Error {
  constructor(title, code) {
    super(`${title} failed (exit code ${code})`);
    this.code = code;
  }
}

/** Runs a command quietly; prints its output and throws StepFailed when it does not end with 0. Returns its output. */
export function step(title, command, args, options = {}) {
  const started = Date.now();
  process.stdout.write(`  ${title} ${dim("…")} `);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell: windows, ...options, stdio: ["ignore", "pipe", "pipe"] });
    const parts = [];
    child.stdout.on("data", (chunk) => parts.push(chunk));
    child.stderr.on("data", (chunk) => parts.push(chunk));
    const finish = (code, problem) => {
      const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
      const output = Buffer.concat(parts).toString("utf8") + (problem ? `${problem}\n` : "");
      if (code === 0) {
        process.stdout.write(`ok, ${seconds}\n`);
        resolve(output);
        return;
      }
      process.stdout.write(`${red("failed")}, ${seconds}\n`);
      const lines = output.trimEnd().split("\n");
      const left = options.full ? 0 : Math.max(0, lines.length - SHOWN_LINES);
      if (left > 0) console.log(dim(`    (${left} lines before these: run \`${command} ${args.join(" ")}\`)`));
      console.log(
        lines
          .slice(left)
          .map((line) => `    ${line}`)
          .join("\n"),
      );
      reject(new StepFailed(title, code));
    };
    child.on("error", (error) => finish(1, error.code === "ENOENT" ? `${command}: command not found` : error.message));
    child.on("close", (code, signal) => finish(code ?? 1, signal ? `ended by ${signal}` : ""));
  });
}

/** Hands the terminal over to a command; resolves to its exit code. */
export function attached(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, shell: windows, ...options, stdio: "inherit" });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Path of a tool that an installed package brings, e.g. bin("tsc"). */
export function bin(name) {
  return join(root, "node_modules", ".bin", name + (windows ? ".cmd" : ""));
}

/** True if `command` can be run and ends with 0. */
export function works(command, args = ["--version"]) {
  return spawnSync(command, args, { stdio: "ignore", shell: windows }).status === 0;
}

/** Installs the npm packages unless they are there and as new as the lockfile. */
export async function install() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lockfile = join(root, "package-lock.json");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lockfile).mtimeMs) return;
  await step("npm packages", "npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
}

/** Runs a script's main function: a failed step ends the process with a readable line, not with a stack. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(red(error.message));
    process.exitCode = 1;
  }
}
