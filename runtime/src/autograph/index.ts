/** The namespace that emitted code imports. Each name is specified in contract.ts and implemented in one file beside it. */
import { StagingError } from "../core/errors.ts";
import { contents } from "../staged/contents.ts";
import { attach, graphFunctionOf, isOutside, lowered, runMarked, runRest, uses } from "../staged/marked.ts";
import { absorb, afterwards, and, branch, NO_VARS, or, select } from "./branch.ts";
import { endingOf, endsOf, type StaticEnd, tagOf } from "./completion.ts";
import type { Autograph, Completion, Ends } from "./contract.ts";
import { generator } from "./generator.ts";
import { array, joined, method } from "./list.ts";
import { assert, check, log, text } from "./log.ts";
import { forOf, keys, loop } from "./loop.ts";
import { bodyOf } from "./loop-parts.ts";
import * as operate from "./operate.ts";
import * as optional from "./optional.ts";
import * as place from "./place.ts";
import { descend, enters, recursive } from "./recursion.ts";
import { switchOf } from "./switch.ts";
import { tryStatement } from "./try.ts";

function end(kind: StaticEnd["kind"], label?: string): Completion {
  const completion: StaticEnd = label === undefined ? { kind } : { kind, label };
  return completion;
}

export const $: Autograph = {
  outside: isOutside,
  run: runMarked,
  rest: runRest,
  graphFunction: graphFunctionOf,
  lowered,
  uses,
  contents,
  attach,
  enters,
  descend,
  recursive,
  ...operate,
  cell: place.cell,
  touch: place.touch,
  ...optional,
  array,
  joined,
  method,
  and,
  or,
  select,
  log,
  text,
  assert,
  check,
  vars: (get, set, optional) => (optional === undefined ? { get, set } : { get, set, optional }),
  none: NO_VARS,
  if: branch,
  switch: switchOf,
  while: (at, vars, test, body, label, options) =>
    loop({ at, what: "while", vars, test, body: bodyOf(body, label), label, testFirst: true, options }),
  doWhile: (at, vars, body, test, label, options) =>
    loop({ at, what: "do-while", vars, test, body: bodyOf(body, label), label, testFirst: false, options }),
  for: (at, vars, test, update, body, label, options) =>
    loop({ at, what: "for", vars, test, body: bodyOf(body, label), update, label, testFirst: true, options }),
  forOf,
  generator,
  keys,
  // biome-ignore lint/suspicious/noThenProperty: a statement after another
  then: afterwards,
  label: (label, completion) => endsOf(absorb(endingOf(completion), tagOf({ kind: "break", label }))),
  try: tryStatement,
  break: (label) => end("break", label),
  continue: (label) => end("continue", label),
  return: (value) => ({ kind: "return", value }) satisfies StaticEnd,
  finish,
};

/** The value of a function body: what it returned, on every path. */
function finish(completion: Ends): unknown {
  const ending = endingOf(completion);
  if (ending === null) return undefined;
  if (ending.kind === "return") return ending.value;
  if (ending.kind === "staged" && [...ending.ends.values()].every((e) => e === null || (e.kind === "return" && e.value === undefined)))
    return undefined;
  throw new StagingError("Some paths of the function return a value and others end without one.", {
    code: "E_MISSING_RETURN",
    hint: "Add a return statement at the end of the function.",
  });
}
