/**
 * Writing what is not read again soon: past the caches, so that memory is not read before it is written (a third of the traffic of an
 * op on two operands) and what lies in the caches stays there. For *.simd.cpp: the widest stores of the level.
 */
#pragma once
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "vec.h"

namespace gfn::GFN_LEVEL {

/** A copy to memory that is aligned to 64; other threads see it after finishStream. */
inline void streamCopy(char* to, const char* from, int64_t bytes) {
  int64_t i = 0;
#if defined(__AVX512F__)
  for (; i + 64 <= bytes; i += 64) _mm512_stream_si512(reinterpret_cast<__m512i*>(to + i), _mm512_loadu_si512(from + i));
#elif defined(__AVX__)
  for (; i + 32 <= bytes; i += 32) _mm256_stream_si256(reinterpret_cast<__m256i*>(to + i), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i)));
#elif defined(__SSE2__)
  for (; i + 16 <= bytes; i += 16) _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
#endif
  std::memcpy(to + i, from + i, static_cast<size_t>(bytes - i));
}

inline void finishStream() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

}  // namespace gfn::GFN_LEVEL
