#include <cstdlib>

#include "gemm.h"

namespace gfn {

namespace {

struct Buffers {
  void* data[static_cast<int>(ScratchSlot::Count)] = {};
  int64_t size[static_cast<int>(ScratchSlot::Count)] = {};

  ~Buffers() {
    for (void* buffer : data) std::free(buffer);
  }
};

thread_local Buffers buffers;

}  // namespace

void* scratch(ScratchSlot slot, int64_t bytes) {
  const int i = static_cast<int>(slot);
  if (buffers.size[i] < bytes) {
    std::free(buffers.data[i]);
    // Whole pages, and some room for the next larger shape.
    const int64_t wanted = (bytes + bytes / 4 + 4095) / 4096 * 4096;
    buffers.data[i] = std::aligned_alloc(4096, static_cast<size_t>(wanted));
    buffers.size[i] = buffers.data[i] == nullptr ? 0 : wanted;
  }
  return buffers.data[i];
}

}  // namespace gfn
