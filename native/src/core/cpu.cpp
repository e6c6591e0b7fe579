#include "cpu.h"

#include <atomic>
#include <cstring>

namespace gfn {

static CpuLevel detect() {
#if GFN_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    return CpuLevel::Avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) return CpuLevel::Avx2;
#endif
  return CpuLevel::Baseline;
}

static const CpuLevel kBest = detect();
static std::atomic<CpuLevel> level{kBest};

static const char* nameOf(CpuLevel of) {
  return of == CpuLevel::Avx512 ? "avx512" : of == CpuLevel::Avx2 ? "avx2" : "baseline";
}

CpuLevel cpuLevel() { return level.load(std::memory_order_relaxed); }

const char* cpuLevelName() { return nameOf(cpuLevel()); }

bool limitCpuLevel(const char* name) {
  for (CpuLevel candidate : {CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512}) {
    if (std::strcmp(name, nameOf(candidate)) != 0 || candidate > kBest) continue;
    level.store(candidate, std::memory_order_relaxed);
    return true;
  }
  return false;
}

}  // namespace gfn
