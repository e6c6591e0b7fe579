/** tsx next to the loader, in any order, on every Node at hand. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { framesOf, NODES, project, root, run } from "./fixture.ts";
import { PLACES, PROGRAM, VALUES } from "./program.ts";

const REGISTER = ["--import", "@graphfn/transformer/register"];
const ORDERS: readonly (readonly [string, readonly string[]])[] = [
  ["before it", [...REGISTER, "--import", "tsx"]],
  ["after it", ["--import", "tsx", ...REGISTER]],
  ["under its command", [join(root, "node_modules", "tsx", "dist", "cli.mjs"), ...REGISTER]],
];

describe.each(NODES)("tsx on $title", ({ binary, present }) => {
  it.skipIf(!present).each(ORDERS)("takes the loader %s", async (_order, args) => {
    const app = project(PROGRAM);
    const { stdout, stderr } = await run(binary, [...args, "app.ts"], app.folder, { NODE_OPTIONS: "--stack-trace-limit=30" });
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = framesOf(stdout, app.folder);
    expect(frames[0]).toBe(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);
  });
});
