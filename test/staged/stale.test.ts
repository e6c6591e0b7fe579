/** Whatever a marked function reads from around it: a change between two calls changes the result. */
import * as gf from "graphfn";
import { expect, it } from "vitest";
import * as attacks from "./captured/attacks.ts";
import { setCurrent, setImported } from "./captured/values.ts";

const { config, entries, list, members, model, models, untyped } = attacks;
type Marked = (x: gf.Tensor) => gf.Tensor;

/** Result before, then after each change; a call without one makes no trace. */
function after(f: Marked, ...changes: (() => void)[]): unknown[] {
  const call = (): unknown => f(gf.scalar(10)).item();
  const results = [call()];
  for (const change of changes) {
    change();
    results.push(call());
  }
  const { traces } = f as unknown as { traces: number };
  expect(call()).toBe(results.at(-1));
  expect((f as unknown as { traces: number }).traces).toBe(traces);
  return results;
}
const first = list[0] as { rate: number };

it.each<[string, Marked, (() => void)[], number[]]>([
  ["an object in an array", attacks.byConstantIndex, [() => (first.rate = 5)], [20, 50]],
  [
    "… by a variable index",
    attacks.byIndex,
    [() => (first.rate = 2), () => void list.push({ rate: 2 }), () => void list.pop()],
    [150, 60, 120, 60],
  ],
  ["… iterated", attacks.iterated, [() => (first.rate = 3), () => (list[0] = { rate: 2 })], [60, 90, 60]],
  ["a getter", attacks.byGetter, [() => (config.rate = 4)], [20, 40]],
  ["a destructured object", attacks.destructured, [() => (config.nested.deep.rate = 4)], [20, 40]],
  ["an object handed on", attacks.handedOn, [() => (config.nested.deep.rate = 6)], [40, 60]],
  ["a property that is a function", attacks.byFunctionProperty, [() => (config.activation = (x) => x.mul(7))], [20, 70]],
  ["a variable that is a function", attacks.byFunction, [() => attacks.setAct((x) => x.mul(9))], [20, 90]],
  ["a map", attacks.byMap, [() => entries.set("rate", 6)], [20, 60]],
  ["a set", attacks.bySet, [() => members.add(3)], [20, 30]],
  ["an imported let", attacks.byImport, [() => setImported(8)], [20, 80]],
  ["an imported object", attacks.byImportedObject, [() => setCurrent(model)], [20, 20]],
  [
    "a method's fields",
    attacks.byMethod,
    [() => (model.factor = 3), () => model.setHidden(2), () => (attacks.Model.shared = 2)],
    [20, 30, 60, 120],
  ],
  ["behind an interface", attacks.byInterface, [() => (model.factor = 1), () => void models.push(model)], [120, 40, 160]],
  ["a let tensor", attacks.byTensor, [() => attacks.setWeight(gf.scalar(5))], [20, 50]],
  ["an object of the call's own", attacks.ofItsOwn, [() => {}], [40, 40]],
  ["any", attacks.byAny, [() => (untyped.rate = 5)], [20, 50]],
])("%s", (_, f, changes, results) => {
  expect(after(f, ...changes)).toEqual(results);
});

it("`this`, private and static fields, lists in it", () => {
  const own = new attacks.Model();
  attacks.Model.shared = 1;
  const call = (): unknown => own.own(gf.scalar(10)).item();
  expect(call()).toBe(20);
  own.factor = 3;
  expect(call()).toBe(30);
  own.setHidden(2);
  expect(call()).toBe(60);
  (own.parts[0] as { k: number }).k = 2;
  expect(call()).toBe(120);
  attacks.Model.shared = 2;
  expect(call()).toBe(240);
});

it("class instances as arguments", () => {
  const given = new attacks.Model();
  expect(attacks.byArgument(gf.scalar(10), given).item()).toBe(20);
  given.factor = 4;
  expect(attacks.byArgument(gf.scalar(10), given).item()).toBe(40);
});

it("default values", () => {
  list[0] = { rate: 2 };
  expect(attacks.byDefault(gf.scalar(10)).item()).toBe(20);
  list[0].rate = 3;
  expect(attacks.byDefault(gf.scalar(10)).item()).toBe(30);
});

it("closures", () => {
  const [two, three] = [attacks.scaledBy(2), attacks.scaledBy(3)];
  for (let i = 0; i < 2; i++) expect([two(gf.scalar(10)).item(), three(gf.scalar(10)).item()]).toEqual([20, 30]);
});
