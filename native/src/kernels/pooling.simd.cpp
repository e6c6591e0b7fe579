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
#include "channels.h"
#include "pooling.h"
#include "reduce-rules.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Cells read by one chunk. */
constexpr int64_t kChunk = 32768;
/** Channels of a task of maxPoolGrad at least: a line of the cache of float32. Tasks that it is cut into, where shapes allow. */
constexpr int64_t kChannels = 16;
constexpr int64_t kTasks = 16;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** The cells of one window that lie in x. `square`: a plane of 2 × 2 neighbours. */
struct Cells {
  Line z, y, x;
  /** First pixel, and pixels between neighbours of the window along each axis. */
  int64_t pixel, stepZ, stepY, stepX;
  bool square;

  int64_t count() const { return z.count * y.count * x.count; }
};

/** `z`, `y`: what a row of places has in common. */
GFN_INLINE Cells cellsOf(const PoolJob& job, const Line& z, const Line& y, int64_t column) {
  const Line x = lineOf(job.x, column);
  const int64_t width = job.x.length, area = job.y.length * width;
  return {z,
          y,
          x,
          z.first * area + y.first * width + x.first,
          job.z.dilation * area,
          job.y.dilation * width,
          job.x.dilation,
          z.count == 1 && y.count == 2 && x.count == 2};
}

/** Calls step(pixel, index among the cells in x) for the cells of a window. `square`: without loops; most pools are these. */
template <bool square, class Step>
GFN_INLINE void eachCell(const Cells& cells, const Step& step) {
  const int64_t at = cells.pixel;
  if constexpr (square) {
    step(at, 0);
    step(at + cells.stepX, 1);
    step(at + cells.stepY, 2);
    step(at + cells.stepY + cells.stepX, 3);
  } else {
    int32_t index = 0;
    for (int64_t z = 0; z < cells.z.count; z++) {
      for (int64_t y = 0; y < cells.y.count; y++) {
        int64_t pixel = at + z * cells.stepZ + y * cells.stepY;
        for (int64_t x = 0; x < cells.x.count; x++, pixel += cells.stepX) step(pixel, index++);
      }
    }
  }
}

/** Calls body(std::true_type) for a window of 2 × 2 cells, body(std::false_type) for others. */
template <class Body>
GFN_INLINE void byForm(const Cells& cells, const Body& body) {
  if (cells.square) body(std::true_type{});
  else body(std::false_type{});
}

template <class T>
struct RuleOf {
  using type = PeakRule<T, kLanesOfPool, true>;
};
template <>
struct RuleOf<int32_t> {
  using type = IntPeakRule<int32_t, kLanesOfPool, true>;
};

/** Index in the window of the first largest cell of each channel; NaN is the largest. */
template <class K, bool square, class T>
GFN_INLINE typename K::Mask firstLargest(const PoolJob& job, const T* image, const Cells& cells, int64_t c) {
  using V = typename K::V;
  V best = load<V>(image + cells.pixel * job.channels + c);
  typename K::Mask at = K::all(0);
  eachCell<square>(cells, [&](int64_t pixel, int32_t index) {
    const V v = load<V>(image + pixel * job.channels + c);
    const auto better = (v > best) | ((v != v) & (best == best));
    best = choose(better, v, best);
    at = choose(better, K::all(index), at);
  });
  return at;
}

/** Calls body(image, cells, place) for each place, rows of places shared out. */
template <class Body>
void eachPlace(const PoolJob& job, const Body& body) {
  const int64_t perRow = job.x.places * job.cells() * job.channels;
  const int64_t each = 1 + kChunk / most(1, perRow);
  const int64_t planes = job.z.places, rows = job.y.places, columns = job.x.places;
  const int64_t total = job.images * planes * rows;
  parallelFor(divideUp(total, each), [&](int64_t chunk) {
    for (int64_t row = chunk * each; row < least(total, (chunk + 1) * each); row++) {
      const int64_t plane = row / rows, image = plane / planes;
      const Line z = lineOf(job.z, plane % planes), y = lineOf(job.y, row % rows);
      for (int64_t column = 0; column < columns; column++) body(image, cellsOf(job, z, y, column), row * columns + column);
    }
  });
}

template <class T>
struct Loops {
  const PoolJob& job;
  const T* first = static_cast<const T*>(job.first);
  const T* second = static_cast<const T*>(job.second);
  T* out = static_cast<T*>(job.out);
  int64_t imageSize = job.pixels() * job.channels;

  void max() const {
    using Rule = typename RuleOf<T>::type;
    eachPlace(job, [&](int64_t image, const Cells& cells, int64_t place) {
      const T* const x = first + image * imageSize;
      T* const to = out + place * job.channels;
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using V = typename decltype(kinds)::V;
          V best = load<V>(x + cells.pixel * job.channels + c);
          eachCell<square.value>(cells, [&](int64_t pixel, int32_t) { best = Rule::join(best, load<V>(x + pixel * job.channels + c)); });
          store(to + c, best);
        });
      });
    });
  }

  void avg() const {
    eachPlace(job, [&](int64_t image, const Cells& cells, int64_t place) {
      const T* const x = first + image * imageSize;
      T* const to = out + place * job.channels;
      const double count = static_cast<double>(cells.count());
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using K = decltype(kinds);
          typename K::Wide sum{};
          eachCell<square.value>(cells, [&](int64_t pixel, int32_t) {
            sum += convert<typename K::Wide>(load<typename K::V>(x + pixel * job.channels + c));
          });
          store(to + c, convert<typename K::V>(sum / count));
        });
      });
    });
  }

  /** Cell by cell: the windows that hold it. */
  void avgGrad() const {
    const int64_t width = job.x.length, height = job.y.length, depth = job.z.length;
    const auto holders = [](const PoolAxis& axis) { return least(axis.places, 1 + axis.window * axis.dilation / axis.stride); };
    const int64_t perRow = width * job.channels * holders(job.z) * holders(job.y) * holders(job.x);
    const int64_t each = 1 + kChunk / most(1, perRow);
    const int64_t total = job.images * depth * height;
    parallelFor(divideUp(total, each), [&](int64_t chunk) {
      for (int64_t line = chunk * each; line < least(total, (chunk + 1) * each); line++) {
        const int64_t plane = line / height;
        const Holders z = holdersOf(job.z, plane % depth), y = holdersOf(job.y, line % height);
        for (int64_t x = 0; x < width; x++) spreadTo(out + (line * width + x) * job.channels, plane / depth, z, y, holdersOf(job.x, x));
      }
    });
  }

  /** Per image, and groups of channels where images are few, so that each sum belongs to one task. */
  void maxGrad() const {
    const int64_t perImage = job.places() * job.cells() * job.channels;
    const int64_t wanted = most(1, least(divideUp(kTasks, job.images), perImage / kChunk));
    const int64_t perGroup = divideUp(divideUp(job.channels, wanted), kChannels) * kChannels;
    const int64_t groups = divideUp(job.channels, perGroup);
    const auto apart = [](const PoolAxis& axis) { return axis.places == 1 || axis.stride >= (axis.window - 1) * axis.dilation + 1; };
    const bool disjoint = apart(job.z) && apart(job.y) && apart(job.x);
    parallelFor(job.images * groups, [&](int64_t task) {
      const int64_t image = task / groups;
      const int64_t from = task % groups * perGroup, to = least(job.channels, from + perGroup);
      T* const dx = out + image * imageSize;
      if (groups == 1) std::memset(dx, 0, static_cast<size_t>(imageSize) * sizeof(T));
      for (int64_t pixel = 0; groups > 1 && pixel < job.pixels(); pixel++) {
        std::memset(dx + pixel * job.channels + from, 0, static_cast<size_t>(to - from) * sizeof(T));
      }
      int64_t place = image * job.places();
      for (int64_t plane = 0; plane < job.z.places; plane++) {
        for (int64_t row = 0; row < job.y.places; row++) {
          const Line z = lineOf(job.z, plane), y = lineOf(job.y, row);
          for (int64_t column = 0; column < job.x.places; column++, place++) {
            const Cells cells = cellsOf(job, z, y, column);
            if (disjoint) addAtLargest<true>(image, dx, cells, place, from, to);
            else addAtLargest<false>(image, dx, cells, place, from, to);
          }
        }
      }
    });
  }

  void maxGradGrad() const {
    eachPlace(job, [&](int64_t image, const Cells& cells, int64_t place) {
      const T* const v = second + image * imageSize;
      T* const to = out + place * job.channels;
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using K = decltype(kinds);
          using V = typename K::V;
          const auto at = firstLargest<K, square.value>(job, first + image * imageSize, cells, c);
          V picked{};
          eachCell<square.value>(cells, [&](int64_t pixel, int32_t index) {
            picked = choose(at == K::all(index), load<V>(v + pixel * job.channels + c), picked);
          });
          store(to + c, picked);
        });
      });
    });
  }

  /** Indices of elements of x, in the image or in the whole batch. */
  void argMax() const {
    int32_t* const indices = static_cast<int32_t*>(job.out);
    eachPlace(job, [&](int64_t image, const Cells& cells, int64_t place) {
      const int64_t start = job.wholeBatch ? image * imageSize : 0;
      byForm(cells, [&](auto square) {
        eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
          using K = decltype(kinds);
          const auto at = firstLargest<K, square.value>(job, first + image * imageSize, cells, c);
          eachCell<square.value>(cells, [&](int64_t pixel, int32_t index) {
            for (int lane = 0; lane < K::kCount; lane++) {
              if (K::lane(at, lane) == index) indices[place * job.channels + c + lane] = static_cast<int32_t>(start + pixel * job.channels + c + lane);
            }
          });
        });
      });
    });
  }

 private:
  /** `disjoint`: no other window adds to these cells. Sums begin at +0, so adding +0 changes none, and a −0 becomes +0. */
  template <bool disjoint>
  void addAtLargest(int64_t image, T* dx, const Cells& cells, int64_t place, int64_t from, int64_t to) const {
    const T* const dy = second + place * job.channels;
    byForm(cells, [&](auto square) {
      eachChannel<T>(from, to, [&](auto kinds, int64_t c) {
        using K = decltype(kinds);
        using V = typename K::V;
        const auto at = firstLargest<K, square.value>(job, first + image * imageSize, cells, c);
        const V gradient = load<V>(dy + c) + K::zero();
        eachCell<square.value>(cells, [&](int64_t pixel, int32_t index) {
          T* const cell = dx + pixel * job.channels + c;
          const V part = choose(at == K::all(index), gradient, K::zero());
          store(cell, disjoint ? part : load<V>(cell) + part);
        });
      });
    });
  }

  /** The places [from, to) whose windows reach over a cell, which lies `behind` cells behind the padded edge. */
  struct Holders {
    int64_t from, to, behind;
  };

  static Holders holdersOf(const PoolAxis& axis, int64_t at) {
    const int64_t behind = at + axis.before, span = (axis.window - 1) * axis.dilation + 1;
    return {behind < span ? 0 : (behind - span) / axis.stride + 1, least(axis.places, behind / axis.stride + 1), behind};
  }

  /** Calls step(place) for those that hold the cell, in order. */
  template <class Step>
  static GFN_INLINE void eachHolder(const PoolAxis& axis, const Holders& holders, const Step& step) {
    for (int64_t place = holders.from; place < holders.to; place++) {
      if (axis.dilation == 1 || (holders.behind - place * axis.stride) % axis.dilation == 0) step(place);
    }
  }

  /** Calls step(first element of a place, its share) for the windows that hold a cell, in order. */
  template <class Step>
  GFN_INLINE void eachShare(int64_t image, const Holders& z, const Holders& y, const Holders& x, const Step& step) const {
    eachHolder(job.z, z, [&](int64_t plane) {
      const int64_t planes = lineOf(job.z, plane).count;
      eachHolder(job.y, y, [&](int64_t row) {
        const int64_t line = ((image * job.z.places + plane) * job.y.places + row) * job.x.places;
        const int64_t cells = planes * lineOf(job.y, row).count;
        eachHolder(job.x, x, [&](int64_t column) {
          step((line + column) * job.channels, 1 / static_cast<double>(cells * lineOf(job.x, column).count));
        });
      });
    });
  }

  void spreadTo(T* to, int64_t image, const Holders& z, const Holders& y, const Holders& x) const {
    // Found once for all channels, where a list of them is short.
    constexpr int64_t most = 64;
    int64_t places[most];
    double shares[most];
    int64_t count = 0;
    eachShare(image, z, y, x, [&](int64_t place, double share) {
      if (count < most) {
        places[count] = place;
        shares[count] = share;
      }
      count++;
    });
    eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) {
      using K = decltype(kinds);
      typename K::Wide sum{};
      const auto add = [&](int64_t place, double share) { sum += convert<typename K::Wide>(load<typename K::V>(first + place + c)) * share; };
      if (count > most) eachShare(image, z, y, x, add);
      else for (int64_t i = 0; i < count; i++) add(places[i], shares[i]);
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
    case Pool::ArgMax: return loops.argMax();
  }
}

}  // namespace

void poolLoops(Pool pool, const PoolJob& job) {
  switch (job.dtype) {
    case DType::Float32: return run<float>(pool, job);
    case DType::Float64: return run<double>(pool, job);
    default: return pool == Pool::ArgMax ? Loops<int32_t>{job}.argMax() : Loops<int32_t>{job}.max();
  }
}

}  // namespace gfn::GFN_LEVEL
