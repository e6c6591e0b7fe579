/** Graphs of scalars run as JavaScript: seen from outside only by `explain` and by time. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { afterEach, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const before = gf.getBackend();
afterEach(() => gf.setBackend(before));

const total = gf.variable(gf.scalar(5, "int32"), true, "total");
const int = (n: number) => gf.scalar(n, "int32");

/** @graphFunction */
function gcd(a: Tensor, b: Tensor): Tensor {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** @graphFunction */
function divided(a: Tensor, b: Tensor): Tensor {
  total.assignAdd(a);
  return gf.floorDiv(a, b);
}

/** @graphFunction */
function counted(n: Tensor): Tensor {
  let i = n;
  while (i < 5) i = i + 1000000000;
  return i;
}

describe.each(["native", "reference"] as const)("on the %s backend", (backend) => {
  const skip = backend === "native" && before !== "native" && process.env["GRAPHFN_BACKEND"] !== undefined;

  test.skipIf(skip)("results are the same", () => {
    try {
      gf.setBackend(backend);
    } catch {
      return;
    }
    expect(gcd(int(1071), int(462)).arraySync()).toBe(21);
    expect(gcd(gf.scalar(7.5), gf.scalar(2)).arraySync()).toBe(0.5);
    expect(gcd.explain(int(1), int(2)).script === null).toBe(backend === "reference");
  });

  test.skipIf(skip)("what fails has its error, with the place, and leaves variables alone", () => {
    try {
      gf.setBackend(backend);
    } catch {
      return;
    }
    total.assign(int(5));
    expect(divided(int(7), int(2)).arraySync()).toBe(3);
    expect(total.arraySync()).toBe(12);
    expect(() => divided(int(7), int(0))).toThrow(/E_DIVIDE.*scripts\.test\.ts:\d+:13/s);
    expect(total.arraySync()).toBe(12);
    expect(divided(int(9), int(3)).arraySync()).toBe(3);
    expect(total.arraySync()).toBe(21);
    // Whole numbers without a dtype never wrap.
    expect(counted(int(4)).arraySync()).toBe(1000000004);
  });
});

test("explain shows the script, as text and on the page", () => {
  try {
    gf.setBackend("native");
  } catch {
    return;
  }
  const explanation = gcd.explain(int(1), int(2));
  expect(String(explanation)).toMatch(/runs as JavaScript[\s\S]*── JavaScript that runs in its place[\s\S]*for \(;;\) \{/);
  expect(explanation.html()).toMatch(/JavaScript that runs in its place[\s\S]*for/);
});

test("where code may not be made of text, and with GRAPHFN_SCRIPT=off, the plan runs", () => {
  const program = `
    import * as gf from "graphfn";
    import { gcd } from "./samples/src/gcd.ts";
    const [a, b] = [gf.scalar(12, "int32"), gf.scalar(18, "int32")];
    console.log("gcd", gcd(a, b).arraySync(), gcd.explain(a, b).script !== null);
  `;
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const all = [...args, "--import", "@graphfn/transformer/register", "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, all, { cwd: root, env: { ...process.env, ...env }, encoding: "utf8" });
    return /gcd 6 (?:true|false)/.exec(stdout)?.[0] ?? stderr;
  };
  expect(run([], { GRAPHFN_BACKEND: "" })).toBe("gcd 6 true");
  expect(run(["--disallow-code-generation-from-strings"], {})).toBe("gcd 6 false");
  expect(run([], { GRAPHFN_SCRIPT: "off" })).toBe("gcd 6 false");
});
