/**
 * Elementwise ops on one element: the functions behind the virtual machine's call instruction. Same expressions as the vector
 * loops, so the same bits; compiled for each level, since fused products are fast only where the processor has them.
 */
#include "elementwise-math.h"
#include "elementwise.h"

namespace gfn::GFN_LEVEL {

namespace {

template <class T>
GFN_INLINE const T& slot(const void* at) {
  return *static_cast<const T*>(at);
}

template <Check check, class T>
GFN_INLINE bool passes([[maybe_unused]] T y, [[maybe_unused]] Failure& failure) {
  if constexpr (check != Check::NONE && std::is_integral_v<T>) {
    if (check == Check::NON_ZERO ? y == 0 : y < 0) return failCheck(check, 0, static_cast<double>(y), failure);
  }
  return true;
}

// All dtypes of one part: those without instructions of the machine are reached by these functions.
#define GFN_SCALARS_NUMERIC(M, ...) GFN_LOOPS_NUMERIC(M, __VA_ARGS__)
#define GFN_SCALARS_ARITHMETIC(M, ...) GFN_LOOPS_NUMERIC(M, __VA_ARGS__)
#define GFN_SCALARS_ANALYTIC(M, ...) GFN_FOR_FLOATING(M, __VA_ARGS__)
#define GFN_SCALARS_FLOATING(M, ...) GFN_FOR_FLOATING(M, __VA_ARGS__)
#define GFN_SCALARS_INT(M, ...) GFN_LOOPS_INT(M, __VA_ARGS__)
#define GFN_SCALARS_BOOL(M, ...) GFN_FOR_BOOL(M, __VA_ARGS__)
#define GFN_SCALARS_COMPLEX(M, ...)

#define GFN_SCALAR_UNARY(Name, T, short, op, R, ...)                                          \
  bool op##_##short(const void* const* in, void* out, const double*, Failure&) {              \
    const T x = slot<T>(in[0]);                                                               \
    *static_cast<R*>(out) = __VA_ARGS__;                                                      \
    return true;                                                                              \
  }
#define GFN_SCALAR_BINARY(Name, T, short, op, R, check, ...)                                  \
  bool op##_##short(const void* const* in, void* out, const double*, Failure& failure) {      \
    const T x = slot<T>(in[0]);                                                               \
    const T y = slot<T>(in[1]);                                                               \
    if (!passes<check>(y, failure)) return false;                                             \
    *static_cast<R*>(out) = static_cast<R>(__VA_ARGS__);                                      \
    return true;                                                                              \
  }
#define GFN_SCALAR_EXACT(Name, T, short, op, ...)                                             \
  bool op##_##short(const void* const* in, void* out, const double*, Failure& failure) {      \
    const int64_t x = slot<T>(in[0]);                                                         \
    const int64_t y = slot<T>(in[1]);                                                         \
    const int64_t wide = __VA_ARGS__;                                                         \
    if (wide != static_cast<int32_t>(wide)) return fail(failure, Status::Overflow, 0, 0, static_cast<double>(wide)); \
    *static_cast<int32_t*>(out) = static_cast<int32_t>(wide);                                 \
    return true;                                                                              \
  }
#define GFN_SCALAR_NUMBERS(Name, T, short, op, count, ...)                                    \
  bool op##_##short(const void* const* in, void* out, const double* numbers, Failure&) {      \
    const T x = slot<T>(in[0]);                                                               \
    const double p = numbers[0];                                                              \
    [[maybe_unused]] const double q = count > 1 ? numbers[1] : 0;                             \
    *static_cast<T*>(out) = __VA_ARGS__;                                                      \
    return true;                                                                              \
  }
#define GFN_SAME_UNARY(Name, T, short, op, ...) GFN_SCALAR_UNARY(Name, T, short, op, T, __VA_ARGS__)
#define GFN_SAME_BINARY(Name, T, short, op, check, ...) GFN_SCALAR_BINARY(Name, T, short, op, T, check, __VA_ARGS__)
#define UNARY(op, dtypes, cost, ...) GFN_SCALARS_##dtypes(GFN_SAME_UNARY, op, __VA_ARGS__)
#define BINARY(op, dtypes, cost, check, ...) GFN_SCALARS_##dtypes(GFN_SAME_BINARY, op, Check::check, __VA_ARGS__)
#define COMPARE(op, ...) GFN_LOOPS_ANY(GFN_SCALAR_BINARY, op, uint8_t, Check::NONE, __VA_ARGS__)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_SCALAR_BINARY, op, uint8_t, Check::NONE, __VA_ARGS__)
#define EXACT(op, ...) GFN_FOR_INT(GFN_SCALAR_EXACT, op, __VA_ARGS__)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_SCALAR_UNARY, op, uint8_t, __VA_ARGS__)
#define NUMBERS(op, dtypes, count, ...) GFN_SCALARS_##dtypes(GFN_SCALAR_NUMBERS, op, count, __VA_ARGS__)
#include "elementwise-rows.h"

constexpr ScalarRow kScalars[] = {
#define GFN_ROW(Name, T, short, op, operands, numbers) {#op, DType::Name, DType::Name, operands, numbers, op##_##short},
#define GFN_BOOL_ROW(Name, T, short, op, operands) {#op, DType::Name, DType::Bool, operands, 0, op##_##short},
#define UNARY(op, dtypes, cost, ...) GFN_SCALARS_##dtypes(GFN_ROW, op, 1, 0)
#define BINARY(op, dtypes, cost, check, ...) GFN_SCALARS_##dtypes(GFN_ROW, op, 2, 0)
#define COMPARE(op, ...) GFN_LOOPS_ANY(GFN_BOOL_ROW, op, 2)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_BOOL_ROW, op, 2)
#define EXACT(op, ...) GFN_FOR_INT(GFN_ROW, op, 2, 0)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_BOOL_ROW, op, 1)
#define NUMBERS(op, dtypes, count, ...) GFN_SCALARS_##dtypes(GFN_ROW, op, 1, count)
#include "elementwise-rows.h"
};

}  // namespace

ScalarRows scalarRows() { return {kScalars, static_cast<int>(sizeof(kScalars) / sizeof(kScalars[0]))}; }

}  // namespace gfn::GFN_LEVEL
