/**
 * When the steps of a run begin and end: of runs that are recorded only (setTimed in machine.h). Every step counts in the totals; of the
 * first `most` the beginning is kept, too, so that a long loop needs no more memory than that.
 */
#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

namespace gfn {

class StepClock {
 public:
  struct Entry {
    /** ~step where code of the loop that begins with the step ran, to its end. */
    int64_t step;
    /** Nanoseconds since the run began. */
    int64_t start, took;
  };
  struct Total {
    int64_t count = 0, took = 0;
  };

  StepClock(size_t steps, size_t most) : totals(steps), most_(most) { entries.reserve(most); }

  /** A step begins, and the one before ends. */
  void step(size_t index) {
    const int64_t now = since();
    finish(now);
    last_ = static_cast<int64_t>(index);
    lastStart_ = now;
    isCompiled_ = false;
  }
  /** The step is the first of a loop, of which code runs now. */
  void compiled() { isCompiled_ = true; }
  void end() {
    finish(since());
    last_ = -1;
  }

  int64_t executed = 0;
  std::vector<Entry> entries;
  std::vector<Total> totals;

 private:
  using Clock = std::chrono::steady_clock;

  int64_t since() const { return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin_).count(); }

  void finish(int64_t now) {
    if (last_ < 0 || static_cast<size_t>(last_) >= totals.size()) return;
    const int64_t took = now - lastStart_;
    executed++;
    Total& total = totals[static_cast<size_t>(last_)];
    total.count++;
    total.took += took;
    if (entries.size() < most_) entries.push_back({isCompiled_ ? ~last_ : last_, lastStart_, took});
  }

  size_t most_;
  Clock::time_point begin_ = Clock::now();
  int64_t last_ = -1, lastStart_ = 0;
  bool isCompiled_ = false;
};

}  // namespace gfn
