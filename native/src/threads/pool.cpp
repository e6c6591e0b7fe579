#include "pool.h"

#include <atomic>
#include <mutex>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__linux__) || defined(__APPLE__)
#include <dlfcn.h>
#endif

namespace gfn {

namespace {

constexpr int kMaxThreads = 64;
/** Pauses before a waiting thread sleeps: 15 to 40 µs, by processor. */
constexpr int kSpins = 1500;

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int coresOfProcess() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const unsigned n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

/** Node unloads an addon with its last environment, but sleeping threads still have their code in it: keep it for good. */
void keepLibrary() {
#if defined(__linux__) || defined(__APPLE__)
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&keepLibrary), &info) != 0 && info.dli_fname != nullptr) {
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE | RTLD_NOLOAD);
  }
#endif
}

thread_local bool insideBody = false;

/**
 * The job and who takes which chunk. `ticket` holds the job's number in its upper half and the number of chunks that nobody has
 * taken in the lower one; a chunk is taken by subtracting 1 with compare-and-swap. While chunks are left, the job cannot end, so
 * `body`, `context` and `chunks`, read between the load and a swap that succeeds, belong to that job.
 */
class Pool {
 public:
  void run(int64_t chunks, void (*body)(int64_t, void*), void* context) {
    const bool fits = chunks > 1 && chunks < INT32_MAX && wanted_.load(std::memory_order_relaxed) > 1 && !insideBody;
    if (!fits || !busy_.try_lock()) {
      for (int64_t i = 0; i < chunks; i++) body(i, context);
      return;
    }
    startMissing();
    body_.store(body, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    chunks_.store(static_cast<uint32_t>(chunks), std::memory_order_relaxed);
    done_.store(0, std::memory_order_relaxed);
    const uint32_t job = job_.load(std::memory_order_relaxed) + 1;
    ticket_.store(static_cast<uint64_t>(job) << 32 | static_cast<uint32_t>(chunks), std::memory_order_release);
    job_.store(job, std::memory_order_release);
    job_.notify_all();
    work(job);
    awaitDone(static_cast<uint32_t>(chunks));
    busy_.unlock();
  }

  int wanted() const { return wanted_.load(std::memory_order_relaxed); }

  void resize(int count) {
    std::lock_guard<std::mutex> hold(busy_);
    wanted_.store(count < 1 ? 1 : count > kMaxThreads ? kMaxThreads : count, std::memory_order_relaxed);
  }

 private:
  /** Takes chunks of `job` until none is left. */
  void work(uint32_t job) {
    insideBody = true;
    for (;;) {
      uint64_t ticket = ticket_.load(std::memory_order_acquire);
      const uint32_t left = static_cast<uint32_t>(ticket);
      if (static_cast<uint32_t>(ticket >> 32) != job || left == 0) break;
      const auto body = body_.load(std::memory_order_relaxed);
      void* const context = context_.load(std::memory_order_relaxed);
      const uint32_t chunks = chunks_.load(std::memory_order_relaxed);
      if (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel)) continue;
      body(chunks - left, context);
      if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks) done_.notify_one();
    }
    insideBody = false;
  }

  /** Waits for chunks that others have taken: they are being worked on. */
  void awaitDone(uint32_t chunks) {
    for (int spin = 0; spin < kSpins; spin++) {
      if (done_.load(std::memory_order_acquire) == chunks) return;
      pause();
    }
    for (uint32_t seen = done_.load(std::memory_order_acquire); seen != chunks; seen = done_.load(std::memory_order_acquire)) {
      done_.wait(seen, std::memory_order_acquire);
    }
  }

  void startMissing() {
    const int workers = wanted_.load(std::memory_order_relaxed) - 1;
    if (started_ == 0) keepLibrary();
    for (; started_ < workers; started_++) {
      try {
        std::thread(&Pool::loop, this, started_).detach();
      } catch (...) {
        // The system gives no more threads: make do with those there are.
        wanted_.store(started_ + 1, std::memory_order_relaxed);
        return;
      }
    }
  }

  /** Life of worker `number`. Surplus workers sleep: they look at no job. */
  void loop(int number) {
    uint32_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && job_.load(std::memory_order_acquire) == seen; spin++) pause();
      job_.wait(seen, std::memory_order_acquire);
      seen = job_.load(std::memory_order_acquire);
      if (number + 1 < wanted_.load(std::memory_order_relaxed)) work(seen);
    }
  }

  std::mutex busy_;
  std::atomic<int> wanted_{coresOfProcess() < kMaxThreads ? coresOfProcess() : kMaxThreads};
  int started_ = 0;
  alignas(64) std::atomic<uint64_t> ticket_{0};
  alignas(64) std::atomic<uint32_t> job_{0};
  std::atomic<void (*)(int64_t, void*)> body_{nullptr};
  std::atomic<void*> context_{nullptr};
  std::atomic<uint32_t> chunks_{0};
  alignas(64) std::atomic<uint32_t> done_{0};
};

/** Never destroyed: detached threads use it until the process ends. */
Pool& pool() {
  static Pool* const only = new Pool;
  return *only;
}

}  // namespace

void parallelFor(int64_t chunks, void (*body)(int64_t, void*), void* context) {
  if (chunks > 0) pool().run(chunks, body, context);
}

int threadCount() { return pool().wanted(); }

void setThreadCount(int count) { pool().resize(count); }

}  // namespace gfn
