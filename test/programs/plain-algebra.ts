/** Linear algebra on arrays, with nothing of graphfn in it: the other side of comparisons. */

export type Matrix = readonly (readonly number[])[];

/** x of A x = b, by elimination with the largest pivot. */
export function solve(a: Matrix, b: readonly number[]): number[] {
  const n = b.length;
  const rows = a.map((row, i) => [...row, b[i] as number]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const x = Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let rest = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) rest -= rows[k]![j]! * x[j]!;
    x[k] = rest / rows[k]![k]!;
  }
  return x;
}

export function inverse(a: Matrix): number[][] {
  const columns = a.map((_, k) =>
    solve(
      a,
      a.map((_, i) => (i === k ? 1 : 0)),
    ),
  );
  return a.map((_, i) => columns.map((column) => column[i]!));
}

export function determinant([a, b, c]: Matrix): number {
  const [[p, q, r], [s, t, u], [v, w, x]] = [a!, b!, c!] as unknown as [number, number, number][];
  return p! * (t! * x! - u! * w!) - q! * (s! * x! - u! * v!) + r! * (s! * w! - t! * v!);
}

/** JᵀJ and Jᵀr, with a weight per row. */
export function normalEquations(j: Matrix, r: readonly number[], weights = r.map(() => 1)): { matrix: number[][]; vector: number[] } {
  const n = j[0]!.length;
  const matrix = Array.from({ length: n }, () => Array<number>(n).fill(0));
  const vector = Array<number>(n).fill(0);
  j.forEach((row, i) => {
    for (let a = 0; a < n; a++) {
      vector[a]! += row[a]! * r[i]!;
      for (let b = 0; b < n; b++) matrix[a]![b]! += weights[i]! * row[a]! * row[b]!;
    }
  });
  return { matrix, vector };
}
