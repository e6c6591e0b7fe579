#include "cpu.h"

namespace gfn {

static CpuLevel detect() {
#if GFN_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
    return CpuLevel::Avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CpuLevel::Avx2;
#endif
  return CpuLevel::Baseline;
}

CpuLevel cpuLevel() {
  static const CpuLevel level = detect();
  return level;
}

const char* cpuLevelName() {
#if GFN_X86
  switch (cpuLevel()) {
    case CpuLevel::Avx512: return "avx512";
    case CpuLevel::Avx2: return "avx2";
    case CpuLevel::Baseline: break;
  }
#endif
  return "baseline";
}

}  // namespace gfn
