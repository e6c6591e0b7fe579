/** The level of vector instructions that kernels of a test program run at: 0 baseline, 1 avx2, 2 avx512. */
#pragma once

namespace gfn::test {
extern int level;
}
