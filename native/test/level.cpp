/** Stands in for src/core/cpu.cpp in tests: the level is the program's first argument, so that lower ones run on any machine too. */
#include "level.h"

#include "../src/core/cpu.h"

namespace gfn {

namespace test {
int level = 0;
}

CpuLevel cpuLevel() { return static_cast<CpuLevel>(test::level); }

const char* cpuLevelName() { return "chosen by the test"; }

}  // namespace gfn
