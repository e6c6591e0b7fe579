/** A JavaScript number stored in a dtype, as castNumber of runtime/src/ops/cast.ts does it, and filling a view with it. */
#pragma once
#include <cstring>

#include "../core/kernel.h"

namespace gfn {

inline int32_t toInt32(double value) {
  if (value != value) return 0;
  if (value <= -2147483648.0) return INT32_MIN;
  if (value >= 2147483647.0) return INT32_MAX;
  return static_cast<int32_t>(value);
}

inline int64_t toInt64(double value) {
  if (value != value) return 0;
  if (value <= -9223372036854775808.0) return INT64_MIN;
  if (value >= 9223372036854775808.0) return INT64_MAX;
  return static_cast<int64_t>(value);
}

inline uint8_t toUInt8(double value) {
  if (!(value > 0)) return 0;
  return value >= 255 ? 255 : static_cast<uint8_t>(value);
}

/** The element's bytes in the low end of a word. */
inline uint64_t elementBits(double value, DType dtype) {
  uint64_t bits = 0;
  switch (dtype) {
    case DType::Bool: bits = value != 0; break;
    case DType::Int32: bits = static_cast<uint32_t>(toInt32(value)); break;
    case DType::UInt8: bits = toUInt8(value); break;
    case DType::Int64: bits = static_cast<uint64_t>(toInt64(value)); break;
    case DType::Complex64:  // the imaginary part is 0
    case DType::Float32: {
      const float rounded = static_cast<float>(value);
      uint32_t word;
      std::memcpy(&word, &rounded, sizeof word);
      bits = word;
      break;
    }
    case DType::Float64: std::memcpy(&bits, &value, sizeof bits); break;
  }
  return bits;
}

inline void storeElement(void* data, int64_t at, uint64_t bits, int64_t bytes) {
  switch (bytes) {
    case 1: static_cast<uint8_t*>(data)[at] = static_cast<uint8_t>(bits); break;
    case 4: static_cast<uint32_t*>(data)[at] = static_cast<uint32_t>(bits); break;
    default: static_cast<uint64_t*>(data)[at] = bits; break;
  }
}

template <class T>
void fillWords(void* data, int64_t size, uint64_t bits) {
  T* to = static_cast<T*>(data);
  const T value = static_cast<T>(bits);
  for (int64_t i = 0; i < size; i++) to[i] = value;
}

inline void fillView(const View& view, double value) {
  const uint64_t bits = elementBits(value, view.dtype);
  switch (sizeOf(view.dtype)) {
    case 1: return fillWords<uint8_t>(view.data, view.size, bits);
    case 4: return fillWords<uint32_t>(view.data, view.size, bits);
    default: return fillWords<uint64_t>(view.data, view.size, bits);
  }
}

}  // namespace gfn
