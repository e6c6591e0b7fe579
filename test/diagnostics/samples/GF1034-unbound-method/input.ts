import * as gf from "graphfn";

class Model {
  readonly weight = gf.scalar(2);

  step(x: gf.Tensor): gf.Tensor {
    return this.weight.mul(x);
  }

  static relu(x: gf.Tensor): gf.Tensor {
    return x.relu();
  }
}

const model = new Model();

export const step = gf.graphFunction(model.step); // here
export const relu = gf.graphFunction(Model.relu);
export const bound = gf.graphFunction((x: gf.Tensor) => model.step(x));
