/** Small tools for tests of kernels without Node: tensors, attribute words, calls by op name, seeded numbers, CHECK. */
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "../src/core/kernel.h"

namespace gfn::test {

inline int failures = 0;

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) {                                                      \
      std::printf("FAILED %s:%d: %s\n", __FILE__, __LINE__, #condition);     \
      ::gfn::test::failures++;                                               \
    }                                                                        \
  } while (0)

template <class T>
constexpr DType dtypeOf();
template <>
constexpr DType dtypeOf<uint8_t>() { return DType::Bool; }
template <>
constexpr DType dtypeOf<int32_t>() { return DType::Int32; }
template <>
constexpr DType dtypeOf<float>() { return DType::Float32; }
template <>
constexpr DType dtypeOf<double>() { return DType::Float64; }

using Dims = std::vector<int64_t>;

inline int64_t product(const Dims& dims) {
  int64_t n = 1;
  for (const int64_t d : dims) n *= d;
  return n;
}

template <class T>
struct Tensor {
  Dims dims;
  std::vector<T> data;

  /** Ends where its elements do, so that sanitizers see what goes further. */
  explicit Tensor(Dims d) : dims(std::move(d)), data(static_cast<size_t>(std::max<int64_t>(product(dims), 1))) {}

  /** Seeded elements; floats in -2..2, integers over their range, bools 0 or 1. */
  Tensor& fill(unsigned seed) {
    std::mt19937 bits(seed);
    for (T& x : data) {
      if constexpr (std::is_same_v<T, uint8_t>) x = bits() & 1;
      else if constexpr (std::is_same_v<T, int32_t>) x = static_cast<int32_t>(bits());
      else x = static_cast<T>(static_cast<double>(static_cast<int32_t>(bits())) / (1 << 30));
    }
    return *this;
  }

  View view() {
    View v{};
    v.data = data.data();
    v.dtype = dtypeOf<T>();
    v.rank = static_cast<int>(dims.size());
    for (size_t i = 0; i < dims.size(); i++) v.dims[i] = dims[i];
    v.size = product(dims);
    return v;
  }
};

inline Kernel find(const char* op) {
  int count = 0;
  const KernelRow* rows = kernelTable(&count);
  for (int i = 0; i < count; i++) {
    if (std::strcmp(rows[i].op, op) == 0) return rows[i].run;
  }
  std::printf("no kernel %s\n", op);
  std::abort();
}

inline Status call(const char* op, std::vector<View> in, View out, std::vector<int32_t> words = {}, std::vector<double> numbers = {}) {
  Failure failure{};
  const Call c{in.data(), static_cast<int>(in.size()), &out, 1, {words.data(), static_cast<int>(words.size()), numbers.data(), static_cast<int>(numbers.size())}};
  return find(op)(c, failure) ? Status::Ok : failure.status;
}

}  // namespace gfn::test
