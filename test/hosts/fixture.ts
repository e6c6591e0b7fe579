/**
 * Projects in temporary folders of this repository (under out/, so that they resolve the workspace's packages), and processes
 * that build, load and check them as a user would.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

export interface Project {
  readonly folder: string;
  path(name: string): string;
  read(name: string): string;
  write(name: string, text: string): void;
  /** Makes a folder another name of `target`. */
  link(name: string, target: string): void;
}

/** A project with these files, removed when the test ends. It is an ES module package unless `files` says otherwise. */
export function project(files: Readonly<Record<string, string>>): Project {
  const parent = join(root, "out", "hosts");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "project-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  write("package.json", '{ "private": true, "type": "module" }\n');
  for (const [name, text] of Object.entries(files)) write(name, text);
  const link = (name: string, target: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    symlinkSync(target, path(name), "junction");
  };
  return { folder, path, write, link, read: (name) => readFileSync(path(name), "utf8") };
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where there is no addon, programs would say so on stderr, which tests compare. */
const withoutNotice = existsSync(join(root, "native/build/Release/graphfn.node")) ? {} : { GRAPHFN_BACKEND: "reference" };

/** A process that nothing of the test runner's own settings reaches. */
function launch(command: string, args: readonly string[], cwd: string, settings: Readonly<Record<string, string>> = {}) {
  const { NODE_OPTIONS: _options, FORCE_COLOR: _color, VITEST: _vitest, NODE_ENV: _env, ...env } = process.env;
  return spawn(command, args, { cwd, env: { ...env, ...withoutNotice, NO_COLOR: "1", ...settings }, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], cwd: string, settings?: Readonly<Record<string, string>>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = launch(command, args, cwd, settings);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export interface Watching {
  /** What was printed since the last call, once it matches. */
  until(pattern: RegExp): Promise<string>;
}

/** Starts a command that goes on until the test ends. */
export function watchCommand(command: string, args: readonly string[], cwd: string): Watching {
  const child = launch(command, args, cwd);
  onTestFinished(() => void child.kill());
  let printed = "";
  let check = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      printed += chunk;
      check();
    });
  }
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        child.on("close", (code) => reject(new Error(`ended with ${code}: ${printed}`)));
        check = () => {
          if (!pattern.test(printed)) return;
          const text = printed;
          printed = "";
          resolve(text);
        };
        check();
      }),
  };
}

/** Places of the project's own files in a printed stack, nearest first: "model.ts:20:51". */
export function framesOf(stack: string, folder: string): string[] {
  return stack
    .split("\n")
    .filter((line) => line.includes(folder))
    .map((line) => line.replace(/.*[\\/]/, "").replace(")", ""));
}

export interface NodeVersion {
  readonly title: string;
  readonly binary: string;
  readonly present: boolean;
}

/** The Node that runs the tests, and those that `npm run nodes` installed; absent ones are skipped by name. */
export const NODES: readonly NodeVersion[] = [
  { title: `this Node (${process.version})`, binary: process.execPath, present: true },
  ...["20", "22", "24", "26"].map((major) => {
    const binary = join(root, "out", "nodes", "node_modules", `node${major}`, "bin", process.platform === "win32" ? "node.exe" : "node");
    const present = existsSync(binary);
    return { title: present ? `Node ${major}` : `Node ${major} (not installed: npm run nodes)`, binary, present };
  }),
];

/** Line and column, 1-based, of the first `needle` in a text: where an error or a frame must point. */
export function placeOf(text: string, needle: string): string {
  const offset = text.indexOf(needle);
  if (offset < 0) throw new Error(`"${needle}" is not in the text`);
  const lines = text.slice(0, offset).split("\n");
  return `${lines.length}:${(lines[lines.length - 1] as string).length + 1}`;
}
