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
#include <cstdlib>

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

template <class Rule>
typename Rule::Acc narrowLeaf(const typename Rule::In* x, int64_t n) {
  constexpr int lanes = Rule::kLanes;
  constexpr int64_t block = Rule::kNarrow * lanes;
  auto acc = Rule::kInit;
  int64_t i = 0;
  if (n >= lanes) {
    NarrowSums<Rule> sums;
    for (; i + block <= n; i += block) sums.template add<Rule::kNarrow>(x + i);
    for (; i + lanes <= n; i += lanes) sums.template add<1>(x + i);
    acc = sums.joined();
  }
  for (; i < n; i++) acc = Rule::join(acc, Rule::widen(x[i]));
  return acc;
}

template <class Rule>
typename Rule::Acc leaf(const typename Rule::In* x, int64_t n) {
  if constexpr (AddsNarrow<Rule>) return narrowLeaf<Rule>(x, n);
  using Acc = typename Rule::Acc;
  using AccVec = typename Rule::AccVec;
  using InVec = typename Rule::InVec;
  constexpr int lanes = Rule::kLanes;
  Acc acc = Rule::kInit;
  int64_t i = 0;
  if (n >= 4 * lanes) {
    AccVec v0 = splat<AccVec, lanes>(Rule::kInit), v1 = v0, v2 = v0, v3 = v0;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
      v0 = Rule::join(v0, Rule::widen(loadVec<InVec>(x + i)));
      v1 = Rule::join(v1, Rule::widen(loadVec<InVec>(x + i + lanes)));
      v2 = Rule::join(v2, Rule::widen(loadVec<InVec>(x + i + 2 * lanes)));
      v3 = Rule::join(v3, Rule::widen(loadVec<InVec>(x + i + 3 * lanes)));
    }
    acc = joinLanes<Rule>(Rule::join(Rule::join(v0, v1), Rule::join(v2, v3)));
  }
  for (; i < n; i++) acc = Rule::join(acc, Rule::widen(x[i]));
  return acc;
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
  Acc* parts = static_cast<Acc*>(std::malloc(static_cast<size_t>(pieces) * sizeof(Acc)));
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
  std::free(parts);
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
  Acc* parts = static_cast<Acc*>(std::malloc(static_cast<size_t>(results * pieces) * sizeof(Acc)));
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
  std::free(parts);
  return true;
}

template <class Rule>
bool run(const ReduceJob& job) {
  return job.inner == 0 ? rows<Rule>(job) : columns<Rule>(job);
}

}  // namespace

bool reduceLoops(Reduction op, const ReduceJob& job) {
  const bool wide = job.dtype == DType::Float64;
  const bool integer = job.dtype == DType::Int32;
  switch (op) {
    case Reduction::Sum:
    case Reduction::Mean:
      if (integer) return run<SumRule<uint32_t, uint32_t, 16>>(job);
      if (job.dtype == DType::Int64) return run<SumRule<uint64_t, uint64_t, 8>>(job);
      return wide ? run<SumRule<double, double, 8>>(job) : run<FloatSumRule>(job);
    case Reduction::Prod:
      if (integer) return run<ProdRule<uint32_t, uint32_t, 16>>(job);
      if (job.dtype == DType::Int64) return run<ProdRule<uint64_t, uint64_t, 8>>(job);
      return wide ? run<ProdRule<double, double, 8>>(job) : run<ProdRule<float, double, 8>>(job);
    case Reduction::Max:
      if (integer) return run<IntPeakRule<int32_t, 16, true>>(job);
      if (job.dtype == DType::Int64) return run<IntPeakRule<int64_t, 8, true>>(job);
      if (job.dtype == DType::UInt8) return run<IntPeakRule<uint8_t, 32, true>>(job);
      return wide ? run<PeakRule<double, 8, true>>(job) : run<PeakRule<float, 16, true>>(job);
    case Reduction::Min:
      if (integer) return run<IntPeakRule<int32_t, 16, false>>(job);
      if (job.dtype == DType::Int64) return run<IntPeakRule<int64_t, 8, false>>(job);
      if (job.dtype == DType::UInt8) return run<IntPeakRule<uint8_t, 32, false>>(job);
      return wide ? run<PeakRule<double, 8, false>>(job) : run<PeakRule<float, 16, false>>(job);
    case Reduction::Any: return run<LogicRule<false>>(job);
    case Reduction::All: return run<LogicRule<true>>(job);
  }
  return false;
}

}  // namespace gfn::GFN_LEVEL
