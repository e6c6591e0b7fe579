/** docs/hosts.md says what is tested: its rows and the fixtures correspond, and the versions in it are those installed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/hosts.md"), "utf8");
const cells = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Rows of the tables with a fixture in their last column. */
const rows = page
  .split("\n")
  .map(cells)
  .filter((row) => /^test\/hosts\/[\w-]+\.test\.ts$/.test(row.at(-1) ?? ""))
  .map(([host, tried, how, fixture]) => ({ host: host!, tried: tried!, how: how!, fixture: fixture! }));

/** Tests in that folder of other things than hosts. */
const OTHERS = ["cli", "packed", "readme", "saved", "watch"].map((name) => `test/hosts/${name}.test.ts`);

const versionOf = (name: string) =>
  (JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string }).version;

describe("docs/hosts.md", () => {
  it("has a row for every fixture of a host", () => {
    const fixtures = readdirSync(join(root, "test/hosts"))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `test/hosts/${name}`);
    expect([...new Set(rows.map(({ fixture }) => fixture))].sort()).toEqual(fixtures.filter((name) => !OTHERS.includes(name)).sort());
  });

  it.each(rows)("$host $tried: its fixture is about it", ({ host, fixture }) => {
    const files = [fixture, fixture.replace(".test.ts", ".ts")].filter((name) => existsSync(join(root, name)));
    const titles = files.flatMap((name) => [
      ...readFileSync(join(root, name), "utf8").matchAll(/describe(?:\.each\([^)]*\))?\("([^"]*)"|name: "([^"]*)"|pack\("([^"]*)"/g),
    ]);
    expect(titles.some(([whole]) => whole.includes(host))).toBe(true);
  });

  it("names the versions that are installed", () => {
    const named = rows.map(({ tried }) => tried).filter((tried) => tried !== "");
    expect(named).toEqual(
      named.map((tried) => {
        const [name] = tried.split(" ") as [string];
        return `${name} ${versionOf(name).split(".").slice(0, 2).join(".")}`;
      }),
    );
  });

  it("names the versions of Node that fixtures look for", () => {
    const header = page.split("\n").find((line) => line.includes("| Node "))!;
    const majors = [...header.matchAll(/Node (\d+)/g)].map(([, major]) => major!);
    expect(readFileSync(join(root, "test/hosts/fixture.ts"), "utf8")).toContain(
      `[${majors.map((major) => `"${major}"`).join(", ")}].map((major)`,
    );
    expect(readFileSync(join(root, "scripts/nodes.mjs"), "utf8")).toContain(`[${majors.map((major) => `"${major}"`).join(", ")}]`);
  });
});
