/**
 * Loops of depthwise convolutions: vectors over the wide channels, several places of a row at once, so that weights are loaded once
 * for all of them. Images are read where they lie; taps outside of an image read a pixel of zeros.
 *
 * Where a channel has several filters, source rows are first widened (each channel repeated), the rows in use kept by each thread:
 * all loops are those of one filter per channel then.
 */
#include <cstdlib>
#include <cstring>

#include "../linalg/gemm.h"
#include "../linalg/tile.h"
#include "../threads/pool.h"
#include "depthwise.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Places of a tile. */
constexpr int64_t kPlaces = 4;
/** Taps of a row of the window that the gradient of the filter sums at once. */
constexpr int64_t kTaps = 4;
/** Products of a task at least. */
constexpr double kTaskWork = 100e3;
/** Chunks whose sums are formed apart, and memory for those sums. */
constexpr int64_t kChunks = 16;
constexpr int64_t kChunkBytes = 32 << 20;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** Memory of one call, zeros. */
template <class T>
struct Zeros {
  explicit Zeros(int64_t count) : data(static_cast<T*>(std::calloc(static_cast<size_t>(most(1, count)), sizeof(T)))) {}
  ~Zeros() { std::free(data); }
  Zeros(const Zeros&) = delete;
  Zeros& operator=(const Zeros&) = delete;
  T* const data;
};

/** a·b + c for vectors of a level's registers, smaller ones and numbers. */
template <class V>
GFN_INLINE V addProduct(V a, V b, V c) {
  if constexpr (sizeof(V) == kVectorBytes) return multiplyAdd(a, b, c);
  else return a * b + c;
}
template <class V, class T>
GFN_INLINE V read(const T* from) {
  if constexpr (sizeof(V) == sizeof(T)) return *from;
  else return loadVec<V>(from);
}
template <class V, class T>
GFN_INLINE void write(T* to, V v) {
  if constexpr (sizeof(V) == sizeof(T)) *to = v;
  else storeVec(to, v);
}

/** Calls step(vector of some width, number of them, first channel) over all channels: wide vectors first. */
template <class T, class Step>
GFN_INLINE void eachChannels(int64_t count, const Step& step) {
  using Wide = Reg<T>;
  using Small = Vec<T, 4>;
  int64_t k = 0;
  for (; k + 2 * kLanes<T> <= count; k += 2 * kLanes<T>) step.template operator()<Wide, 2>(k);
  for (; k + kLanes<T> <= count; k += kLanes<T>) step.template operator()<Wide, 1>(k);
  if constexpr (kLanes<T> > 4) {
    for (; k + 4 <= count; k += 4) step.template operator()<Small, 1>(k);
  }
  for (; k < count; k++) step.template operator()<T, 1>(k);
}

/** The rows of the source with wide channels: where they lie, or widened copies in memory of this thread. */
template <class T>
struct SourceRows {
  SourceRows(const Sight& s, int64_t multiplier) : s(s), multiplier(multiplier), wide(s.channels * multiplier) {}

  /** False: no memory. */
  bool prepare() {
    if (multiplier == 1) return true;
    slots = most(1, least(s.y.count, s.height / s.y.step + 1));
    const int64_t head = divideUp(slots * static_cast<int64_t>(sizeof(int64_t)), 64) * 64;
    void* const memory = scratch(ScratchSlot::A, head + slots * s.width * wide * static_cast<int64_t>(sizeof(T)));
    if (memory == nullptr) return false;
    tags = static_cast<int64_t*>(memory);
    copies = reinterpret_cast<T*>(static_cast<char*>(memory) + head);
    for (int64_t i = 0; i < slots; i++) tags[i] = -1;
    return true;
  }

  const T* row(int64_t image, int64_t y) {
    const T* const from = static_cast<const T*>(s.source) + (image * s.height + y) * s.width * s.channels;
    if (multiplier == 1) return from;
    // The rows of one place's taps are neighbours in steps of y.step: each has a slot of its own.
    const int64_t slot = y / s.y.step % slots;
    T* to = copies + slot * s.width * wide;
    const int64_t tag = image * s.height + y;
    if (tags[slot] == tag) return to;
    tags[slot] = tag;
    for (int64_t i = 0; i < s.width * s.channels; i++) {
      for (int64_t m = 0; m < multiplier; m++) *to++ = from[i];
    }
    return copies + slot * s.width * wide;
  }

  const Sight& s;
  const int64_t multiplier, wide;
  int64_t slots = 0;
  T* copies = nullptr;
  int64_t* tags = nullptr;
};

/** Columns [from, to) of places whose taps all lie within the source's columns. */
struct Inner {
  int64_t from, to;
};

Inner innerOf(const Sight& s) {
  if (s.x.count == 0) return {0, s.columns};
  const int64_t from = least(s.columns, s.x.first >= 0 ? 0 : divideUp(-s.x.first, s.stepX));
  const int64_t room = s.width - s.x.span() - s.x.first;
  return {from, most(from, room < 0 ? 0 : least(s.columns, room / s.stepX + 1))};
}

/** What one tap of a place sees, elements to what it sees from the next place, and its weights. */
template <class T>
struct Tap {
  const T* at;
  int64_t step;
  const T* weights;
};

template <class T, int64_t places>
void tile(const Tap<T>* taps, int64_t count, int64_t wide, T* out, int64_t outStep) {
  eachChannels<T>(wide, [&]<class V, int vectors>(int64_t k) {
    constexpr int64_t lanes = static_cast<int64_t>(sizeof(V) / sizeof(T));
    V sum[places][vectors] = {};
    for (int64_t t = 0; t < count; t++) {
      const Tap<T> tap = taps[t];
      V weight[vectors];
#pragma GCC unroll 2
      for (int v = 0; v < vectors; v++) weight[v] = read<V>(tap.weights + k + v * lanes);
#pragma GCC unroll 4
      for (int64_t p = 0; p < places; p++) {
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) sum[p][v] = addProduct(read<V>(tap.at + p * tap.step + k + v * lanes), weight[v], sum[p][v]);
      }
    }
#pragma GCC unroll 4
    for (int64_t p = 0; p < places; p++) {
#pragma GCC unroll 2
      for (int v = 0; v < vectors; v++) write(out + p * outStep + k + v * lanes, sum[p][v]);
    }
  });
}

/** One row of places at a time. */
template <class T>
struct RowLoop {
  const DepthwiseJob& job;
  const T* zeros;
  SourceRows<T> source;
  Inner inner;
  Tap<T>* taps;
  /** Wide results of a tile, where they are folded. */
  T* wideOut;

  int64_t count() const { return job.sight.y.count * job.sight.x.count; }

  /** Taps as seen from column q of the row; `checked`: columns may lie outside. */
  void aim(int64_t image, int64_t row, int64_t q, bool checked) {
    const Sight& s = job.sight;
    const int64_t wide = source.wide;
    Tap<T>* tap = taps;
    for (int64_t i = 0; i < s.y.count; i++) {
      const int64_t y = row * s.stepY + s.y.first + i * s.y.step;
      const T* const line = y < 0 || y >= s.height ? nullptr : source.row(image, y);
      for (int64_t j = 0; j < s.x.count; j++, tap++) {
        const int64_t x = q * s.stepX + s.x.first + j * s.x.step;
        const int64_t cell = (s.y.cell + i * s.y.cellStep) * s.windowColumns + s.x.cell + j * s.x.cellStep;
        tap->weights = static_cast<const T*>(job.weights) + cell * wide;
        const bool seen = line != nullptr && (!checked || (x >= 0 && x < s.width));
        tap->at = seen ? line + x * wide : zeros;
        tap->step = seen ? s.stepX * wide : 0;
      }
    }
  }

  template <int64_t places>
  void results(T* out) {
    if (!job.fold || job.multiplier == 1) return tile<T, places>(taps, count(), source.wide, out, job.outColumn);
    tile<T, places>(taps, count(), source.wide, wideOut, source.wide);
    for (int64_t p = 0; p < places; p++) {
      const T* from = wideOut + p * source.wide;
      for (int64_t c = 0; c < source.wide / job.multiplier; c++) {
        T sum = *from++;
        for (int64_t m = 1; m < job.multiplier; m++) sum += *from++;
        out[p * job.outColumn + c] = sum;
      }
    }
  }

  void run(int64_t image, int64_t row) {
    T* const out = static_cast<T*>(job.out) + image * job.outImage + row * job.outRow;
    const auto edge = [&](int64_t from, int64_t to) {
      for (int64_t q = from; q < to; q++) {
        aim(image, row, q, true);
        results<1>(out + q * job.outColumn);
      }
    };
    edge(0, inner.from);
    if (inner.from < inner.to) aim(image, row, inner.from, false);
    int64_t q = inner.from;
    const auto advance = [&](int64_t places) {
      for (int64_t t = 0; t < count(); t++) taps[t].at += places * taps[t].step;
      q += places;
    };
    while (q + kPlaces <= inner.to) {
      results<kPlaces>(out + q * job.outColumn);
      advance(kPlaces);
    }
    while (q < inner.to) {
      results<1>(out + q * job.outColumn);
      advance(1);
    }
    edge(inner.to, job.sight.columns);
  }
};

template <class T>
bool depthwiseOf(const DepthwiseJob& job) {
  const Sight& s = job.sight;
  const int64_t multiplier = job.fold ? 1 : job.multiplier;
  const int64_t wide = s.channels * multiplier;
  const Zeros<T> zeros(wide);
  if (zeros.data == nullptr) return false;
  const int64_t rows = s.images * s.rows;
  const double perRow = static_cast<double>(s.columns) * static_cast<double>(wide) * static_cast<double>(1 + s.y.count * s.x.count);
  // Widened rows are used by the next ones too.
  const int64_t wanted = most(static_cast<int64_t>(kTaskWork / perRow) + 1, multiplier == 1 ? 1 : 4 * s.y.count);
  const int64_t each = least(rows, wanted);
  bool complete = true;
  parallelFor(divideUp(rows, each), [&](int64_t task) {
    RowLoop<T> loop{job, zeros.data, {s, multiplier}, innerOf(s), nullptr, nullptr};
    loop.taps = static_cast<Tap<T>*>(scratch(ScratchSlot::B, most(1, loop.count()) * static_cast<int64_t>(sizeof(Tap<T>))));
    loop.wideOut = static_cast<T*>(scratch(ScratchSlot::Vector, kPlaces * wide * static_cast<int64_t>(sizeof(T))));
    if (loop.taps == nullptr || loop.wideOut == nullptr || !loop.source.prepare()) {
      __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
      return;
    }
    for (int64_t row = task * each; row < least(rows, (task + 1) * each); row++) loop.run(row / s.rows, row % s.rows);
  });
  return complete;
}

/** The part of one row of places in the gradients of a row of the window: adds to `out` [taps, wide]. */
template <class T>
struct FilterRow {
  const DepthwiseFilterJob& job;
  const T* zeros;
  Inner inner;
  int64_t wide;

  /** `line`: the source's row, null outside. */
  void add(const T* line, const T* gradient, T* out) const {
    int64_t j = 0;
    for (; j + kTaps <= job.sight.x.count; j += kTaps) addTaps<kTaps>(line, gradient, j, out + j * wide);
    for (; j < job.sight.x.count; j++) addTaps<1>(line, gradient, j, out + j * wide);
  }

 private:
  template <int64_t taps>
  void addTaps(const T* line, const T* gradient, int64_t first, T* out) const {
    const Sight& s = job.sight;
    eachChannels<T>(wide, [&]<class V, int vectors>(int64_t k) {
      constexpr int64_t lanes = static_cast<int64_t>(sizeof(V) / sizeof(T));
      V sum[taps][vectors] = {};
      const T* at[taps];
      const auto add = [&](int64_t q, int64_t step, int64_t places) {
        const T* from = gradient + q * wide + k;
        for (int64_t p = 0; p < places; p++, from += wide) {
#pragma GCC unroll 2
          for (int v = 0; v < vectors; v++) {
            const V g = read<V>(from + v * lanes);
#pragma GCC unroll 4
            for (int64_t t = 0; t < taps; t++) sum[t][v] = addProduct(read<V>(at[t] + p * step + k + v * lanes), g, sum[t][v]);
          }
        }
      };
      const auto columnOf = [&](int64_t q, int64_t t) { return q * s.stepX + s.x.first + (first + t) * s.x.step; };
      const auto edge = [&](int64_t from, int64_t to) {
        for (int64_t q = from; q < to; q++) {
          for (int64_t t = 0; t < taps; t++) {
            const int64_t x = columnOf(q, t);
            at[t] = line != nullptr && x >= 0 && x < s.width ? line + x * wide : zeros;
          }
          add(q, 0, 1);
        }
      };
      edge(0, inner.from);
      for (int64_t t = 0; t < taps; t++) at[t] = line == nullptr ? zeros : line + (inner.from < inner.to ? columnOf(inner.from, t) * wide : 0);
      add(inner.from, line == nullptr ? 0 : s.stepX * wide, inner.to - inner.from);
      edge(inner.to, s.columns);
      for (int64_t t = 0; t < taps; t++) {
        for (int v = 0; v < vectors; v++) {
          T* const to = out + t * wide + k + v * lanes;
          write(to, read<V>(to) + sum[t][v]);
        }
      }
    });
  }
};

template <class T>
bool depthwiseFilterOf(const DepthwiseFilterJob& job) {
  const Sight& s = job.sight;
  const int64_t wide = s.channels * job.multiplier;
  const int64_t weights = s.y.count * s.x.count * wide;
  const int64_t rows = s.images * s.rows;
  const double work = static_cast<double>(rows) * static_cast<double>(s.columns) * static_cast<double>(weights);
  const int64_t inMemory = kChunkBytes / (weights * static_cast<int64_t>(sizeof(T)));
  const int64_t wanted = work > kChunks * kTaskWork ? kChunks : static_cast<int64_t>(work / kTaskWork);
  const int64_t chunks = most(1, least(least(wanted, rows), inMemory));
  const int64_t perChunk = divideUp(rows, chunks);
  const Zeros<T> zeros(wide);
  const Zeros<T> parts((chunks - 1) * weights);
  if (zeros.data == nullptr || parts.data == nullptr) return false;
  T* const out = static_cast<T*>(job.out);
  std::memset(out, 0, static_cast<size_t>(weights) * sizeof(T));
  bool complete = true;
  parallelFor(chunks, [&](int64_t chunk) {
    const FilterRow<T> loop{job, zeros.data, innerOf(s), wide};
    SourceRows<T> source(s, job.multiplier);
    if (!source.prepare()) {
      __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
      return;
    }
    T* const sums = chunk == 0 ? out : parts.data + (chunk - 1) * weights;
    for (int64_t row = chunk * perChunk; row < least(rows, (chunk + 1) * perChunk); row++) {
      const T* const gradient = static_cast<const T*>(job.gradient) + row * s.columns * wide;
      for (int64_t i = 0; i < s.y.count; i++) {
        const int64_t y = row % s.rows * s.stepY + s.y.first + i * s.y.step;
        loop.add(y < 0 || y >= s.height ? nullptr : source.row(row / s.rows, y), gradient, sums + i * s.x.count * wide);
      }
    }
  });
  for (int64_t chunk = 1; chunk < chunks; chunk++) {
    const T* const part = parts.data + (chunk - 1) * weights;
    for (int64_t i = 0; i < weights; i++) out[i] += part[i];
  }
  return complete;
}

}  // namespace

bool depthwise(const DepthwiseJob& job) { return job.dtype == DType::Float32 ? depthwiseOf<float>(job) : depthwiseOf<double>(job); }

bool depthwiseFilter(const DepthwiseFilterJob& job) {
  return job.dtype == DType::Float32 ? depthwiseFilterOf<float>(job) : depthwiseFilterOf<double>(job);
}

}  // namespace gfn::GFN_LEVEL
