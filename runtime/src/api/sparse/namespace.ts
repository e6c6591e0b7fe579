/** `gf.sparse`: sparse tensors as indices, values and a shape, under TensorFlow.js's names. */
import { sparseFillEmptyRows, sparseReshape } from "./rows.ts";
import { sparseSegmentMean, sparseSegmentSum } from "./segments.ts";

export const sparse = { sparseFillEmptyRows, sparseReshape, sparseSegmentMean, sparseSegmentSum };
