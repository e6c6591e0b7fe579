/**
 * Loops of pools: vectors over channels, then what is left of them one by one. Each is written for a vector and for one element by
 * the same template.
 *
 * Averages add in double precision, cell by cell; the gradient of maxPool adds in the dtype, window by window: as the definitions
 * in runtime/src/ops/pooling.ts do.
 */
#include <cstring>
#include <type_traits>

#include "../threads/pool.h"
#include "pooling.h"
#include "reduce-rules.h"

namespace gfn::GFN_LEVEL {

namespace {

constexpr int kLanesOfPool = 8;
/** Cells read by one chunk. */
constexpr int64_t kChunk = 32768;
/** Channels of a task of maxPoolGrad at least: a line of the cache of float32. Tasks that it is cut into, where shapes allow. */
constexpr int64_t kChannels = 16;
constexpr int64_t kTasks = 16;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** The cells [top, bottom) × [left, right) of the image in one window. */
struct Cells {
  int64_t top, bottom, left, right;

  int64_t count() const { return (bottom - top) * (right - left); }
};

Cells cellsOf(const PoolJob& job, int64_t row, int64_t column) {
  const int64_t y = row * job.strideY - job.top, x = column * job.strideX - job.left;
  return {most(0, y), least(job.height, y + job.windowY), most(0, x), least(job.width, x + job.windowX)};
}

/**
 * Calls step(row, column, index in the window) for the cells of a window. `square`: 2 × 2 cells, without loops; most pools are these.
 */
template <bool square, class Step>
GFN_INLINE void eachCell(const Cells& cells, const Step& step) {
  if constexpr (square) {
    step(cells.top, cells.left, 0);
    step(cells.top, cells.left + 1, 1);
    step(cells.top + 1, cells.left, 2);
    step(cells.top + 1, cells.left + 1, 3);
  } else {
    int32_t index = 0;
    for (int64_t y = cells.top; y < cells.bottom; y++) {
      for (int64_t x = cells.left; x < cells.right; x++) step(y, x, index++);
    }
  }
}

/** Calls body(std::true_type) for a window of 2 × 2 cells, body(std::false_type) for others. */
template <class Body>
GFN_INLINE void byForm(const Cells& cells, const Body& body) {
  if (cells.bottom - cells.top == 2 && cells.right - cells.left == 2) body(std::true_type{});
  else body(std::false_type{});
}

/** One number as a vector of one lane would be. */
template <class V, class T>
GFN_INLINE V load(const T* from) {
  if constexpr (sizeof(V) == sizeof(T)) return *from;
  else return loadVec<V>(from);
}
template <class V, class T>
GFN_INLINE void store(T* to, V v) {
  if constexpr (sizeof(V) == sizeof(T)) *to = v;
  else storeVec(to, v);
}
template <class To, class V>
GFN_INLINE To convert(V v) {
  if constexpr (sizeof(V) <= 8) return static_cast<To>(v);
  else return __builtin_convertvector(v, To);
}
/** `mask ? a : b`, lane by lane. */
template <class M, class V>
GFN_INLINE V choose(M mask, V a, V b) {
  return mask ? a : b;
}

/** What one lane or a vector of them is made of. */
template <class T, bool vector>
struct Kinds {
  static constexpr int kCount = vector ? kLanesOfPool : 1;
  using Bits = typename MaskOf<sizeof(T)>::type;
  template <class E>
  using Of = std::conditional_t<vector, Vec<E, kLanesOfPool>, E>;
  using V = Of<T>;
  using Mask = Of<Bits>;
  using Wide = Of<double>;
  static GFN_INLINE V zero() { return V{}; }
  static GFN_INLINE Mask all(Bits bits) {
    if constexpr (vector) return splat<Mask, kLanesOfPool>(bits);
    else return bits;
  }
};

/** Calls step(vector of channels?, first channel) over all of [from, to). */
template <class T, class Step>
GFN_INLINE void eachChannel(int64_t from, int64_t to, const Step& step) {
  int64_t c = from;
  for (; c + kLanesOfPool <= to; c += kLanesOfPool) step(Kinds<T, true>{}, c);
  for (; c < to; c++) step(Kinds<T, false>{}, c);
}

template <class T>
struct RuleOf {
  using type = PeakRule<T, kLanesOfPool, true>;
};
template <>
struct RuleOf<int32_t> {
  using type = IntPeakRule<kLanesOfPool, true>;
};

/** Index in the window of the first largest cell of each channel; NaN is the largest. */
template <class K, bool square, class T>
GFN_INLINE typename K::Mask firstLargest(const PoolJob& job, const T* image, const Cells& cells, int64_t c) {
  using V = typename K::V;
  V best = load<V>(image + (cells.top * job.width + cells.left) * job.channels + c);
  typename K::Mask at = K::all(0);
  eachCell<square>(cells, [&](int64_t y, int64_t x, int32_t index) {
    const V v = load<V>(image + (y * job.width + x) * job.channels + c);
    const auto better = (v > best) | ((v != v) & (best == best));
    best = choose(better, v, best);
    at = choose(better, K::all(index), at);
  });
  return at;
}

/** Calls body(image, row, column) for each place, rows of places shared out. */
template <class Body>
void eachPlace(const PoolJob& job, const Body& body) {
  const int64_t perRow = job.columns * job.windowY * job.windowX * job.channels;
  const int64_t each = 1 + kChunk / most(1, perRow);
  const int64_t total = job.images * job.rows;
  parallelFor(divideUp(total, each), [&](int64_t chunk) {
    for (int64_t row = chunk * each; row < least(total, (chunk + 1) * each); row++) {
      for (int64_t column = 0; column < job.columns; column++) body(row / job.rows, row % job.rows, column);
    }
  });
}

template <class T>
struct Loops {
  const PoolJob& job;
  const T* first = static_cast<const T*>(job.first);
  const T* second = static_cast<const T*>(job.second);
  T* out = static_cast<T*>(job.out);
  int64_t imageSize = job.height * job.width * job.channels;

  int64_t place(int64_t image, int64_t row, int64_t column) const { return ((image * job.rows + row) * job.columns + column) * job.channels; }

  void max() const {
    using Rule = typename RuleOf<T>::type;
    eachPlace(job, [&](int64_t image, int64_t row, int64_t column) {
      const Cells cells = cellsOf(job, row, column);
      const T* const x = first + image * imageSize;
      T* const to = out + place(image, row, column);
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using V = typename decltype(kinds)::V;
          V best = load<V>(x + (cells.top * job.width + cells.left) * job.channels + c);
          eachCell<square.value>(cells, [&](int64_t y, int64_t q, int32_t) { best = Rule::join(best, load<V>(x + (y * job.width + q) * job.channels + c)); });
          store(to + c, best);
        });
      });
    });
  }

  void avg() const {
    eachPlace(job, [&](int64_t image, int64_t row, int64_t column) {
      const Cells cells = cellsOf(job, row, column);
      const T* const x = first + image * imageSize;
      T* const to = out + place(image, row, column);
      const double count = static_cast<double>(cells.count());
      eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
        using K = decltype(kinds);
        typename K::Wide sum{};
        eachCell<false>(cells, [&](int64_t y, int64_t q, int32_t) {
          sum += convert<typename K::Wide>(load<typename K::V>(x + (y * job.width + q) * job.channels + c));
        });
        store(to + c, convert<typename K::V>(sum / count));
      });
    });
  }

  /** Cell by cell: the windows that hold it. */
  void avgGrad() const {
    const int64_t perRow = job.width * job.channels * (1 + job.windowY / job.strideY) * (1 + job.windowX / job.strideX);
    const int64_t each = 1 + kChunk / most(1, perRow);
    const int64_t total = job.images * job.height;
    parallelFor(divideUp(total, each), [&](int64_t chunk) {
      for (int64_t line = chunk * each; line < least(total, (chunk + 1) * each); line++) {
        const int64_t image = line / job.height, y = line % job.height;
        const auto [top, bottom] = holding(y + job.top, job.windowY, job.strideY, job.rows);
        for (int64_t x = 0; x < job.width; x++) {
          const auto [left, right] = holding(x + job.left, job.windowX, job.strideX, job.columns);
          spreadTo(out + (line * job.width + x) * job.channels, image, {top, bottom, left, right});
        }
      }
    });
  }

  /** Per image, and groups of channels where images are few, so that each sum belongs to one task. */
  void maxGrad() const {
    const int64_t perImage = job.rows * job.columns * job.windowY * job.windowX * job.channels;
    const int64_t wanted = most(1, least(divideUp(kTasks, job.images), perImage / kChunk));
    const int64_t perGroup = divideUp(divideUp(job.channels, wanted), kChannels) * kChannels;
    const int64_t groups = divideUp(job.channels, perGroup);
    const bool disjoint = job.strideY >= job.windowY && job.strideX >= job.windowX;
    parallelFor(job.images * groups, [&](int64_t task) {
      const int64_t image = task / groups;
      const int64_t from = task % groups * perGroup, to = least(job.channels, from + perGroup);
      T* const dx = out + image * imageSize;
      if (groups == 1) std::memset(dx, 0, static_cast<size_t>(imageSize) * sizeof(T));
      for (int64_t pixel = 0; groups > 1 && pixel < job.height * job.width; pixel++) {
        std::memset(dx + pixel * job.channels + from, 0, static_cast<size_t>(to - from) * sizeof(T));
      }
      for (int64_t row = 0; row < job.rows; row++) {
        for (int64_t column = 0; column < job.columns; column++) {
          if (disjoint) addAtLargest<true>(image, dx, row, column, from, to);
          else addAtLargest<false>(image, dx, row, column, from, to);
        }
      }
    });
  }

  void maxGradGrad() const {
    eachPlace(job, [&](int64_t image, int64_t row, int64_t column) {
      const Cells cells = cellsOf(job, row, column);
      const T* const v = second + image * imageSize;
      T* const to = out + place(image, row, column);
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using K = decltype(kinds);
          using V = typename K::V;
          const auto at = firstLargest<K, square.value>(job, first + image * imageSize, cells, c);
          V picked{};
          eachCell<square.value>(cells, [&](int64_t y, int64_t x, int32_t index) {
            picked = choose(at == K::all(index), load<V>(v + (y * job.width + x) * job.channels + c), picked);
          });
          store(to + c, picked);
        });
      });
    });
  }

 private:
  struct Range {
    int64_t from, to;
  };

  /** The places whose window holds a cell, which lies `at` cells behind the padded edge. */
  static Range holding(int64_t at, int64_t window, int64_t stride, int64_t places) {
    const int64_t from = at < window ? 0 : (at - window) / stride + 1;
    return {from, least(places, at / stride + 1)};
  }

  /** `disjoint`: no other window adds to these cells. Sums begin at +0, so adding +0 changes none, and a −0 becomes +0. */
  template <bool disjoint>
  void addAtLargest(int64_t image, T* dx, int64_t row, int64_t column, int64_t from, int64_t to) const {
    const Cells cells = cellsOf(job, row, column);
    const T* const dy = second + place(image, row, column);
    byForm(cells, [&](auto square) {
      eachChannel<T>(from, to, [&](auto kinds, int64_t c) {
        using K = decltype(kinds);
        using V = typename K::V;
        const auto at = firstLargest<K, square.value>(job, first + image * imageSize, cells, c);
        const V gradient = load<V>(dy + c) + K::zero();
        eachCell<square.value>(cells, [&](int64_t y, int64_t x, int32_t index) {
          T* const cell = dx + (y * job.width + x) * job.channels + c;
          const V part = choose(at == K::all(index), gradient, K::zero());
          store(cell, disjoint ? part : load<V>(cell) + part);
        });
      });
    });
  }

  void spreadTo(T* to, int64_t image, const Cells& places) const {
    eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
      using K = decltype(kinds);
      typename K::Wide sum{};
      for (int64_t row = places.top; row < places.bottom; row++) {
        for (int64_t column = places.left; column < places.right; column++) {
          const double share = 1 / static_cast<double>(cellsOf(job, row, column).count());
          sum += convert<typename K::Wide>(load<typename K::V>(first + place(image, row, column) + c)) * share;
        }
      }
      store(to + c, convert<typename K::V>(sum));
    });
  }
};

template <class T>
void run(Pool pool, const PoolJob& job) {
  const Loops<T> loops{job};
  switch (pool) {
    case Pool::Max: return loops.max();
    case Pool::MaxGrad: return loops.maxGrad();
    case Pool::MaxGradGrad: return loops.maxGradGrad();
    case Pool::Avg: return loops.avg();
    case Pool::AvgGrad: return loops.avgGrad();
  }
}

}  // namespace

void poolLoops(Pool pool, const PoolJob& job) {
  switch (job.dtype) {
    case DType::Float32: return run<float>(pool, job);
    case DType::Float64: return run<double>(pool, job);
    default: return Loops<int32_t>{job}.max();
  }
}

}  // namespace gfn::GFN_LEVEL
