/**
 * Times of kernels without Node: best of many runs, so that a busy machine disturbs little; GB/s counts bytes read and written once.
 *
 *   node native/scripts/build-addon.mjs && cd native && g++ -std=c++20 -O2 test/kernels.bench.cpp \
 *     $(ls build/Release/objects/*.o | grep -v addon_) -pthread -ldl -o /tmp/bench && /tmp/bench [all | matMul | other] [threads] [onednn]
 *
 * First the machine's limits, as one core reaches them: fused multiply-adds in registers, and streaming, a = s·b and a = b + s·c, far out
 * of the caches. Products and large elementwise ops are printed as parts of those.
 */
#include <immintrin.h>

#include <ctime>

#include "../src/core/memory.h"
#include "../src/linalg/onednn-library.h"
#include "../src/linalg/onednn.h"
#include "../src/simd/vec.h"
#include "../src/threads/pool.h"
#include "harness.h"

using namespace gfn;
using namespace gfn::test;
using gfn::baseline::Vec;

/** Seconds: of this thread's work where it works alone, so that other programs do not count; else of the clock. */
static double now() {
  timespec t;
  clock_gettime(threadCount() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

static double best(const std::function<void()>& body) {
  double least = 1e9;
  const double start = now();
  for (int i = 0; i < 5000 && (i < 5 || now() - start < 0.2); i++) {
    const double t0 = now();
    body();
    least = std::min(least, now() - t0);
  }
  return least;
}

/** Limits: 10⁹ operations and bytes a second. */
static double peakFlops = 0;
static double peakBytes[3] = {};

/** Enough sums side by side that none is waited for. */
template <class V>
GFN_INLINE static V fusedSums(int rounds, V x, V y) {
  V sum[12];
  for (int i = 0; i < 12; i++) sum[i] = y * static_cast<float>(i);
  for (int r = 0; r < rounds; r++) {
#pragma GCC unroll 12
    for (V& each : sum) each = x * each + y;
  }
  for (const V& each : sum) y += each;
  return y;
}
using Wide = Vec<float, 16>;
using Half = Vec<float, 8>;
__attribute__((target("avx512f,fma"), noinline)) static void fused512(int rounds, float* out) {
  const Wide all = fusedSums<Wide>(rounds, Wide{} + 0.5f, Wide{} + 1.0f);
  std::memcpy(out, &all, sizeof all);
}
__attribute__((target("avx2,fma"), noinline)) static void fused256(int rounds, float* out) {
  const Half all = fusedSums<Half>(rounds, Half{} + 0.5f, Half{} + 1.0f);
  std::memcpy(out, &all, sizeof all);
}

static void triad(float* a, const float* b, const float* c, int64_t n) {
  const __m128 s = _mm_set1_ps(3.0f);
  for (int64_t i = 0; i < n; i += 4) _mm_stream_ps(a + i, _mm_add_ps(_mm_load_ps(b + i), _mm_mul_ps(s, _mm_load_ps(c + i))));
  _mm_sfence();
}
static void scale(float* a, const float* b, int64_t n) {
  const __m128 s = _mm_set1_ps(3.0f);
  for (int64_t i = 0; i < n; i += 4) _mm_stream_ps(a + i, _mm_mul_ps(s, _mm_load_ps(b + i)));
  _mm_sfence();
}

static void limits() {
  constexpr int kRounds = 100000;
  const bool wide = cpuLevel() == CpuLevel::Avx512;
  float sink[16];
  const double seconds = best([&] { wide ? fused512(kRounds, sink) : fused256(kRounds, sink); });
  peakFlops = 2e-9 * 12 * (wide ? 16 : 8) * kRounds / seconds;
  constexpr int64_t n = 16 << 20;
  const Memory a(n * 4), b(n * 4), c(n * 4);
  const auto floats = [](const Memory& memory) { return reinterpret_cast<float*>(memory.data); };
  peakBytes[1] = 1e-9 * 8 * n / best([&] { scale(floats(a), floats(b), n); });
  peakBytes[2] = 1e-9 * 12 * n / best([&] { triad(floats(a), floats(b), floats(c), n); });
  std::printf("limits: %.1f GF/s fused, arrays of 64 MB: a = s·b %.1f, a = b + s·c %.1f GB/s\n", peakFlops, peakBytes[1], peakBytes[2]);
}

/** Elementwise ops on 16M floats: bytes of operands and result, next to the limit. */
static void streaming(const char* op, int operands) {
  constexpr int64_t n = 16 << 20;
  const Memory a(n * 4), b(n * 4), c(n * 4);
  const auto view = [&](const Memory& memory) {
    View v = {};
    v.data = memory.data;
    v.dtype = DType::Float32;
    v.rank = 1;
    v.size = n;
    v.dims[0] = n;
    return v;
  };
  std::vector<View> in = {view(a)};
  if (operands == 2) in.push_back(view(b));
  const double seconds = best([&] { call(op, in, view(c), {}); });
  const double rate = 4e-9 * (operands + 1) * n / seconds;
  std::printf("%-34s %10.2f us %8.1f GB/s %5.0f %% of the limit\n", (std::string(op) + " f32 [16M]").c_str(), seconds * 1e6, rate, 100 * rate / peakBytes[operands]);
}

template <class T, class R = T>
static void line(const char* label, const char* op, const Dims& in, const Dims& to, const std::vector<int32_t>& words) {
  Tensor<T> x(in);
  Tensor<R> out(to);
  x.fill(1);
  const double seconds = best([&] { call(op, {x.view()}, out.view(), words); });
  const double bytes = static_cast<double>(product(in) * sizeof(T) + product(to) * sizeof(R));
  std::printf("%-34s %10.2f us %8.1f GB/s\n", label, seconds * 1e6, bytes / seconds * 1e-9);
}

template <class T = float>
static void gemm(int64_t m, int64_t k, int64_t n, int32_t ta = 0, int32_t tb = 0) {
  Tensor<T> a(ta ? Dims{k, m} : Dims{m, k}), b(tb ? Dims{n, k} : Dims{k, n}), c({m, n});
  a.fill(1);
  b.fill(2);
  const double seconds = best([&] { call("matMul", {a.view(), b.view()}, c.view(), {ta, tb}); });
  std::printf("matMul %s %5lld x %5lld x %5lld %s%s %9.2f us %8.1f GF/s %4.0f %% of the limit\n", sizeof(T) == 8 ? "f64" : "f32", (long long)m, (long long)k, (long long)n, ta ? "T" : "-",
              tb ? "T" : "-", seconds * 1e6, 2e-9 * m * k * n / seconds, 100 * 2e-9 * m * k * n / seconds / (sizeof(T) == 8 ? peakFlops / 2 : peakFlops));
}

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "all";
  setThreadCount(argc > 2 ? std::atoi(argv[2]) : 1);
  limits();
  if (only != "matMul") {
    streaming("neg", 1);
    streaming("add", 2);
    streaming("relu", 1);
    streaming("exp", 1);
    streaming("tanh", 1);
    line<float>("sum f32 [16384]", "sum", {16384}, {}, {1, 0, 0});
    line<float>("sum f32 [4M]", "sum", {4 << 20}, {}, {1, 0, 0});
    line<double>("sum f64 [16384]", "sum", {16384}, {}, {1, 0, 0});
    line<int32_t>("sum i32 [16384]", "sum", {16384}, {}, {1, 0, 0});
    line<float>("max f32 [16384]", "max", {16384}, {}, {1, 0, 0});
    line<double>("max f64 [16384]", "max", {16384}, {}, {1, 0, 0});
    line<uint8_t>("any [65536]", "any", {65536}, {}, {1, 0, 0});
    line<float>("sum f32 rows [1024,64]", "sum", {1024, 64}, {1024}, {1, 1, 0});
    line<float>("sum f32 rows [20000,3]", "sum", {20000, 3}, {20000}, {1, 1, 0});
    line<float>("sum f32 columns [1024,64]", "sum", {1024, 64}, {64}, {1, 0, 0});
    line<float>("sum f32 columns [20000,3]", "sum", {20000, 3}, {3}, {1, 0, 0});
    line<float>("max f32 columns [1024,64]", "max", {1024, 64}, {64}, {1, 0, 0});
    line<float>("sum f32 columns [128,10]", "sum", {128, 10}, {10}, {1, 0, 0});
    line<float>("max f32 rows [128,10]", "max", {128, 10}, {128}, {1, 1, 0});
    line<float, int32_t>("argMax f32 rows [1000,100]", "argMax", {1000, 100}, {1000}, {1});
    line<float, int32_t>("argMax f32 columns [1000,100]", "argMax", {1000, 100}, {100}, {0});
    line<float>("cumsum f32 [16384]", "cumsum", {16384}, {16384}, {0, 0, 0});
    line<float>("cumsum f32 columns [128,128]", "cumsum", {128, 128}, {128, 128}, {0, 0, 0});
    line<float>("softmax f32 [1024,10]", "softmax", {1024, 10}, {1024, 10}, {});
    line<float>("softmax f32 [256,1000]", "softmax", {256, 1000}, {256, 1000}, {});
    line<double>("softmax f64 [256,1000]", "softmax", {256, 1000}, {256, 1000}, {});
    line<float>("logSoftmax f32 [256,1000]", "logSoftmax", {256, 1000}, {256, 1000}, {});
    line<float>("logSumExp f32 [256,1000]", "logSumExp", {256, 1000}, {256}, {0});
    line<int32_t, float>("randomUniform f32 [65536]", "randomUniform", {4}, {65536}, {1, 65536, 2});
    line<int32_t, double>("randomUniform f64 [65536]", "randomUniform", {4}, {65536}, {1, 65536, 3});
    line<int32_t, float>("randomNormal f32 [65536]", "randomNormal", {4}, {65536}, {1, 65536, 2});
    line<int32_t, double>("randomNormal f64 [65536]", "randomNormal", {4}, {65536}, {1, 65536, 3});
    line<int32_t, float>("randomTruncatedNormal f32 [65536]", "randomTruncatedNormal", {4}, {65536}, {1, 65536, 2});
    line<int32_t>("randomPermutation [60000]", "randomPermutation", {4}, {60000}, {60000});
    line<float>("transpose f32 [128,128]", "transpose", {128, 128}, {128, 128}, {2, 1, 0});
    line<float>("transpose f32 [1000,1000]", "transpose", {1000, 1000}, {1000, 1000}, {2, 1, 0});
    line<float>("transpose f32 [2048,2048]", "transpose", {2048, 2048}, {2048, 2048}, {2, 1, 0});
    line<float>("transpose f32 [64,32,16] 0 2 1", "transpose", {64, 32, 16}, {64, 16, 32}, {3, 0, 2, 1});
    line<float>("slice f32 [1000,5] → [1000,3]", "slice", {1000, 5}, {1000, 3}, {2, 0, 1, 2, 1000, 3});
    line<float>("reverse f32 [16384]", "reverse", {16384}, {16384}, {1, 0});
  }
  setOneDnn(argc > 3);
  if (only != "other") {
    std::printf("float32 products: %s\n", gemmLibrary());
    for (const int64_t n : {4, 16, 32, 64, 128, 256, 512, 1024, 2048}) gemm(n, n, n);
    gemm(32, 784, 256);
    gemm(784, 32, 256);
    gemm(784, 32, 256, 1, 0);
    gemm(32, 784, 256, 0, 1);
    gemm(1, 512, 512);
    gemm(1, 512, 512, 0, 1);
    gemm(512, 512, 1);
    gemm(512, 512, 1, 1, 0);
    gemm(64, 10, 128);
    gemm(128, 64, 10);
    gemm(512, 512, 512, 1, 1);
    for (const int64_t n : {16, 64, 256, 1024}) gemm<double>(n, n, n);
  }
}
