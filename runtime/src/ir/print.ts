// Placeholder until its owner's version lands: take theirs on conflict.
export function printGraph(_g: unknown): string {
  return "";
}
