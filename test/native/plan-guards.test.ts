/**
 * Each check of the decoder by itself: a plan of words written by hand is taken, and refused once the one thing is wrong that the
 * check is for. Plans that a check refuses are never run.
 */
import { expect, it } from "vitest";
import {
  arena,
  constant,
  copy,
  create,
  encode,
  type FusedRow,
  fused,
  input,
  jump,
  op,
  output,
  type Parts,
  pop,
  print,
  push,
  type Row,
  unless,
  variable,
  when,
} from "./plan-words.ts";
import { addon, describeNative } from "./support.ts";

interface Guard {
  readonly refused: string;
  readonly good: Parts;
  /** What is wrong, by name: replaces parts of the good plan. */
  readonly wrong: Readonly<Record<string, Parts>>;
}

const HUGE = 2 ** 31 - 1;
const LOWEST = -(2 ** 31);

/** Inputs and outputs of plans that are not about them. */
const scalars = { buffers: [input("float32", 0), output("float32", 0)], inputs: [[0, -1]], outputs: [[1, -1]] };
const move: Parts = { ...scalars, steps: [copy(0, 1)] };
const branching: Parts = {
  arena: 1,
  buffers: [arena("bool", 0), arena("bool", 1, [1, 1]), arena("int32", 2), arena("bool", 3, [2]), arena("bool", 4, [0])],
  steps: [unless(0, 0), when(1, 2)],
};
const state: Parts = {
  arena: 1,
  buffers: [variable("float32", 0, [2]), variable("int32", 0, [2]), variable("float32", 1), arena("float32", 0, [2]), arena("float32", 2)],
  variables: [
    [0, 1],
    [2, 0],
  ],
  steps: [copy(3, 0), copy(2, 4)],
};
/** out = tanh(x · s), of [2, 4] floats and one. */
const together: Parts = {
  arena: 8,
  numbers: [0.5, 2],
  buffers: [
    ...[arena("float32", 0, [2, 4]), arena("float32", 8), arena("float32", 16, [2, 4]), arena("bool", 24, [2, 4])],
    ...[arena("float32", 32, [3, 4]), arena("float32", 40, [0]), arena("float64", 48, [2, 4]), arena("int32", 56, [2, 4])],
  ],
  steps: [
    fused([0, 1], [2], [2, 4], 1, [
      ["mul", [0, 1], 3, "float32"],
      ["tanh", [3], 2, "float32"],
    ]),
  ],
};
const ops = (...list: FusedRow[]): Parts => steps(fused([0, 1], [2], [2, 4], 1, list));
const mul: FusedRow = ["mul", [0, 1], 3, "float32"];
const tanh: FusedRow = ["tanh", [3], 2, "float32"];
/** m = mean(x), y = x · −m, of [10, 20] floats. */
const byRows: Parts = {
  arena: 64,
  buffers: [
    ...[arena("float32", 0, [10, 20]), arena("float32", 100, [10, 20]), arena("float32", 200, [10, 1]), arena("float32", 208, [20])],
    ...[arena("float32", 220, [2, 2, 20]), arena("float64", 264, [10, 1]), arena("float32", 280, [10, 2, 10])],
  ],
  steps: [
    fused(
      [0],
      [1, 2],
      [10, 20],
      0,
      [
        ["mean", [0], 2, "float32", [1, 1, 1]],
        ["neg", [2], 3, "float32"],
        ["mul", [0, 3], 1, "float32"],
      ],
      20,
      1,
    ),
  ],
};
/** y = x·w + b, then its opposite, of [6, 5] floats and [5, 7]. */
const headed: Parts = {
  arena: 16,
  buffers: [
    ...[arena("float32", 0, [6, 5]), arena("float32", 16, [5, 7]), arena("float32", 36, [7]), arena("float32", 40, [6, 7])],
    ...[arena("float32", 64, [6, 7]), arena("float32", 88, [6, 6]), arena("float64", 64, [5, 7]), arena("float32", 88, [1, 5])],
    ...[arena("float32", 92, [1, 7])],
  ],
  steps: [
    fused([0, 1, 2], [3], [6, 7], 1, [
      ["matMul", [0, 1], 4, "float32", [0, 0]],
      ["add", [4, 2], 3, "float32"],
    ]),
  ],
};
const [times, plus]: readonly FusedRow[] = [
  ["matMul", [0, 1], 4, "float32", [0, 0]],
  ["add", [4, 2], 3, "float32"],
];
const behind = (list: readonly FusedRow[], inputs = [0, 1, 2], outputs = [3], room = 1, run = 0): Parts =>
  steps(fused(inputs, outputs, [6, 7], room, list, run));
const rowOps = (list: readonly FusedRow[], run = 20, columns = 1, outputs = [1, 2], room = 0): Parts =>
  steps(fused([0], outputs, [10, 20], room, list, run, columns));
const [average, negated, scaled]: readonly FusedRow[] = [
  ["mean", [0], 2, "float32", [1, 1, 1]],
  ["neg", [2], 3, "float32"],
  ["mul", [0, 3], 1, "float32"],
];
const stacked: Parts = {
  arena: 4,
  stacks: 2,
  buffers: [arena("float32", 0), arena("int32", 1), arena("float64", 2), arena("float32", 8, [5]), arena("int32", 16, [5])],
  steps: [push(0, 0), push(0, 1), pop(0, 0), push(1, 3), pop(1, 4)],
};

/** Words of the header: what the decoder says, what is wrong, and how a good plan becomes so. */
const HEADERS: readonly (readonly [string, string, (words: Int32Array) => void])[] = [
  ["these are not the words of a plan", "another magic", (words) => (words[0]! ^= 1)],
  ["the plan has another format version", "an older version", (words) => words[1]!--],
  ["the plan has another format version", "a later version", (words) => words[1]!++],
  ["a wrong number of buffers: -1", "a negative number", (words) => (words[2] = -1)],
  ["a wrong number of buffers: 1000", "more than there are words", (words) => (words[2] = 1000)],
  ["a wrong number of steps: -1", "a negative number", (words) => (words[3] = -1)],
  ["a wrong number of inputs: -1", "a negative number", (words) => (words[4] = -1)],
  ["a wrong number of outputs: -1", "a negative number", (words) => (words[5] = -1)],
  ["the words end too early", "more outputs than there are", (words) => (words[5] = 2)],
  ["a wrong number of prints: -1", "a negative number", (words) => (words[6] = -1)],
  ["the arena has a negative size", "-1 lines", (words) => (words[7] = -1)],
  ["the arena has a negative size", "the lowest number of lines", (words) => (words[7] = LOWEST)],
  ["a wrong number of variables: -1", "a negative number", (words) => (words[8] = -1)],
  ["a wrong number of stacks: -1", "a negative number", (words) => (words[9] = -1)],
  ["a wrong number of stacks: 1000", "more than there are words", (words) => (words[9] = 1000)],
];

const buffers = (...list: readonly Row[]): Parts => ({ buffers: list });
const steps = (...list: readonly Row[]): Parts => ({ steps: list });

/** By what the decoder says. */
const GUARDS: readonly Guard[] = [
  {
    refused: "dtype -1 is not below 7",
    good: buffers([0, 0, 0, 1, 0]),
    wrong: { "a dtype below the first": buffers([-1, 0, 0, 1, 0]) },
  },
  {
    refused: "dtype 7 is not below 7",
    good: buffers([6, 0, 0, 1, 0]),
    wrong: { "a dtype behind the last": buffers([7, 0, 0, 1, 0]) },
  },
  {
    refused: "place 5 is not below 5",
    good: buffers([1, 0, 0, 1, 0]),
    wrong: { "a place behind the last": buffers([1, 5, 0, 1, 0]) },
  },
  {
    refused: "rank 9 is not below 9",
    good: buffers(arena("int32", 0, [0, 0, 0, 0, 0, 0, 0, 0])),
    wrong: { "nine axes": buffers(arena("int32", 0, [0, 0, 0, 0, 0, 0, 0, 0, 0])) },
  },
  {
    refused: "rank -1 is not below 9",
    good: buffers([1, 0, 0, 1, 0]),
    wrong: { "fewer axes than none": buffers([1, 0, 0, -1]) },
  },
  {
    refused: "a buffer has a negative length",
    good: { buffers: [arena("int32", 0, [2, 8])], arena: 1 },
    wrong: { "one negative": buffers(arena("int32", 0, [2, -1])), "two whose product fits": buffers(arena("int32", 0, [-2, -8])) },
  },
  {
    refused: "a buffer has too many elements",
    good: { buffers: [input("bool", 0, [2 ** 30, 2 ** 17])], inputs: [[0, -1]] },
    wrong: {
      "one more than 2^47": buffers(input("bool", 0, [2 ** 30, 2 ** 17 + 1])),
      "a product that wraps to none": buffers(input("bool", 0, [2 ** 30, 2 ** 30, 16])),
      "behind an axis of length 0": buffers(input("bool", 0, [0, HUGE, HUGE, HUGE])),
    },
  },
  {
    refused: "a buffer lies outside of the arena",
    good: { buffers: [arena("float64", 0, [16]), arena("float64", 15), arena("int32", 16, [0])], arena: 2 },
    wrong: {
      "an element more": buffers(arena("float64", 0, [17])),
      "a place behind the end": buffers(arena("float64", 16)),
      "a place before the start": buffers(arena("float64", -1)),
      "nothing, behind the end": buffers(arena("float64", 17, [0])),
      "more than any arena": buffers(arena("float64", 0, [2 ** 30, 2 ** 16])),
    },
  },
  {
    refused: "a constant lies outside of the constants",
    good: { buffers: [constant("float64", 0, [16]), constant("float64", 8), constant("bool", 16, [0])], constants: 128 },
    wrong: {
      "an element more": buffers(constant("float64", 0, [17])),
      "a place behind the end": buffers(constant("float64", 16)),
      "a place before the start": buffers(constant("float64", -8)),
      "no constants": { constants: 0 },
    },
  },
  {
    refused: "a constant is not aligned",
    good: { buffers: [constant("float64", 8)], constants: 128 },
    wrong: { "eight bytes on": buffers(constant("float64", 9)), "in the middle of a line": buffers(constant("float64", 4)) },
  },
  {
    refused: "a buffer names an input that is not there",
    good: move,
    wrong: {
      "the one behind the last": buffers(input("float32", 1), output("float32", 0)),
      "the one before the first": buffers(input("float32", -1), output("float32", 0)),
    },
  },
  {
    refused: "a buffer names an output that is not there",
    good: move,
    wrong: {
      "the one behind the last": buffers(input("float32", 0), output("float32", 1)),
      "the one before the first": buffers(input("float32", 0), output("float32", -1)),
    },
  },
  {
    refused: "a buffer names a variable that is not there",
    good: state,
    wrong: {
      "the one behind the last": { buffers: [...state.buffers!, variable("float32", 2)] },
      "the one before the first": { buffers: [...state.buffers!, variable("float32", -1)] },
    },
  },
  {
    refused: "a variable whose buffer is another's",
    good: state,
    wrong: {
      "the other variable's": {
        variables: [
          [2, 0],
          [0, 1],
        ],
      },
      "the arena's": {
        variables: [
          [3, 1],
          [2, 0],
        ],
      },
    },
  },
  {
    refused: "two buffers of one variable differ in size",
    good: state,
    wrong: {
      "a longer one": { buffers: state.buffers!.with(1, variable("int32", 0, [3])) },
      "a shorter one": { buffers: state.buffers!.with(1, variable("bool", 0, [2])) },
    },
  },
  {
    refused: "flag 2 is not below 2",
    good: state,
    wrong: {
      "neither 0 nor 1": {
        variables: [
          [0, 2],
          [2, 0],
        ],
      },
    },
  },
  {
    refused: "two buffers of one argument differ in size",
    good: { ...scalars, buffers: [...scalars.buffers, input("int32", 0, [1]), output("int32", 0, [1])] },
    wrong: {
      "a longer input": buffers(...scalars.buffers, input("float32", 0, [2])),
      "a large input": buffers(...scalars.buffers, input("float32", 0, [600])),
      "a shorter output": buffers(...scalars.buffers, output("bool", 0)),
      "an empty output": buffers(...scalars.buffers, output("float32", 0, [0])),
    },
  },
  {
    refused: "buffer 2 is not below 2",
    good: move,
    wrong: {
      "copied from": steps(copy(2, 1)),
      "copied to": steps(copy(0, 2)),
      "of an input": { inputs: [[2, -1]] },
      "of an output": { outputs: [[2, -1]] },
      "of an op": steps(op("neg", [2], [1])),
      "of an op's result": steps(op("neg", [0], [2])),
    },
  },
  {
    refused: "a step writes to an input or a constant",
    good: { ...state, buffers: [...state.buffers!, constant("float32", 0), input("float32", 0)], inputs: [[6, -1]], constants: 64 },
    wrong: {
      "a variable that is only read": steps(copy(4, 2)),
      "a constant": steps(copy(4, 5)),
      "an input": steps(copy(4, 6)),
      "an op's result": steps(op("neg", [4], [6])),
      "a value from a stack": { stacks: 1, steps: [push(0, 4), pop(0, 5)] },
    },
  },
  {
    refused: "jump target 3 is not below 3",
    good: { ...branching, steps: [jump(2), unless(0, 2)] },
    wrong: { "of a jump": steps(jump(3), jump(0)), "of a branch": steps(jump(0), unless(0, 3)) },
  },
  {
    refused: "jump target -1 is not below 2",
    good: { ...branching, steps: [jump(0)] },
    wrong: { "of a jump": steps(jump(-1)), "of a branch": steps(when(0, -1)) },
  },
  { refused: "a step of an unknown kind", good: move, wrong: { "the next free": steps([9, 0, 1]), "a negative one": steps([-1, 0, 1]) } },
  {
    refused: "a wrong number of values for fused ops",
    good: together,
    wrong: { "no operand": steps(fused([], [2], [2, 4], 1, [mul])), "no result": steps(fused([0, 1], [], [2, 4], 1, [mul])) },
  },
  {
    refused: "an operand of fused ops has no pattern",
    good: together,
    wrong: {
      "another length": steps(fused([0, 4], [2], [2, 4], 1, [mul, tanh])),
      "more axes": steps(fused([0, 1], [2], [8], 1, [mul, tanh])),
    },
  },
  {
    refused: "a result of fused ops has another size",
    good: together,
    wrong: {
      "a longer one": steps(fused([0, 1], [4], [2, 4], 1, [mul, tanh])),
      "of one element": steps(fused([0], [1], [2, 4], 1, [tanh])),
    },
  },
  {
    refused: "too many values inside of fused ops",
    good: together,
    wrong: { "by one": { ...steps(fused([0, 1], [2], [2, 4], 49, [mul, tanh])), arena: 80 } },
  },
  {
    refused: "fused ops on rows of a wrong length",
    good: byRows,
    wrong: {
      negative: rowOps([average!, negated!, scaled!], -20),
      "of one element": rowOps([average!, negated!, scaled!], 1),
      "that is not whole": rowOps([average!, negated!, scaled!], 30),
      "of few elements": steps(fused([4], [4], [2, 2, 10], 0, [["neg", [0], 1, "float32"]], 10)),
    },
  },
  {
    refused: "columns without rows",
    good: byRows,
    wrong: { "by one": steps(fused([0], [1], [10, 20], 0, [["neg", [0], 1, "float32"]], 0, 1)) },
  },
  {
    refused: "a row op on something that is not rows",
    good: byRows,
    wrong: {
      "on a column": rowOps([average!, ["mean", [2], 3, "float32", [1, 1, 1]], scaled!]),
      "with a result as long as a row": rowOps([["mean", [0], 1, "float32", [1, 1, 1]], negated!, scaled!]),
      "a softmax to a column": rowOps([["softmax", [0], 2, "float32"], negated!, scaled!]),
      "to another dtype": rowOps([["mean", [0], 3, "float64", [1, 1, 1]], scaled!]),
    },
  },
  {
    refused: "a column is computed from more than one element of its row",
    good: byRows,
    wrong: { "from all": rowOps([average!, ["add", [0, 2], 3, "float32"], scaled!]) },
  },
  {
    refused: "fused ops put elements of two sizes in one place",
    good: byRows,
    wrong: { "of columns": rowOps([average!, negated!, ["cast", [2], 3, "float64", [2]], scaled!]) },
  },
  {
    refused: "a reduction of a group that is no result",
    good: byRows,
    wrong: {
      "in pieces": {
        ...steps(
          fused(
            [0],
            [1],
            [4000],
            0,
            [
              ["neg", [0], 1, "float32"],
              ["sum", [0], 2, "float32", [1, 0, 1]],
            ],
            4000,
            1,
          ),
        ),
        arena: 600,
        buffers: [arena("float32", 0, [4000]), arena("float32", 2000, [4000])],
      },
    },
  },
  {
    refused: "rows of a group have no room",
    good: byRows,
    wrong: {
      "of one that is held": {
        ...steps(
          fused(
            [0],
            [1],
            [100000],
            1,
            [
              ["neg", [0], 2, "float32"],
              ["sum", [2], 3, "float32", [1, 0, 1]],
              ["mul", [2, 3], 1, "float32"],
            ],
            100000,
            1,
          ),
        ),
        arena: 20000,
        buffers: [arena("float32", 0, [100000]), arena("float32", 50000, [100000])],
      },
    },
  },
  {
    refused: "too many row ops in a group",
    good: byRows,
    wrong: { "by one": rowOps([...Array.from({ length: 9 }, () => average!), negated!, scaled!]) },
  },
  {
    refused: "a product that cannot stand before fused ops",
    good: headed,
    wrong: {
      "of a dtype that differs": behind([times!, plus!], [0, 6, 2]),
      "of another length": behind([times!, plus!], [5, 1, 2]),
      "of a vector": { ...steps(fused([7, 1, 2], [8], [1, 7], 1, [times!, plus!])) },
      "that is turned": behind([["matMul", [0, 1], 4, "float32", [1, 0]], plus!]),
      "without attributes": behind([["matMul", [0, 1], 4, "float32"], plus!]),
    },
  },
  {
    refused: "a product in fused ops with other operands than two, or with rows",
    good: headed,
    wrong: {
      "of one": behind([["matMul", [0], 4, "float32", [0, 0]], plus!]),
      "of three": behind([["matMul", [0, 1, 2], 4, "float32", [0, 0]], plus!]),
    },
  },
  {
    refused: "a product without fused ops",
    good: headed,
    wrong: { "to a result": behind([["matMul", [0, 1], 2, "float32", [0, 0]]], [0, 1], [3], 0) },
  },
  {
    refused: "a fused op writes over the product before it",
    good: headed,
    wrong: { "in its place": behind([times!, ["neg", [4], 4, "float32"], plus!]) },
  },
  {
    refused: "an op that cannot be fused",
    good: headed,
    wrong: {
      "a product behind others": behind(
        [
          ["neg", [1], 3, "float32"],
          ["matMul", [0, 0], 2, "float32", [0, 0]],
        ],
        [4, 2],
      ),
    },
  },
  {
    refused: "an operand of fused ops has no pattern",
    good: headed,
    wrong: {
      "of the product, added": behind([times!, ["add", [4, 0], 3, "float32"]]),
      "that nobody reads": behind(
        [
          ["matMul", [0, 1], 5, "float32", [0, 0]],
          ["add", [5, 2], 4, "float32"],
        ],
        [0, 1, 2, 5],
      ),
    },
  },
  { refused: "no fused ops", good: together, wrong: { none: ops() } },
  {
    refused: "a fused op with a wrong number of operands",
    good: together,
    wrong: { none: ops(["mul", [], 3, "float32"], tanh), four: ops(["where", [0, 1, 0, 1], 3, "float32"], tanh) },
  },
  {
    refused: "a fused op reads a value before it is there",
    good: together,
    wrong: { "room inside": ops(tanh, mul), "the result": ops(["mul", [0, 2], 3, "float32"], tanh) },
  },
  { refused: "a fused op writes to an operand", good: together, wrong: { "the first": ops(mul, ["tanh", [3], 0, "float32"]) } },
  {
    refused: "a fused op writes a result of another type",
    good: together,
    wrong: { wider: ops(mul, ["cast", [3], 2, "float64", [4]]), "of one size": ops(mul, ["cast", [3], 2, "int32", [1]]) },
  },
  {
    refused: "an op that cannot be fused",
    good: together,
    wrong: {
      "a reduction where there are no rows": ops(["sum", [0], 3, "float32"], tanh),
      "other dtypes than its operands": ops(["mul", [0, 1], 3, "float64"], tanh),
      "too few operands": ops(["mul", [0], 3, "float32"], tanh),
      "integers divided": steps(fused([7], [7], [2, 4], 0, [["floorDiv", [0, 0], 1, "int32"]])),
    },
  },
  {
    refused: "an op that may fail was fused",
    good: together,
    wrong: { "a sum that must not wrap": steps(fused([7], [7], [2, 4], 0, [["addExact", [0, 0], 1, "int32"]])) },
  },
  {
    refused: "a fused op lacks its numbers",
    good: { ...together, ...ops(mul, ["clipByValue", [3], 2, "float32", [0, 1]]) },
    wrong: { "of one": ops(mul, ["clipByValue", [3], 2, "float32", [0]]) },
  },
  {
    refused: "a number attribute lies outside of the numbers",
    good: { ...together, ...ops(mul, ["clipByValue", [3], 2, "float32", [0, 1]]) },
    wrong: { "beyond them": ops(mul, ["clipByValue", [3], 2, "float32", [0, 2]]) },
  },
  {
    refused: "a fused op writes over elements of another size",
    good: together,
    wrong: { "bools over floats": ops(mul, ["less", [3, 1], 3, "bool"], ["cast", [3], 2, "float32", [2]]) },
  },
  { refused: "a result of fused ops is not computed", good: together, wrong: { "only what is inside": ops(mul) } },
  {
    refused: "a branch on something that is not one bool",
    good: branching,
    wrong: { "an int32": steps(unless(2, 0)), "two bools": steps(when(3, 0)), "no bool at all": steps(unless(4, 0)) },
  },
  {
    refused: "a scalar lies beyond the reach of the machine",
    good: { ...branching, buffers: [...branching.buffers!, variable("bool", 0), input("bool", 0)], variables: [[5, 0]], inputs: [[6, -1]] },
    wrong: { "a branch on a variable": steps(unless(5, 0)), "a place behind 64 GiB": { steps: [unless(6, 0)], arena: 2 ** 30 } },
  },
  {
    refused: "a copy between different types",
    good: { ...state, buffers: [...state.buffers!, arena("float32", 4, [1, 2])], steps: [copy(5, 0), copy(3, 0)] },
    wrong: { "another dtype of as many bytes": steps(copy(3, 1)), "more elements": steps(copy(2, 3)), fewer: steps(copy(3, 4)) },
  },
  {
    refused: "print site 1 is not below 1",
    good: { ...move, prints: 1, steps: [print(0, 0), copy(0, 1)] },
    wrong: { "one that is not there": steps(print(1, 0)) },
  },
  {
    refused: "stack 2 is not below 2",
    good: stacked,
    wrong: { "of a push": steps(push(2, 0)), "of a pop": steps(pop(2, 0)) },
  },
  {
    refused: "values of one stack differ in size",
    good: stacked,
    wrong: {
      "a larger scalar popped": steps(push(0, 0), pop(0, 2)),
      "a smaller scalar pushed": steps(pop(0, 2), push(0, 0)),
      "an array popped": steps(push(0, 0), pop(0, 3)),
      "an array pushed": steps(push(0, 0), push(0, 3)),
    },
  },
  {
    refused: `kernel -1 is not below ${addon?.opNames.length}`,
    good: { ...scalars, steps: [op("neg", [0], [1])] },
    wrong: { "no op of this name": steps(op("nothing", [0], [1])) },
  },
  {
    refused: "a wrong number of operands: -1",
    good: { ...scalars, steps: [op("neg", [0], [1])] },
    wrong: { "fewer than none": steps([0, 0, -1, 1, 1, 0]) },
  },
  {
    refused: "a wrong number of attribute words: -1",
    good: { ...scalars, steps: [op("neg", [0], [1])] },
    wrong: { "fewer than none": steps([0, 0, 1, 1, 0, 1, -1]) },
  },
  {
    refused: "the words end too early",
    good: { buffers: [arena("float32", 0)], arena: 1, steps: [op("neg", [0], [0])] },
    wrong: { "more attributes than words are left": steps([0, addon?.opNames.indexOf("neg") ?? 0, 1, 1, 0, 0, 7]) },
  },
  {
    refused: "a number attribute lies outside of the numbers",
    good: { ...scalars, steps: [op("clipByValue", [0], [1], [0, 1])], numbers: [0, 1] },
    wrong: {
      "behind the last": steps(op("clipByValue", [0], [1], [0, 2])),
      "before the first": steps(op("clipByValue", [0], [1], [-1, 1])),
    },
  },
  {
    refused: "an input whose buffer is another's",
    good: {
      buffers: [input("float32", 0), input("float32", 1), constant("float32", 0)],
      constants: 64,
      inputs: [
        [0, -1],
        [1, -1],
      ],
    },
    wrong: {
      "the other input's": {
        inputs: [
          [1, -1],
          [0, -1],
        ],
      },
      "a constant's": {
        inputs: [
          [2, -1],
          [1, -1],
        ],
      },
    },
  },
  {
    refused: "an output differs in size from the buffers that are its own",
    good: {
      buffers: [constant("float32", 0, [600]), constant("float32", 304), output("float32", 0, [600])],
      constants: 2496,
      steps: [copy(0, 2)],
      outputs: [[0, -1]],
    },
    wrong: { "a scalar in an array": { outputs: [[1, -1]] }, "a scalar in the mailbox": { outputs: [[1, 0]] } },
  },
  {
    refused: "a value lies outside of the mailbox",
    good: { buffers: [input("float64", 0, [32]), output("float64", 0)], inputs: [[0, 0]], outputs: [[1, 2 ** 13 - 1]] },
    wrong: {
      "behind its end": { outputs: [[1, 2 ** 13]] },
      "a large input": buffers(input("float64", 0, [33]), output("float64", 0)),
      "a large output": buffers(input("float64", 0, [32]), output("float64", 0, [33])),
      "across its end": buffers(input("float64", 0, [32]), output("float64", 0, [2])),
    },
  },
];

describeNative("checks of the decoder", () => {
  it.each(HEADERS)("%s: %s", (refused, _, change) => {
    addon!.disposePlan(create(move));
    const words = encode(move);
    change(words);
    expect(() => create(move, words)).toThrow(`Bad plan: ${refused}.`);
  });

  it.each(GUARDS)("$refused", ({ refused, good, wrong }) => {
    addon!.disposePlan(create(good));
    for (const [name, parts] of Object.entries(wrong)) {
      expect(() => create({ ...good, ...parts }), name).toThrow(`Bad plan: ${refused}.`);
    }
  });
});
