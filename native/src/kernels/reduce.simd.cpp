/**
 * Loops of the reductions over axes. Every result is joined in a tree that the shape alone decides:
 *   a leaf     up to 4096 neighbours: 4 vectors of accumulators side by side, then their lanes, halving; floats are summed eight
 *              vectors at a time before they are widened
 *   above      leaves, then runs, pairwise in order (2^k leaves make a node)
 *   columns    rows one after the other (float sums: eight at a time) into a line of accumulators, pieces of rows pairwise
 * Pieces are handed to threads whole, so that neither threads nor level change a bit of the result.
 *
 * Times: native/test/kernels.bench.cpp.
 */
#include <cstring>
#include <new>
#include <type_traits>

#include "../core/scratch.h"
#include "../threads/pool.h"
#include "reduce-job.h"
#include "reduce-rules.h"

namespace gfn::GFN_LEVEL {

namespace {

constexpr int64_t kLeaf = 4096;
/** Leaves of one piece of a long run: a power of two, so that pieces are nodes of the tree. */
constexpr int64_t kPiece = 64 * kLeaf;
/** Elements that are worth a chunk of their own. */
constexpr int64_t kChunk = 32768;
/** Accumulators of one line of columns. */
constexpr int64_t kLine = 512;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t offsetOf(const OuterAxes& axes, int64_t at) {
  int64_t offset = 0;
  for (int i = axes.rank - 1; i > 0; i--) {
    offset += at % axes.lengths[i] * axes.steps[i];
    at /= axes.lengths[i];
  }
  return axes.rank == 0 ? 0 : offset + at * axes.steps[0];
}

/** Pairwise joining of a stream of values: a binary counter of finished subtrees. */
template <class Rule>
class Tree {
 public:
  void add(typename Rule::Acc value) {
    int level = 0;
    for (uint64_t n = count_++; (n & 1) != 0; n >>= 1) value = Rule::join(nodes_[level++], value);
    nodes_[level] = value;
  }

  typename Rule::Acc root() const {
    if (count_ == 0) return Rule::kInit;
    int level = __builtin_ctzll(count_);
    typename Rule::Acc value = nodes_[level];
    for (uint64_t n = count_ >> level >> 1; n != 0; n >>= 1) {
      level++;
      if ((n & 1) != 0) value = Rule::join(nodes_[level], value);
    }
    return value;
  }

 private:
  uint64_t count_ = 0;
  typename Rule::Acc nodes_[64];
};

/**
 * 2^k vectors of elements as they are, pairwise. They are read in ascending order, which is up to twice as fast far out of the caches
 * as the descending order that compilers take for arguments.
 */
template <class Rule, int count, class V = typename Rule::InVec>
GFN_INLINE V narrow(const typename Rule::In* x, int64_t step) {
  if constexpr (count == 1) {
    return loadVec<V>(x);
  } else {
    const V first = narrow<Rule, count / 2, V>(x, step);
    const V second = narrow<Rule, count / 2, V>(x + count / 2 * step, step);
    return Rule::join(first, second);
  }
}

/** The lanes of an accumulator, halving. */
template <class Rule>
typename Rule::Acc joinLanes(typename Rule::AccVec v) {
  typename Rule::Acc lane[Rule::kLanes];
  storeVec(lane, v);
  for (int half = Rule::kLanes / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; l++) lane[l] = Rule::join(lane[l], lane[l + half]);
  }
  return lane[0];
}

/** The same in registers, so that the next leaf's loads need not wait; for rules that join vectors of any length. */
template <class Rule, int lanes = Rule::kLanes>
GFN_INLINE typename Rule::Acc joinHalves(Vec<typename Rule::Acc, lanes> v) {
  using Acc = typename Rule::Acc;
  if constexpr (lanes == 2) {
    return Rule::template join<Acc>(v[0], v[1]);
  } else {
    using Half = Vec<Acc, lanes / 2>;
    Half half[2];
    __builtin_memcpy(half, &v, sizeof v);
    return joinHalves<Rule, lanes / 2>(Rule::template join<Half>(half[0], half[1]));
  }
}

/** The accumulator of a narrow leaf, in registers: compilers keep a vector of several registers in memory. Elements are half as wide. */
template <class Rule>
class NarrowSums {
 public:
  using In = typename Rule::In;
  using Acc = typename Rule::Acc;

  /** Joins `count` vectors, one after the other from x on. */
  template <int count>
  GFN_INLINE void add(const In* x) {
    for (int part = 0; part < kParts; part += 2) {
      const Reg<In> sum = narrow<Rule, count, Reg<In>>(x + part * kLanes<Acc>, Rule::kLanes);
      const auto wide = __builtin_convertvector(sum, Vec<Acc, kLanes<In>>);
      Reg<Acc> halves[2];
      __builtin_memcpy(halves, &wide, sizeof wide);
      for (int half = 0; half < 2; half++) sums_[part + half] = Rule::join(sums_[part + half], halves[half]);
    }
  }

  /** The lanes, halving. */
  GFN_INLINE Acc joined() const {
    Reg<Acc> left[kParts];
    for (int part = 0; part < kParts; part++) left[part] = sums_[part];
    for (int half = kParts / 2; half > 0; half /= 2) {
      for (int part = 0; part < half; part++) left[part] = Rule::join(left[part], left[part + half]);
    }
    return joinHalves<Rule, kLanes<Acc>>(left[0]);
  }

 private:
  static constexpr int kParts = Rule::kLanes / kLanes<Acc>;
  static_assert(sizeof(Acc) == 2 * sizeof(In) && kParts >= 2 && Rule::kInit == 0);
  Reg<Acc> sums_[kParts] = {};
};

/** The accumulators of a leaf whose elements come in pieces: whole blocks first, one shorter piece in the end. */
template <class Rule>
class LeafSums {
 public:
  using In = typename Rule::In;
  using Acc = typename Rule::Acc;
  static constexpr int64_t kBlock = 4 * Rule::kLanes;
  /** Fewer elements need no vectors. */
  static constexpr int64_t kLeast = kBlock;

  /** Joins all whole blocks; returns how many elements they are. */
  GFN_INLINE int64_t addBlocks(const In* x, int64_t n) {
    constexpr int lanes = Rule::kLanes;
    AccVec v0 = sums_[0], v1 = sums_[1], v2 = sums_[2], v3 = sums_[3];
    int64_t i = 0;
    for (; i + kBlock <= n; i += kBlock) {
      v0 = Rule::join(v0, Rule::widen(loadVec<InVec>(x + i)));
      v1 = Rule::join(v1, Rule::widen(loadVec<InVec>(x + i + lanes)));
      v2 = Rule::join(v2, Rule::widen(loadVec<InVec>(x + i + 2 * lanes)));
      v3 = Rule::join(v3, Rule::widen(loadVec<InVec>(x + i + 3 * lanes)));
    }
    sums_[0] = v0, sums_[1] = v1, sums_[2] = v2, sums_[3] = v3;
    return i;
  }
  /** The leaf, with its last elements: less than a block. */
  GFN_INLINE Acc joined(const In* x, int64_t n) const {
    Acc acc = joinLanes<Rule>(Rule::join(Rule::join(sums_[0], sums_[1]), Rule::join(sums_[2], sums_[3])));
    for (int64_t i = 0; i < n; i++) acc = Rule::join(acc, Rule::widen(x[i]));
    return acc;
  }

 private:
  using AccVec = typename Rule::AccVec;
  using InVec = typename Rule::InVec;
  AccVec sums_[4] = {splat<AccVec, Rule::kLanes>(Rule::kInit), splat<AccVec, Rule::kLanes>(Rule::kInit),
                     splat<AccVec, Rule::kLanes>(Rule::kInit), splat<AccVec, Rule::kLanes>(Rule::kInit)};
};

template <AddsNarrow Rule>
class LeafSums<Rule> {
 public:
  using In = typename Rule::In;
  using Acc = typename Rule::Acc;
  static constexpr int64_t kBlock = Rule::kNarrow * Rule::kLanes;
  static constexpr int64_t kLeast = Rule::kLanes;

  GFN_INLINE int64_t addBlocks(const In* x, int64_t n) {
    NarrowSums<Rule> sums = sums_;
    int64_t i = 0;
    for (; i + kBlock <= n; i += kBlock) sums.template add<Rule::kNarrow>(x + i);
    sums_ = sums;
    return i;
  }
  GFN_INLINE Acc joined(const In* x, int64_t n) const {
    NarrowSums<Rule> sums = sums_;
    int64_t i = 0;
    for (; i + Rule::kLanes <= n; i += Rule::kLanes) sums.template add<1>(x + i);
    Acc acc = sums.joined();
    for (; i < n; i++) acc = Rule::join(acc, Rule::widen(x[i]));
    return acc;
  }

 private:
  NarrowSums<Rule> sums_;
};

template <class Rule>
typename Rule::Acc leaf(const typename Rule::In* x, int64_t n) {
  auto acc = Rule::kInit;
  if (n < LeafSums<Rule>::kLeast) {
    for (int64_t i = 0; i < n; i++) acc = Rule::join(acc, Rule::widen(x[i]));
    return acc;
  }
  LeafSums<Rule> sums;
  const int64_t whole = sums.addBlocks(x, n);
  return sums.joined(x + whole, n - whole);
}

/** A run of any length on this thread. */
template <class Rule>
typename Rule::Acc wholeRun(const typename Rule::In* x, int64_t n) {
  if (n <= kLeaf) return leaf<Rule>(x, n);
  Tree<Rule> tree;
  for (int64_t i = 0; i < n; i += kLeaf) tree.add(leaf<Rule>(x + i, least(kLeaf, n - i)));
  return tree.root();
}

/** Few results of long runs: the runs are cut into pieces for threads. */
template <class Rule>
bool longRuns(const ReduceJob& job) {
  using Acc = typename Rule::Acc;
  const auto* x = static_cast<const typename Rule::In*>(job.x);
  auto* out = static_cast<typename Rule::Out*>(job.out);
  const int64_t pieces = (job.run + kPiece - 1) / kPiece;
  const Scratch<Acc> memory(ScratchSlot::Parts, pieces);
  Acc* const parts = memory.data;
  if (parts == nullptr) return false;
  for (int64_t o = 0; o < job.kept.count; o++) {
    Tree<Rule> tree;
    for (int64_t s = 0; s < job.segment.count; s++) {
      const auto* from = x + offsetOf(job.kept, o) + offsetOf(job.segment, s);
      parallelFor(pieces, [&](int64_t p) { parts[p] = wholeRun<Rule>(from + p * kPiece, least(kPiece, job.run - p * kPiece)); });
      Tree<Rule> run;
      for (int64_t p = 0; p < pieces; p++) run.add(parts[p]);
      tree.add(run.root());
    }
    out[o] = Rule::finish(tree.root(), job.divisor);
  }
  return true;
}

template <class Rule>
bool rows(const ReduceJob& job) {
  if (job.run >= 2 * kPiece) return longRuns<Rule>(job);
  const auto* x = static_cast<const typename Rule::In*>(job.x);
  auto* out = static_cast<typename Rule::Out*>(job.out);
  const int64_t each = most(1, kChunk / most(1, job.run * job.segment.count));
  parallelFor((job.kept.count + each - 1) / each, [&](int64_t chunk) {
    const int64_t last = least(job.kept.count, (chunk + 1) * each);
    for (int64_t o = chunk * each; o < last; o++) {
      const auto* from = x + offsetOf(job.kept, o);
      if (job.segment.rank == 0) {
        out[o] = Rule::finish(wholeRun<Rule>(from, job.run), job.divisor);
      } else {
        Tree<Rule> tree;
        for (int64_t s = 0; s < job.segment.count; s++) tree.add(wholeRun<Rule>(from + offsetOf(job.segment, s), job.run));
        out[o] = Rule::finish(tree.root(), job.divisor);
      }
    }
  });
  return true;
}

/** acc[j] joined with `count` lines of `width` elements, `step` apart, in order. */
template <class Rule, int count>
GFN_INLINE void addLines(typename Rule::Acc* acc, const typename Rule::In* x, int64_t width, int64_t step) {
  constexpr int lanes = Rule::kLanes;
  int64_t j = 0;
  for (; j + lanes <= width; j += lanes) {
    auto v = loadVec<typename Rule::AccVec>(acc + j);
    if constexpr (AddsNarrow<Rule>) v = Rule::join(v, Rule::widen(narrow<Rule, count>(x + j, step)));
    else
      for (int r = 0; r < count; r++) v = Rule::join(v, Rule::widen(loadVec<typename Rule::InVec>(x + r * step + j)));
    storeVec(acc + j, v);
  }
  for (; j < width; j++) {
    auto a = acc[j];
    for (int r = 0; r < count; r++) a = Rule::join(a, Rule::widen(x[r * step + j]));
    acc[j] = a;
  }
}

/** Rows [first, last) of one segment, as lines of `group` rows of the width `width`; a last short line fills the front only. */
template <class Rule>
void addRows(typename Rule::Acc* acc, const typename Rule::In* x, int64_t nRows, int64_t inner, int64_t width, int64_t group) {
  const int64_t step = group * inner;
  const int64_t lines = nRows / group;
  int64_t i = 0;
  if constexpr (AddsNarrow<Rule>) for (; i + 8 <= lines; i += 8) addLines<Rule, 8>(acc, x + i * step, width, step);
  for (; i + 4 <= lines; i += 4) addLines<Rule, 4>(acc, x + i * step, width, step);
  for (; i < lines; i++) addLines<Rule, 1>(acc, x + i * step, width, step);
  if (nRows > lines * group) addLines<Rule, 1>(acc, x + lines * step, (nRows - lines * group) * inner, step);
}

/**
 * Columns: the work is cut into (kept index) × (tile of columns) × (piece of rows). Narrow operands take several rows as one
 * line, so that vectors are full; the groups are joined at the end.
 */
template <class Rule>
bool columns(const ReduceJob& job) {
  using Acc = typename Rule::Acc;
  const auto* x = static_cast<const typename Rule::In*>(job.x);
  auto* out = static_cast<typename Rule::Out*>(job.out);
  const int64_t inner = job.inner;
  const int64_t group = inner <= kLine / 2 ? least(kLine / inner, job.run) : 1;
  const int64_t tile = least(inner, kLine);
  const int64_t tiles = (inner + tile - 1) / tile;
  // Pieces of rows lie within one segment.
  const int64_t pieceRows = most(group * 64, (kPiece / tile) / group * group);
  const int64_t perSegment = (job.run + pieceRows - 1) / pieceRows;
  const int64_t pieces = perSegment * job.segment.count;
  const int64_t results = job.kept.count * inner;
  const Scratch<Acc> memory(ScratchSlot::Parts, results * pieces);
  Acc* const parts = memory.data;
  if (parts == nullptr) return false;
  const int64_t tasks = job.kept.count * tiles * pieces;
  const int64_t each = most(1, kChunk / most(1, least(job.run, pieceRows) * tile));
  parallelFor((tasks + each - 1) / each, [&](int64_t chunk) {
    Acc acc[kLine];
    const int64_t last = least(tasks, (chunk + 1) * each);
    for (int64_t task = chunk * each; task < last; task++) {
      const int64_t piece = task % pieces;
      const int64_t column = task / pieces % tiles * tile;
      const int64_t o = task / pieces / tiles;
      const int64_t segment = piece / perSegment;
      const int64_t row = piece % perSegment * pieceRows;
      const int64_t width = least(tile, inner - column);
      for (int64_t j = 0; j < width * group; j++) acc[j] = Rule::kInit;
      const auto* from = x + offsetOf(job.kept, o) + offsetOf(job.segment, segment) + row * inner + column;
      addRows<Rule>(acc, from, least(pieceRows, job.run - row), inner, width * group, group);
      for (int64_t left = group; left > 1; left = (left + 1) / 2) {
        const int64_t half = (left + 1) / 2;
        for (int64_t j = 0; j < (left - half) * width; j++) acc[j] = Rule::join(acc[j], acc[half * width + j]);
      }
      Acc* part = parts + piece * results + o * inner + column;
      for (int64_t j = 0; j < width; j++) part[j] = acc[j];
    }
  });
  for (int64_t span = 1; span < pieces; span *= 2) {
    for (int64_t p = 0; p + span < pieces; p += 2 * span) {
      Acc* a = parts + p * results;
      const Acc* b = parts + (p + span) * results;
      for (int64_t j = 0; j < results; j++) a[j] = Rule::join(a[j], b[j]);
    }
  }
  for (int64_t j = 0; j < results; j++) out[j] = Rule::finish(parts[j], job.divisor);
  return true;
}

/** A run that comes in pieces, as ReduceRun holds it. */
template <class Rule>
struct Pieces {
  using In = typename Rule::In;
  using Acc = typename Rule::Acc;
  using Out = typename Rule::Out;
  static_assert(kReduceUnit % LeafSums<Rule>::kBlock == 0 && kLeaf == kReduceLeaf && sizeof(Acc) <= sizeof(uint64_t));

  LeafSums<Rule> sums;
  /** Elements of the leaf that is open. */
  int64_t inLeaf = 0;
  Tree<Rule> tree;

  static Pieces& of(ReduceRun& run) {
    static_assert(sizeof(Pieces) <= sizeof run.bytes && alignof(Pieces) <= alignof(ReduceRun) && std::is_trivially_destructible_v<Pieces>);
    return *reinterpret_cast<Pieces*>(run.bytes);
  }
  static void begin(ReduceRun& run) { new (run.bytes) Pieces; }
  void close(const In* rest, int64_t n) {
    tree.add(sums.joined(rest, n));
    sums = {};
    inLeaf = 0;
  }
  static void add(ReduceRun& run, const void* from, int64_t n) {
    Pieces& p = of(run);
    const In* x = static_cast<const In*>(from);
    for (int64_t count = 0; n > 0; x += count, n -= count) {
      count = least(n, kLeaf - p.inLeaf);
      const int64_t whole = p.sums.addBlocks(x, count);
      p.inLeaf += count;
      if (whole < count || p.inLeaf == kLeaf) p.close(x + whole, count - whole);
    }
  }
  static uint64_t root(ReduceRun& run) {
    Pieces& p = of(run);
    if (p.inLeaf > 0) p.close(nullptr, 0);
    const Acc value = p.tree.root();
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static Acc accOf(uint64_t root) {
    Acc value;
    std::memcpy(&value, &root, sizeof value);
    return value;
  }
  static void join(ReduceRun& run, uint64_t root) { of(run).tree.add(accOf(root)); }
  static void finish(uint64_t root, void* out, int64_t divisor) { *static_cast<Out*>(out) = Rule::finish(accOf(root), divisor); }
  static void rows(const void* from, void* to, int64_t rows, int64_t n, int64_t divisor) {
    const In* x = static_cast<const In*>(from);
    Out* out = static_cast<Out*>(to);
    for (int64_t r = 0; r < rows; r++) out[r] = Rule::finish(wholeRun<Rule>(x + r * n, n), divisor);
  }
};

template <class Rule>
constexpr RunReducer kReducer = {Pieces<Rule>::begin, Pieces<Rule>::add,    Pieces<Rule>::root,
                                 Pieces<Rule>::join,  Pieces<Rule>::finish, Pieces<Rule>::rows};

struct RunLoops {
  const ReduceJob& job;
  template <class Rule>
  bool with() const {
    return job.inner == 0 ? rows<Rule>(job) : columns<Rule>(job);
  }
};

struct FindReducer {
  template <class Rule>
  const RunReducer* with() const {
    return &kReducer<Rule>;
  }
};

/** Calls `use.with<Rule>()` with the rule of a reduction of a dtype. */
template <class Use>
auto withRule(Reduction op, DType dtype, const Use& use) {
  const bool wide = dtype == DType::Float64;
  const bool integer = dtype == DType::Int32;
  switch (op) {
    case Reduction::Sum:
    case Reduction::Mean:
      if (integer) return use.template with<SumRule<uint32_t, uint32_t, 16>>();
      if (dtype == DType::Int64) return use.template with<SumRule<uint64_t, uint64_t, 8>>();
      return wide ? use.template with<SumRule<double, double, 8>>() : use.template with<FloatSumRule>();
    case Reduction::Prod:
      if (integer) return use.template with<ProdRule<uint32_t, uint32_t, 16>>();
      if (dtype == DType::Int64) return use.template with<ProdRule<uint64_t, uint64_t, 8>>();
      return wide ? use.template with<ProdRule<double, double, 8>>() : use.template with<ProdRule<float, double, 8>>();
    case Reduction::Max:
      if (integer) return use.template with<IntPeakRule<int32_t, 16, true>>();
      if (dtype == DType::Int64) return use.template with<IntPeakRule<int64_t, 8, true>>();
      if (dtype == DType::UInt8) return use.template with<IntPeakRule<uint8_t, 32, true>>();
      return wide ? use.template with<PeakRule<double, 8, true>>() : use.template with<PeakRule<float, 16, true>>();
    case Reduction::Min:
      if (integer) return use.template with<IntPeakRule<int32_t, 16, false>>();
      if (dtype == DType::Int64) return use.template with<IntPeakRule<int64_t, 8, false>>();
      if (dtype == DType::UInt8) return use.template with<IntPeakRule<uint8_t, 32, false>>();
      return wide ? use.template with<PeakRule<double, 8, false>>() : use.template with<PeakRule<float, 16, false>>();
    case Reduction::Any: return use.template with<LogicRule<false>>();
    case Reduction::All: break;
  }
  return use.template with<LogicRule<true>>();
}

}  // namespace

bool reduceLoops(Reduction op, const ReduceJob& job) { return withRule(op, job.dtype, RunLoops{job}); }

const RunReducer& runReducer(Reduction op, DType dtype) { return *withRule(op, dtype, FindReducer{}); }

}  // namespace gfn::GFN_LEVEL
