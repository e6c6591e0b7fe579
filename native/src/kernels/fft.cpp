/**
 * fft, ifft: discrete Fourier transforms of the lines along the last axis, of any length, in double precision with twiddle factors from a
 * table. What they compute is in runtime/src/ops/fourier.ts: mixed radix, and Bluestein's convolution where a prime factor is large.
 * Lines are shared out over threads whole.
 */
#include <cmath>
#include <cstdlib>

#include "../core/kernel.h"
#include "../threads/pool.h"

namespace gfn {

namespace {

struct Point {
  double re, im;
};

inline Point operator*(Point a, Point b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
inline Point operator+(Point a, Point b) { return {a.re + b.re, a.im + b.im}; }
inline Point operator-(Point a, Point b) { return {a.re - b.re, a.im - b.im}; }

constexpr int64_t kLargestRadix = 31;
constexpr double kPi = 3.14159265358979323846;
/** Elements of lines that one thread takes at a time. */
constexpr int64_t kChunk = 16384;

/** Memory that may not be there. */
struct Points {
  Point* data;
  explicit Points(int64_t n) : data(n <= 0 ? nullptr : static_cast<Point*>(std::malloc(static_cast<size_t>(n) * sizeof(Point)))) {}
  ~Points() { std::free(data); }
  Points(const Points&) = delete;
  Points& operator=(const Points&) = delete;
};

/** Transforms of n = p₁ · p₂ · … points. */
class Mixed {
 public:
  /** A null `table` where there is no memory. */
  explicit Mixed(int64_t n) : n_(n), table_(n) {
    for (int64_t p = 2, rest = n; rest > 1; p++) {
      for (; rest % p == 0; rest /= p) factors_[count_++] = static_cast<int>(p);
    }
    for (int64_t k = 0; k < n && table_.data != nullptr; k++) {
      const double angle = 2 * kPi * static_cast<double>(k) / static_cast<double>(n);
      // Exact after quarters of a turn.
      table_.data[k] = {4 * k == n || 4 * k == 3 * n ? 0 : std::cos(angle), 2 * k == n ? 0 : -std::sin(angle)};
    }
  }
  bool ready() const { return table_.data != nullptr; }

  /** to[k] = Σ from[j] · e^(−2πi·jk/n); the two do not overlap. */
  void run(const Point* from, Point* to) const { transform(from, to, n_, 1, 0); }

  static bool takes(int64_t n) {
    for (int64_t p = 2; p <= kLargestRadix; p++) {
      while (n % p == 0) n /= p;
    }
    return n == 1;
  }

 private:
  void transform(const Point* from, Point* to, int64_t size, int64_t step, int depth) const {
    if (size == 1) {
      *to = *from;
      return;
    }
    const int p = factors_[depth];
    const int64_t m = size / p;
    if (m == 1) {
      for (int j = 0; j < p; j++) to[j] = from[j * step];
    } else {
      for (int j = 0; j < p; j++) transform(from + j * step, to + j * m, m, step * p, depth + 1);
    }
    // The twiddle factors of this size are every `step`-th of the table.
    if (p == 2) return join2(to, m, step);
    Point terms[kLargestRadix];
    const int64_t unit = n_ / p;
    for (int64_t k = 0; k < m; k++) {
      for (int j = 0; j < p; j++) terms[j] = to[j * m + k] * table_.data[j * k * step];
      for (int q = 0; q < p; q++) {
        Point sum = terms[0];
        for (int j = 1, at = q; j < p; j++, at = at + q < p ? at + q : at + q - p) sum = sum + terms[j] * table_.data[at * unit];
        to[q * m + k] = sum;
      }
    }
  }

  void join2(Point* to, int64_t m, int64_t step) const {
    for (int64_t k = 0; k < m; k++) {
      const Point a = to[k];
      const Point b = to[m + k] * table_.data[k * step];
      to[k] = a + b;
      to[m + k] = a - b;
    }
  }

  int64_t n_;
  int count_ = 0;
  int factors_[64];
  Points table_;
};

/** Transforms of any length by three of a power of two. */
class Bluestein {
 public:
  Bluestein(int64_t n, int64_t size) : n_(n), size_(size), inner_(size), chirp_(n), spectrum_(size) {
    if (!ready()) return;
    for (int64_t k = 0, square = 0; k < n; square = (square + 2 * k + 1) % (2 * n), k++) {
      const double angle = kPi * static_cast<double>(square) / static_cast<double>(n);
      chirp_.data[k] = {std::cos(angle), -std::sin(angle)};
    }
    Points filter(size);
    if (filter.data == nullptr) {
      complete_ = false;
      return;
    }
    for (int64_t k = 0; k < size; k++) filter.data[k] = {0, 0};
    for (int64_t k = 0; k < n; k++) filter.data[k] = filter.data[(size - k) % size] = {chirp_.data[k].re, -chirp_.data[k].im};
    inner_.run(filter.data, spectrum_.data);
  }
  bool ready() const { return complete_ && inner_.ready() && chirp_.data != nullptr && spectrum_.data != nullptr; }

  /** `a` and `b`: scratch of `size` points each. */
  void run(const Point* from, Point* to, Point* a, Point* b) const {
    for (int64_t k = 0; k < n_; k++) a[k] = from[k] * chirp_.data[k];
    for (int64_t k = n_; k < size_; k++) a[k] = {0, 0};
    inner_.run(a, b);
    // Backwards is forwards with real and imaginary parts exchanged.
    const double scale = 1 / static_cast<double>(size_);
    for (int64_t k = 0; k < size_; k++) {
      const Point y = b[k] * spectrum_.data[k];
      a[k] = {y.im * scale, y.re * scale};
    }
    inner_.run(a, b);
    for (int64_t k = 0; k < n_; k++) to[k] = Point{b[k].im, b[k].re} * chirp_.data[k];
  }

 private:
  int64_t n_, size_;
  bool complete_ = true;
  Mixed inner_;
  Points chirp_, spectrum_;
};

struct Job {
  const float* x;
  float* out;
  int64_t n;
  bool inverse;

  void load(int64_t row, Point* to) const {
    const float* from = x + 2 * row * n;
    for (int64_t k = 0; k < n; k++) to[k] = inverse ? Point{from[2 * k + 1], from[2 * k]} : Point{from[2 * k], from[2 * k + 1]};
  }
  void store(int64_t row, const Point* from) const {
    float* to = out + 2 * row * n;
    const double scale = inverse ? 1 / static_cast<double>(n) : 1;
    for (int64_t k = 0; k < n; k++) {
      to[2 * k] = static_cast<float>((inverse ? from[k].im : from[k].re) * scale);
      to[2 * k + 1] = static_cast<float>((inverse ? from[k].re : from[k].im) * scale);
    }
  }
};

/** All lines; `scratch` points for each thread besides two lines. False: no memory. */
template <class Transform>
bool eachLine(const Job& job, int64_t lines, int64_t scratch, const Transform& transform) {
  const int64_t each = 1 + kChunk / job.n;
  bool complete = true;
  parallelFor((lines + each - 1) / each, [&](int64_t chunk) {
    Points memory(2 * job.n + 2 * scratch);
    if (memory.data == nullptr) {
      __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
      return;
    }
    Point* from = memory.data;
    Point* to = from + job.n;
    const int64_t last = (chunk + 1) * each < lines ? (chunk + 1) * each : lines;
    for (int64_t row = chunk * each; row < last; row++) {
      job.load(row, from);
      transform(from, to, to + job.n, to + job.n + scratch);
      job.store(row, to);
    }
  });
  return complete;
}

bool transformLines(const Job& job, int64_t lines, int64_t& asked) {
  if (Mixed::takes(job.n)) {
    asked = job.n * 3 * static_cast<int64_t>(sizeof(Point));
    const Mixed mixed(job.n);
    return mixed.ready() && eachLine(job, lines, 0, [&](const Point* from, Point* to, Point*, Point*) { mixed.run(from, to); });
  }
  int64_t size = 1;
  while (size < 2 * job.n - 1) size *= 2;
  asked = (3 * job.n + 4 * size) * static_cast<int64_t>(sizeof(Point));
  const Bluestein bluestein(job.n, size);
  return bluestein.ready() &&
         eachLine(job, lines, size, [&](const Point* from, Point* to, Point* a, Point* b) { bluestein.run(from, to, a, b); });
}

template <bool inverse>
bool fft(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.dtype != DType::Complex64 || out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (x.rank < 1 || out.size != x.size) return fail(failure, Status::Shape);
  if (x.size == 0) return true;
  const int64_t n = x.dims[x.rank - 1];
  const Job job{static_cast<const float*>(x.data), static_cast<float*>(out.data), n, inverse};
  int64_t asked = 0;
  return transformLines(job, x.size / n, asked) || fail(failure, Status::Memory, 0, asked);
}

const KernelRow kRows[] = {{"fft", fft<false>}, {"ifft", fft<true>}};

}  // namespace

const KernelRow* fftKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
