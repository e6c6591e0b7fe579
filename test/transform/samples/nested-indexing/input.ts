import type { Tensor } from "graphfn";
/** An element of a row is assigned: the row is, and so is the variable. */
/** @graphFunction */
export function nestedIndex(m: Tensor, n: Tensor): Tensor {
  let a = m;
  for (let i: Tensor = 0; i < n; i++) for (let j: Tensor = 0; j < n; j++) { if (i === j) continue; a[i][j] += a[j][i] * 2; }
  return a;
}
/** @graphFunction */
export function transpose2(m: Tensor, n: number): Tensor {
  let r = m;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) { const t = r[i][j]; r[i][j] = r[j][i]; r[j][i] = t; }
  return r;
}

/** As values. */
/** @graphFunction */
export function used(m: Tensor, i: Tensor): Tensor { let s: Tensor = 0; s += m[i][1] = 7; s += m[i][0]++; s += ++m[0][i]; s += m[1][i] *= 3; return s * 1000 + m[0][0] * 100 + m[0][1] + m[1][0] * 10 + m[1][1]; }
/** @graphFunction */
export function cube(c: Tensor, i: Tensor): Tensor { if (i > 0) { c[i][0][1] = 9; c[0][i][i] -= 4; } else c[1][1] = c[0][0]; return c; }

/** Determinant by elimination. */
/** @graphFunction */
export function pivots(m: Tensor, n: Tensor): Tensor {
  let a = m, det: Tensor = 1;
  for (let c: Tensor = 0; c < n; c++) {
    let p = c;
    while (p < n && a[p][c] === 0) p++;
    if (p === n) return 0;
    if (p !== c) { const t = a[p]; a[p] = a[c]; a[c] = t; det = -det; }
    det *= a[c][c];
    for (let r: Tensor = c + 1; r < n; r++) { const k = a[r][c] / a[c][c]; for (let q: Tensor = c; q < n; q++) a[r][q] -= a[c][q] * k; }
  }
  return det;
}

/** What a tag makes of tensors is its business. */
const weigh = (parts: TemplateStringsArray, ...vs: Tensor[]): Tensor => vs.reduce((x, y) => x.add(y.mul(parts.length as never)));
/** @graphFunction */
export function tagged(a: Tensor): Tensor { return weigh`a${a}b${a * 2}c`; }

export const runs = {
  nestedIndex: [[[[1, 2], [3, 4]], 2]],
  transpose2: [[[[1, 2], [3, 4]], { fixed: 2 }]],
  used: [[[[1, 2], [3, 4]], 1], [[[1, 2], [3, 4]], 0]],
  cube: [[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 1], [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 0]],
  pivots: [[[[0, 2, 1], [1, 4, 3], [2, 2, 5]], 3]],
  tagged: [[2]],
};
