/**
 * Plan → words for native code. This comment is the format; native/src/graph/decode.* reads it and validates every word.
 *
 * words: Int32Array
 *   header   [MAGIC, VERSION, buffers, steps, inputs, outputs, prints, arenaBytes/64]
 *   buffers  per buffer [dtype code, place, argument, rank, ...dims]
 *              place 0 arena: argument = offset/8   1 input: index   2 output: index   3 const: offset/8 in `constants`
 *   steps    [0, kernel, nIn, nOut, ...in, ...out, nAttrWords, ...attrWords]   op
 *            [1, from, to]   copy      [2, target]   jump      [3, pred, target]   unless      [4, site, nIn, ...in]   print
 *            [5, pred, target]   when
 *   inputs   per input [buffer, mailbox offset/8 or -1]
 *   outputs  per output [buffer, mailbox offset/8 or -1]
 * attr words, in the order of the op's schema: int [v]; ints [n, ...v]; bool [0|1]; dtype [code]; number [index in numbers];
 *   string [index in the op's own table, see attrString in the record]
 * numbers: Float64Array with the `number` attributes.   constants: bytes, each constant at a multiple of 64.
 *
 * kernel ids come from the addon (`opNames()` in order), never from here. Values of at most MAILBOX_BYTES travel through the
 * mailbox, one ArrayBuffer shared with native code per environment; larger ones are passed as typed arrays to `runPlan`,
 * inputs first. Native code copies mailbox inputs before it runs and writes mailbox outputs after.
 *
 * An eager op uses the same words without a plan: [kernel, nIn, nOut, per tensor (dtype, rank, ...dims), nAttrWords, ...attrWords].
 */
export const MAGIC = 0x67664e31;
export const FORMAT_VERSION = 1;
/** Largest value (bytes) that travels through the mailbox. */
export const MAILBOX_BYTES = 256;
