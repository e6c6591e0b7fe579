// What one core of this machine can do: the limits that the bench prints. Compiled and run by bench.mjs; prints one JSON object.
//   g++ -O3 -march=native limits.cc -o limits && ./limits
// After those of the peers' suite: FMA peak, one stream of a + b and of a sum in cache, loops of scalars at their latency, loop bodies fused
// into one pass over memory.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

static double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
template <class F> static double best(F f) {
  double least = 1e9;
  for (int i = 0; i < 9; i++) {
    const double start = now();
    f();
    least = std::min(least, now() - start);
  }
  return least;
}
static volatile double sink;

typedef float Vector __attribute__((vector_size(64)));

static double flops() {
  const long rounds = 4000000;
  Vector f = Vector{} + 0.9999f;
  // Unequal, so that no two chains merge; as many as cover the latency.
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define START(j) Vector r##j = Vector{} + (1.0001f + j);
#define STEP(j) r##j = r##j * f + f;
#define END(j) s += r##j;
  return 12.0 * 16 * 2 * rounds / best([&] {
    EACH(START)
    for (long i = 0; i < rounds; i++) {
      EACH(STEP)
    }
    Vector s = {};
    EACH(END)
    sink = s[0];
  });
}

static bool pass(const float* cr, const float* ci, float* zr, float* zi, int* count, int* alive, long n) {
  int any = 0;
  for (long k = 0; k < n; k++) {
    const float nr = zr[k] * zr[k] - zi[k] * zi[k] + cr[k], ni = 2 * zr[k] * zi[k] + ci[k];
    zr[k] = alive[k] ? nr : zr[k];
    zi[k] = alive[k] ? ni : zi[k];
    alive[k] = zr[k] * zr[k] + zi[k] * zi[k] <= 4 ? 1 : 0;
    count[k] += alive[k];
    any |= alive[k];
  }
  return any;
}

static double mandelbrot() {
  const long S = 512, n = S * S;
  std::vector<float> cr(n), ci(n), zr(n), zi(n);
  std::vector<int> count(n), alive(n);
  for (long y = 0; y < S; y++)
    for (long x = 0; x < S; x++) {
      cr[y * S + x] = -2 + 2.5f * x / (S - 1);
      ci[y * S + x] = -1.25f + 2.5f * y / (S - 1);
    }
  return best([&] {
    std::fill(zr.begin(), zr.end(), 0);
    std::fill(zi.begin(), zi.end(), 0);
    std::fill(count.begin(), count.end(), 0);
    std::fill(alive.begin(), alive.end(), 1);
    for (int i = 0; i < 200 && pass(cr.data(), ci.data(), zr.data(), zi.data(), count.data(), alive.data(), n); i++) {
    }
    sink = count[0];
  });
}

static double lorenz() {
  const long n = 100000;
  return best([&] {
    double x = 1, y = 1, z = 1, h = 1e-4;
    for (long i = 0; i < n; i++) {
      const double a1 = 10 * (y - x), b1 = x * (28 - z) - y, c1 = x * y - 8.0 / 3 * z;
      double p = x + 0.5 * h * a1, q = y + 0.5 * h * b1, r = z + 0.5 * h * c1;
      const double a2 = 10 * (q - p), b2 = p * (28 - r) - q, c2 = p * q - 8.0 / 3 * r;
      p = x + 0.5 * h * a2, q = y + 0.5 * h * b2, r = z + 0.5 * h * c2;
      const double a3 = 10 * (q - p), b3 = p * (28 - r) - q, c3 = p * q - 8.0 / 3 * r;
      p = x + h * a3, q = y + h * b3, r = z + h * c3;
      const double a4 = 10 * (q - p), b4 = p * (28 - r) - q, c4 = p * q - 8.0 / 3 * r;
      x += h / 6 * (a1 + 2 * a2 + 2 * a3 + a4), y += h / 6 * (b1 + 2 * b2 + 2 * b3 + b4), z += h / 6 * (c1 + 2 * c2 + 2 * c3 + c4);
    }
    sink = x + y + z;
  }) / n;
}

static double collatz() {
  long steps = 0;
  const double time = best([&] {
    steps = 0;
    int longest = 0, where = 0;
    for (int32_t start = 1; start < 100000; start++) {
      int32_t n = start;
      int k = 0;
      for (; n != 1; k++) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
      steps += k;
      if (k > longest) longest = k, where = start;
    }
    sink = where;
  });
  return time / steps;
}

int main() {
  const size_t n = 1000000;
  std::vector<float> a(n, 1), b(n, 2), c(n);
  const double add = best([&] {
    for (size_t i = 0; i < n; i++) c[i] = a[i] + b[i];
    asm volatile("" ::"r"(c.data()) : "memory");
  });
  const double sum = best([&] {
    float parts[64] = {};
    for (size_t i = 0; i < n; i += 64)
      for (int k = 0; k < 64; k++) parts[k] += a[i + k];
    for (float part : parts) sink = part;
  });
  const double logistic = best([] {
    double x = 0.4;
    for (int i = 0; i < 10000000; i++) x = 3.0 * x * (1.0 - x);
    sink = x;
  }) / 1e7;
  std::printf("{\"flops\": %g, \"bytes\": %g, \"add\": %g, \"sum\": %g, \"logistic\": %g, \"collatz\": %g, \"lorenz\": %g, \"mandelbrot\": %g}\n", flops(),
              12.0 * n / add, add, sum, logistic, collatz(), lorenz(), mandelbrot());
}
