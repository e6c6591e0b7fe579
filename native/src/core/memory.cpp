#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

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

namespace {

constexpr int64_t kUnknown = std::numeric_limits<int64_t>::max();

/** The number after `key` in a file of the system; the first number for an empty key. */
int64_t numberIn(const char* path, const char* key) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return kUnknown;
  char line[256];
  int64_t found = kUnknown;
  while (found == kUnknown && std::fgets(line, sizeof line, file) != nullptr) {
    const size_t length = std::strlen(key);
    if (std::strncmp(line, key, length) != 0 || std::sscanf(line + length, "%" SCNd64, &found) != 1) found = kUnknown;
  }
  std::fclose(file);
  return found;
}

int64_t left(const char* limitPath, const char* usedPath) {
  const int64_t limit = numberIn(limitPath, "");
  const int64_t used = numberIn(usedPath, "");
  return limit == kUnknown || used == kUnknown ? kUnknown : std::max<int64_t>(limit - used, 0);
}

}  // namespace

int64_t availableMemory() {
  const int64_t kilobytes = numberIn("/proc/meminfo", "MemAvailable:");
  const int64_t system = kilobytes >= kUnknown / 1024 ? kUnknown : kilobytes * 1024;
  // A container's limit: control groups of version 2, then of version 1.
  const int64_t group = left("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
  const int64_t old = left("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes");
  return std::min({system, group, old});
}

void keepFreedBlocks() {
#ifdef __GLIBC__
  // Freeing a mapped block raises the thresholds of mapping and of trimming to its size and twice that, up to 32 MB. It is never touched.
  void* volatile block = std::malloc((size_t{32} << 20) - (size_t{8} << 10));
  std::free(block);
#endif
}

Memory::~Memory() {
  if (data == nullptr) return;
  if (mapped_) munmap(data, static_cast<size_t>(bytes));
  else std::free(data);
}

}  // namespace gfn
