#include "scratch.h"

#include <cstdlib>

namespace gfn {

namespace {

constexpr int64_t kKept = 1 << 20;

struct Buffers {
  void* data[static_cast<int>(ScratchSlot::Count)] = {};
  int64_t size[static_cast<int>(ScratchSlot::Count)] = {};

  ~Buffers() {
    for (void* buffer : data) std::free(buffer);
  }
};

thread_local Buffers buffers;

/** Whole pages. */
void* pages(int64_t bytes) { return std::aligned_alloc(4096, static_cast<size_t>((bytes + 4095) / 4096 * 4096)); }

}  // namespace

void* scratch(ScratchSlot slot, int64_t bytes) {
  const int i = static_cast<int>(slot);
  if (buffers.size[i] < bytes) {
    std::free(buffers.data[i]);
    // Some room for the next larger shape.
    const int64_t wanted = bytes + bytes / 4;
    buffers.data[i] = pages(wanted);
    buffers.size[i] = buffers.data[i] == nullptr ? 0 : wanted;
  }
  return buffers.data[i];
}

ScratchBlock::ScratchBlock(ScratchSlot slot, int64_t bytes)
    : owned_(bytes > kKept), data_(owned_ ? pages(bytes) : scratch(slot, bytes)) {}

ScratchBlock::~ScratchBlock() {
  if (owned_) std::free(data_);
}

}  // namespace gfn
