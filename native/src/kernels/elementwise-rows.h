/**
 * Reading elementwise.def: empty definitions of the macros that the including file leaves out, and the lists of dtypes.
 * No include guard: define the macros you read, then include this file; it reads elementwise.def and undefines all of them.
 *
 *   #define UNARY(op, dtypes, cost, expression) …
 *   #include "elementwise-rows.h"
 *
 * `GFN_FOR_…` are the dtypes that the virtual machine has instructions for, `GFN_LOOPS_…` all that have vector loops.
 * `GFN_FOR_NUMERIC(M, …)` expands M(Int32, int32_t, i32, …) M(Float32, float, f32, …) M(Float64, double, f64, …).
 */
#ifndef GFN_FOR_NUMERIC
#define GFN_FOR_FLOATING(M, ...) M(Float32, float, f32, __VA_ARGS__) M(Float64, double, f64, __VA_ARGS__)
#define GFN_FOR_NUMERIC(M, ...) M(Int32, int32_t, i32, __VA_ARGS__) GFN_FOR_FLOATING(M, __VA_ARGS__)
#define GFN_FOR_ANY(M, ...) M(Bool, uint8_t, bool, __VA_ARGS__) GFN_FOR_NUMERIC(M, __VA_ARGS__)
#define GFN_FOR_INT(M, ...) M(Int32, int32_t, i32, __VA_ARGS__)
#define GFN_FOR_BOOL(M, ...) M(Bool, uint8_t, bool, __VA_ARGS__)
#define GFN_FOR_ARITHMETIC(M, ...) GFN_FOR_NUMERIC(M, __VA_ARGS__)
#define GFN_FOR_ANALYTIC(M, ...) GFN_FOR_FLOATING(M, __VA_ARGS__)
#define GFN_FOR_COMPLEX(M, ...)

#define GFN_LOOPS_COMPLEX(M, ...) M(Complex64, m::Complex, c64, __VA_ARGS__)
#define GFN_LOOPS_WIDE(M, ...) M(UInt8, uint8_t, u8, __VA_ARGS__) M(Int64, int64_t, i64, __VA_ARGS__)
#define GFN_LOOPS_BOOL(M, ...) GFN_FOR_BOOL(M, __VA_ARGS__)
#define GFN_LOOPS_INT(M, ...) GFN_FOR_INT(M, __VA_ARGS__) GFN_LOOPS_WIDE(M, __VA_ARGS__)
#define GFN_LOOPS_FLOATING(M, ...) GFN_FOR_FLOATING(M, __VA_ARGS__)
#define GFN_LOOPS_NUMERIC(M, ...) GFN_FOR_NUMERIC(M, __VA_ARGS__) GFN_LOOPS_WIDE(M, __VA_ARGS__)
#define GFN_LOOPS_ANY(M, ...) GFN_FOR_ANY(M, __VA_ARGS__) GFN_LOOPS_WIDE(M, __VA_ARGS__)
#define GFN_LOOPS_ARITHMETIC(M, ...) GFN_LOOPS_NUMERIC(M, __VA_ARGS__) GFN_LOOPS_COMPLEX(M, __VA_ARGS__)
#define GFN_LOOPS_ANALYTIC(M, ...) GFN_FOR_FLOATING(M, __VA_ARGS__) GFN_LOOPS_COMPLEX(M, __VA_ARGS__)
#endif

#ifndef UNARY
#define UNARY(op, dtypes, cost, ...)
#endif
#ifndef BINARY
#define BINARY(op, dtypes, cost, check, ...)
#endif
#ifndef COMPARE
#define COMPARE(op, ...)
#endif
#ifndef EQUALITY
#define EQUALITY(op, ...) COMPARE(op, __VA_ARGS__)
#endif
#ifndef LOGIC
#define LOGIC(op, ...)
#endif
#ifndef EXACT
#define EXACT(op, ...)
#endif
#ifndef TEST
#define TEST(op, ...)
#endif
#ifndef RANGED
#define RANGED(op, condition, ...)
#endif
#ifndef NUMBERS
#define NUMBERS(op, dtypes, count, ...)
#endif

#include "elementwise.def"

#undef UNARY
#undef BINARY
#undef COMPARE
#undef EQUALITY
#undef LOGIC
#undef EXACT
#undef TEST
#undef RANGED
#undef NUMBERS
