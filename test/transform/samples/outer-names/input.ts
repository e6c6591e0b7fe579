import type { Tensor } from "graphfn";

/** A variable of the function's own name. */
/** @graphFunction */
export function sum(xs: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const x of xs) sum += x;
  return sum;
}

/** Two that call each other, each with its name inside. */
/** @graphFunction */
export function even(n: Tensor): Tensor {
  const even = n - 1;
  if (n <= 0) return 1;
  return odd(even);
}

/** @graphFunction */
function odd(odd: Tensor): Tensor {
  if (odd <= 0) return 0;
  return even(odd - 1);
}

/** @graphFunction */
export function inner(x: Tensor): Tensor {
  function helper(helper: Tensor): Tensor {
    return helper > 1 ? other(helper - 1) : helper;
  }
  function other(n: Tensor): Tensor {
    const other = n * 2;
    if (other > 4) return helper(n - 1);
    return other;
  }
  return helper(x);
}

let rate = 2;
const settings = { by: 3 };

function scaled(x: Tensor): Tensor {
  return x.mul(rate as never).mul(settings.by as never);
}

/** What a helper reads of the module has the name of a variable here. */
/** @graphFunction */
function local(x: Tensor): Tensor {
  const rate = x * 2;
  const settings = rate + 1;
  return scaled(settings);
}

/** A default sees the module's variable, the body its own. */
/** @graphFunction */
function preset(x: Tensor, by = rate): Tensor {
  var rate = x * 2;
  return rate + by;
}

const double = (x: Tensor, by = rate): Tensor => {
  const rate = x.mul(2 as never);
  return rate.mul(by as never);
};

/** @graphFunction */
function reached(x: Tensor): Tensor {
  return double(x);
}

class Layer {
  w = 1;
  /** @graphFunction */
  apply(Layer: Tensor): Tensor {
    const settings = Layer * this.w;
    return scaled(settings);
  }
}

const made = {
  /** @graphFunction */
  apply(rate: Tensor): Tensor {
    return scaled(rate);
  }
}

const layer = new Layer();

/** Each time something else has changed. */
export function changed(x: Tensor): Tensor[] {
  const all = (): Tensor[] => [local(x), preset(x), reached(x), layer.apply(x), made.apply(x)];
  rate = 2;
  settings.by = 3;
  const before = all();
  rate = 5;
  const faster = all();
  settings.by = 7;
  return [...before, ...faster, ...all()];
}

export const runs = { sum: [[[1, 2]]], even: [[5], [4]], inner: [[6], [1]], changed: [[1], [4]] };
