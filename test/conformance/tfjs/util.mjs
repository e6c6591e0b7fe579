/** TensorFlow.js's helpers; those that need its environment come from the whole library, which has one. */
import { util } from "@tensorflow/tfjs-core";

export * from "@tensorflow/tfjs-core/dist/util.js";
export const encodeString = util.encodeString;
export const decodeString = util.decodeString;
