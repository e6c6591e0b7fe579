/**
 * resizeBilinear, resizeNearest and their transposes (runtime/src/ops/image/resize.ts): rows of the result on the pool, each sum in
 * the reference's order and in double precision.
 */
#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <vector>

#include "../../threads/pool.h"
#include "../attributes.h"

namespace gfn {

namespace {

/** Elements that a chunk reads or writes, about. */
constexpr int64_t kChunk = 32768;

/** Two neighbours of a place, as pixels of the axis, and the weight of the second one. */
struct Place {
  int64_t low;
  int64_t high;
  double weight;
};

std::vector<Place> placesOf(int64_t from, int64_t to, bool align, bool half, bool nearest) {
  const double ratio = align && to > 1 ? static_cast<double>(from - 1) / static_cast<double>(to - 1) : static_cast<double>(from) / static_cast<double>(to);
  const int64_t last = from - 1;
  std::vector<Place> places(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; i++) {
    const double n = static_cast<double>(i);
    if (nearest) {
      const double at = half ? ratio * (n + 0.5) : ratio * n;
      const int64_t p = std::min(last, static_cast<int64_t>(std::floor(align ? at + 0.5 : at)));
      places[static_cast<size_t>(i)] = {p, p, 0};
    } else {
      const double at = half ? ratio * (n + 0.5) - 0.5 : ratio * n;
      const int64_t low = std::min(last, std::max<int64_t>(0, static_cast<int64_t>(std::floor(at))));
      const int64_t high = std::max<int64_t>(0, std::min(last, static_cast<int64_t>(std::ceil(at))));
      places[static_cast<size_t>(i)] = {low, high, at - static_cast<double>(low)};
    }
  }
  return places;
}

struct Job {
  const View& from;
  const View& to;
  std::vector<Place> rows;
  std::vector<Place> columns;

  int64_t channels() const { return from.dims[3]; }
};

template <class T>
void meanRow(const Job& job, int64_t number) {
  const int64_t channels = job.channels(), stride = job.from.dims[2] * channels;
  const Place row = job.rows[static_cast<size_t>(number % job.to.dims[1])];
  const T* image = static_cast<const T*>(job.from.data) + number / job.to.dims[1] * job.from.dims[1] * stride;
  const T* top = image + row.low * stride;
  const T* bottom = image + row.high * stride;
  const bool sameRow = row.low == row.high;
  T* y = static_cast<T*>(job.to.data) + number * job.to.dims[2] * channels;
  for (const Place& column : job.columns) {
    const int64_t left = column.low * channels, right = column.high * channels;
    const double second = column.weight, first = 1 - second, lower = row.weight, upper = 1 - lower;
    if (left == right && sameRow) {
      for (int64_t d = 0; d < channels; d++) y[d] = top[left + d];
    } else if (left == right) {
      for (int64_t d = 0; d < channels; d++) y[d] = static_cast<T>(top[left + d] * upper + bottom[left + d] * lower);
    } else if (sameRow) {
      for (int64_t d = 0; d < channels; d++) y[d] = static_cast<T>(top[left + d] * first + top[right + d] * second);
    } else {
      for (int64_t d = 0; d < channels; d++) {
        const double above = top[left + d] * first + top[right + d] * second;
        const double below = bottom[left + d] * first + bottom[right + d] * second;
        y[d] = static_cast<T>(above * upper + below * lower);
      }
    }
    y += channels;
  }
}

/** Elements of `bytes` size, moved as they are. */
template <class T>
void nearestRow(const Job& job, int64_t number) {
  const int64_t channels = job.channels(), stride = job.from.dims[2] * channels;
  const Place row = job.rows[static_cast<size_t>(number % job.to.dims[1])];
  const T* line = static_cast<const T*>(job.from.data) + (number / job.to.dims[1] * job.from.dims[1] + row.low) * stride;
  T* y = static_cast<T*>(job.to.data) + number * job.to.dims[2] * channels;
  for (const Place& column : job.columns) {
    const T* pixel = line + column.low * channels;
    for (int64_t d = 0; d < channels; d++) y[d] = pixel[d];
    y += channels;
  }
}

double weightOf(const Place& place, int64_t pixel) {
  if (place.low == place.high) return 1;
  return place.low == pixel ? 1 - place.weight : place.weight;
}

/** Row `number` of dx: the rows of dy that take it, added up in `line`, then their columns, in `sums`. */
template <class T>
void backRow(const Job& job, int64_t number, std::vector<double>& line, std::vector<double>& sums) {
  const View& dy = job.from;
  const int64_t channels = job.channels(), height = job.to.dims[1], pixel = number % height;
  const int64_t width = static_cast<int64_t>(line.size());
  std::fill(line.begin(), line.end(), 0.0);
  std::fill(sums.begin(), sums.end(), 0.0);
  // Low neighbours ascend, and high ones are at most one further.
  auto row = std::partition_point(job.rows.begin(), job.rows.end(), [&](const Place& place) { return place.low < pixel - 1; });
  for (; row != job.rows.end() && row->low <= pixel; row++) {
    if (row->low != pixel && row->high != pixel) continue;
    const double weight = weightOf(*row, pixel);
    const T* from = static_cast<const T*>(dy.data) + (number / height * dy.dims[1] + (row - job.rows.begin())) * width;
    for (int64_t i = 0; i < width; i++) line[static_cast<size_t>(i)] += from[i] * weight;
  }
  const double* value = line.data();
  for (const Place& column : job.columns) {
    double* left = sums.data() + column.low * channels;
    const double first = weightOf(column, column.low);
    for (int64_t d = 0; d < channels; d++) left[d] += value[d] * first;
    if (column.low != column.high) {
      double* right = sums.data() + column.high * channels;
      for (int64_t d = 0; d < channels; d++) right[d] += value[d] * column.weight;
    }
    value += channels;
  }
  T* dx = static_cast<T*>(job.to.data) + number * static_cast<int64_t>(sums.size());
  for (size_t i = 0; i < sums.size(); i++) dx[i] = static_cast<T>(sums[i]);
}

/** Calls body(first, last) for ranges of `rows` rows of `perRow` elements. */
template <class Body>
void eachRange(int64_t rows, int64_t perRow, const Body& body) {
  const int64_t each = 1 + kChunk / std::max<int64_t>(1, perRow);
  parallelFor((rows + each - 1) / each, [&](int64_t chunk) { body(chunk * each, std::min(rows, (chunk + 1) * each)); });
}

template <class T>
bool forward(const Job& job, bool nearest) {
  eachRange(job.to.dims[0] * job.to.dims[1], job.to.dims[2] * job.channels(), [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) nearest ? nearestRow<T>(job, row) : meanRow<T>(job, row);
  });
  return true;
}

template <class T>
bool back(const Job& job) {
  const int64_t rows = job.to.dims[0] * job.to.dims[1];
  const int64_t line = job.from.dims[2] * job.channels(), sums = job.to.dims[2] * job.channels();
  bool whole = true;
  eachRange(rows, line * (1 + job.from.dims[1] / job.to.dims[1]) + sums, [&](int64_t first, int64_t last) {
    try {
      std::vector<double> memory(static_cast<size_t>(line)), total(static_cast<size_t>(sums));
      for (int64_t row = first; row < last; row++) backRow<T>(job, row, memory, total);
    } catch (const std::bad_alloc&) {
      __atomic_store_n(&whole, false, __ATOMIC_RELAXED);
    }
  });
  return whole;
}

bool run(const Call& call, bool nearest, bool isBack, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList size = attrs.ints();
  const bool align = attrs.flag(), half = attrs.flag();
  if (!attrs.complete() || size.count != 2 || (align && half)) return fail(failure, Status::Internal);
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.dtype != out.dtype) return fail(failure, Status::Internal);
  const bool moves = nearest && !isBack;
  if (!moves && x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank != 4 || out.rank != 4 || x.dims[0] != out.dims[0] || x.dims[3] != out.dims[3]) return fail(failure, Status::Shape);
  for (int i = 1; i <= 2; i++) {
    if (x.dims[i] < 1 || out.dims[i] < 1 || out.dims[i] != size[i - 1]) return fail(failure, Status::Shape);
  }
  if (out.size == 0) return true;
  // The forward op takes places of x for those of the result; the way back, places of dx for those of dy.
  const View& large = isBack ? out : x;
  const View& small = isBack ? x : out;
  try {
    const Job job{x, out, placesOf(large.dims[1], small.dims[1], align, half, nearest), placesOf(large.dims[2], small.dims[2], align, half, nearest)};
    bool done = true;
    if (isBack) {
      done = x.dtype == DType::Float32 ? back<float>(job) : back<double>(job);
    } else if (nearest) {
      const int64_t bytes = sizeOf(x.dtype);
      done = bytes == 1 ? forward<uint8_t>(job, true) : bytes == 4 ? forward<uint32_t>(job, true) : forward<uint64_t>(job, true);
    } else {
      done = x.dtype == DType::Float32 ? forward<float>(job, false) : forward<double>(job, false);
    }
    return done || fail(failure, Status::Memory, 0, 16 * (x.size + out.size));
  } catch (const std::bad_alloc&) {
    return fail(failure, Status::Memory, 0, static_cast<int64_t>(sizeof(Place)) * (small.dims[1] + small.dims[2]));
  }
}

bool resizeBilinear(const Call& call, Failure& failure) { return run(call, false, false, failure); }
bool resizeBilinearBack(const Call& call, Failure& failure) { return run(call, false, true, failure); }
bool resizeNearest(const Call& call, Failure& failure) { return run(call, true, false, failure); }
bool resizeNearestBack(const Call& call, Failure& failure) { return run(call, true, true, failure); }

const KernelRow kRows[] = {
    {"resizeBilinear", resizeBilinear},
    {"resizeBilinearBack", resizeBilinearBack},
    {"resizeNearest", resizeNearest},
    {"resizeNearestBack", resizeNearestBack},
};

}  // namespace

const KernelRow* resizeKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
