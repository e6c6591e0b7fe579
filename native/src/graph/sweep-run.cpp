/** Runs sweeps: chunks of the arrays on all threads, each by blocks, and what is set back where that was wrong. */
#include <cstdlib>
#include <cstring>

#include "../core/memory.h"
#include "../threads/pool.h"
#include "machine.h"
#include "sweeps.h"

namespace gfn {

namespace {

/** Rounds that loops are taken to have, in deciding how much a thread gets. */
constexpr int64_t kUsualRounds = 8;
/** Bytes that are asked about before they are taken. */
constexpr int64_t kMuch = 256 << 20;
constexpr int64_t kBlockBytes = jit::kMostLanes * 8;

struct Freed {
  void operator()(char* memory) const { std::free(memory); }
};
using Bytes = std::unique_ptr<char, Freed>;
Bytes allocate(int64_t bytes) { return Bytes(static_cast<char*>(std::malloc(static_cast<size_t>(bytes > 0 ? bytes : 1)))); }

class Run {
 public:
  Run(Sweep& sweep, jit::SweepCode code, Frame& frame) : sweep_(sweep), code_(code), frame_(frame), count_(sweep.arrays.size()) {
    for (const Sweep::Array& array : sweep.arrays) {
      const Ref ref = array.operand.ref;
      at_.push_back(ref >= 0 ? frame.memory.data + ref : static_cast<char*>(frame.externals[static_cast<size_t>(~ref)]));
      if (array.kept) keptBytes_ += array.operand.bytes;
    }
    const int64_t lanes = sweep.loop.lanes, n = sweep.n, cost = sweep.cost > 0 ? sweep.cost : 1;
    length_ = n;
    if (n * cost * kUsualRounds >= kParallelWork) length_ = std::max(kChunkWork / (cost * kUsualRounds) / lanes, int64_t{1}) * lanes;
    chunks_ = (n + length_ - 1) / length_;
  }

  jit::Swept all() {
    scalars_.assign(static_cast<size_t>(chunks_) * scalarSize(), 0);
    isSaved_.assign(static_cast<size_t>(chunks_), 0);
    // What is kept may not be what drives the process out of memory.
    const int64_t bytes = keptBytes_ * sweep_.n;
    if (bytes > kMuch && bytes > availableMemory() / 4) return jit::Swept::Failed;
    saved_ = allocate(bytes);
    if (saved_ == nullptr) return jit::Swept::Failed;
    parallelFor(chunks_, [&](int64_t i) { chunk(i); });
    const auto worst = static_cast<jit::Swept>(worst_.load());
    if (worst == jit::Swept::Done) takeScalars();
    else {
      for (int64_t i = 0; i < chunks_; i++) {
        if (isSaved_[static_cast<size_t>(i)] != 0) save(i, false);
      }
    }
    return worst;
  }

 private:
  size_t scalarSize() const { return 1 + sweep_.loop.slots.size(); }
  int64_t countOf(int64_t chunk) const { return std::min(length_, sweep_.n - chunk * length_); }

  /** Keeps the arrays of a chunk as they are, or sets them back. */
  void save(int64_t chunk, bool keep) {
    const int64_t from = chunk * length_, count = countOf(chunk);
    char* own = saved_.get() + keptBytes_ * from;
    for (size_t k = 0; k < count_; k++) {
      if (!sweep_.arrays[k].kept) continue;
      const int64_t bytes = sweep_.arrays[k].operand.bytes;
      char* const there = at_[k] + from * bytes;
      std::memcpy(keep ? own : there, keep ? there : own, static_cast<size_t>(count * bytes));
      own += count * bytes;
    }
  }

  void fail(jit::Swept how) {
    int64_t before = worst_.load();
    while (before < static_cast<int64_t>(how) && !worst_.compare_exchange_weak(before, static_cast<int64_t>(how))) {}
  }

  void chunk(int64_t i) {
    if (worst_.load(std::memory_order_relaxed) != 0) return;
    const int64_t from = i * length_, count = countOf(i);
    int64_t repeated = 0;
    for (const Sweep::Array& array : sweep_.arrays) repeated += isRepeated(array.operand) ? array.operand.bytes * count : 0;
    const Bytes written = allocate(repeated);
    if (written == nullptr) return fail(jit::Swept::Failed);
    save(i, true);
    isSaved_[static_cast<size_t>(i)] = 1;
    char* where[64];
    char* next = written.get();
    for (size_t k = 0; k < count_; k++) {
      const FusedOperand& operand = sweep_.arrays[k].operand;
      where[k] = operand.pattern == Pattern::Full ? at_[k] + from * operand.bytes : at_[k];
      if (!isRepeated(operand)) continue;
      writeRepeated(operand, at_[k], next, from, count);
      where[k] = next;
      next += operand.bytes * count;
    }
    char* const scalars = reinterpret_cast<char*>(scalars_.data() + static_cast<size_t>(i) * scalarSize());
    const int64_t whole = count / sweep_.loop.lanes * sweep_.loop.lanes;
    const int64_t how = whole == 0 ? 0 : code_(frame_.memory.data, where, whole, scalars);
    if (how != 0) return fail(static_cast<jit::Swept>(how));
    if (whole < count) rest(where, whole, count - whole, scalars);
  }

  /** Less than a block: the others do what the last one does, and so change neither rounds nor failures. */
  void rest(char* const* where, int64_t from, int64_t count, char* scalars) {
    alignas(64) char room[64 * kBlockBytes];
    char* own[64];
    for (size_t k = 0; k < count_; k++) {
      const Sweep::Array& array = sweep_.arrays[k];
      const int64_t bytes = array.operand.bytes;
      own[k] = array.operand.pattern == Pattern::One ? where[k] : room + static_cast<int64_t>(k) * kBlockBytes;
      if (own[k] == where[k] || !array.loaded) continue;
      std::memcpy(own[k], where[k] + from * bytes, static_cast<size_t>(count * bytes));
      for (int64_t i = count; i < sweep_.loop.lanes; i++) std::memcpy(own[k] + i * bytes, own[k] + (count - 1) * bytes, static_cast<size_t>(bytes));
    }
    const int64_t how = code_(frame_.memory.data, own, sweep_.loop.lanes, scalars);
    if (how != 0) return fail(static_cast<jit::Swept>(how));
    for (size_t k = 0; k < count_; k++) {
      const int64_t bytes = sweep_.arrays[k].operand.bytes;
      if (sweep_.arrays[k].stored) std::memcpy(where[k] + from * bytes, own[k], static_cast<size_t>(count * bytes));
    }
  }

  /** Those of a chunk with the most rounds. */
  void takeScalars() {
    const int64_t* most = scalars_.data();
    for (int64_t i = 1; i < chunks_; i++) {
      const int64_t* const other = scalars_.data() + static_cast<size_t>(i) * scalarSize();
      if (other[0] > most[0]) most = other;
    }
    for (size_t k = 0; k < sweep_.loop.slots.size(); k++) {
      std::memcpy(frame_.memory.data + sweep_.loop.slots[k] * kSlot, most + 1 + k, static_cast<size_t>(kSlot));
    }
  }

  Sweep& sweep_;
  const jit::SweepCode code_;
  Frame& frame_;
  const size_t count_;
  std::vector<char*> at_;
  int64_t keptBytes_ = 0, length_ = 0, chunks_ = 0;
  /** For each chunk: rounds, then slots. */
  std::vector<int64_t> scalars_;
  std::vector<char> isSaved_;
  Bytes saved_;
  std::atomic<int64_t> worst_{0};
};

}  // namespace

bool runSweep(Frame& frame, const std::shared_ptr<Sweep>& sweep) {
  if (frame.failedSweep == sweep.get()) return false;
  if (!sweep->slot->compiled() && sweep->slot->worthwhile(sweep->n * sweep->cost)) {
    jit::request(sweep->slot, [weak = std::weak_ptr<Sweep>(sweep)] {
      const std::shared_ptr<Sweep> asked = weak.lock();
      if (asked == nullptr) return std::string();
      const std::string text = jit::writeSweep(asked->loop);
      if (text.empty()) asked->isOff = true;
      return text;
    });
  }
  const auto code = reinterpret_cast<jit::SweepCode>(const_cast<void*>(sweep->slot->address()));
  if (code == nullptr) return false;
  const jit::Swept how = Run(*sweep, code, frame).all();
  (how == jit::Swept::Done ? sweepCounts().done : sweepCounts().setBack)++;
  if (how == jit::Swept::Unsettled) sweep->isOff = true;
  if (how == jit::Swept::Failed) frame.failedSweep = sweep.get();
  return how == jit::Swept::Done;
}

SweepCounts& sweepCounts() {
  static SweepCounts counts;
  return counts;
}

}  // namespace gfn
