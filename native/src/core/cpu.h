/**
 * Levels of vector instructions. A file named `*.simd.cpp` is compiled once per level of the machine's architecture, with
 * GFN_LEVEL set to the level's name; what it defines lies in namespace gfn::GFN_LEVEL:
 *
 *   namespace gfn::GFN_LEVEL { const KernelRow* reduceRows(int* count) { … } }
 *
 * On x86-64 the levels are baseline (SSE2), avx2 (AVX2 + FMA) and avx512 (F, BW, DQ, VL); elsewhere baseline only, which is
 * NEON on Arm. Results are the same on every level unless a kernel's comment says otherwise.
 */
#pragma once

namespace gfn {

enum class CpuLevel : int { Baseline = 0, Avx2 = 1, Avx512 = 2 };

/** The level in use: the best that this processor has, or what `limitCpuLevel` set. */
CpuLevel cpuLevel();
const char* cpuLevelName();
/** Sets a level by name, for tests of the lower ones; false where this processor does not have it. Before the first kernel runs. */
bool limitCpuLevel(const char* name);

#if defined(__x86_64__)
#define GFN_X86 1
/** `GFN_AT_LEVEL(reduceRows)`: the variant of a function for this processor. Needs the function declared in all three. */
#define GFN_AT_LEVEL(name)                                                       \
  (::gfn::cpuLevel() == ::gfn::CpuLevel::Avx512 ? ::gfn::avx512::name            \
   : ::gfn::cpuLevel() == ::gfn::CpuLevel::Avx2 ? ::gfn::avx2::name              \
                                                : ::gfn::baseline::name)
/** Declares a function in every level's namespace. */
#define GFN_DECLARE_LEVELS(declaration) \
  namespace baseline {                  \
  declaration;                          \
  }                                     \
  namespace avx2 {                      \
  declaration;                          \
  }                                     \
  namespace avx512 {                    \
  declaration;                          \
  }
#else
#define GFN_X86 0
#define GFN_AT_LEVEL(name) ::gfn::baseline::name
#define GFN_DECLARE_LEVELS(declaration) \
  namespace baseline {                  \
  declaration;                          \
  }
#endif

}  // namespace gfn
