/**
 * Float32 convolutions and their gradients by oneDNN where its library is installed and faster than our own loops
 * (convolution.simd.cpp).
 */
#pragma once
#include "onednn-primitive.h"

namespace gfn {

/**
 * True where oneDNN computed `sum` of x, filter and y: dense, float32, no length 0. False: the caller's own loops do it. oneDNN leaves out
 * cells outside of x, which count as zeros that take part: where that could matter (what they meet is infinite or NaN), false.
 */
bool oneDnnConvolution(ConvolutionSum sum, int axes, const Convolution& c, void* x, void* filter, void* y);

/** What large float32 convolutions run on: "own kernels", "oneDNN 2.6.3", or why not that. Loads the library to find out. */
const char* convolutionLibrary();

}  // namespace gfn
