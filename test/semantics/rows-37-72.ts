/**
 * Constructs of functions, state, arrays, errors and gradients, each with what shows how a graph function treats it: functions of
 * `test/transform/samples`, diagnostics of `test/diagnostics/samples`, tests of a file.
 */
import type { Row } from "./row.ts";

export const ROWS_37_72: readonly Row[] = [
  {
    row: "A37",
    construct: "`switch`",
    meaning: "staged on a tensor: fall-through, `default` anywhere, tests in order and lazily",
    samples: ["switch#chain", "switch#fallThrough", "switch#lazyTests", "switch#inLoop", "traps#enums", "GF2010"],
  },
  {
    row: "A38",
    construct: "`list.push(x)`",
    meaning: "an array while JavaScript decides how often, a list of the graph where the graph does",
    samples: ["lists#halves", "lists#running", "lists#helpers", "evaluation#arrays", "indexing#table"],
  },
  {
    row: "A39",
    construct: "`pop`, `length`, `at`, `[i] = v` of arrays",
    meaning: "as in JavaScript; where the graph decides, on a list of the graph",
    samples: ["lists#countdown", "lists#fixed", "journal#containers", "evaluation#arrays"],
  },
  {
    row: "A40",
    construct: "`t[i]`, slices",
    meaning: "an element or row; out of range is an error, at build time where the text shows it, otherwise when the graph runs",
    samples: ["indexing#reverse", "GF1032", "test/staged/refused.test.ts: out of range when the graph runs"],
  },
  {
    row: "A41",
    construct: "`t[i] = v`",
    meaning: "a new tensor, assigned to the variable; refused on a `const`",
    samples: ["indexing#steps", "assigned-values#elements", "GF1011"],
  },
  {
    row: "A42",
    construct: "results that are not used",
    meaning: "a warning: tensors do not change",
    samples: ["GF1030"],
  },
  {
    row: "A43",
    construct: "arrays, tuples and objects as state",
    meaning: "carried by their parts; their structure is fixed while tracing, and so is the tag of a union",
    samples: ["structures#nested", "structures#area", "nullable#closest", "GF1002"],
  },
  {
    row: "A44",
    construct: "`o.x`, `this.x`, `o[key]`",
    meaning: "fields are state like variables; keys are JavaScript's",
    samples: ["structures#keyed", "journal#fields", "GF2013"],
  },
  {
    row: "A45",
    construct: "changes by methods, closures and helpers",
    meaning: "found while tracing, whoever makes them",
    samples: ["journal#spend", "journal#sumOfSquares", "structures#inherited"],
  },
  { row: "A46", construct: "two names of one object", meaning: "one object", samples: ["journal#aliases", "structures#keyed"] },
  {
    row: "A47",
    construct: "arrow functions",
    meaning: "functions like others; they see the latest value of what they capture",
    samples: ["callees#readsLater", "journal#counting", "captures"],
  },
  {
    row: "A48",
    construct: "functions in functions",
    meaning: "lowered with the function around them; hoisted",
    samples: ["functions#outer", "hoisting#helpersBelow"],
  },
  {
    row: "A49",
    construct: "calls of other functions",
    meaning: "functions of the project become part of the graph; tensors are not given to code of unknown source",
    samples: ["functions#usesHelpers", "GF1009", "GF1010", "GF1014"],
  },
  {
    row: "A50",
    construct: "recursion",
    meaning: "a function of the graph where the graph decides, unrolled where JavaScript does",
    samples: ["recursion", "GF1038"],
  },
  {
    row: "A51",
    construct: "functions as values",
    meaning: "chosen by JavaScript; a tensor chooses between calls, not between functions",
    samples: ["callees#chosen", "callees#dispatched", "GF2008", "GF1002"],
  },
  {
    row: "A52",
    construct: "`console.log`",
    meaning: "prints when the graph runs, in order",
    samples: ["console", "test/staged/graph-function.test.ts: happens when the graph runs, in order, on every run", "GF2014"],
  },
  {
    row: "A53",
    construct: "`assert`, `console.assert`",
    meaning: "checked when the graph runs",
    samples: ["exceptions#checked", "console"],
  },
  {
    row: "A54",
    construct: "`throw`",
    meaning: "thrown only if the graph gets there",
    samples: ["exceptions#root", "exceptions#lazy"],
  },
  {
    row: "A55",
    construct: "`try`, `catch`, `finally`",
    meaning: "catch what the graph throws; `finally` runs on every path and may override",
    samples: ["exceptions#caught", "exceptions#finals", "exceptions#loops", "exceptions#kinds", "evaluation#captured"],
  },
  {
    row: "A56",
    construct: "`using`",
    meaning: "disposed of on every way out",
    samples: ["evaluation#disposed"],
  },
  {
    row: "A57",
    construct: "generators",
    meaning: "run while tracing; the graph cannot suspend, so `yield` is refused where it decides, and in `try … finally`",
    samples: ["generators#total", "generator-exits#left", "generator-exits#delegated", "GF1016", "GF1019"],
  },
  {
    row: "A58",
    construct: "`map`, `reduce`, `forEach` with callbacks",
    meaning: "run over arrays while tracing, over lists when the graph runs; conditions in callbacks are staged",
    samples: ["callees#callbacks", "lists#decided", "GF1010"],
  },
  {
    row: "A59",
    construct: "classes, `super`, `#private`, accessors, static blocks",
    meaning: "as in JavaScript; methods are functions, reading an accessor is a call",
    samples: ["structures#inherited", "journal#spend", "evaluation#getters", "traps#erased"],
  },
  {
    row: "A60",
    construct: "assignments to variables of the module",
    meaning: "refused: return the value, or use `gf.variable`",
    samples: ["GF1013", "GF2013"],
  },
  {
    row: "A61",
    construct: "`delete o.k`, `k in o`",
    meaning: "answered by JavaScript; refused where the graph decides",
    samples: ["structures#properties", "GF1007", "test/semantics/refused.test.ts: in, of a field that one branch sets"],
  },
  {
    row: "A62",
    construct: "assignments as expressions",
    meaning: "in the order of JavaScript, in conditions, too",
    samples: ["evaluation#inConditions", "evaluation#order", "assigned-values#steps", "assigned-values#branches"],
  },
  {
    row: "A63",
    construct: "`async`, `await`",
    meaning: "what follows the last `await` is the graph; `await` in code that runs in the graph is refused",
    samples: ["async", "GF1016", "GF1019"],
  },
  {
    row: "A64",
    construct: "defaults, rest, spread",
    meaning: "as in JavaScript; a tensor spreads into its rows",
    samples: ["callees#parameters", "destructuring#spread", "GF1007"],
  },
  {
    row: "A65",
    construct: "strings",
    meaning: "JavaScript's; a text with a tensor in it is for printing only",
    samples: ["callees#texts", "console", "GF1015"],
  },
  {
    row: "A66",
    construct: "`gf.variable` in branches and loops",
    meaning: "read and assigned in the order of the program",
    samples: ["training#descend", "test/plan/variables.test.ts: in every round of a loop stays in the variable", "GF1033"],
  },
  {
    row: "A67",
    construct: "gradients of branches",
    meaning: "of the arm that ran",
    samples: ["training#slopes", "test/semantics/training.test.ts: gradients of branches and loops"],
  },
  {
    row: "A68",
    construct: "gradients of loops",
    meaning: "of any number of rounds, of any order",
    samples: [
      "training#slopes",
      "test/semantics/training.test.ts: gradients of branches and loops",
      "test/autodiff/programs.test.ts: are the same in every mode",
    ],
  },
  {
    row: "A69",
    construct: "functions over a batch",
    meaning: "written as a loop over rows; there is no vmap",
    samples: ["for-of#sum", "destructuring#rows"],
  },
  {
    row: "A70",
    construct: "what became of the code",
    meaning: "the emitted text is the build's output; `fn.explain()` and `fn.graph()` show decisions, graph and plan",
    samples: ["test/explain/explain.test.ts: tells what a function became, with places in its source, in every form"],
  },
  {
    row: "A71",
    construct: "`@eagerFunction`",
    meaning: "operators on tensors, computed at once: nothing is traced, so anything may be called",
    samples: ["forms#atOnce", "GF1005"],
  },
  {
    row: "A72",
    construct: "places of errors",
    meaning: "file, line and column, at build time, while tracing, and when the graph runs",
    samples: ["test/trace/span.test.ts: of constructs carry the place that emitted code names", "exceptions"],
  },
];
