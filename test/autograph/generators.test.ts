/** Generators that call the body of the loop over them: what their objects allow. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { expect, it } from "vitest";

type Ends = ReturnType<typeof $.break> | undefined;
const twice = (x: unknown): unknown => $.generator("1:1", (body) => $.then("2:2", $.none, body(x), () => body($.mul(x, 2))));

function sumOf(items: unknown, body: (item: unknown) => Ends = () => undefined): number[] {
  const seen: number[] = [];
  $.forOf("3:3", $.none, items, (item: gf.Tensor) => {
    seen.push(item.item() as number);
    return body(item);
  });
  return seen;
}

it("are gone over once, and left like other iterators", () => {
  const items = twice(gf.scalar(3));
  expect(sumOf(items)).toEqual([3, 6]);
  expect(sumOf(items)).toEqual([]);
  expect(sumOf(twice(gf.scalar(3)), () => $.break() as Ends)).toEqual([3]);
  expect(sumOf(twice(gf.scalar(3)), () => $.continue() as Ends)).toEqual([3, 6]);
  const left = twice(gf.scalar(3));
  expect($.finish($.forOf("3:3", $.none, left, () => $.return(7)))).toBe(7);
  expect(sumOf(left)).toEqual([]);
});

it("run nothing before a loop asks", () => {
  let runs = 0;
  const items = $.generator("1:1", (body) => {
    runs++;
    return body(gf.scalar(1));
  });
  expect(runs).toBe(0);
  expect(sumOf(items)).toEqual([1]);
  expect(runs).toBe(1);
});

it("have no iterator", () => {
  const items = twice(gf.scalar(3)) as Iterator<unknown> & Iterable<unknown>;
  expect(() => [...items]).toThrow(expect.objectContaining({ code: "E_GENERATOR" }));
  expect(() => items.next()).toThrow(expect.objectContaining({ code: "E_GENERATOR" }));
});

it("are gone over where they are made, without options", () => {
  const elsewhere = gf.graphFunction((x: gf.Tensor) => {
    const items = twice(x);
    let sum: unknown = x;
    const vars = $.vars(
      () => ({ sum }),
      (values) => {
        sum = values.sum;
      },
    );
    $.while(
      "4:4",
      vars,
      () => $.lt(sum, 10),
      () => {
        $.forOf("5:5", $.none, items, (item: gf.Tensor) => {
          sum = $.add(sum, item);
        });
      },
    );
    return sum as gf.Tensor;
  });
  expect(() => elsewhere(gf.scalar(1))).toThrow(expect.objectContaining({ code: "E_GENERATOR" }));
  expect(() => $.forOf("5:5", $.none, twice(gf.scalar(1)), () => undefined, undefined, { maxIterations: 3 })).toThrow(
    expect.objectContaining({ code: "E_GENERATOR" }),
  );
});

/** Its finalizer calls what throws where `last` is negative. */
const finalized = (x: unknown, last: unknown): unknown =>
  $.generator("1:1", (body) =>
    $.try(
      "2:2",
      $.none,
      () => body(x),
      undefined,
      () =>
        $.if(
          "3:3",
          $.none,
          $.lt(last, 0),
          () => {
            throw new Error("last");
          },
          () => undefined,
        ),
    ),
  );

it("keep what the body threw, whatever their finalizers throw", () => {
  const throwing = (x: unknown, last: unknown, limit: unknown): unknown =>
    $.forOf("4:4", $.none, finalized(x, last), (item: gf.Tensor) =>
      $.if(
        "5:5",
        $.none,
        $.gt(item, limit),
        () => {
          throw new Error("first");
        },
        () => undefined,
      ),
    );
  expect(() => throwing(gf.scalar(3), gf.scalar(-1), gf.scalar(2))).toThrow("first");
  expect(() => throwing(gf.scalar(3), gf.scalar(1), gf.scalar(2))).toThrow("first");
  expect(() => throwing(gf.scalar(1), gf.scalar(-1), gf.scalar(2))).toThrow("last");
  const staged = gf.graphFunction((x: gf.Tensor, last: gf.Tensor, limit: gf.Tensor) => {
    throwing(x, last, limit);
    return x;
  });
  expect(() => staged(gf.scalar(3), gf.scalar(-1), gf.scalar(2))).toThrow(expect.objectContaining({ code: "E_GENERATOR" }));
});

it("may throw in their finalizers where the body does not", () => {
  const staged = gf.graphFunction((x: gf.Tensor, last: gf.Tensor) => {
    $.forOf("4:4", $.none, finalized(x, last), () => undefined);
    return x;
  });
  expect(staged(gf.scalar(3), gf.scalar(1)).item()).toBe(3);
  expect(() => staged(gf.scalar(3), gf.scalar(-1))).toThrow("last");
});
