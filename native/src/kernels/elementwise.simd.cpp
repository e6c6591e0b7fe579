/**
 * The vector loops of the elementwise family: one loop per access pattern (all operands move, one of them stays), for each
 * row and dtype. Plain loops: the compiler vectorises them for each level. An output may be operand 0's own memory.
 */
#include <initializer_list>

#include "../simd/stream.h"
#include "complex-math.h"
#include "elementwise.h"

// Iterations are independent: an output is some operand's own memory or apart from it, never shifted.
#if defined(__clang__)
#define GFN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define GFN_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace gfn::GFN_LEVEL {

namespace {

/** A form of Op for float arguments in a usual range (RANGED rows). */
template <class Op>
struct Ranged {
  static constexpr bool exists = false;
};

/** Blocks in which every argument is in the usual range take the form that vectorises; both forms give the same bits. */
template <class Op>
void rangedLoop(const float* a, float* out, int64_t n) {
  constexpr int64_t kBlock = 512;
  for (int64_t from = 0; from < n; from += kBlock) {
    const int64_t to = n - from < kBlock ? n : from + kBlock;
    int unusual = 0;
    for (int64_t i = from; i < to; i++) unusual |= !Ranged<Op>::usual(a[i]);
    if (unusual == 0) {
      GFN_INDEPENDENT
      for (int64_t i = from; i < to; i++) out[i] = Ranged<Op>::apply(a[i]);
    } else {
      for (int64_t i = from; i < to; i++) out[i] = Op::apply(a[i]);
    }
  }
}

template <class Op, class T, class R>
bool unaryLoop(const Lanes& lanes) {
  const T* a = static_cast<const T*>(lanes.in[0]);
  R* out = static_cast<R*>(lanes.out);
  const int64_t n = lanes.n;
  if constexpr (std::is_same_v<T, float> && Ranged<Op>::exists) {
    if (lanes.moves[0]) {
      rangedLoop<Op>(a, out, n);
      return true;
    }
  }
  if (lanes.moves[0]) {
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) out[i] = Op::apply(a[i]);
  } else {
    const R value = Op::apply(a[0]);
    for (int64_t i = 0; i < n; i++) out[i] = value;
  }
  return true;
}

template <class Op, class T>
bool numbersLoop(const Lanes& lanes) {
  const T* a = static_cast<const T*>(lanes.in[0]);
  T* out = static_cast<T*>(lanes.out);
  const int64_t n = lanes.n;
  const double p = lanes.numbers[0];
  const double q = Op::numbers > 1 ? lanes.numbers[1] : 0;
  if (lanes.moves[0]) {
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) out[i] = Op::apply(a[i], p, q);
  } else {
    const T value = Op::apply(a[0], p, q);
    for (int64_t i = 0; i < n; i++) out[i] = value;
  }
  return true;
}

template <class Op, class T, class R>
bool binaryLoop(const Lanes& lanes) {
  const T* a = static_cast<const T*>(lanes.in[0]);
  const T* b = static_cast<const T*>(lanes.in[1]);
  R* out = static_cast<R*>(lanes.out);
  const int64_t n = lanes.n;
  if (lanes.moves[0] && lanes.moves[1]) {
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) out[i] = Op::apply(a[i], b[i]);
  } else if (lanes.moves[0]) {
    const T y = b[0];
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) out[i] = Op::apply(a[i], y);
  } else if (lanes.moves[1]) {
    const T x = a[0];
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) out[i] = Op::apply(x, b[i]);
  } else {
    const R value = Op::apply(a[0], b[0]);
    for (int64_t i = 0; i < n; i++) out[i] = value;
  }
  return true;
}

/** Looks at all results before it writes one: an operand may lie in the output's memory. */
template <class Op>
bool exactLoop(const Lanes& lanes) {
  const int32_t* a = static_cast<const int32_t*>(lanes.in[0]);
  const int32_t* b = static_cast<const int32_t*>(lanes.in[1]);
  int32_t* out = static_cast<int32_t*>(lanes.out);
  const int64_t n = lanes.n;
  const int64_t stepA = lanes.moves[0], stepB = lanes.moves[1];
  bool bad = false;
  for (int64_t i = 0; i < n; i++) {
    const int64_t wide = Op::apply(a[i * stepA], b[i * stepB]);
    bad |= wide != static_cast<int32_t>(wide);
  }
  if (bad) {
    for (int64_t i = 0; i < n; i++) {
      const int64_t wide = Op::apply(a[i * stepA], b[i * stepB]);
      if (wide != static_cast<int32_t>(wide)) return fail(*lanes.failure, Status::Overflow, i, 0, static_cast<double>(wide));
    }
  }
  GFN_INDEPENDENT
  for (int64_t i = 0; i < n; i++) out[i] = static_cast<int32_t>(Op::apply(a[i * stepA], b[i * stepB]));
  return true;
}

/** Selection moves bits: T is an unsigned type of the element's size. */
template <class T>
bool whereLoop(const Lanes& lanes) {
  const uint8_t* c = static_cast<const uint8_t*>(lanes.in[0]);
  const T* a = static_cast<const T*>(lanes.in[1]);
  const T* b = static_cast<const T*>(lanes.in[2]);
  T* out = static_cast<T*>(lanes.out);
  const int64_t n = lanes.n;
  if (lanes.moves[0] && lanes.moves[1] && lanes.moves[2]) {
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) {
      const T x = a[i];
      const T y = b[i];
      out[i] = c[i] ? x : y;
    }
    return true;
  }
  const int64_t stepC = lanes.moves[0], stepA = lanes.moves[1], stepB = lanes.moves[2];
  if (stepC && !stepB && stepA) {
    const T y = b[0];
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) {
      const T x = a[i];
      out[i] = c[i] ? x : y;
    }
  } else if (stepC && !stepA && stepB) {
    const T x = a[0];
    GFN_INDEPENDENT
    for (int64_t i = 0; i < n; i++) {
      const T y = b[i];
      out[i] = c[i] ? x : y;
    }
  } else {
    for (int64_t i = 0; i < n; i++) out[i] = c[i * stepC] ? a[i * stepA] : b[i * stepB];
  }
  return true;
}

/** The number or pair of numbers that holds an element. */
template <DType D>
struct StoredAs : m::ElementOf<D> {};
template <>
struct StoredAs<DType::Complex64> {
  using type = m::Complex;
};

/** Of complex elements the real part; to complex ones without an imaginary part. */
template <DType R, class T>
GFN_INLINE typename StoredAs<R>::type castOf(T x) {
  if constexpr (std::is_same_v<T, m::Complex>) {
    if constexpr (R == DType::Complex64) return x;
    else return castOf<R>(x.re);
  } else if constexpr (R == DType::Complex64) {
    return {static_cast<float>(x), 0};
  } else {
    return m::convert<R>(x);
  }
}

template <DType F, DType R>
bool castLoop(const Lanes& lanes) {
  const auto* a = static_cast<const typename StoredAs<F>::type*>(lanes.in[0]);
  auto* out = static_cast<typename StoredAs<R>::type*>(lanes.out);
  const int64_t n = lanes.n;
  for (int64_t i = 0; i < n; i++) out[i] = castOf<R>(a[i]);
  return true;
}

// ---- one functor per row

#define GFN_UNARY_OP(op, ...)               \
  struct op##Op {                           \
    template <class T>                      \
    static GFN_INLINE auto apply(T x) {     \
      return __VA_ARGS__;                   \
    }                                       \
  };
#define GFN_BINARY_OP(op, ...)              \
  struct op##Op {                           \
    template <class T>                      \
    static GFN_INLINE auto apply(T x, T y) { \
      return __VA_ARGS__;                   \
    }                                       \
  };
#define UNARY(op, dtypes, cost, ...) GFN_UNARY_OP(op, __VA_ARGS__)
#define TEST(op, ...) GFN_UNARY_OP(op, __VA_ARGS__)
#define BINARY(op, dtypes, cost, check, ...) GFN_BINARY_OP(op, __VA_ARGS__)
#define COMPARE(op, ...) GFN_BINARY_OP(op, __VA_ARGS__)
#define LOGIC(op, ...) GFN_BINARY_OP(op, static_cast<uint8_t>(__VA_ARGS__))
#define EXACT(op, ...)                                  \
  struct op##Op {                                       \
    static GFN_INLINE int64_t apply(int64_t x, int64_t y) { \
      return __VA_ARGS__;                               \
    }                                                   \
  };
#define RANGED(op, condition, ...)                        \
  template <>                                             \
  struct Ranged<op##Op> {                                 \
    static constexpr bool exists = true;                  \
    static GFN_INLINE bool usual(float x) { return condition; } \
    static GFN_INLINE float apply(float x) { return __VA_ARGS__; } \
  };
#define NUMBERS(op, dtypes, count, ...)                                                              \
  struct op##Op {                                                                                    \
    static constexpr int numbers = count;                                                            \
    template <class T>                                                                               \
    static GFN_INLINE T apply(T x, [[maybe_unused]] double p, [[maybe_unused]] double q) {           \
      return __VA_ARGS__;                                                                            \
    }                                                                                                \
  };
#include "elementwise-rows.h"

#define GFN_COST_INLINE 4
#define GFN_COST_CALL 64
#define GFN_SAME(Name, T, short, Loop, Op) Loops::at(DType::Name, Loop<Op, T, T>),
#define GFN_SAME_NUMBERS(Name, T, short, Op) Loops::at(DType::Name, numbersLoop<Op, T>),
#define GFN_TO_BOOL(Name, T, short, Loop, Op) Loops::at(DType::Name, Loop<Op, T, uint8_t>),

/** `Loops::row({…, at(dtype, loop), …})`: the table by dtype from a list of pairs. */
struct Loops {
  struct Entry {
    DType dtype;
    Loop loop;
    bool present;
  };
  static constexpr Entry at(DType dtype, Loop loop) { return {dtype, loop, true}; }
  static constexpr Entry end() { return {DType::Bool, nullptr, false}; }
  template <class... E>
  static constexpr ElementwiseRow row(const char* op, uint8_t operands, uint8_t numbers, Check check, bool predicate, uint8_t cost,
                                      E... entries) {
    ElementwiseRow result = {op, operands, numbers, check, predicate, cost, {}};
    for (const Entry& entry : {entries...}) {
      if (entry.present) result.loops[static_cast<int>(entry.dtype)] = entry.loop;
    }
    return result;
  }
};
// The lists of dtypes end with a comma: this closes them.
#define GFN_END Loops::end()

constexpr ElementwiseRow kRows[] = {
#define UNARY(op, dtypes, cost, ...) \
  Loops::row(#op, 1, 0, Check::NONE, false, GFN_COST_##cost, GFN_LOOPS_##dtypes(GFN_SAME, unaryLoop, op##Op) GFN_END),
#define BINARY(op, dtypes, cost, check, ...) \
  Loops::row(#op, 2, 0, Check::check, false, GFN_COST_##cost, GFN_LOOPS_##dtypes(GFN_SAME, binaryLoop, op##Op) GFN_END),
#define COMPARE(op, ...) \
  Loops::row(#op, 2, 0, Check::NONE, true, GFN_COST_INLINE, GFN_LOOPS_ANY(GFN_TO_BOOL, binaryLoop, op##Op) GFN_END),
#define EQUALITY(op, ...) \
  Loops::row(#op, 2, 0, Check::NONE, true, GFN_COST_INLINE, GFN_LOOPS_ANY(GFN_TO_BOOL, binaryLoop, op##Op) \
             GFN_LOOPS_COMPLEX(GFN_TO_BOOL, binaryLoop, op##Op) GFN_END),
#define LOGIC(op, ...) \
  Loops::row(#op, 2, 0, Check::NONE, true, GFN_COST_INLINE, GFN_FOR_BOOL(GFN_TO_BOOL, binaryLoop, op##Op) GFN_END),
#define EXACT(op, ...) Loops::row(#op, 2, 0, Check::NONE, false, 0, Loops::at(DType::Int32, exactLoop<op##Op>), GFN_END),
#define TEST(op, ...) \
  Loops::row(#op, 1, 0, Check::NONE, true, GFN_COST_INLINE, GFN_FOR_FLOATING(GFN_TO_BOOL, unaryLoop, op##Op) GFN_END),
#define NUMBERS(op, dtypes, count, ...) \
  Loops::row(#op, 1, count, Check::NONE, false, GFN_COST_INLINE, GFN_LOOPS_##dtypes(GFN_SAME_NUMBERS, op##Op) GFN_END),
#include "elementwise-rows.h"
};

/** By codes of dtypes. */
template <DType F>
constexpr void castsFrom(Loop* to) {
  to[0] = castLoop<F, DType::Bool>;
  to[1] = castLoop<F, DType::Int32>;
  to[2] = castLoop<F, DType::Float32>;
  to[3] = castLoop<F, DType::Float64>;
  to[4] = castLoop<F, DType::Complex64>;
  to[5] = castLoop<F, DType::UInt8>;
  to[6] = castLoop<F, DType::Int64>;
}

constexpr ElementwiseLoops makeLoops() {
  ElementwiseLoops loops = {kRows, {}, {whereLoop<uint8_t>, whereLoop<uint32_t>, whereLoop<uint64_t>}};
  castsFrom<DType::Bool>(loops.cast[0]);
  castsFrom<DType::Int32>(loops.cast[1]);
  castsFrom<DType::Float32>(loops.cast[2]);
  castsFrom<DType::Float64>(loops.cast[3]);
  castsFrom<DType::Complex64>(loops.cast[4]);
  castsFrom<DType::UInt8>(loops.cast[5]);
  castsFrom<DType::Int64>(loops.cast[6]);
  return loops;
}

constexpr ElementwiseLoops kLoops = makeLoops();

}  // namespace

const ElementwiseLoops& elementwiseLoops() { return kLoops; }

/**
 * Piece by piece through memory in the first-level cache: half a page away from the result's place in its page, where the operands'
 * usually are, too. Processors take loads that are a whole number of pages after a store for loads of what was stored.
 */
void streamLoop(Loop loop, const Lanes& lanes) {
  constexpr uintptr_t kPage = 4096;
  constexpr int64_t kPiece = 8192;
  // Up to where streaming stores may begin.
  const uintptr_t misplaced = (64 - reinterpret_cast<uintptr_t>(lanes.out) % 64) % 64;
  const int64_t head = static_cast<int64_t>(misplaced) / lanes.outBytes;
  if (head > 0) loop(lanes.part(0, head < lanes.n ? head : lanes.n));
  alignas(64) char room[kPiece + kPage];
  const uintptr_t wanted = (reinterpret_cast<uintptr_t>(lanes.out) + misplaced + kPage / 2) / 64 * 64;
  char* const piece = room + (wanted - reinterpret_cast<uintptr_t>(room)) % kPage;
  const int64_t length = kPiece / lanes.outBytes;
  for (int64_t from = head; from < lanes.n; from += length) {
    Lanes part = lanes.part(from, lanes.n - from < length ? lanes.n - from : length);
    char* const out = static_cast<char*>(part.out);
    part.out = piece;
    loop(part);
    streamCopy(out, piece, part.n * lanes.outBytes);
  }
  finishStream();
}

}  // namespace gfn::GFN_LEVEL
