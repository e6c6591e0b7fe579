/** Running results along one axis. */
import { normalizeAxis } from "../core/shape.ts";
import { NUMERIC } from "./infer.ts";
import { ruleFor } from "./loops.ts";
import { defineOp, type OpRecord, type ScalarRule } from "./op.ts";
import { moveSamples } from "./samples.ts";

function scan(name: string, doc: string, init: number, rule: ScalarRule): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: NUMERIC,
    flags: ["pure"],
    attrs: { axis: "int", exclusive: "bool", reverse: "bool" },
    doc,
    infer: ([x], attrs) => {
      const { dtype, shape } = x;
      normalizeAxis(attrs.axis as number, shape.length, `${name}: axis`);
      return [{ dtype, shape }];
    },
    reference: ([x], [out], attrs) => {
      const { data, dtype, shape } = x;
      const to = out.data;
      const f = ruleFor(rule, dtype);
      const axis = normalizeAxis(attrs.axis as number, shape.length);
      const n = shape[axis];
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      for (let line = 0; line * n < data.length; line++) {
        const start = Math.floor(line / inner) * n * inner + (line % inner);
        let acc = init;
        for (let k = 0; k < n; k++) {
          const at = start + (attrs.reverse === true ? n - 1 - k : k) * inner;
          const next = f(acc, data[at]);
          to[at] = attrs.exclusive === true ? acc : next;
          acc = next;
        }
      }
    },
    samples: moveSamples(
      [
        { shape: [4], attrs: { axis: 0, exclusive: false, reverse: false } },
        { shape: [2, 3], attrs: { axis: 1, exclusive: true, reverse: false } },
        { shape: [2, 3], attrs: { axis: 0, exclusive: false, reverse: true } },
        { shape: [2, 3, 2], attrs: { axis: 1, exclusive: true, reverse: true } },
        { shape: [0], attrs: { axis: 0, exclusive: false, reverse: false } },
      ],
      NUMERIC,
    ),
    errors: [
      { name: "axis", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2] }], attrs: { axis: 1, exclusive: false, reverse: false } },
    ],
  });
}

const SCAN = "along an axis: exclusive leaves out the element itself, reverse starts at the end.";
export const cumsum = scan("cumsum", `Running sum ${SCAN}`, 0, { float: (acc, x) => acc + x, int: (acc, x) => (acc + x) | 0 });
export const cumprod = scan("cumprod", `Running product ${SCAN}`, 1, { float: (acc, x) => acc * x, int: Math.imul });
