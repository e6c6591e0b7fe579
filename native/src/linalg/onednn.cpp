#include "onednn.h"

#include <atomic>
#include <cstdio>

#include "../threads/pool.h"

#if defined(__linux__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace gfn {

namespace {

/** The parts of dnnl.h that are used, equal in versions 2 and 3. */
struct Version {
  int major, minor, patch;
  const char* hash;
  unsigned cpuRuntime;
};
constexpr unsigned kSequential = 1, kOpenMp = 2;
using VersionFunction = const Version* (*)();
using SgemmFunction = int (*)(char transA, char transB, int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t aStep,
                              const float* b, int64_t bStep, float beta, float* c, int64_t cStep);
using SetThreadsFunction = void (*)(int);

/** Smaller products cost more in its call than its kernels win. */
constexpr double kLeastWork = 192.0 * 192 * 192;
constexpr int64_t kLeastLength = 48;

struct Library {
  SgemmFunction sgemm = nullptr;
  /** Of its OpenMP; null where it has none. */
  SetThreadsFunction setThreads = nullptr;
  char name[48] = "own kernels";
};

std::atomic<bool> switchedOn{true};

#if defined(__linux__) || defined(__APPLE__)
const char* const kFiles[] = {
#if defined(__APPLE__)
    "libdnnl.3.dylib", "/opt/homebrew/lib/libdnnl.3.dylib", "/usr/local/lib/libdnnl.3.dylib",
#else
    "libdnnl.so.3", "libdnnl.so.2",
#endif
};

bool open(Library& library, const char* file) {
  void* handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return false;
  const auto version = reinterpret_cast<VersionFunction>(dlsym(handle, "dnnl_version"));
  const auto sgemm = reinterpret_cast<SgemmFunction>(dlsym(handle, "dnnl_sgemm"));
  const Version* found = version == nullptr ? nullptr : version();
  if (sgemm == nullptr || found == nullptr || (found->major != 2 && found->major != 3)) return false;
  // Other runtimes bring threads of their own, which cannot be held to one per call.
  if (found->cpuRuntime != kSequential && found->cpuRuntime != kOpenMp) return false;
  if (found->cpuRuntime == kOpenMp) {
    library.setThreads = reinterpret_cast<SetThreadsFunction>(dlsym(handle, "omp_set_num_threads"));
    if (library.setThreads == nullptr) return false;
  }
  library.sgemm = sgemm;
  std::snprintf(library.name, sizeof library.name, "oneDNN %d.%d.%d", found->major, found->minor, found->patch);
  return true;
}
#endif

/** Loaded once per process and kept. */
const Library& library() {
  static const Library only = [] {
    Library found;
#if defined(__linux__) || defined(__APPLE__)
    for (const char* file : kFiles) {
      if (open(found, file)) break;
    }
#endif
    return found;
  }();
  return only;
}

struct Part {
  int64_t row, rows, column, columns;
};

bool run(const Library& dnn, const Gemm& job, const Part& part) {
  // The number of OpenMP threads belongs to the calling thread.
  thread_local bool alone = false;
  if (!alone && dnn.setThreads != nullptr) dnn.setThreads(1);
  alone = true;
  const bool transA = job.aColumn != 1;
  const bool transB = job.bColumn != 1;
  const float* a = static_cast<const float*>(job.a) + part.row * job.aRow;
  const float* b = static_cast<const float*>(job.b) + part.column * job.bColumn;
  float* c = static_cast<float*>(job.c) + part.row * job.cRow + part.column;
  return dnn.sgemm(transA ? 'T' : 'N', transB ? 'T' : 'N', part.rows, part.columns, job.k, 1, a, transA ? job.aColumn : job.aRow, b,
                   transB ? job.bColumn : job.bRow, 0, c, job.cRow) == 0;
}

}  // namespace

bool oneDnnGemm(const Gemm& job) {
  if (!switchedOn.load(std::memory_order_relaxed)) return false;
  const double work = static_cast<double>(job.m) * static_cast<double>(job.n) * static_cast<double>(job.k);
  if (work < kLeastWork || job.m < kLeastLength || job.n < kLeastLength || job.k < kLeastLength) return false;
  // A step along one axis must be 1.
  if ((job.aRow != 1 && job.aColumn != 1) || (job.bRow != 1 && job.bColumn != 1)) return false;
  const Library& dnn = library();
  if (dnn.sgemm == nullptr) return false;

  // Parts by the shape alone, since sgemm's sums can depend on the sizes it is given: about 3 × 3, sides 256 to 1024.
  const auto partOf = [](int64_t length) {
    const int64_t third = (length / 3 + 15) / 16 * 16;
    return third < 256 ? 256 : third > 1024 ? 1024 : third;
  };
  const int64_t rows = partOf(job.m), columns = partOf(job.n);
  const int64_t columnParts = (job.n + columns - 1) / columns;
  std::atomic<bool> complete{true};
  parallelFor((job.m + rows - 1) / rows * columnParts, [&](int64_t i) {
    Part part{i / columnParts * rows, rows, i % columnParts * columns, columns};
    if (part.rows > job.m - part.row) part.rows = job.m - part.row;
    if (part.columns > job.n - part.column) part.columns = job.n - part.column;
    if (!run(dnn, job, part)) complete.store(false, std::memory_order_relaxed);
  });
  // A part that failed wrote nothing that counts: our own kernels do the whole product.
  return complete.load(std::memory_order_relaxed);
}

bool setOneDnn(bool wanted) {
  switchedOn.store(wanted, std::memory_order_relaxed);
  return wanted && library().sgemm != nullptr;
}

const char* gemmLibrary() { return switchedOn.load(std::memory_order_relaxed) ? library().name : "own kernels"; }

}  // namespace gfn
