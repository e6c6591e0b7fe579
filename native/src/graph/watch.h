/** What another thread sees of a run, and says to it. */
#pragma once
#include <atomic>
#include <cstdint>

namespace gfn {

struct Watch {
  /** Set from outside: the run ends before its next round or call. */
  std::atomic<uint32_t> stop{0};
  /** Rounds of loops that stand in no other loop. */
  std::atomic<int64_t> rounds{0};
};

}  // namespace gfn
