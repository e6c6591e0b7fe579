/**
 * Time of the transformer and its hosts: `npm run build -- --js && node test/perf/transform.bench.mjs [row]`.
 *
 * On a generated project (transform-project.mjs). Each row is run in processes of its own; times are milliseconds: the median
 * of rounds and the best round, and the same of processor time, with all threads, which on a busy machine is the better measure.
 *
 *   cold         a new process transforms one marked file of the project, then the other 19
 *   warm         the file of 435 lines while the checker has its types: all of it by a project that has not seen it, and one that has
 *                seen it before the body of one function was changed; the last 50 of 150 rounds, when V8 has compiled the transformer;
 *                next to them TypeScript's own transpileModule, which strips the types of that text and knows none
 *   edit         a body of that file changes; the file is announced as changed and transformed again
 *   edit types   the type of a helper changes in another file; the marked file that uses it is transformed again
 *   host edit    the same edits through the host of bundlers, files compared with what they were
 *   esbuild      a build of all files by the plugin; plain: without it
 *   tsc, explain, loader   graphfn-tsc, graphfn explain and node --import; plain: tsc, and node on JavaScript
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { writeProject } from "./transform-project.mjs";

// --json: one record per line, of what passed on the clock.
const json = process.argv.includes("--json");
const self = fileURLToPath(import.meta.url);
const root = resolve(self, "..", "..", "..");
const folder = join(root, "out", "perf", "transform");

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
/** Milliseconds on the clock, and of processor time. */
const now = () => ({ wall: performance.now(), cpu: (process.cpuUsage().user + process.cpuUsage().system) / 1000 });
const since = (start) => ({ wall: now().wall - start.wall, cpu: now().cpu - start.cpu });
const source = (name) => join(folder, "src", name);
const marked = Array.from({ length: 20 }, (_, i) => source(`marked${i}.ts`));
const packageFile = (specifier) => createRequire(join(folder, "index.js")).resolve(specifier);
const load = (specifier) => import(pathToFileURL(packageFile(specifier)).href);
/** A module of the transformer that it does not export. */
const internal = (name) => import(pathToFileURL(join(folder, "node_modules/@graphfn/transformer/dist", name)).href);

function check(result, file) {
  if (!result || result.diagnostics.some(({ severity }) => severity === "error")) {
    throw new Error(`${file}: ${result ? JSON.stringify(result.diagnostics) : "nothing to transform"}`);
  }
  return result;
}

// --- rows that run in a process of their own: each prints what it measured as JSON ------------------------------

const ROWS = {
  async cold() {
    const { createTransformer } = await load("@graphfn/transformer");
    const transformer = createTransformer({ root: folder });
    const all = (files) => {
      for (const file of files) check(transformer.transform(file, readFileSync(file, "utf8")), file);
    };
    all(marked.slice(0, 1));
    // From the start of the process.
    const first = now();
    all(marked.slice(1));
    return { "first file": [first], "all 20": [now()] };
  },

  async warm() {
    const { loadTypeScript, Programs, Project, readConfig, runPipeline, TypeScript6Oracle } = await internal("inside.js");
    const ts = loadTypeScript();
    const config = { ...readConfig(ts, join(folder, "tsconfig.json"), folder), files: [] };
    const oracle = new TypeScript6Oracle(ts, new Programs(ts, config));
    const file = source("large.ts");
    const text = readFileSync(file, "utf8");
    const run = (project, text) => {
      const model = project.update(file, text);
      check(runPipeline({ project, model, reached: project.reachedIn(file), displayName: "src/large.ts" }), file);
    };
    const seen = new Project(ts, config, oracle);
    const transpiling = { fileName: file, compilerOptions: { ...config.options, sourceMap: true } };
    return {
      "435 lines": rounds(150, () => run(new Project(ts, config, oracle), text)).slice(100),
      "one function edited": rounds(150, (round) => {
        const edited = editBody(text, round);
        // The checker gets its types.
        run(new Project(ts, config, oracle), edited);
        return () => run(seen, edited);
      }).slice(100),
      transpileModule: rounds(150, (round) => ts.transpileModule(editBody(text, round), transpiling)).slice(100),
    };
  },

  async edit() {
    const { createTransformer } = await load("@graphfn/transformer");
    const transformer = createTransformer({ root: folder });
    const run = (file) => check(transformer.transform(file, readFileSync(file, "utf8")), file);
    run(source("large.ts"));
    marked.forEach(run);
    const edit = (changed, replace, used) =>
      rounds(25, (round) => {
        replaceIn(changed, (text) => replace(text, round));
        return () => {
          transformer.invalidate(changed);
          run(used);
        };
      }).slice(5);
    return {
      "in a body": edit(source("large.ts"), editBody, source("large.ts")),
      "types used": edit(source("plain0.ts"), editTypes, marked[0]),
    };
  },

  async host() {
    const { BuildHost } = await load("@graphfn/transformer/host");
    const host = new BuildHost({ root: folder });
    const build = () => {
      host.begin();
      return [source("large.ts"), ...marked].map((file) => host.load(file));
    };
    build();
    const edit = (changed, replace) =>
      rounds(25, (round) => {
        replaceIn(changed, (text) => replace(text, round));
        return build;
      }).slice(5);
    return {
      "nothing changed": rounds(25, build).slice(5),
      "edit in a body": edit(source("large.ts"), editBody),
      "edit of types used": edit(source("plain0.ts"), editTypes),
    };
  },

  async esbuild() {
    const { graphfn } = await load("@graphfn/plugin-esbuild");
    return buildTwice(await load("esbuild"), [graphfn({ root: folder })]);
  },

  async "esbuild plain"() {
    return buildTwice(await load("esbuild"), []);
  },
};

async function buildTwice(esbuild, plugins) {
  const options = { entryPoints: [source("app.ts"), source("large.ts")], outdir: join(folder, "out"), bundle: true, platform: "node" };
  const context = await esbuild.context({ ...options, format: "esm", packages: "external", sourcemap: true, plugins, logLevel: "error" });
  // Marked functions are not valid without the plugin only where they are decorated: here both builds work.
  await context.rebuild();
  const first = now();
  const again = [];
  for (let round = 0; round < 12; round++) {
    replaceIn(source("large.ts"), (text) => editBody(text, round));
    const start = now();
    await context.rebuild();
    again.push(since(start));
  }
  await context.dispose();
  return { "first build": [first], "after an edit": again.slice(2) };
}

/** Commands, each a process; `parts` are times that the process itself prints. */
const row = (name) => ({ rounds: 3, parts: true, args: () => [self, "--row", name] });
const COMMANDS = {
  ...Object.fromEntries(Object.keys(ROWS).map((name) => [name, row(name)])),
  tsc: { rounds: 3, args: () => [join(folder, "node_modules/@graphfn/transformer/bin/graphfn-tsc.js"), "-p", "tsconfig.json"] },
  "tsc plain": { rounds: 3, anyExit: true, args: () => [packageFile("typescript/lib/tsc.js"), "-p", "tsconfig.json"] },
  explain: { rounds: 3, args: () => [join(folder, "node_modules/@graphfn/transformer/bin/graphfn.js"), "explain", "src/marked0.ts"] },
  loader: { rounds: 3, args: () => ["--import", "@graphfn/transformer/register", "src/small.ts"] },
  "loader plain": { rounds: 3, args: () => ["--input-type=module", "-e", `import * as gf from "graphfn"; console.log(gf.tensor([1, 2]))`] },
};

const editBody = (text, round) => text.replace(/y \+= next \* [\d.]+/, `y += next * 0.${100 + round}`);
const editTypes = (text, round) =>
  text.replace(/(export function blend0\(a: Tensor, b: Tensor)[^)]*/, `$1, weight${round}: number = ${round}`);

function replaceIn(file, replace) {
  const before = readFileSync(file, "utf8");
  const after = replace(before);
  if (after === before) throw new Error(`${file} was not edited`);
  writeFileSync(file, after);
}

/** Times of each round; a run that returns a function has only that timed. */
function rounds(count, run) {
  const times = [];
  for (let round = 0; round < count; round++) {
    let start = now();
    const timed = run(round);
    if (typeof timed === "function") {
      start = now();
      timed();
    }
    times.push(since(start));
  }
  return times;
}

// --- the process that starts them ---------------------------------------------------------------------------------

/** Runs Node in the project; the processor time of the process comes over a pipe of its own. */
function run(args) {
  const report = "process.on('exit',()=>{const{user,system}=process.cpuUsage();require('fs').writeSync(3,String((user+system)/1000))})";
  const hook = join(folder, "cpu.cjs");
  writeFileSync(hook, report);
  const began = now();
  const child = spawnSync(process.execPath, ["--require", hook, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const { wall } = since(began);
  return { wall, cpu: Number(child.output[3]), status: child.status, stdout: child.stdout, stderr: child.stderr };
}

const ms = (value) => `${value.toFixed(value < 20 ? 2 : 0)} ms`.padStart(10);

function print(row, part, times) {
  if (json) {
    const values = times.map(({ wall }) => wall);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    console.log(JSON.stringify({ row, part, unit: "ms", median: median(values), min: least, max: most, samples: values.length }));
    return;
  }
  const of = (kind) => {
    const values = times.map((time) => time[kind]);
    return `${ms(median(values))}   best ${ms(Math.min(...values))}`;
  };
  console.log(`${row.padEnd(14)} ${part.padEnd(20)} ${of("wall")}   processor ${of("cpu")}`);
}

function bench(only) {
  writeProject(folder, root);
  if (!json)
    console.log(
      `Node ${process.versions.node}, TypeScript ${JSON.parse(readFileSync(packageFile("typescript/package.json"), "utf8")).version}\n`,
    );
  for (const [row, { rounds: count, parts = false, anyExit = false, args }] of Object.entries(COMMANDS)) {
    if (only !== undefined && only !== row) continue;
    const outcomes = Array.from({ length: count }, () => run(args()));
    const failed = outcomes.find(({ status }) => status !== 0);
    if (failed && !anyExit) throw new Error(`${row}: ${failed.stdout}${failed.stderr}`);
    for (const part of parts ? Object.keys(JSON.parse(outcomes[0].stdout)) : []) {
      print(
        row,
        part,
        outcomes.flatMap(({ stdout }) => JSON.parse(stdout)[part]),
      );
    }
    print(row, "process", outcomes);
  }
}

if (process.argv[2] === "--row") console.log(JSON.stringify(await ROWS[process.argv[3]]()));
else bench(process.argv[2]);
