/** Loops of dilations: vectors over channels, as pools. Of equal sums the first in row-major order decides; NaN is the largest. */
#include "../threads/pool.h"
#include "channels.h"
#include "dilation.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Sums of one chunk. */
constexpr int64_t kChunk = 32768;

/** a + b; int32 wraps around. */
template <class K, class T>
GFN_INLINE typename K::V plus(typename K::V a, typename K::V b) {
  if constexpr (std::is_same_v<T, int32_t>) {
    using U = typename K::template Of<uint32_t>;
    return (typename K::V)((U)a + (U)b);
  } else {
    return a + b;
  }
}

template <class T>
struct Loop {
  const DilationJob& job;
  const T* image = static_cast<const T*>(job.image);
  const T* filter = static_cast<const T*>(job.filter);

  /** Calls step(pixel of all images, cell of the filter, index among the window's cells in x). */
  template <class Step>
  GFN_INLINE void eachCell(int64_t first, const Line& y, const Line& x, const Step& step) const {
    int32_t index = 0;
    for (int64_t i = 0; i < y.count; i++) {
      for (int64_t j = 0; j < x.count; j++) {
        const int64_t pixel = first + i * job.y.dilation * job.x.length + j * job.x.dilation;
        step(pixel, (y.cell + i) * job.x.window + x.cell + j, index++);
      }
    }
  }

  template <Dilated what>
  void row(int64_t image, int64_t row, int64_t place) const {
    const Line y = lineOf(job.y, row);
    for (int64_t column = 0; column < job.x.places; column++, place++) {
      const Line x = lineOf(job.x, column);
      const int64_t first = (image * job.y.length + y.first) * job.x.length + x.first;
      eachChannel<T>(0, job.channels, [&](auto kinds, int64_t c) { channels<what, decltype(kinds)>(first, y, x, place * job.channels, c); });
    }
  }

  template <Dilated what, class K>
  GFN_INLINE void channels(int64_t first, const Line& y, const Line& x, int64_t place, int64_t c) const {
    using V = typename K::V;
    V best{};
    typename K::Mask at{};
    eachCell(first, y, x, [&](int64_t pixel, int64_t cell, int32_t index) {
      const V v = plus<K, T>(load<V>(image + pixel * job.channels + c), load<V>(filter + cell * job.channels + c));
      if (index == 0) {
        best = v;
        return;
      }
      const auto better = (v > best) | ((v != v) & (best == best));
      best = choose(better, v, best);
      at = choose(better, K::all(index), at);
    });
    if constexpr (what == Dilated::Sum) {
      store(static_cast<T*>(job.out) + place + c, best);
    } else {
      int32_t* const out = static_cast<int32_t*>(job.out) + place + c;
      eachCell(first, y, x, [&](int64_t pixel, int64_t cell, int32_t index) {
        const int64_t element = (what == Dilated::OfX ? pixel : cell) * job.channels + c;
        for (int lane = 0; lane < K::kCount; lane++) {
          if (K::lane(at, lane) == index) out[lane] = static_cast<int32_t>(element + lane);
        }
      });
    }
  }

  template <Dilated what>
  void run() const {
    const int64_t within = (job.y.window < job.y.length ? job.y.window : job.y.length) * (job.x.window < job.x.length ? job.x.window : job.x.length);
    const int64_t perRow = job.x.places * within * job.channels;
    const int64_t each = 1 + kChunk / (perRow < 1 ? 1 : perRow);
    const int64_t total = job.images * job.y.places;
    parallelFor((total + each - 1) / each, [&](int64_t chunk) {
      for (int64_t r = chunk * each; r < total && r < (chunk + 1) * each; r++) row<what>(r / job.y.places, r % job.y.places, r * job.x.places);
    });
  }
};

template <class T>
void runAs(Dilated what, const DilationJob& job) {
  const Loop<T> loop{job};
  switch (what) {
    case Dilated::Sum: return loop.template run<Dilated::Sum>();
    case Dilated::OfX: return loop.template run<Dilated::OfX>();
    case Dilated::OfFilter: return loop.template run<Dilated::OfFilter>();
  }
}

}  // namespace

void dilation(Dilated what, const DilationJob& job) {
  switch (job.dtype) {
    case DType::Float32: return runAs<float>(what, job);
    case DType::Float64: return runAs<double>(what, job);
    default: return runAs<int32_t>(what, job);
  }
}

}  // namespace gfn::GFN_LEVEL
