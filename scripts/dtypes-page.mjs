/**
 * docs/dtypes.md from the rows of runtime/src/core/dtype.ts: `npm run gen` writes it, test/ops/page.test.ts fails while it differs.
 */
const ARRAY_OF_READING = {
  bool: "`Uint8Array` of 0 and 1",
  complex64: "`Float32Array`, real and imaginary parts by turns",
  string: "`string[]`",
};
const ITEM = { bool: "`boolean`", int64: "`bigint`", complex64: "none", string: "`string`" };

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function dtypeTable({ DTYPES }) {
  const rows = Object.values(DTYPES).map(({ name, bytes, array, short }) => [
    `\`${name}\``,
    name === "string" ? "" : `\`${short}\``,
    name === "string" ? "8 and the text" : String(bytes),
    ARRAY_OF_READING[name] ?? `\`${array.name}\``,
    ITEM[name] ?? "`number`",
  ]);
  return table(["dtype", "in graphs", "bytes of an element", "`data()` gives", "`item()` gives"], rows);
}

/** What two tensors become, or a dash. */
function common(a, b, promote) {
  try {
    return promote(a, b);
  } catch {
    return "–";
  }
}

function promotionTable({ NUMERIC_DTYPES, promote }) {
  const rows = NUMERIC_DTYPES.map((a) => [`**${a}**`, ...NUMERIC_DTYPES.map((b) => common(a, b, promote))]);
  return table(["", ...NUMERIC_DTYPES.map((b) => `**${b}**`)], rows);
}

function weakTable({ NUMERIC_DTYPES, promoteWeak, liftTo }) {
  const floats = NUMERIC_DTYPES.filter((d) => d.startsWith("float"));
  const added = NUMERIC_DTYPES.filter((d) => d !== "bool");
  const summed = added.filter((d) => d !== "uint8");
  const rows = NUMERIC_DTYPES.map((d) => [
    `**${d}**`,
    promoteWeak(d, false, "int32", true),
    promoteWeak(d, false, "float64", true),
    liftTo(d, added, false),
    liftTo(d, summed, false),
    d === "complex64" ? "–" : liftTo(d, floats, false),
  ]);
  return table(["", "with `2`", "with `0.5`", "`x.add(x)`", "`x.sum()`", "`x.tanh()`"], rows);
}

export function dtypesPage(rows) {
  return `# Dtypes

Written by \`npm run gen\` from the rows in \`runtime/src/core/dtype.ts\`.

${dtypeTable(rows)}

\`array()\` nests what \`data()\` gives: numbers, bigints for int64, text. Bits of uint8, int32 and int64 wrap around: 255 + 1 is 0 in uint8.
Gradients flow through floating and complex dtypes only.

## What comes in

Without a dtype numbers are float32, booleans bool, bigints int64, text string. Typed arrays keep their dtype, \`BigInt64Array\` as int64; those of
8 and 16 bits become int32, as in TensorFlow.js (give \`"uint8"\` to keep bytes). Numbers and bigints are mixed in one array only where a
dtype is given.

uint8 and int64 take whole numbers that they hold, and nothing else: a fraction or NaN is E_ARGUMENT, a number beyond them E_OVERFLOW. For
int32 numbers are cast, as in TensorFlow.js.

## Casts

| from | to | |
|---|---|---|
| floats | uint8, int32, int64 | the fraction is dropped; beyond the dtype its nearest end; NaN is 0 |
| whole numbers | whole numbers of fewer bits | the low bits: 300 is 44 in uint8 |
| any | bool | x ≠ 0; NaN is true |
| int64, int32 | floats | rounded to nearest, once |
| complex64 | others | the real part |

## Two tensors

The common dtype is the later one of ${rows.NUMERIC_DTYPES.join(", ")}.

${promotionTable(rows)}

float64 with complex64 is refused, for neither holds the values of the other; so is string with anything else.

Whole numbers with float32 are float32, int64 too: the dtype that was chosen stays, as in PyTorch and JAX. NumPy gives float64 for int32 and int64,
TensorFlow refuses. float32 holds whole numbers exactly up to 2^24 and float64 up to 2^53: cast to float64 first where that matters.

## A tensor and a number, and one tensor alone

A JavaScript number has no dtype of its own: it takes that of the tensor, unless it is a fraction and the tensor is not floating. A whole number
beyond int32 counts as a fraction here. A bigint has a dtype: it is an int64 tensor.

${weakTable(rows)}

- bool counts as int32 in arithmetic. uint8 counts as int32 where results would soon be beyond it: sums, products and running results over axes,
  \`matMul\`, sums by index; and in ops that do not know it.
- int64 becomes float64 where a float is needed and nothing says which, since float32 holds too little of it: \`x.mul(0.5)\`, \`x.mean()\`,
  \`gf.realDiv(x, x)\`. \`x.div(y)\` of whole numbers is ⌊x / y⌋, as in TensorFlow.js. Ops that know int32 but not int64 (pooling, dilation) refuse it
  and say what to cast to.
- A number that uint8 does not hold is E_OVERFLOW where it meets uint8, as in NumPy 2: \`x.add(256)\`, \`x.mul(-1)\`. What is computed in uint8
  wraps around.
- int64 + 2 ** 40 is float64, exact up to 2^53; \`x.add(2n ** 40n)\` stays int64.
- Indices are int32. int64 and uint8 indices are taken too, and one beyond int32 is E_INDEX.
`;
}
