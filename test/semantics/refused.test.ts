/** What the types of a program do not show is refused while tracing. */
import * as gf from "graphfn";
import { expect, it } from "vitest";
import { thrown } from "../staged/emitted.ts";
import * as arrays from "./refused/arrays.ts";
import * as fields from "./refused/fields.ts";
import * as iterators from "./refused/iterators.ts";

const ways = (body: () => gf.Tensor): unknown[] => {
  const staged = body().arraySync();
  gf.runFunctionsEagerly(true);
  const eager = body().arraySync();
  gf.runFunctionsEagerly(false);
  return [staged, eager];
};

it("in, of a field that one branch sets", () => {
  expect(thrown(() => fields.has(gf.scalar(5)))).toMatchObject({
    code: "E_MAYBE",
    message: expect.stringContaining("whether there is a `b`"),
  });
});

it("an object whose fields the graph decides on, where they are listed", () => {
  const { keys, deleted, looped, spread, assigned, rest, forIn, own } = fields;
  for (const lists of [keys, deleted, looped, spread, assigned, rest, forIn, own])
    expect(thrown(() => lists(gf.scalar(5)))).toMatchObject({
      code: "E_MAYBE",
      message: expect.stringMatching(/whether there is a `[ab]`.*cannot be listed/),
    });
});

it("fields that are there on every path are listed", () => {
  for (const x of [2, 5]) {
    expect(ways(() => fields.known(gf.scalar(x)))).toEqual(x > 3 ? [43, 43] : [39, 39]);
    expect(ways(() => fields.later(gf.scalar(x)))).toEqual([x + 2, x + 2]);
  }
});

it("iterators with a return(), where the graph leaves the loop", () => {
  for (const leaves of [iterators.breaks, iterators.throws])
    expect(thrown(() => leaves(gf.scalar(1)))).toMatchObject({
      code: "E_ITERATOR",
      at: { file: expect.stringContaining("iterators.ts") },
    });
  expect(ways(() => iterators.goesOn(gf.scalar(1)))).toEqual([11, 11]);
});

it("iterators are told where JavaScript leaves the loop", () => {
  expect(ways(() => iterators.leaves(gf.scalar(1), 1))).toEqual([1012, 1012]);
  expect(ways(() => iterators.leaves(gf.scalar(1), 9))).toEqual([40, 40]);
});

it("arrays of which the graph decides which one it is, or how long", () => {
  expect(thrown(() => arrays.pushed(gf.scalar(5)))).toMatchObject({ code: "E_ALIAS", hint: expect.stringContaining("[...x, value]") });
  for (const changed of [arrays.chosen, arrays.chosenArray, arrays.chosenSorted])
    expect(thrown(() => changed(gf.scalar(5)))).toMatchObject({ code: "E_ALIAS", at: { file: expect.stringContaining("arrays.ts") } });
  expect(thrown(() => arrays.turned(gf.scalar(5)))).toMatchObject({ code: "E_LIST", message: expect.stringContaining("xs.reverse") });
  expect(arrays.shifted(gf.scalar(0)).item()).toBe(0);
  expect(thrown(() => arrays.shifted(gf.scalar(1)).item()).code).toBe("E_INDEX");
});
