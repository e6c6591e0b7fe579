/**
 * Records of elements: `Lane<float>` stands for a float that is not known yet, or a vector of them. Functions of elementwise-math.h that
 * are given records do nothing but write LLVM's instructions for what they would do with numbers (jit/emitter.h).
 *
 * The types of m are used as in C++: u32 wraps around, comparisons of u8 are unsigned. Operations are exact or rounded once, as there.
 */
#pragma once
#include <cstring>

#include "../kernels/elementwise-arithmetic.h"
#include "emitter.h"

namespace gfn::m {
inline namespace GFN_MATH_LEVEL {

template <class T>
constexpr const char* kIrType = std::is_same_v<T, float>    ? "float"
                                : std::is_same_v<T, double> ? "double"
                                : std::is_same_v<T, bool>   ? "i1"
                                : sizeof(T) == 1            ? "i8"
                                : sizeof(T) == 4            ? "i32"
                                                            : "i64";

/** A number as LLVM's language has it: floats by the bits of the double that they are equal to. */
template <Number T>
std::string literalOf(T x) {
  if constexpr (std::is_floating_point_v<T>) {
    char text[32];
    std::snprintf(text, sizeof text, "0x%016llX", static_cast<unsigned long long>(bitsOf(static_cast<double>(x))));
    return text;
  } else {
    return std::to_string(static_cast<int64_t>(x));
  }
}

template <class T>
struct Lane {
  std::string name;

  Lane() = default;
  template <Number N>
  Lane(N x) : name(jit::emitter().constant(kIrType<T>, literalOf(static_cast<T>(x)))) {}
  static Lane named(std::string name) {
    Lane lane;
    lane.name = std::move(name);
    return lane;
  }

  static std::string type() { return jit::emitter().vector(kIrType<T>); }
  static constexpr bool kFloats = std::is_floating_point_v<T>;
  /** The result of an instruction on two such values. */
  static std::string apply(const char* instruction, const Lane& a, const Lane& b) {
    return jit::emitter().value(std::string(instruction) + " " + type() + " " + a.name + ", " + b.name);
  }
  static Lane binary(const char* ofFloats, const char* ofWhole, const Lane& a, const Lane& b) {
    return named(apply(kFloats ? ofFloats : ofWhole, a, b));
  }
  static Lane<bool> compare(const char* ofFloats, const char* ofSigned, const char* ofUnsigned, const Lane& a, const Lane& b) {
    return Lane<bool>::named(apply(kFloats ? ofFloats : std::is_signed_v<T> ? ofSigned : ofUnsigned, a, b));
  }

  friend Lane operator+(const Lane& a, const Lane& b) { return binary("fadd", "add", a, b); }
  friend Lane operator-(const Lane& a, const Lane& b) { return binary("fsub", "sub", a, b); }
  friend Lane operator*(const Lane& a, const Lane& b) { return binary("fmul", "mul", a, b); }
  friend Lane operator/(const Lane& a, const Lane& b)
    requires kFloats
  {
    return binary("fdiv", "", a, b);
  }
  friend Lane operator-(const Lane& a)
    requires kFloats
  {
    return named(jit::emitter().value("fneg " + type() + " " + a.name));
  }
  friend Lane operator&(const Lane& a, const Lane& b)
    requires(!kFloats)
  {
    return binary("", "and", a, b);
  }
  friend Lane operator|(const Lane& a, const Lane& b)
    requires(!kFloats)
  {
    return binary("", "or", a, b);
  }
  friend Lane operator^(const Lane& a, const Lane& b)
    requires(!kFloats)
  {
    return binary("", "xor", a, b);
  }
  friend Lane operator<<(const Lane& a, const Lane& b)
    requires(!kFloats)
  {
    return binary("", "shl", a, b);
  }
  friend Lane operator>>(const Lane& a, const Lane& b)
    requires(!kFloats)
  {
    return binary("", std::is_signed_v<T> ? "ashr" : "lshr", a, b);
  }
  /** Both sides are computed: they have no effects. */
  friend Lane operator&&(const Lane& a, const Lane& b)
    requires std::is_same_v<T, bool>
  {
    return a & b;
  }
  friend Lane operator||(const Lane& a, const Lane& b)
    requires std::is_same_v<T, bool>
  {
    return a | b;
  }
  friend Lane<bool> operator==(const Lane& a, const Lane& b) { return compare("fcmp oeq", "icmp eq", "icmp eq", a, b); }
  friend Lane<bool> operator!=(const Lane& a, const Lane& b) { return compare("fcmp une", "icmp ne", "icmp ne", a, b); }
  friend Lane<bool> operator<(const Lane& a, const Lane& b) { return compare("fcmp olt", "icmp slt", "icmp ult", a, b); }
  friend Lane<bool> operator<=(const Lane& a, const Lane& b) { return compare("fcmp ole", "icmp sle", "icmp ule", a, b); }
  friend Lane<bool> operator>(const Lane& a, const Lane& b) { return compare("fcmp ogt", "icmp sgt", "icmp ugt", a, b); }
  friend Lane<bool> operator>=(const Lane& a, const Lane& b) { return compare("fcmp oge", "icmp sge", "icmp uge", a, b); }
  friend Lane select(const Lane<bool>& c, const Lane& a, const Lane& b) {
    return named(jit::emitter().value("select " + Lane<bool>::type() + " " + c.name + ", " + type() + " " + a.name + ", " + type() + " " + b.name));
  }
};

template <class T>
struct Elements<Lane<T>> {
  using Number = T;
  template <class U>
  using Of = Lane<U>;
};

/** `instruction type name to type`. */
template <class T, class V>
Lane<T> converted(const char* instruction, const Lane<V>& x) {
  return Lane<T>::named(jit::emitter().value(std::string(instruction) + " " + Lane<V>::type() + " " + x.name + " to " + Lane<T>::type()));
}

template <class T, class V>
Lane<T> to(const Lane<V>& x) {
  constexpr bool fromFloats = std::is_floating_point_v<V>, toFloats = std::is_floating_point_v<T>;
  if constexpr (std::is_same_v<T, V>) return x;
  else if constexpr (fromFloats && toFloats) return converted<T>(sizeof(T) > sizeof(V) ? "fpext" : "fptrunc", x);
  else if constexpr (fromFloats) return converted<T>(std::is_signed_v<T> ? "fptosi" : "fptoui", x);
  else if constexpr (toFloats) return converted<T>(std::is_signed_v<V> ? "sitofp" : "uitofp", x);
  else if constexpr (std::is_same_v<V, bool>) return converted<T>("zext", x);
  else if constexpr (sizeof(T) == sizeof(V)) return Lane<T>::named(x.name);
  else if constexpr (sizeof(T) < sizeof(V)) return converted<T>("trunc", x);
  else return converted<T>(std::is_signed_v<V> ? "sext" : "zext", x);
}

inline Lane<u32> bitsOf(const Lane<float>& x) { return converted<u32>("bitcast", x); }
inline Lane<u64> bitsOf(const Lane<double>& x) { return converted<u64>("bitcast", x); }
inline Lane<float> floatOf(const Lane<u32>& x) { return converted<float>("bitcast", x); }
inline Lane<double> doubleOf(const Lane<u64>& x) { return converted<double>("bitcast", x); }
inline Lane<float> valueOf(const Lane<u32>& x) { return floatOf(x); }
inline Lane<double> valueOf(const Lane<u64>& x) { return doubleOf(x); }

/** A function that LLVM knows, such as `llvm.sqrt`. */
template <Floating L, class... More>
L intrinsic(const char* name, const L& first, const More&... more) {
  jit::Emitter& e = jit::emitter();
  const std::string type = L::type();
  const std::string function = "@llvm." + std::string(name) + "." + e.suffix(Single<L> ? "f32" : "f64");
  std::string declared = type, given = type + " " + first.name;
  ((declared += ", " + type, given += ", " + type + " " + more.name), ...);
  e.declare(type + " " + function + "(" + declared + ")");
  return L::named(e.value("call " + type + " " + function + "(" + given + ")"));
}

template <class T>
concept Recorded = Floating<Lane<T>>;
template <Recorded T>
Lane<T> fma(const Lane<T>& x, const Lane<T>& y, const Lane<T>& z) {
  return intrinsic("fma", x, y, z);
}
template <Recorded T>
Lane<T> sqrt(const Lane<T>& x) {
  return intrinsic("sqrt", x);
}
template <Recorded T>
Lane<T> abs(const Lane<T>& x) {
  return intrinsic("fabs", x);
}
template <Recorded T>
Lane<T> copySign(const Lane<T>& x, const Lane<T>& y) {
  return intrinsic("copysign", x, y);
}
template <Recorded T>
Lane<T> floor(const Lane<T>& x) {
  return intrinsic("floor", x);
}
template <Recorded T>
Lane<T> ceil(const Lane<T>& x) {
  return intrinsic("ceil", x);
}
template <Recorded T>
Lane<T> trunc(const Lane<T>& x) {
  return intrinsic("trunc", x);
}
template <Recorded T>
Lane<T> round(const Lane<T>& x) {
  return intrinsic("rint", x);
}

/**
 * Integer quotients of numbers by the processor's own division, which LLVM knows how to avoid for constants. (Vectors have none: they take
 * the way by double precision, as the loops do.) The same values: quotients by −1 wrap around, those by 0 count as by 1.
 */
inline Lane<i32> dividedBy(const Lane<i32>& x, const Lane<i32>& y) {
  const Lane<i32> divisor = select(y == -1 || y == 0, Lane<i32>(1), y);
  return Lane<i32>::named(Lane<i32>::apply("sdiv", x, divisor));
}
inline Lane<i32> truncMod(const Lane<i32>& x, const Lane<i32>& y) {
  if (jit::emitter().lanes > 1) return truncMod<Lane<i32>>(x, y);
  return select(y == -1, Lane<i32>(0), x - dividedBy(x, y) * y);
}
inline Lane<i32> floorDiv(const Lane<i32>& x, const Lane<i32>& y) {
  if (jit::emitter().lanes > 1) return floorDiv<Lane<i32>>(x, y);
  const Lane<i32> q = dividedBy(x, y);
  const Lane<i32> rest = x - q * y;
  const Lane<bool> below = y != 0 && rest != 0 && (rest < 0) != (y < 0);
  return select(y == -1, 0 - x, q - to<i32>(below));
}

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
