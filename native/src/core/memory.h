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

}  // namespace gfn
