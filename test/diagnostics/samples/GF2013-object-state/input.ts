import { graphFunction, type Tensor } from "graphfn";

const settings = { rate: 1 };

function reset(target: { rate: number }): void {
  target.rate = 0;
}

export class Model {
  calls = 0;
  last: Tensor | undefined;

  @graphFunction
  step(x: Tensor, options: { rate: number }, list: Tensor[]): Tensor {
    this.calls++; // here
    this.last = x; // here
    options.rate = 2; // here
    settings.rate = 3; // here
    list.push(x); // here
    reset(settings); // here
    const own = { rate: 1 };
    own.rate = 5;
    reset(own);
    const alias = this;
    alias.calls = 1; // here
    return x * own.rate;
  }
}
