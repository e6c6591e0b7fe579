/** Blocks of zeroed memory, aligned to cache lines; large ones come in huge pages where the system has them. */
#pragma once
#include <cstddef>
#include <cstdint>

namespace gfn {

struct Memory {
  /** Null data where there is not enough memory (or bytes is 0). */
  explicit Memory(int64_t bytes);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  char* data = nullptr;
  int64_t bytes = 0;

 private:
  bool mapped_ = false;
};

/** Bytes that the system can still give to this process, about; a very large number where nobody says. */
int64_t availableMemory();

/**
 * Blocks of up to 32 MB that are freed stay with the process, 64 MB of them at most, instead of going back to the system and coming again
 * page by page: half to two thirds of the time of a loop of ops on 1 MB where nothing is disposed. It is what glibc comes to by itself
 * once a program has freed a block of that size; what the user has set (GLIBC_TUNABLES, MALLOC_TRIM_THRESHOLD_, mallopt) stays, and so do
 * other allocators. With half of it, some of those loops stay slow: V8 lets 32 MB of buffers pass before it collects.
 */
void keepFreedBlocks();

}  // namespace gfn
