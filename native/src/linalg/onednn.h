/**
 * Matrix products in float32 by oneDNN, where its library is installed: looked for when the first large product comes, never
 * linked. Versions 2 and 3 have the one function that is used. Each call runs on one thread; products are split over our pool.
 */
#pragma once
#include "gemm.h"

namespace gfn {

/** True where oneDNN took the product; false: it is absent, switched off, or not the better choice here. */
bool oneDnnGemm(const Gemm& job);

/** Switches its use on or off for the process; returns whether it is in use from now on (loads the library to find out). */
bool setOneDnn(bool wanted);

/** What large float32 products run on: "own kernels" or "oneDNN 3.1.1". Loads the library to find out. */
const char* gemmLibrary();

}  // namespace gfn
