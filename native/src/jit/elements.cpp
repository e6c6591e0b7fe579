#include "elements.h"

#include <cstring>

#include "../kernels/complex-math.h"
#include "lane.h"

namespace gfn::jit {

namespace {

using m::Lane;

struct Row {
  const char* op;
  DType dtype;
  ElementCode code;
};

/** Booleans are stored as bytes. */
template <class T>
std::string stored(const Lane<T>& x) {
  if constexpr (std::is_same_v<T, bool>) return m::to<uint8_t>(x).name;
  else return x.name;
}

// An expression that cannot be written down for some dtype is no type there, and the row has no code.
#define UNARY(op, dtypes, cost, ...)                          \
  struct op##Code {                                           \
    template <class T>                                        \
    static auto apply(const T& x) -> decltype(__VA_ARGS__) {  \
      return __VA_ARGS__;                                     \
    }                                                         \
  };
#define BINARY(op, dtypes, cost, check, ...)                              \
  struct op##Code {                                                       \
    template <class T>                                                    \
    static auto apply(const T& x, const T& y) -> decltype(__VA_ARGS__) {  \
      return __VA_ARGS__;                                                 \
    }                                                                     \
  };
#define TEST(op, ...) UNARY(op, , , __VA_ARGS__)
#define COMPARE(op, ...) BINARY(op, , , , __VA_ARGS__)
#define LOGIC(op, ...) BINARY(op, , , , __VA_ARGS__)
#define NUMBERS(op, dtypes, count, ...)                                                                                            \
  struct op##Code {                                                                                                                \
    static constexpr int kNumbers = count;                                                                                         \
    template <class T>                                                                                                             \
    static auto apply(const T& x, [[maybe_unused]] double p, [[maybe_unused]] double q) -> decltype(__VA_ARGS__) {                 \
      return __VA_ARGS__;                                                                                                          \
    }                                                                                                                              \
  };
#include "../kernels/elementwise-rows.h"

template <class Op, class L>
std::string unaryCode(const std::string* in, const double*) {
  return stored(Op::apply(L::named(in[0])));
}
template <class Op, class L>
std::string binaryCode(const std::string* in, const double*) {
  return stored(Op::apply(L::named(in[0]), L::named(in[1])));
}
template <class Op, class L>
std::string numbersCode(const std::string* in, const double* numbers) {
  return stored(Op::apply(L::named(in[0]), numbers[0], Op::kNumbers > 1 ? numbers[1] : 0));
}

template <class Op, class L>
constexpr ElementCode unary() {
  if constexpr (requires(L x) { Op::apply(x); }) return unaryCode<Op, L>;
  else return nullptr;
}
template <class Op, class L>
constexpr ElementCode binary() {
  if constexpr (requires(L x) { Op::apply(x, x); }) return binaryCode<Op, L>;
  else return nullptr;
}
template <class Op, class L>
constexpr ElementCode numbers() {
  if constexpr (requires(L x) { Op::apply(x, 0.0, 0.0); }) return numbersCode<Op, L>;
  else return nullptr;
}

#define GFN_CODE(Name, T, short, op, form) {#op, DType::Name, form<op##Code, Lane<T>>()},
// Complex numbers are called.
#undef GFN_LOOPS_COMPLEX
#define GFN_LOOPS_COMPLEX(M, ...)
constexpr Row kRows[] = {
#define UNARY(op, dtypes, cost, ...) GFN_LOOPS_##dtypes(GFN_CODE, op, unary)
#define BINARY(op, dtypes, cost, check, ...) GFN_LOOPS_##dtypes(GFN_CODE, op, binary)
#define COMPARE(op, ...) GFN_LOOPS_ANY(GFN_CODE, op, binary)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_CODE, op, binary)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_CODE, op, unary)
#define NUMBERS(op, dtypes, count, ...) GFN_LOOPS_##dtypes(GFN_CODE, op, numbers)
#include "../kernels/elementwise-rows.h"
};

template <DType F, DType R>
std::string castTo(const std::string* in, const double*) {
  return stored(m::convert<R>(Lane<typename m::ElementOf<F>::type>::named(in[0])));
}

template <DType F>
ElementCode castFrom(DType to) {
  switch (to) {
    case DType::Bool: return castTo<F, DType::Bool>;
    case DType::Int32: return castTo<F, DType::Int32>;
    case DType::Float32: return castTo<F, DType::Float32>;
    case DType::Float64: return castTo<F, DType::Float64>;
    case DType::UInt8: return castTo<F, DType::UInt8>;
    case DType::Int64: return castTo<F, DType::Int64>;
    case DType::Complex64: break;
  }
  return nullptr;
}

}  // namespace

ElementCode findElementCode(const char* op, DType dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype && std::strcmp(row.op, op) == 0) return row.code;
  }
  return nullptr;
}

ElementCode castCode(DType from, DType to) {
  switch (from) {
    case DType::Bool: return castFrom<DType::Bool>(to);
    case DType::Int32: return castFrom<DType::Int32>(to);
    case DType::Float32: return castFrom<DType::Float32>(to);
    case DType::Float64: return castFrom<DType::Float64>(to);
    case DType::UInt8: return castFrom<DType::UInt8>(to);
    case DType::Int64: return castFrom<DType::Int64>(to);
    case DType::Complex64: break;
  }
  return nullptr;
}

const char* storedType(DType dtype) {
  switch (dtype) {
    case DType::Bool:
    case DType::UInt8: return "i8";
    case DType::Int32: return "i32";
    case DType::Float32: return "float";
    case DType::Float64: return "double";
    case DType::Int64:
    case DType::Complex64: break;
  }
  return "i64";
}

std::string writeWhere(DType dtype, const std::string* in) {
  Emitter& e = emitter();
  const std::string type = e.vector(storedType(dtype));
  const Lane<bool> condition = Lane<uint8_t>::named(in[0]) != 0;
  return e.value("select " + Lane<bool>::type() + " " + condition.name + ", " + type + " " + in[1] + ", " + type + " " + in[2]);
}

}  // namespace gfn::jit
