#include "stack.h"

#include <algorithm>
#include <cstdlib>

#include "../core/memory.h"

namespace gfn {

constexpr int64_t kFirst = 4096;
/** Kept from run to run, per stack. */
constexpr int64_t kKept = int64_t{64} << 20;
/** From here on a request is compared with what the system has: granting more would end the process later. */
constexpr int64_t kBig = int64_t{64} << 20;

Stack::~Stack() { std::free(begin_); }

void Stack::clear() {
  top_ = begin_;
  if (end_ - begin_ <= kKept) return;
  std::free(begin_);
  begin_ = top_ = end_ = nullptr;
}

bool Stack::grow(int64_t bytes, int64_t& asked) {
  const int64_t used = top_ - begin_;
  const int64_t capacity = end_ - begin_;
  // The block of a large stack grows by half: pages that were never touched cost nothing, but count as asked for.
  asked = std::max({used + bytes, capacity < kBig ? 2 * capacity : capacity + capacity / 2, kFirst});
  if (asked >= kBig && asked - capacity > availableMemory()) return false;
  char* block = static_cast<char*>(std::realloc(begin_, static_cast<size_t>(asked)));
  if (block == nullptr) return false;
  begin_ = block;
  top_ = block + used;
  end_ = block + asked;
  return true;
}

}  // namespace gfn
