/**
 * Branches: what a tracer leaves of `if`, `&&`, early exits and tags, made straight.
 *
 *   not p decides                         →  the arms change places
 *   %3 = cond p { yield x } else { yield x }              →  x
 *   %3: bool = cond p { yield true } else { yield false } →  p; likewise not p, and p && x, p || x with x from outside
 *   an op of cond results that are constants in both arms →  computed in the arms, where it folds
 *   cond p { A }; cond p { B }                            →  cond p { A; B }
 *   %3 = cond p { A; yield 2 } else { B; yield 0 }; cond (%3 == 0) { C }   →   cond p { A } else { B; C }
 *
 * The last one is jump threading: the second branch is known in the arms of the first one. Where it is known in one arm only,
 * the branch moves into the other arm and the arm that was chosen is copied, if it is small. Ops between the two branches move
 * before the first one, or stay behind both if they need its results; a checked op passes only what cannot stop.
 */
import type { CondNode, Node, OpNode, Region, Value } from "../ir/graph.ts";
import { countNodes, freeValues, regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/index.ts";
import { hasEffect, isMovable, isScalar, mayStop } from "./facts.ts";
import type { OpenCond, OpenRegion, Rewriter, Rule } from "./rewriter.ts";

/** How far back the earlier branch is looked for. */
const LOOKBACK = 64;
/** Moving branches into branches takes stack: deeper ones stay as they are. */
const DEEPEST = 100;
/** Nodes of an arm that may be copied. */
const COPY_LIMIT = 4;

export const branches: Rule = {
  name: "branches",

  enterCond(node, r) {
    const inverted = r.opOf(node.pred, "logicalNot");
    if (inverted !== undefined) {
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      r.visit({ ...node, pred: inverted.operands[0], then: node.else, else: node.then });
      return true;
    }
    return thread(node, r);
  },

  settleCond(cond, r) {
    cond.results.forEach((result, i) => {
      if (r.isReplaced(result)) return;
      const value = simpler(cond, i, r);
      if (value === null) return;
      r.count("branches");
      r.replace(result, value);
    });
  },

  op(node, r) {
    const first = node.operands.find((v) => r.constantOf(v) === undefined);
    if (first === undefined || !r.isHere(first)) return null;
    const cond = r.nodeOf(first);
    if (cond?.kind !== "cond" || node.results.length !== 1 || !isScalar(node.results[0])) return null;
    if (!isMovable(node) || !getOp(node.op).flags.has("elementwise")) return null;
    return isDecided(node.operands, cond, r) ? [computeInArms(node, cond as OpenCond, r)] : null;
  },
};

/** A value that equals the i-th result without asking the cond. */
function simpler(cond: OpenCond, i: number, r: Rewriter): Value | null {
  const [a, b] = [cond.then.yields[i], cond.else.yields[i]];
  if (a === b) return a;
  const twin = cond.results.findIndex((_, k) => k < i && cond.then.yields[k] === a && cond.else.yields[k] === b);
  if (twin >= 0) return r.resolve(cond.results[twin]);
  if (a.type.dtype !== "bool" || !isScalar(a)) return null;
  const { pred } = cond;
  const [whenTrue, whenFalse] = [r.scalarOf(a), r.scalarOf(b)];
  const not = (): Value => r.add("logicalNot", [pred], {}, cond.span);
  if (whenTrue !== undefined && whenFalse !== undefined) return whenTrue === 1 ? pred : not();
  if (whenTrue !== undefined && r.isVisible(b)) return whenTrue === 1 ? r.add("logicalOr", [pred, b]) : r.add("logicalAnd", [not(), b]);
  if (whenFalse !== undefined && r.isVisible(a)) return whenFalse === 0 ? r.add("logicalAnd", [pred, a]) : r.add("logicalOr", [not(), a]);
  return null;
}

/** In every arm, and every branch in it that decides the operands, all operands are constants. */
function isDecided(operands: readonly Value[], cond: CondNode, r: Rewriter): boolean {
  return [cond.then, cond.else].every((arm) => {
    const inArm = operands.map((v) => valueIn(arm, v, cond));
    const open = inArm.find((v) => r.constantOf(v) === undefined);
    if (open === undefined) return true;
    const inner = r.nodeOf(open);
    if (inner?.kind !== "cond" || !arm.nodes.slice(-LOOKBACK).includes(inner)) return false;
    return isDecided(inArm, inner, r);
  });
}

/** A value after a cond as it is called at the end of an arm. */
function valueIn(arm: Region, value: Value, cond: CondNode): Value {
  const i = cond.results.indexOf(value);
  return i < 0 ? value : arm.yields[i];
}

function computeInArms(node: OpNode, cond: OpenCond, r: Rewriter): Value {
  // Nodes behind the cond have been added already, and the arms must not use them.
  r.beginEarly();
  for (const arm of [cond.then, cond.else]) {
    const operands = node.operands.map((v) => valueIn(arm, v, cond));
    r.enterArm(cond, arm);
    arm.yields.push(r.add(node.op, operands, node.attrs, node.span));
    r.leave();
  }
  r.endEarly();
  const result = r.fresh(node.results[0]);
  cond.results.push(result);
  r.settle(cond);
  return r.resolve(result);
}

/** Moves a branch into the arms of the one before it, where that decides it. */
function thread(second: CondNode, r: Rewriter): boolean {
  if (r.depth > DEEPEST) return false;
  const found = decidedBy(second, r);
  if (found === null) return false;
  const { first, known, copied } = found;
  appendTo(first, first.then, known[0], second, copied !== null, r);
  appendTo(first, first.else, known[1], second, copied !== null, r);
  first.results.push(...second.results);
  for (const node of found.behind) r.out.nodes.push(node);
  r.settle(first);
  return true;
}

interface Decided {
  readonly first: OpenCond;
  /** What the predicate of the second branch is in the arms of the first; null in one where that is not known. */
  readonly known: readonly (boolean | null)[];
  /** The arm of the second branch that goes to both arms of the first. */
  readonly copied: Region | null;
  /** Nodes to add behind both. */
  readonly behind: readonly Node[];
}

/** The branch before, if the second one can move into it. */
function decidedBy(second: CondNode, r: Rewriter): Decided | null {
  const nodes = r.out.nodes;
  let at = nodes.length - 1;
  while (at >= 0 && at > nodes.length - LOOKBACK && nodes[at].kind === "op" && !hasEffect(nodes[at])) at--;
  const first = nodes[at];
  if (first?.kind !== "cond") return null;
  const known = [first.then, first.else].map((arm) => decision(arm, arm === first.then, first, second.pred, r));
  if (known[0] === known[1]) return null;
  const copied = known.includes(null) ? (known.includes(true) ? second.then : second.else) : null;
  if (copied !== null && !isSmall(copied)) return null;
  const behind = split(nodes, at, first, second, r);
  return behind === null ? null : { first: first as OpenCond, known, copied, behind };
}

/** Adds the second branch, or the arm of it that is taken, to an arm of the first. */
function appendTo(first: OpenCond, arm: OpenRegion, truth: boolean | null, second: CondNode, isCopied: boolean, r: Rewriter): void {
  r.enterArm(first, arm);
  rename(first.results, arm.yields, r);
  const chosen = truth ? second.then : second.else;
  const values = truth === null ? branchAgain(second, r) : isCopied ? r.inlineCopy(chosen) : r.inline(chosen);
  arm.yields.push(...values);
  r.leave();
}

/** Results of a cond are called by their yields at the end of an arm. */
function rename(results: readonly Value[], yields: readonly Value[], r: Rewriter): void {
  results.forEach((v, i) => {
    if (v !== yields[i]) r.replace(v, yields[i]);
  });
}

/** What the predicate is in an arm of an earlier cond; null where that does not decide it. */
function decision(arm: Region, truth: boolean, first: CondNode, pred: Value, r: Rewriter): boolean | null {
  if (pred === first.pred) return truth;
  const value = r.scalarOf(valueIn(arm, pred, first));
  return value === undefined ? null : value !== 0;
}

function isSmall(arm: Region): boolean {
  return countNodes(arm, COPY_LIMIT) <= COPY_LIMIT && arm.nodes.every((node) => regionsOf(node).length === 0);
}

/** Moves the nodes behind `first` that do not need it before it; takes out and returns the others, unless `second` needs them. */
function split(nodes: Node[], at: number, first: CondNode, second: CondNode, r: Rewriter): readonly Node[] | null {
  if (at === nodes.length - 1) return [];
  const late = new Set(first.results);
  const before: Node[] = [];
  const behind: Node[] = [];
  for (const node of nodes.slice(at + 1) as OpNode[]) {
    const needsFirst = node.operands.some((v) => late.has(v));
    (needsFirst ? behind : before).push(node);
    if (needsFirst) for (const v of node.results) late.add(v);
  }
  const isBlocked = (list: readonly Node[], cond: CondNode): boolean =>
    !list.every(isMovable) && (mayStop(cond.then) || mayStop(cond.else));
  if (isBlocked(before, first) || isBlocked(behind, second)) return null;
  for (const v of first.results) late.delete(v);
  const needed = late.size === 0 ? [] : [second.then, second.else].flatMap((arm) => freeValues(arm).map((v) => r.resolve(v)));
  if (needed.some((v) => late.has(v))) return null;
  nodes.splice(at, nodes.length - at, ...before, first);
  return behind;
}

/** The second branch within an arm of the first that does not decide it. */
function branchAgain(second: CondNode, r: Rewriter): readonly Value[] {
  const results = second.results.map((v) => r.fresh(v));
  r.visit({ ...second, results });
  return results.map((v) => r.resolve(v));
}
