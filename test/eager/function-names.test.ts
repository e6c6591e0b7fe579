/** Functions are called what users call them: stack traces, profiles and consoles show it. */
import * as gf from "graphfn";
import { expect, it } from "vitest";

/** Other names of the same function, and functions that make objects, whose classes have the name. */
const OTHERS = /^(graphFunction|metrics\.(MAPE|mape|MAE|mae|MSE|mse)|(layers|initializers|regularizers|constraints|callbacks)\.)/;

it("public functions have their names", () => {
  const others: string[] = [];
  const look = (namespace: object, prefix: string): void => {
    for (const [key, value] of Object.entries(namespace)) {
      const path = prefix + key;
      if (typeof value === "function") {
        if (value.name !== key && !OTHERS.test(path)) others.push(`${path} is called ${value.name}`);
      } else if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) look(value, `${path}.`);
    }
  };
  look(gf, "");
  expect(others).toEqual([]);
});
