/** Memory that kernels work in. It stays with the thread, so that a graph that runs again asks for none. */
#pragma once
#include <cstdint>

namespace gfn {

/** What is in use at one time on a thread: the parts of a product, and those of the convolution or reduction around it. */
enum class ScratchSlot { A, B, C, Vector, Parts, Places, Weights, Count };

/** 64-byte aligned memory of this thread, kept until the thread ends; what it held is lost. Null where there is none. */
void* scratch(ScratchSlot slot, int64_t bytes);

/** `count` elements for one call, 64-byte aligned: up to 1 MB that of the thread, above a block of its own. Null data where there is none. */
class ScratchBlock {
 public:
  ScratchBlock(ScratchSlot slot, int64_t bytes);
  ~ScratchBlock();
  ScratchBlock(const ScratchBlock&) = delete;
  ScratchBlock& operator=(const ScratchBlock&) = delete;

  void* data() const { return data_; }

 private:
  const bool owned_;
  void* const data_;
};

template <class T>
class Scratch : ScratchBlock {
 public:
  Scratch(ScratchSlot slot, int64_t count)
      : ScratchBlock(slot, (count > 0 ? count : 1) * static_cast<int64_t>(sizeof(T))), data(static_cast<T*>(ScratchBlock::data())) {}
  T* const data;
};

}  // namespace gfn
