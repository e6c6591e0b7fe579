import type { Tensor } from "graphfn";

/** @graphFunction */
export function steps(x: Tensor): Tensor {
  const a = x++;
  const b = ++x;
  let y: Tensor = 0;
  while (x-- > 0) y += x;
  return a * 1000 + b * 100 + x + y;
}
/** @graphFunction */
export function elements(t: Tensor, i: Tensor): Tensor {
  let calls: Tensor = 0;
  const next = (): Tensor => {
    calls++;
    return 1;
  };
  const a = (t[i] = 7);
  const b = (t[i] += 2);
  const c = t[i]++;
  const d = --t[0];
  t[next()] *= 3;
  let k: Tensor = 0;
  t[k] += (k = 1, 10);
  return t[0] * 10000 + t[1] * 1000 + t[2] * 100 + a + b + c + d + k + calls;
}
/** @graphFunction */
export function places(x: Tensor): Tensor {
  const list = [x, x + 1, x + 2];
  let i = 0;
  list[i++] += 10;
  list[i++]++;
  const old = list[i]--;
  let box = { value: x };
  const first = box;
  box.value += (box = { value: x * 5 }, x);
  return list[0] * 1000 + list[1] * 100 + list[2] * 10 + old + first.value + box.value;
}
/** @graphFunction */
export function logical(x: Tensor, y: Tensor): Tensor {
  let a = x > 0;
  let n: Tensor = 0;
  a &&= (n = 5, y > 0);
  let b = x > 10;
  b ||= y > 10;
  return n + (a ? 100 : 200) + (b ? 1000 : 2000);
}
/** @graphFunction */
export function branches(x: Tensor): Tensor {
  let n: Tensor = 0;
  const y = x > 2 ? n++ : --n;
  if (n++ > 0 && (n += 5) > 6) x += n++;
  return x * 100 + y * 10 + n;
}
export const runs = {
  steps: [[0], [3]],
  elements: [[[1, 2, 3], 1], [[1, 2, 3], 0]],
  places: [[1], [2]],
  logical: [[1, 1], [4, -1], [-1, 11], [20, 0]],
  branches: [[1], [3]],
};
