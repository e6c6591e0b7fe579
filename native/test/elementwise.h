/**
 * Every row of elementwise.def with every dtype it takes: the loops over many elements give the bits of calls for one element each, from and
 * into buffers that end where the tensors do, so that AddressSanitizer sees what reads or writes behind them.
 */
#pragma once
#include "harness.h"

namespace gfn::test {

/** Lengths around those of vectors, and one that several threads share. */
inline const int64_t kLengths[] = {0, 1, 3, 15, 16, 17, 33, 1000, 40001};

template <class T>
bool sameBits(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0 || (a != a && b != b);
}

template <class T, class Out>
bool row(const char* op, int operands, const std::vector<double>& numbers) {
  bool taken = false;
  std::vector<int32_t> words;
  for (size_t i = 0; i < numbers.size(); i++) words.push_back(static_cast<int32_t>(i));
  for (const int64_t n : kLengths) {
    Tensor<T> x({n}), y({n}), one({1}), two({1});
    Tensor<Out> out({n}), single({1});
    x.fill(static_cast<unsigned>(n) + 1);
    y.fill(static_cast<unsigned>(n) + 2);
    const auto views = [&](Tensor<T>& a, Tensor<T>& b) { return operands == 1 ? std::vector<View>{a.view()} : std::vector<View>{a.view(), b.view()}; };
    const Status status = call(op, views(x, y), out.view(), words, numbers);
    // Refused: a dtype that the row has no loops for, elements that it has no answer to (overflow, negative powers).
    if (status != Status::Ok) continue;
    taken = true;
    int64_t wrong = 0;
    for (int64_t i = 0; i < std::min<int64_t>(n, 1000); i++) {
      one.data[0] = x.data[i];
      two.data[0] = y.data[i];
      wrong += call(op, views(one, two), single.view(), words, numbers) != Status::Ok || !sameBits(single.data[0], out.data[i]);
    }
    if (wrong != 0) std::printf("%s of %lld: %lld wrong\n", op, (long long)n, (long long)wrong);
    CHECK(wrong == 0);
  }
  return taken;
}

/** Of all dtypes, with results of the same dtype or bool; at least one must be taken. */
inline void rows(const char* op, int operands, bool predicate, const std::vector<double>& numbers = {}) {
  bool taken = false;
  if (predicate) {
    taken |= row<uint8_t, uint8_t>(op, operands, numbers);
    taken |= row<int32_t, uint8_t>(op, operands, numbers);
    taken |= row<float, uint8_t>(op, operands, numbers);
    taken |= row<double, uint8_t>(op, operands, numbers);
  } else {
    taken |= row<uint8_t, uint8_t>(op, operands, numbers);
    taken |= row<int32_t, int32_t>(op, operands, numbers);
    taken |= row<float, float>(op, operands, numbers);
    taken |= row<double, double>(op, operands, numbers);
  }
  // conj is of complex numbers only.
  if (!taken && std::strcmp(op, "conj") != 0) std::printf("%s takes none of the dtypes\n", op);
  CHECK(taken || std::strcmp(op, "conj") == 0);
}

inline void elementwise() {
#define UNARY(op, ...) rows(#op, 1, false);
#define BINARY(op, ...) rows(#op, 2, false);
#define COMPARE(op, ...) rows(#op, 2, true);
#define EQUALITY(op, ...) rows(#op, 2, true);
#define LOGIC(op, ...) rows(#op, 2, true);
#define EXACT(op, ...) rows(#op, 2, false);
#define TEST(op, ...) rows(#op, 1, true);
#define NUMBERS(op, dtypes, count, ...) rows(#op, 1, false, (count) == 2 ? std::vector<double>{-1, 2} : std::vector<double>{2});
#include "../src/kernels/elementwise-rows.h"
}

}  // namespace gfn::test
