/**
 * The rules of reductions: how elements are widened, joined and finished. Each rule serves vectors and single values.
 *
 * Products of floats accumulate in double precision, and so do their sums, of up to eight neighbours that are added in single
 * precision before: no worse than the rounding of the result to a few units, and twice as fast. The order of additions is a fixed tree given by the shape alone
 * (reduce.simd.cpp), so results depend neither on threads nor on the level. max and min let NaN win, and +0 is above −0.
 */
#pragma once
#include <limits>

#include "../simd/vec.h"

namespace gfn::GFN_LEVEL {

/** In: element; Acc: what is accumulated; Out: result; kLanes: lanes of one step. */
template <class In_, class Acc_, class Out_, int lanes>
struct RuleTypes {
  using In = In_;
  using Acc = Acc_;
  using Out = Out_;
  static constexpr int kLanes = lanes;
  using InVec = Vec<In, lanes>;
  using AccVec = Vec<Acc, lanes>;
  static GFN_INLINE AccVec widen(InVec x) { return __builtin_convertvector(x, AccVec); }
  static GFN_INLINE Acc widen(In x) { return static_cast<Acc>(x); }
  static GFN_INLINE Out finish(Acc acc, int64_t) { return static_cast<Out>(acc); }
};

/** How many elements `In` may be added as they are before they are widened. */
template <class Rule>
concept AddsNarrow = requires { Rule::kNarrow; };

template <class In, class Acc, int lanes>
struct SumRule : RuleTypes<In, Acc, In, lanes> {
  static constexpr Acc kInit = 0;
  template <class A>
  static GFN_INLINE A join(A a, A x) {
    return a + x;
  }
  /** The divisor is 1 for sums. */
  static GFN_INLINE In finish(Acc acc, int64_t divisor) { return static_cast<In>(acc / static_cast<Acc>(divisor)); }
};

/** Floats: eight at a time in single precision. */
struct FloatSumRule : SumRule<float, double, 16> {
  static constexpr int kNarrow = 8;
};

template <class In, class Acc, int lanes>
struct ProdRule : RuleTypes<In, Acc, In, lanes> {
  static constexpr Acc kInit = 1;
  template <class A>
  static GFN_INLINE A join(A a, A x) {
    return a * x;
  }
};

template <class In, int lanes, bool largest>
struct PeakRule : RuleTypes<In, In, In, lanes> {
  static constexpr In infinity() {
    if constexpr (sizeof(In) == 4) return static_cast<In>(__builtin_inff());
    return static_cast<In>(__builtin_inf());
  }
  static constexpr In kInit = largest ? -infinity() : infinity();

  using V = Vec<In, lanes>;
  /** Of two equal values (only zeros can differ) the AND of the bits is +0 unless both are −0; the OR is −0 unless both are +0. */
  static GFN_INLINE V join(V a, V x) {
    using W = Vec<typename MaskOf<sizeof(In)>::type, lanes>;
    const W both = largest ? (W)a & (W)x : (W)a | (W)x;
    const V equal = (V)both;
    const V better = largest ? (x > a ? x : a) : (x < a ? x : a);
    const V ordered = x == a ? equal : better;
    return x != x ? x : ordered;
  }
  static GFN_INLINE In join(In a, In x) {
    if (x != x) return x;
    if (x == a) return largest == static_cast<bool>(__builtin_signbit(a)) ? x : a;
    return (largest ? x > a : x < a) ? x : a;
  }
};

template <class In, int lanes, bool largest>
struct IntPeakRule : RuleTypes<In, In, In, lanes> {
  static constexpr In kInit = largest ? std::numeric_limits<In>::min() : std::numeric_limits<In>::max();
  template <class A>
  static GFN_INLINE A join(A a, A x) {
    return largest ? (x > a ? x : a) : (x < a ? x : a);
  }
};

/** Bytes: accumulators are 0 or 255. */
template <bool all>
struct LogicRule : RuleTypes<uint8_t, uint8_t, uint8_t, 32> {
  using V = Vec<uint8_t, 32>;
  static constexpr uint8_t kInit = all ? 255 : 0;
  static GFN_INLINE V widen(V x) { return (V)(x != 0); }
  static GFN_INLINE uint8_t widen(uint8_t x) { return x != 0 ? 255 : 0; }
  template <class A>
  static GFN_INLINE A join(A a, A x) {
    return all ? a & x : a | x;
  }
  static GFN_INLINE uint8_t finish(uint8_t acc, int64_t) { return acc != 0; }
};

}  // namespace gfn::GFN_LEVEL
