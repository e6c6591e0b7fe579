import { graphFunction, type Tensor } from "graphfn";

async function save(x: Tensor): Promise<Tensor> {
  return x;
}

/** @graphFunction */
export async function f(x: Tensor): Promise<Tensor> { // here
  const y = x * 2;
  return await save(y);
}

/** @graphFunction */
export async function shared(x: Tensor): Promise<Tensor> { // here
  let sum: Tensor = x;
  const add = (): void => {
    sum = sum + 1;
  };
  await save(x);
  add();
  return sum;
}

export const wrapped = graphFunction(async (x: Tensor) => x * 2); // here

/** @graphFunction */
export function* g(x: Tensor): Generator<Tensor> { // here
  yield x;
}
