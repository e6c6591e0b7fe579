/**
 * What loops leave behind for their gradients: bytes that a round puts on stacks and that stay there until the way back takes them off.
 *
 *   in    a graph after passes, and the constructs of the function that it came from
 *   out   one row per loop of the source: bytes per round, or per kept round and per round of the stretch that runs again
 *
 * Gradients of gradients leave something in the way back, too; it counts for the loop that it goes back through.
 */
import { DTYPES } from "../core/dtype.ts";
import { isStatic, sizeOf } from "../core/shape.ts";
import type { Checkpoint, Graph, Node, PushNode, Region, Value } from "../ir/graph.ts";
import { regionsOf } from "../ir/walk.ts";
import { showBytes } from "./text.ts";

/** What one round leaves. */
export interface Bytes {
  /** The most, where rounds take different paths. */
  readonly bytes: number;
  /** Some rounds may leave less. */
  readonly atMost: boolean;
  /** Some of the values have lengths that only a run knows, and are not counted. */
  readonly open: boolean;
}

export interface Kept {
  /** "4:77", or "other.ts:4:77"; undefined where nobody knows the place. */
  readonly at: string | undefined;
  /** As in the decisions: "while", "for…of". A function that calls itself: "call of fib". */
  readonly construct: string;
  /** By each round, until the way back is through the loop. */
  readonly perRound: Bytes;
  /** By each of the rounds whose state is kept; null without `checkpoint`. */
  readonly perCheckpoint: (Bytes & { readonly every: Checkpoint }) | null;
  /** By each round between two of these, while they run again for the way back. */
  readonly between: Bytes;
}

export interface Places {
  /** The function's own file. */
  readonly file: string;
  /** [place, construct, …] */
  readonly decisions: readonly (readonly string[])[];
}

const NOTHING: Bytes = { bytes: 0, atMost: false, open: false };

/** Its rounds, or its calls, leave something. */
type Repeated = Extract<Node, { kind: "while" | "for" | "define" }>;

export function keptByLoops(graph: Graph, places: Places): Kept[] {
  const found = new Map<string, Kept>();
  const poppedIn = loopsOfPops(graph.body);

  const loop = (node: Repeated, around: Repeated | undefined): void => {
    const isTaken = ({ stack }: PushNode): boolean =>
      around !== undefined && (poppedIn.get(stack) ?? []).every((loops) => loops.includes(around));
    const { body } = node;
    const every = checkpointOf(body);
    const perRound = leaves(body, (push) => push.checkpoint === undefined && !isTaken(push));
    const between = leaves(body, (push) => push.checkpoint === undefined && isTaken(push));
    const atSome = leaves(body, (push) => push.checkpoint !== undefined);
    if ([perRound, between, atSome].some(isSomething)) {
      const at = placeOf(node, places.file);
      const construct =
        places.decisions.find(([place]) => place === at)?.[1] ?? (node.kind === "define" ? `call of ${node.name}` : node.kind);
      const known = found.get(at ?? construct) ?? { at, construct, perRound: NOTHING, perCheckpoint: null, between: NOTHING };
      found.set(at ?? construct, {
        ...known,
        perRound: plus(known.perRound, perRound),
        between: plus(known.between, between),
        // The arm that keeps the state runs in these rounds only.
        ...(every === undefined ? {} : { perCheckpoint: { ...plus(known.perCheckpoint ?? NOTHING, atSome), atMost: false, every } }),
      });
    }
    visit(body, node);
  };
  const visit = (region: Region, around: Repeated | undefined): void => {
    for (const node of region.nodes) {
      if (isRepeated(node)) loop(node, around);
      else for (const inner of regionsOf(node)) visit(inner, around);
    }
  };
  visit(graph.body, undefined);
  // Only rounds that run again are between two others.
  return [...found.values()].map((row) =>
    row.perCheckpoint === null ? { ...row, perRound: plus(row.perRound, row.between), between: NOTHING } : row,
  );
}

/** What a run of the region leaves, except in loops inside of it, which have rows of their own. */
function leaves(region: Region, counts: (push: PushNode) => boolean): Bytes {
  return region.nodes.reduce((sum, node) => {
    if (node.kind === "push" && counts(node)) return plus(sum, bytesOf(node.operands[0]));
    if (node.kind !== "cond") return sum;
    const [a, b] = [leaves(node.then, counts), leaves(node.else, counts)];
    const atMost = a.bytes !== b.bytes || a.atMost || b.atMost;
    return plus(sum, { bytes: Math.max(a.bytes, b.bytes), atMost, open: a.open || b.open });
  }, NOTHING);
}

/** By stack: the loops around each of its pops. */
function loopsOfPops(body: Region): Map<number, Repeated[][]> {
  const found = new Map<number, Repeated[][]>();
  const visit = (region: Region, loops: Repeated[]): void => {
    for (const node of region.nodes) {
      if (node.kind === "pop") found.set(node.stack, [...(found.get(node.stack) ?? []), loops]);
      for (const inner of regionsOf(node)) visit(inner, isRepeated(node) ? [...loops, node] : loops);
    }
  };
  visit(body, []);
  return found;
}

function isRepeated(node: Node): node is Repeated {
  return node.kind === "while" || node.kind === "for" || node.kind === "define";
}

/** "8 B per round of the while at 4:77". */
export function showKept({ at, construct, perRound, perCheckpoint, between }: Kept): string {
  const which = `${construct.startsWith("call of ") ? construct : `round of the ${construct}`}${at === undefined ? "" : ` at ${at}`}`;
  if (perCheckpoint === null) return `${amount(perRound)} per ${which}`;
  const shown = [`${amount(perCheckpoint)} per ${ordinal(perCheckpoint.every)}${which}`];
  if (isSomething(between)) shown.push(`${amount(between)} per round between two of them`);
  if (isSomething(perRound)) shown.push(`${amount(perRound)} per round`);
  return shown.join(", ");
}

/** "20th ", and nothing for each. */
function ordinal(every: Checkpoint): string {
  if (every === "sqrt") return "√n-th ";
  if (every === 1) return "";
  const ending = every % 100 >= 11 && every % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][every % 10] ?? "th");
  return `${every}${ending} `;
}

function amount({ bytes, atMost, open }: Bytes): string {
  const counted = `${atMost ? "at most " : ""}${showBytes(bytes)}`;
  if (!open) return counted;
  return bytes === 0 ? "values whose lengths a run decides" : `${counted} and values whose lengths a run decides`;
}

function plus(a: Bytes, b: Bytes): Bytes {
  return { bytes: a.bytes + b.bytes, atMost: a.atMost || b.atMost, open: a.open || b.open };
}

function isSomething({ bytes, open }: Bytes): boolean {
  return bytes > 0 || open;
}

function bytesOf({ type }: Value): Bytes {
  if (type.list === true || !isStatic(type.shape)) return { ...NOTHING, open: true };
  return { ...NOTHING, bytes: sizeOf(type.shape) * DTYPES[type.dtype].bytes };
}

/** How often the loop of this body keeps its state. */
function checkpointOf(body: Region): Checkpoint | undefined {
  for (const node of body.nodes) {
    if (node.kind === "push" && node.checkpoint !== undefined) return node.checkpoint;
    const found = node.kind === "cond" ? (checkpointOf(node.then) ?? checkpointOf(node.else)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function placeOf({ span }: Node, own: string): string | undefined {
  const place = span?.place();
  if (place === undefined) return undefined;
  const base = (file: string): string => file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  const at = `${place.line}:${place.column}`;
  return base(place.file) === base(own) ? at : `${base(place.file)}:${at}`;
}
