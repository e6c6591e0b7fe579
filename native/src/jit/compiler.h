/**
 * Compiled code, made on a thread of its own while programs go on with their loops.
 *
 *   Slot ──request──▶ queue ──▶ text of a module ──LLVM──▶ code, found in the slot from then on
 *
 * Equal texts give one piece of code; of what nobody holds any more, the newest are kept.
 */
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "llvm.h"

namespace gfn::jit {

enum class Mode : int {
  /** Nothing is compiled. */
  Off,
  /** In the background, once it pays. */
  Background,
  /** At the first run, which waits for it: for tests. */
  Wait,
};

/** Where a program looks for its code. */
class Slot {
 public:
  /** Null while there is none. */
  const void* address() const { return address_.load(std::memory_order_acquire); }
  bool compiled() const { return address() != nullptr; }
  /**
   * Adds estimated work in units of an element's cost (1/16 ns); true the first time that compiling is worth it, or from the start where
   * the mode is to wait.
   */
  bool worthwhile(int64_t work);

 private:
  friend class Compiler;
  std::atomic<const void*> address_{nullptr};
  std::atomic<int64_t> work_{0};
  std::atomic<bool> asked_{false};
  std::shared_ptr<Code> code_;
};

/** Asks for the code of what `write` writes, on the compiler's thread; in mode Wait it is there on return, if at all. */
void request(const std::shared_ptr<Slot>& slot, std::function<std::string()> write);

/** Before the first request of the process. A path names a library in place of the usual ones. */
void setMode(Mode mode, const std::string& path);
Mode mode();

struct State {
  /** Such as "LLVM 19.1.7"; empty where it is not loaded (yet). */
  std::string library;
  /** Why there is none; empty where none is missing. */
  std::string missing;
  int64_t compiled, reused, failed, waiting;
  /** Time on the compiler's thread, loading included. */
  double milliseconds;
  /** LLVM's words on what failed last. */
  std::string failure;
};
State state();
/** Waits until nothing is left to compile. */
void drain();
/** Compiles nothing from now on, and waits for what is under way: before the process ends. */
void stop();
/** Loads the library, if there is one, and says whether it is usable; without `wait`, whether it is by now. */
bool ready(bool wait);

}  // namespace gfn::jit
