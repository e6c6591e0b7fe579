/**
 * Matrix products in float32 by oneDNN, where its library is installed (onednn-library.h). Versions 2 and 3 have the one function that is
 * used. Products are split over our pool.
 */
#pragma once
#include "gemm.h"

namespace gfn {

/** True where oneDNN took the product; false: it is absent, switched off, or not the better choice here. */
bool oneDnnGemm(const Gemm& job);

/** What large float32 products run on: "own kernels" or "oneDNN 3.1.1". Loads the library to find out. */
const char* gemmLibrary();

}  // namespace gfn
