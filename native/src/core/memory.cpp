#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace gfn {

constexpr int64_t kLine = 64;
/** From here on: mapped, so that it goes back to the system; huge pages spare the page faults of first touch (5 × on 64 MB). */
constexpr int64_t kMapped = int64_t{4} << 20;

Memory::Memory(int64_t size) {
  if (size <= 0) return;
  if (size >= kMapped) {
    void* block = mmap(nullptr, static_cast<size_t>(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return;
#ifdef MADV_HUGEPAGE
    madvise(block, static_cast<size_t>(size), MADV_HUGEPAGE);
#endif
    data = static_cast<char*>(block);
    mapped_ = true;
  } else {
    const size_t rounded = static_cast<size_t>((size + kLine - 1) / kLine * kLine);
    data = static_cast<char*>(std::aligned_alloc(kLine, rounded));
    if (data == nullptr) return;
    std::memset(data, 0, rounded);
  }
  bytes = size;
}

Memory::~Memory() {
  if (data == nullptr) return;
  if (mapped_) munmap(data, static_cast<size_t>(bytes));
  else std::free(data);
}

}  // namespace gfn
