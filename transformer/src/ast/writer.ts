/**
 * Text that is mostly copied from a source, with an exact correspondence.
 *
 * Input: ranges of the source to copy, and new text. Output: the written text and its segments, ordered by target.
 * Invariants: segments do not overlap in the target; a verbatim segment's text equals the source's text.
 *
 *   w.copy(0, 8); w.putAt("$.mul(", 10, 1); w.copy(8, 9); w.put(", "); w.copy(12, 13); w.put(")");
 *   "return a * b" → "return $.mul(a, b)"
 *
 * One writer serves the virtual code (segments become the mappings of editors) and the emitted code (segments become the
 * source map), which is why inserted calls can point at the operator that they stand for.
 */
export interface Segment {
  readonly target: number;
  readonly targetLength: number;
  readonly source: number;
  readonly sourceLength: number;
  /** Copied text: offsets correspond one to one. Otherwise the segment as a whole stands for a token of the source. */
  readonly verbatim: boolean;
}

/** A piece of text with its segments. */
export interface Written {
  readonly text: string;
  readonly segments: readonly Segment[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class TextWriter {
  readonly source: string;
  readonly segments: Mutable<Segment>[] = [];
  /** Length of the text so far: the offset of what is written next. */
  length = 0;
  private text = "";

  constructor(source: string) {
    this.source = source;
  }

  /** Copies source[from, to). */
  copy(from: number, to: number): void {
    if (to <= from) return;
    const last = this.segments[this.segments.length - 1];
    if (last?.verbatim && last.source + last.sourceLength === from && last.target + last.targetLength === this.length) {
      last.sourceLength += to - from;
      last.targetLength += to - from;
    } else {
      this.segments.push({ target: this.length, targetLength: to - from, source: from, sourceLength: to - from, verbatim: true });
    }
    this.write(this.source.slice(from, to));
  }

  /** New text without a place in the source. */
  put(text: string): void {
    this.write(text);
  }

  /** New text that stands for source[from, from + sourceLength). */
  putAt(text: string, from: number, sourceLength = 0): void {
    this.segments.push({ target: this.length, targetLength: text.length, source: from, sourceLength, verbatim: false });
    this.write(text);
  }

  /** What another writer has written, its source `moved` by so much. */
  add({ text, segments }: Written, moved: number): void {
    const { length } = this;
    const last = this.segments[this.segments.length - 1];
    const [first] = segments;
    const joins =
      last?.verbatim &&
      first?.verbatim &&
      first.target === 0 &&
      last.target + last.targetLength === length &&
      last.source + last.sourceLength === first.source + moved;
    if (joins) {
      last.sourceLength += first.sourceLength;
      last.targetLength += first.targetLength;
    }
    for (let i = joins ? 1 : 0; i < segments.length; i++) {
      const segment = segments[i] as Segment;
      this.segments.push({ ...segment, target: segment.target + length, source: segment.source + moved });
    }
    this.write(text);
  }

  get written(): Written {
    return { text: this.text, segments: this.segments };
  }

  toString(): string {
    return this.text;
  }

  private write(text: string): void {
    this.text += text;
    this.length += text.length;
  }
}

/** Index of the last segment that starts at or before `offset`, or -1. */
function segmentAt(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (segments[middle].target <= offset) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** Source range of a range of the written text. Ends in generated text snap to the copied text inside the range. */
export function toSourceRange(segments: readonly Segment[], start: number, end: number): { start: number; end: number } | null {
  let first = segmentAt(segments, start);
  const before = segments[first];
  if (before === undefined || start >= before.target + before.targetLength) first++;
  const from = segments[first];
  // Text that stands a second time for the checker only.
  if (from === undefined || (end > start && end <= from.target)) return null;
  const last = segments[Math.max(first, segmentAt(segments, Math.max(start, end - 1)))];
  const sourceStart = from.verbatim && start > from.target ? from.source + (start - from.target) : from.source;
  const sourceEnd =
    last.verbatim && end < last.target + last.targetLength ? last.source + Math.max(0, end - last.target) : last.source + last.sourceLength;
  return { start: sourceStart, end: Math.max(sourceStart, sourceEnd) };
}

/** Source offset of one offset of the written text, where it was copied. */
export function toSourceOffset(segments: readonly Segment[], target: number): number | undefined {
  const segment = segments[segmentAt(segments, target)];
  if (segment === undefined) return undefined;
  const delta = target - segment.target;
  return delta <= segment.targetLength ? segment.source + (segment.verbatim ? delta : 0) : undefined;
}

/** Offset in the written text of copied source text. Segments must be in source order too, as those of virtual code are. */
export function toTargetOffset(segments: readonly Segment[], source: number): number | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (segments[middle].source <= source) low = middle + 1;
    else high = middle - 1;
  }
  const segment = segments[high];
  if (!segment?.verbatim || source - segment.source > segment.sourceLength) return undefined;
  return segment.target + (source - segment.source);
}
