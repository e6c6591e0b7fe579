/**
 * Everything that runs on more than one thread, for ThreadSanitizer: jobs of the pool back to back and inside each other, kernels that
 * use it, two threads that use kernels at once, and a pool that changes its size meanwhile. Results equal those of one thread, to the bit.
 */
#include <atomic>
#include <thread>

#include "../src/threads/pool.h"
#include "harness.h"
#include "level.h"

using namespace gfn;
using namespace gfn::test;

/** Short jobs of changing length: a thread that is late for one must not touch the next. */
static void jobs(int rounds) {
  int64_t wrong = 0;
  for (int round = 0; round < rounds; round++) {
    const int chunks = 2 + round * 7 % 30;
    // Not atomic: the pool itself has to order them.
    int hits[32] = {};
    int inner[32] = {};
    parallelFor(chunks, [&](int64_t chunk) {
      hits[chunk]++;
      parallelFor(3, [&](int64_t) { inner[chunk]++; });
    });
    for (int i = 0; i < 32; i++) wrong += hits[i] != (i < chunks) || inner[i] != 3 * (i < chunks);
  }
  CHECK(wrong == 0);
}

template <class T>
static bool same(const Tensor<T>& a, const Tensor<T>& b) {
  return std::memcmp(a.data.data(), b.data.data(), static_cast<size_t>(product(a.dims)) * sizeof(T)) == 0;
}

/** Results of kernels that share their work out. */
struct Results {
  Tensor<float> all{Dims{}}, rows{{700}}, columns{{900}}, turned{{900, 700}}, soft{{700, 900}}, total{{3000, 20}};
  Tensor<float> matrix{{150, 170}}, image{{2, 40, 40, 24}}, pointwise{{2, 40, 40, 24}}, filter{{3, 3, 16, 24}}, input{{2, 40, 40, 16}};
  Tensor<double> product64{{130, 140}};
  Tensor<float> sum{{700, 900}}, picked{{4000, 900}};

  void compute() {
    Tensor<float> x({700, 900}), y({700, 900}), long_({3000, 20}), a({150, 310}), b({310, 170}), photo({2, 40, 40, 16}), taps({3, 3, 16, 24});
    Tensor<float> point({1, 1, 16, 24});
    Tensor<double> c({130, 90}), d({90, 140});
    Tensor<int32_t> picks({4000});
    x.fill(1);
    y.fill(2);
    long_.fill(3);
    a.fill(4);
    b.fill(5);
    photo.fill(6);
    taps.fill(7);
    point.fill(8);
    c.fill(9);
    d.fill(10);
    for (size_t i = 0; i < picks.data.size(); i++) picks.data[i] = static_cast<int32_t>(i * 7 % 700);
    CHECK(call("sum", {x.view()}, all.view(), {2, 0, 1, 0}) == Status::Ok);
    CHECK(call("sum", {x.view()}, rows.view(), {1, 1, 0}) == Status::Ok);
    CHECK(call("max", {x.view()}, columns.view(), {1, 0, 0}) == Status::Ok);
    CHECK(call("transpose", {x.view()}, turned.view(), {2, 1, 0}) == Status::Ok);
    CHECK(call("softmax", {x.view()}, soft.view()) == Status::Ok);
    CHECK(call("add", {x.view(), y.view()}, sum.view()) == Status::Ok);
    CHECK(call("gather", {x.view(), picks.view()}, picked.view(), {0, 0}) == Status::Ok);
    CHECK(call("matMul", {a.view(), b.view()}, matrix.view(), {0, 0}) == Status::Ok);
    CHECK(call("matMul", {c.view(), d.view()}, product64.view(), {0, 0}) == Status::Ok);
    // Strides, pads, dilations; gradients have the length of what they give first.
    const std::vector<int32_t> same{2, 1, 1, 4, 1, 1, 1, 1, 2, 1, 1}, plain{2, 1, 1, 4, 0, 0, 0, 0, 2, 1, 1};
    CHECK(call("conv2d", {photo.view(), taps.view()}, image.view(), same) == Status::Ok);
    CHECK(call("conv2d", {photo.view(), point.view()}, pointwise.view(), plain) == Status::Ok);
    std::vector<int32_t> ofInput{4, 2, 40, 40, 16}, ofFilter{4, 3, 3, 16, 24};
    ofInput.insert(ofInput.end(), same.begin(), same.end());
    ofFilter.insert(ofFilter.end(), same.begin(), same.end());
    CHECK(call("conv2dInputGrad", {image.view(), taps.view()}, input.view(), ofInput) == Status::Ok);
    CHECK(call("conv2dFilterGrad", {photo.view(), image.view()}, filter.view(), ofFilter) == Status::Ok);
  }

  bool operator==(const Results& o) const {
    return same(all, o.all) && same(rows, o.rows) && same(columns, o.columns) && same(turned, o.turned) && same(soft, o.soft) &&
           same(matrix, o.matrix) && same(image, o.image) && same(pointwise, o.pointwise) && same(filter, o.filter) && same(input, o.input) &&
           same(product64, o.product64) && same(sum, o.sum) && same(picked, o.picked);
  }
};

/** CHECK counts in one variable: other threads only say whether theirs was right. */
static bool rightOnTwoThreads(const Results& expected, int rounds, bool resize) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> users;
  for (int user = 0; user < 2; user++) {
    users.emplace_back([&] {
      for (int round = 0; round < rounds; round++) {
        Results own;
        own.compute();
        wrong += !(own == expected);
      }
    });
  }
  for (int count = 0; resize && count < 40; count++) setThreadCount(1 + count % 5);
  for (std::thread& user : users) user.join();
  return wrong == 0;
}

int main(int argc, char** argv) {
  level = 0;
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  setThreadCount(1);
  Results expected;
  expected.compute();
  for (const int count : {1, 2, 3, 8}) {
    setThreadCount(count);
    jobs(2000 * rounds);
    for (int round = 0; round < rounds; round++) {
      Results got;
      got.compute();
      CHECK(got == expected);
    }
    CHECK(rightOnTwoThreads(expected, rounds, false));
  }
  CHECK(rightOnTwoThreads(expected, rounds, true));
  if (failures == 0) std::printf("threads: all checks hold\n");
  else std::printf("threads: %d checks failed\n", failures);
  return failures != 0;
}
