/**
 * Kernels without Node, against loops that follow the definition: for runs under sanitizers and on machines without Node.
 * Against the TypeScript reference, with every dtype and attribute: test/native/records.test.ts and kernels-fuzz.test.ts.
 */
#include <atomic>

#include "../src/threads/pool.h"
#include "elementwise.h"
#include "harness.h"
#include "level.h"

using namespace gfn;
using namespace gfn::test;

/** Calls visit(coordinates) in row-major order. */
static void eachPlace(const Dims& dims, const std::function<void(const Dims&)>& visit) {
  Dims at(dims.size(), 0);
  for (int64_t i = 0, n = product(dims); i < n; i++) {
    visit(at);
    for (int axis = static_cast<int>(dims.size()) - 1; axis >= 0 && ++at[axis] == dims[axis]; axis--) at[axis] = 0;
  }
}

static int64_t placeIn(const Dims& dims, const Dims& at) {
  int64_t place = 0;
  for (size_t i = 0; i < dims.size(); i++) place = place * dims[i] + at[i];
  return place;
}

template <class T>
static void reductions(const Dims& dims, unsigned mask, unsigned seed) {
  Tensor<T> x(dims);
  x.fill(seed);
  Dims kept;
  std::vector<int32_t> words{0};
  for (size_t i = 0; i < dims.size(); i++) {
    kept.push_back(mask >> i & 1 ? 1 : dims[i]);
    if (mask >> i & 1) words.push_back(static_cast<int32_t>(i));
  }
  words[0] = static_cast<int32_t>(words.size() - 1);
  words.push_back(1);
  Tensor<T> sum(kept), most(kept), out(kept);
  std::vector<double> exact(out.data.size()), size(out.data.size());
  std::vector<uint32_t> wrapped(out.data.size());
  for (size_t i = 0; i < most.data.size(); i++) {
    if constexpr (std::is_same_v<T, int32_t>) most.data[i] = INT32_MIN;
    else most.data[i] = -INFINITY;
  }
  int64_t i = 0;
  eachPlace(dims, [&](const Dims& at) {
    Dims to = at;
    for (size_t a = 0; a < dims.size(); a++) to[a] = mask >> a & 1 ? 0 : at[a];
    const int64_t o = placeIn(kept, to);
    exact[o] += static_cast<double>(x.data[i]);
    size[o] += std::abs(static_cast<double>(x.data[i]));
    wrapped[o] += static_cast<uint32_t>(static_cast<int64_t>(x.data[i]));
    if (x.data[i] > most.data[o]) most.data[o] = x.data[i];
    i++;
  });
  CHECK(call("sum", {x.view()}, out.view(), words) == Status::Ok);
  for (int64_t o = 0; o < product(kept); o++) {
    if constexpr (std::is_same_v<T, int32_t>) CHECK(static_cast<uint32_t>(out.data[o]) == wrapped[o]);
    // Floats are rounded thrice as they are, eight of them pairwise, and once more in the end.
    else CHECK(std::abs(out.data[o] - exact[o]) <= (sizeof(T) == 4 ? 6e-8 * std::abs(exact[o]) + 1.8e-7 * size[o] : 1e-13 * size[o]));
  }
  CHECK(call("max", {x.view()}, out.view(), words) == Status::Ok);
  for (int64_t o = 0; o < product(kept); o++) CHECK(out.data[o] == most.data[o]);
}

template <class T>
static void transposes(const Dims& dims, const std::vector<int32_t>& perm) {
  Tensor<T> x(dims);
  x.fill(7);
  Dims to;
  std::vector<int32_t> words{static_cast<int32_t>(perm.size())};
  for (const int32_t p : perm) {
    to.push_back(dims[p]);
    words.push_back(p);
  }
  Tensor<T> out(to);
  CHECK(call("transpose", {x.view()}, out.view(), words) == Status::Ok);
  int64_t o = 0, wrong = 0;
  eachPlace(to, [&](const Dims& at) {
    Dims from(dims.size());
    for (size_t i = 0; i < perm.size(); i++) from[perm[i]] = at[i];
    wrong += out.data[o++] != x.data[placeIn(dims, from)];
  });
  CHECK(wrong == 0);
}

static void movement() {
  for (const Dims& dims : {Dims{3, 5}, Dims{33, 65}, Dims{700, 900}, Dims{1, 9}, Dims{0, 4}}) {
    transposes<float>(dims, {1, 0});
    transposes<double>(dims, {1, 0});
    transposes<uint8_t>(dims, {1, 0});
  }
  transposes<float>({4, 5, 6, 7}, {3, 1, 0, 2});
  transposes<float>({40, 3, 50, 20}, {0, 2, 1, 3});
  transposes<int32_t>({64, 3, 96}, {2, 0, 1});

  Tensor<float> x({2, 3}), out({4, 9});
  x.fill(3);
  CHECK(call("tile", {x.view()}, out.view(), {2, 2, 3}) == Status::Ok);
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 9; j++) CHECK(out.data[i * 9 + j] == x.data[i % 2 * 3 + j % 3]);
  }
  // Wrong shapes and words are refused.
  CHECK(call("tile", {x.view()}, out.view(), {2, 2, 4}) == Status::Shape);
  CHECK(call("tile", {x.view()}, out.view(), {9, 2, 4}) == Status::Internal);
  CHECK(call("transpose", {x.view()}, out.view(), {2, 1, 0}) == Status::Shape);
  CHECK(call("slice", {x.view()}, Tensor<float>({2, 3}).view(), {2, 0, 1, 2, 2, 3}) == Status::Shape);
  CHECK(call("pad", {x.view()}, Tensor<float>({3, 3}).view(), {4, -1, 2, 0, 0, 0}, {0}) == Status::Shape);
}

static void indexing() {
  Tensor<float> table({50, 300});
  Tensor<int32_t> picks({4000});
  table.fill(1);
  for (size_t i = 0; i < picks.data.size(); i++) picks.data[i] = static_cast<int32_t>(i * 7 % 50);
  Tensor<float> out({4000, 300});
  CHECK(call("gather", {table.view(), picks.view()}, out.view(), {0, 0}) == Status::Ok);
  int64_t wrong = 0;
  for (int64_t i = 0; i < 4000; i++) {
    for (int64_t j = 0; j < 300; j++) wrong += out.data[i * 300 + j] != table.data[picks.data[i] * 300 + j];
  }
  CHECK(wrong == 0);
  picks.data[17] = 50;
  CHECK(call("gather", {table.view(), picks.view()}, out.view(), {0, 0}) == Status::Index);
  Tensor<int32_t> at{Dims{}};
  at.data[0] = -1;
  CHECK(call("index", {table.view(), at.view()}, Tensor<float>({300}).view()) == Status::Index);
}

/** Each chunk once, whatever runs beside it; results do not depend on the number of threads. */
static void threads(int rounds) {
  for (const int count : {1, 2, 4}) {
    setThreadCount(count);
    // Short jobs of changing length, back to back: a thread that is late for one must not touch the next.
    int64_t wrong = 0;
    for (int round = 0; round < rounds; round++) {
      const int chunks = 2 + round * 7 % 30;
      std::atomic<int> hits[32] = {};
      parallelFor(chunks, [&](int64_t chunk) {
        hits[chunk]++;
        parallelFor(2, [&](int64_t) {});
      });
      for (int i = 0; i < 32; i++) wrong += hits[i] != (i < chunks);
    }
    CHECK(wrong == 0);
  }
  Tensor<float> x({3000001});
  x.fill(9);
  float first = 0;
  for (const int count : {1, 2, 4}) {
    setThreadCount(count);
    Tensor<float> out{Dims{}};
    CHECK(call("sum", {x.view()}, out.view(), {1, 0, 0}) == Status::Ok);
    if (count == 1) first = out.data[0];
    CHECK(out.data[0] == first);
  }
}

/** Products of every form against sums in double precision; the error bound grows with k. */
template <class T>
static void product(const Dims& a, const Dims& b, const Dims& c, bool ta, bool tb) {
  Tensor<T> x(a), y(b), out(c);
  x.fill(static_cast<unsigned>(a.back()));
  y.fill(static_cast<unsigned>(b[0] + 17));
  CHECK(call("matMul", {x.view(), y.view()}, out.view(), {ta, tb}) == Status::Ok);
  const int64_t m = c[c.size() - 2], n = c.back(), k = a[a.size() - (ta ? 2 : 1)];
  const int64_t batches = gfn::test::product(c) / (m * n);
  const int64_t aCount = gfn::test::product(a) / (m * k), bCount = gfn::test::product(b) / (k * n);
  int64_t wrong = 0;
  for (int64_t batch = 0; batch < batches; batch++) {
    const T* u = x.data.data() + batch % aCount * m * k;
    const T* v = y.data.data() + batch % bCount * k * n;
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        double exact = 0, size = 0;
        uint32_t wrapped = 0;
        for (int64_t p = 0; p < k; p++) {
          const T s = u[ta ? p * m + i : i * k + p], t = v[tb ? j * k + p : p * n + j];
          exact += static_cast<double>(s) * static_cast<double>(t);
          size += std::abs(static_cast<double>(s) * static_cast<double>(t));
          if constexpr (std::is_same_v<T, int32_t>) wrapped += static_cast<uint32_t>(s) * static_cast<uint32_t>(t);
        }
        const T got = out.data[(batch * m + i) * n + j];
        if constexpr (std::is_same_v<T, int32_t>) wrong += static_cast<uint32_t>(got) != wrapped;
        else wrong += !(std::abs(static_cast<double>(got) - exact) <= (sizeof(T) == 4 ? 6e-8 : 2e-16) * (static_cast<double>(k) + 2) * size);
      }
    }
  }
  if (wrong != 0) std::printf("%lld x %lld x %lld %d%d, %lld batches: %lld wrong\n", (long long)m, (long long)k, (long long)n, ta, tb, (long long)batches, (long long)wrong);
  CHECK(wrong == 0);
}

static void products(int rounds) {
  std::mt19937 bits(5);
  const int64_t lengths[] = {1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 17, 31, 32, 33, 48, 64, 65, 100, 127, 130, 257};
  const auto length = [&] { return lengths[bits() % (sizeof lengths / sizeof lengths[0])]; };
  for (int round = 0; round < rounds; round++) {
    const int64_t m = length(), k = length(), n = length();
    const bool ta = bits() & 1, tb = bits() & 1;
    const int64_t aBatch = bits() % 3 == 0 ? 3 : 1, bBatch = bits() % 3 == 0 ? 3 : 1;
    const Dims a{aBatch, ta ? k : m, ta ? m : k}, b{bBatch, tb ? n : k, tb ? k : n}, c{std::max(aBatch, bBatch), m, n};
    setThreadCount(1 + round % 3);
    product<float>(a, b, c, ta, tb);
    product<double>(a, b, c, ta, tb);
    product<int32_t>(a, b, c, ta, tb);
  }
  product<float>({130, 1100}, {1100, 600}, {130, 600}, false, false);
  product<float>({5000, 20}, {5000, 33}, {20, 33}, true, false);
  product<float>({4, 5000}, {5000, 1500}, {4, 1500}, false, false);
  product<double>({300, 300}, {300, 300}, {300, 300}, true, true);
  Tensor<float> empty({2, 0}), other({0, 3}), zeros({2, 3});
  zeros.fill(1);
  CHECK(call("matMul", {empty.view(), other.view()}, zeros.view(), {0, 0}) == Status::Ok);
  for (int i = 0; i < 6; i++) CHECK(zeros.data[i] == 0);
  CHECK(call("matMul", {empty.view(), empty.view()}, zeros.view(), {0, 0}) == Status::Shape);
}

/** Wrong on purpose: shows that a sanitizer is there. A tensor that says it has more elements than its memory; a sum beyond int. */
static int fault(const char* kind, int argc) {
  if (std::strcmp(kind, "memory") == 0) {
    Tensor<float> x({64}), out({65});
    View liar = x.view();
    liar.dims[0] = liar.size = 65;
    return call("neg", {liar}, out.view()) == Status::Ok ? 0 : 2;
  }
  volatile int32_t most = INT32_MAX;
  most = most + argc;
  return 0;
}

/** kernels [level [small | memory | arithmetic]] */
int main(int argc, char** argv) {
  level = argc > 1 ? std::atoi(argv[1]) : 0;
  const bool small = argc > 2 && std::strcmp(argv[2], "small") == 0;
  if (argc > 2 && !small) return fault(argv[2], argc);
  elementwise();
  for (const Dims& dims : {Dims{7}, Dims{100003}, Dims{1200001}, Dims{13, 5}, Dims{1000, 3}, Dims{3, 1000}, Dims{70000, 9}, Dims{5, 7, 11},
                           Dims{31, 1, 4, 9}, Dims{3, 700, 600}, Dims{2, 2, 2, 2, 2}, Dims{40, 3, 600, 2}}) {
    if (small && product(dims) > 50000) continue;
    for (unsigned mask = 0; mask < 1u << dims.size(); mask++) {
      reductions<float>(dims, mask, 1);
      reductions<double>(dims, mask, 2);
      reductions<int32_t>(dims, mask, 3);
    }
  }
  movement();
  indexing();
  threads(small ? 2000 : 200000);
  products(small ? 60 : 600);
  if (failures == 0) std::printf("kernels: all checks hold\n");
  else std::printf("kernels: %d checks failed\n", failures);
  return failures != 0;
}
