/**
 * Every message of the transformer: one row each. `{name}` in a template is filled in by the reporter.
 *
 * GF1xxx: the program is invalid. GF2xxx: valid, but not supported yet. GF9xxx: our own fault.
 * Codes are never reused. The list of refused constructs in the documentation is made from this table; the anchor of a
 * row is its code in lower case.
 */
import type { Severity } from "../types.ts";

export interface Row {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  /** Says what the second place is, where two clash. */
  readonly related?: string;
  /** Says what the mechanical change does, where there is one. */
  readonly fix?: string;
}

export const CATALOGUE = {
  numberBecomesTensor: {
    code: "GF1001",
    severity: "error",
    message: "`{name}` is a {type}, but a Tensor is assigned to it.",
    hint: "{way}",
    related: "`{name}` is declared here.",
    fix: "Declare `{name}` as a Tensor.",
  },
  numberInStagedRegion: {
    code: "GF1002",
    severity: "error",
    message:
      "`{name}` is a {type}, which is fixed while tracing, but the {construct} at {at} runs in the graph, assigns `{name}` and its value is used later.",
    hint: "{way}",
    related: "`{name}` is declared here.",
    fix: "Declare `{name}` as a Tensor.",
  },
  maybeUnassigned: {
    code: "GF1003",
    severity: "error",
    message: "`{name}` has no value on some path to this place.",
    hint: "Give it a value where it is declared, or on every path.",
    related: "`{name}` is declared here, without a value.",
  },
  missingReturn: {
    code: "GF1004",
    severity: "error",
    message: "Some path through this function ends without returning a value.",
    hint: "Return a value on every path.",
  },
  hostEffect: {
    code: "GF1005",
    severity: "error",
    message: "`{name}` would run once, while tracing, and its result would be the same in every later call.",
    hint: "{way}",
  },
  readBack: {
    code: "GF1006",
    severity: "error",
    message: "`{name}` reads a tensor back to JavaScript, but while a graph is traced tensors have no values yet.",
    hint: "Return the tensor and read it outside, or print it with console.log.",
  },
  forbidden: {
    code: "GF1007",
    severity: "error",
    message: "{construct} cannot be used in a graph function.",
    hint: "{way}",
  },
  tensorCondition: {
    code: "GF1008",
    severity: "warning",
    message: "A Tensor is always truthy in plain JavaScript; this condition does not look at its value.",
    hint: "Mark the function with /** @graphFunction */ or /** @eagerFunction */, or read the value with item().",
  },
  opaqueCallee: {
    code: "GF1009",
    severity: "error",
    message: "`{name}` gets a tensor, but its source is not part of the project, so it cannot be staged.",
    hint: "Call it outside the graph function, or use the graphfn function of the same purpose.",
  },
  builtinOnTensor: {
    code: "GF1010",
    severity: "error",
    message: "`{name}` works on JavaScript values; it cannot look into a Tensor.",
    hint: "{way}",
    fix: "Use `{fixed}`.",
  },
  constIndexed: {
    code: "GF1011",
    severity: "error",
    message: "`{name}[…] = …` makes a new tensor, but `{name}` is a const.",
    hint: "Declare it with `let`.",
    related: "`{name}` is declared here.",
    fix: "Declare `{name}` with `let`.",
  },
  looseEquality: {
    code: "GF1012",
    severity: "error",
    message: "`{operator}` compares a Tensor as an object.",
    hint: "Use `{strict}`, which compares elements.",
    fix: "Use `{strict}`.",
  },
  outerWrite: {
    code: "GF1013",
    severity: "error",
    message: "`{name}` is declared outside the graph function; the assignment would happen once, while tracing.",
    hint: "Return the value, or keep it in a `gf.variable` and assign that.",
    related: "`{name}` is declared here.",
  },
  unmarkedOperator: {
    code: "GF1014",
    severity: "error",
    message: "`{name}` is called from a graph function and uses `{operator}` on tensors, but is not marked.",
    hint: "Mark it with /** @graphFunction */, or with /** @eagerFunction */ if it changes objects; or use methods such as .add().",
    fix: "Mark `{name}` with /** @graphFunction */.",
  },
  tensorInString: {
    code: "GF1015",
    severity: "error",
    message: "A Tensor has no text while a graph is traced.",
    hint: "Print it: console.log takes tensors, also in a template.",
  },
  suspended: {
    code: "GF1016",
    severity: "error",
    message: "{construct} cannot stand in {place}: a graph runs in one piece.",
    hint: "{way}",
  },
  mixedLogic: {
    code: "GF1017",
    severity: "error",
    message: "TypeScript gives this `{operator}` the type {type}, but its left side is a Tensor, so its value may be one.",
    hint: "Use .logicalAnd(…), .logicalOr(…), .logicalNot(), or put the tensor on the right.",
  },
  typeMismatch: {
    code: "GF1018",
    severity: "error",
    message: "{message}",
    hint: "{way}",
    fix: "{change}",
  },
  asyncFunction: {
    code: "GF1019",
    severity: "error",
    message: "{construct} cannot be a graph function: a graph runs in one piece.",
    hint: "{way}",
  },
  chainedComparison: {
    code: "GF1020",
    severity: "error",
    message: "`{text}` compares the result of a comparison, not the value in the middle.",
    hint: "Write both comparisons: `a < b && b < c`.",
    fix: "Write `{fixed}`.",
  },
  unusedResult: {
    code: "GF1030",
    severity: "warning",
    message: "The result of `{name}` is not used; tensors do not change, so this does nothing.",
    hint: "Assign it: `{target} = …`.",
    fix: "Assign it to `{target}`.",
  },
  conditionShape: {
    code: "GF1031",
    severity: "error",
    message: "A condition needs one value, but `{text}` has shape {shape}.",
    hint: "Reduce it with .any() or .all().",
    related: "`{name}` gets its shape here.",
  },
  indexOutOfRange: {
    code: "GF1032",
    severity: "error",
    message: "Index {index} is out of range for `{text}`, whose first axis has length {length}.",
    hint: "Use an index from 0 to {last}.",
    related: "`{name}` gets its shape here.",
  },
  variablePerCall: {
    code: "GF1033",
    severity: "error",
    message: "`{name}` would make a variable once, while tracing, and later calls would find it changed.",
    hint: "Make the variable outside and pass it in, or use a local `let` of type Tensor.",
  },
  unboundMethod: {
    code: "GF1034",
    severity: "error",
    message: "`{name}` is a method; taken off its object it has no `this`.",
    hint: "Mark the method with @graphFunction, or wrap a function that calls it.",
    related: "`{method}` uses `this` here.",
  },
  escapingClosure: {
    code: "GF1035",
    severity: "error",
    message: "A graph function returns tensors, but this function would be returned with tensors that exist only while tracing.",
    hint: "Return the tensors, and make the function outside.",
    related: "`{name}`, which it uses, is a tensor of the graph.",
  },
  plainOperator: {
    code: "GF1036",
    severity: "warning",
    message: "`{operator}` works on tensors only in marked functions; here it works on objects.",
    hint: "Mark the function with /** @graphFunction */ or /** @eagerFunction */, or use methods such as .add().",
  },
  nearMiss: {
    code: "GF1037",
    severity: "warning",
    message: "`{text}` marks nothing.",
    hint: "Write {right}.",
    fix: "Write {right}.",
  },
  nullTestAsValue: {
    code: "GF2017",
    severity: "error",
    message:
      "The graph decides whether `{name}` has a value, so `{text}` is a condition of the graph; as a plain boolean it is not supported yet.",
    hint: "Test it where the value is used: in an if, ?:, && or ||, or keep it in a const.",
  },
  recursiveResult: {
    code: "GF1038",
    severity: "error",
    message: "`{name}` calls itself where the graph decides whether it is reached, and does not declare what it returns.",
    hint: "Declare it: `: Tensor`.",
    related: "`{name}` is declared here.",
    fix: "Declare that `{name}` returns a Tensor.",
  },
  choiceByTensor: {
    code: "GF1040",
    severity: "error",
    message: "The graph decides `{text}`, so it cannot choose between {kinds}, which are fixed while tracing.",
    hint: "{way}",
  },
  loopOptions: {
    code: "GF1039",
    severity: "error",
    message: "`loop.options` {fact}.",
    hint: "{way}",
  },
  decidedGenerator: {
    code: "GF1041",
    severity: "error",
    message: "The graph decides what `{name}` yields, so only a loop can go over it.",
    hint: "Write the call into the loop: `for (const x of {name}(…))`, or `yield*` in another such generator.",
  },
  stagedMutation: {
    code: "GF2004",
    severity: "error",
    message: "`{name}` is changed as a whole in a region that runs in the graph ({construct} at {at}); this is not supported yet.",
    hint: "Assign its fields one by one.",
  },
  capturedLoopVariable: {
    code: "GF2006",
    severity: "error",
    message:
      "`{name}` is captured by a function and is assigned in the body of its loop, or captured in its head; where the loop runs in the graph this is not supported yet.",
    hint: "Copy it into a const inside the loop body, and capture that.",
  },
  tensorOperator: {
    code: "GF2008",
    severity: "error",
    message: "`{operator}` on tensors is not supported yet.",
    hint: "{way}",
  },
  clauseFunction: {
    code: "GF2010",
    severity: "error",
    message: "`{name}` is declared in one clause of a `switch` that runs in the graph, and used in another; this is not supported yet.",
    hint: "Declare it before the `switch`.",
  },
  stagedRecursion: {
    code: "GF2012",
    severity: "error",
    message: "`{name}` calls itself where the graph decides whether it is reached, which {construct} cannot.",
    hint: "Write it as a loop, or as a function.",
  },
  stateOfObject: {
    code: "GF2013",
    severity: "error",
    message: "`{name}` lives outside the graph function; changing it here would happen once, while tracing, and is not supported yet.",
    hint: "{way}",
  },
  stagedConsole: {
    code: "GF2014",
    severity: "error",
    message: "`console.{method}` is not supported yet in a graph function.",
    hint: "Use console.log.",
  },
  internal: {
    code: "GF9001",
    severity: "error",
    message: "The transformer failed: {message}",
    hint: "Please report this with the source of the function.",
  },
} as const satisfies Record<string, Row>;

export type DiagnosticName = keyof typeof CATALOGUE;
