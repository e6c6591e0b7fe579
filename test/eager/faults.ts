/**
 * Faults that other systems have or had, as far as they concern eager ops, memory of tensors and the addon, and the test that holds each.
 * Numbers are those of the list in the project's evidence (section 4); `faults.test.ts` checks that the tests are there.
 */
export interface Fault {
  readonly line: string;
  readonly fault: string;
  /** File under test/, and a part of the title of a test or of a row in it. */
  readonly held: readonly (readonly [file: string, title: string])[];
}

const BAD = "eager/bad-input.test.ts";
const HOSTILE = "eager/hostile.test.ts";
const MEMORY = "eager/memory.test.ts";
const WORKERS = "native/workers.test.ts";
const ARGUMENTS = "native/arguments.test.ts";

export const FAULTS: readonly Fault[] = [
  { line: "1.1", fault: "shapes that do not match", held: [[BAD, "shapes that do not fit"]] },
  { line: "1.2", fault: "dtypes that clash", held: [[BAD, "float64 into float32"]] },
  {
    line: "1.3",
    fault: "NaN, fractions, strings, holes as lengths, axes, indices",
    held: [
      [BAD, "lengths, axes and indices"],
      [BAD, "a hole"],
    ],
  },
  {
    line: "1.4",
    fault: "indices out of range",
    held: [
      [BAD, "gather over"],
      [BAD, "gather negative"],
    ],
  },
  { line: "1.5", fault: "negative and overflowing sizes", held: [[BAD, "product beyond 2^53"]] },
  {
    line: "1.6",
    fault: "axes of length 0, beside huge ones too",
    held: [
      [HOSTILE, "%s"],
      ["native/records.test.ts", "agrees with the reference on the record's samples"],
    ],
  },
  {
    line: "1.7",
    fault: "an allocation beyond memory",
    held: [
      [BAD, "sizes over the memory that is there"],
      [BAD, "computed on the host"],
    ],
  },
  {
    line: "1.8",
    fault: "ragged, long and deep nested arrays",
    held: [
      [BAD, "depth 10000"],
      [BAD, "a million rows take linear time"],
    ],
  },
  {
    line: "1.9",
    fault: "no tensors: proxies, throwing getters",
    held: [
      [BAD, "things that are no tensors"],
      [HOSTILE, "%s"],
    ],
  },
  { line: "1.10", fault: "thousands of operands", held: [[BAD, "concat of a million"]] },
  {
    line: "1.11",
    fault: "integer division by zero, negative powers",
    held: [
      [BAD, "int32 / 0"],
      [BAD, "int32 to a negative power"],
    ],
  },
  { line: "1.12", fault: "subnormal numbers, NaN", held: [["native/levels.test.ts", "the same bits"]] },
  { line: "2.1", fault: "a detached buffer", held: [[BAD, "a detached buffer is refused"]] },
  { line: "2.3", fault: "a shared buffer", held: [[BAD, "a shared buffer is copied at the call"]] },
  { line: "2.4", fault: "a resizable buffer that shrank", held: [[BAD, "a view that lost its buffer"]] },
  { line: "2.7", fault: "elements read out and changed", held: [[BAD, "transferring what was read out"]] },
  { line: "2.8", fault: "typed arrays at odd offsets", held: [[BAD, "parts of a buffer at odd offsets"]] },
  { line: "2.10", fault: "a loop that nothing is collected in", held: [[MEMORY, "a synchronous loop that never disposes"]] },
  { line: "3.1", fault: "use after dispose", held: [[BAD, "disposed tensors"]] },
  { line: "3.2", fault: "dispose twice", held: [[MEMORY, "disposing twice does nothing"]] },
  { line: "3.4", fault: "tensors of another copy or realm", held: [[BAD, "a tensor of another copy is named as such"]] },
  { line: "3.5", fault: "an object with Tensor's prototype", held: [[BAD, "an object with Tensor's prototype is no tensor"]] },
  { line: "4.5", fault: "the addon in workers", held: [[WORKERS, "four at once"]] },
  { line: "4.6", fault: "a worker ended in a run", held: [[WORKERS, "may be terminated in the middle of a run"]] },
  {
    line: "4.11",
    fault: "any number of threads, any CPU level",
    held: [
      ["native/levels.test.ts", "a level that the processor lacks"],
      [ARGUMENTS, "takes only what it can use"],
    ],
  },
];

/** Lines of the list that other parts of the tests hold, and why they are not here. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "2.2": "runs read their inputs before they return",
  "2.5": "runs read their inputs before they return",
  "2.6": "tensors are contiguous always",
  "2.9": "test/staged, test/train: tensors left behind",
  "2.11": "no injection of failing allocations yet",
  "3.3": "test/train, test/staged",
  "3.6": "nothing runs when the process ends: runs are synchronous",
  "4.1": "no asynchronous runs",
  "4.2": "no asynchronous runs",
  "4.3": "no asynchronous runs",
  "4.4": "loop.options: maxIterations (test/staged)",
  "4.7": "runs are synchronous",
  "4.8": "test/data",
  "4.9": "promises are settled when they are made",
  "4.10": "no fork in Node but by new processes",
  "4.12": "a run inside a print takes another frame: test/native",
};
