#include "onednn-library.h"

#include <atomic>
#include <cstdio>

#if defined(__linux__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace gfn {

namespace {

/** Of dnnl.h, equal in versions 2 and 3. */
struct Version {
  int major, minor, patch;
  const char* hash;
  unsigned cpuRuntime;
};
constexpr unsigned kSequential = 1, kOpenMp = 2;

std::atomic<bool> switchedOn{true};

#if defined(__linux__) || defined(__APPLE__)
const char* const kFiles[] = {
#if defined(__APPLE__)
    "libdnnl.3.dylib", "/opt/homebrew/lib/libdnnl.3.dylib", "/usr/local/lib/libdnnl.3.dylib",
#else
    "libdnnl.so.3", "libdnnl.so.2",
#endif
};

bool open(OneDnnLibrary& library, const char* file) {
  void* handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return false;
  const auto version = reinterpret_cast<const Version* (*)()>(dlsym(handle, "dnnl_version"));
  const Version* found = version == nullptr ? nullptr : version();
  if (found == nullptr || (found->major != 2 && found->major != 3) || dlsym(handle, "dnnl_sgemm") == nullptr) return false;
  // Other runtimes bring threads of their own, which cannot be held to one per call.
  if (found->cpuRuntime != kSequential && found->cpuRuntime != kOpenMp) return false;
  if (found->cpuRuntime == kOpenMp) {
    library.setThreads = reinterpret_cast<void (*)(int)>(dlsym(handle, "omp_set_num_threads"));
    if (library.setThreads == nullptr) return false;
  }
  library.handle = handle;
  library.major = found->major;
  std::snprintf(library.name, sizeof library.name, "oneDNN %d.%d.%d", found->major, found->minor, found->patch);
  return true;
}
#endif

}  // namespace

const OneDnnLibrary& oneDnnLibrary() {
  static const OneDnnLibrary only = [] {
    OneDnnLibrary found;
#if defined(__linux__) || defined(__APPLE__)
    for (const char* file : kFiles) {
      if (open(found, file)) break;
    }
#endif
    return found;
  }();
  return only;
}

void* oneDnnSymbol(const OneDnnLibrary& library, const char* name) {
#if defined(__linux__) || defined(__APPLE__)
  return library.handle == nullptr ? nullptr : dlsym(library.handle, name);
#else
  static_cast<void>(library);
  static_cast<void>(name);
  return nullptr;
#endif
}

void holdOneDnnToOneThread() {
  thread_local bool held = false;
  if (held) return;
  const OneDnnLibrary& library = oneDnnLibrary();
  if (library.setThreads != nullptr) library.setThreads(1);
  held = true;
}

bool setOneDnn(bool wanted) {
  switchedOn.store(wanted, std::memory_order_relaxed);
  return wanted && oneDnnLibrary().handle != nullptr;
}

bool oneDnnWanted() { return switchedOn.load(std::memory_order_relaxed); }

}  // namespace gfn
