/**
 * Loops of the random ops: Philox4x32-10 (Salmon et al. 2011) over groups of blocks, then a rule per dtype. The layout of
 * counters and the rules are those of runtime/src/ops/philox.ts and random.ts: integers and uniform numbers have the same bits,
 * normal ones are within a few units in the last place. An element depends on the state and its index only, so threads take any.
 */
#include <cmath>
#include <cstring>

#include "../simd/vec.h"
#include "../threads/pool.h"
#include "elementwise-math.h"
#include "random-job.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Blocks drawn together: a loop over them fills vectors at every level. */
constexpr int kGroup = 32;
/** Groups of a chunk. */
constexpr int64_t kGroups = 256;
/** See runtime/src/ops/random.ts. */
constexpr uint32_t kAttempts = 64;

struct Block {
  uint32_t w[4];
};

struct Group {
  uint32_t w[4][kGroup];
};

struct State {
  uint32_t key[2];
  uint32_t counter[2];
};

GFN_INLINE Block philox(const State& state, uint32_t block, uint32_t attempt) {
  uint32_t c0 = block, c1 = attempt, c2 = state.counter[0], c3 = state.counter[1];
  uint32_t k0 = state.key[0], k1 = state.key[1];
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = static_cast<uint64_t>(c0) * 0xD2511F53u;
    const uint64_t p1 = static_cast<uint64_t>(c2) * 0xCD9E8D57u;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

void drawGroup(const State& state, uint32_t first, Group& group) {
  for (int j = 0; j < kGroup; j++) {
    const Block block = philox(state, first + static_cast<uint32_t>(j), 0);
    group.w[0][j] = block.w[0];
    group.w[1][j] = block.w[1];
    group.w[2][j] = block.w[2];
    group.w[3][j] = block.w[3];
  }
}

// ---- rules of one element; conversions of words go by way of int32 or halves, which vectorise at every level

GFN_INLINE double wide(uint32_t word) { return static_cast<double>(static_cast<int32_t>(word ^ 0x80000000u)) + 2147483648.0; }
GFN_INLINE float unit24(uint32_t word) { return static_cast<float>(static_cast<int32_t>(word >> 8)) * 0x1p-24f; }
GFN_INLINE double bits53(uint32_t first, uint32_t second) {
  return static_cast<double>(static_cast<int32_t>(first >> 5)) * 67108864.0 + static_cast<double>(static_cast<int32_t>(second >> 6));
}
GFN_INLINE double unit53(uint32_t first, uint32_t second) { return bits53(first, second) * 0x1p-53; }

/** The upper half of a 64-bit fraction times the bound. */
GFN_INLINE uint32_t below(uint32_t first, uint32_t second, uint32_t bound) {
  const uint64_t high = static_cast<uint64_t>(first) * bound;
  const uint64_t low = static_cast<uint64_t>(second) * bound;
  return static_cast<uint32_t>((high + (low >> 32)) >> 32);
}

constexpr double kPi = 3.14159265358979323846;

struct Pair {
  double even, odd;
};

/** Box and Muller, for float: the angle in units of 2^-32 turns around its nearest quarter. */
GFN_INLINE Pair normal32(uint32_t first, uint32_t second) {
  const double radius = m::sqrt(-2.0 * m::logNormal((wide(first) + 1.0) * 0x1p-32, 0.0));
  const uint32_t quarter = (second + 0x20000000u) >> 30;
  const double angle = static_cast<double>(static_cast<int32_t>(second - (quarter << 30))) * (kPi * 0x1p-31);
  const uint64_t at = quarter;
  return {radius * m::sinOf(angle, at + 1), radius * m::sinOf(angle, at)};
}

Pair normal64(const uint32_t* w) {
  const double radius = m::sqrt(-2.0 * m::logNormal((bits53(w[0], w[1]) + 1.0) * 0x1p-53, 0.0));
  const uint32_t quarter = (w[2] + 0x20000000u) >> 30;
  const double upper = static_cast<double>(static_cast<int32_t>(w[2] - (quarter << 30)));
  const double angle = (upper * 4294967296.0 + wide(w[3])) * (kPi * 0x1p-63);
  const double s = m::sin(angle), c = m::cos(angle);
  const double x = (quarter & 1) != 0 ? -s : c;
  const double y = (quarter & 1) != 0 ? c : s;
  return (quarter & 2) != 0 ? Pair{radius * -x, radius * -y} : Pair{radius * x, radius * y};
}

// ---- a group of blocks to elements

void uniformGroup(const Group& group, float* out) {
  for (int j = 0; j < kGroup; j++) {
    out[4 * j] = unit24(group.w[0][j]);
    out[4 * j + 1] = unit24(group.w[1][j]);
    out[4 * j + 2] = unit24(group.w[2][j]);
    out[4 * j + 3] = unit24(group.w[3][j]);
  }
}
void uniformGroup(const Group& group, double* out) {
  for (int j = 0; j < kGroup; j++) {
    out[2 * j] = unit53(group.w[0][j], group.w[1][j]);
    out[2 * j + 1] = unit53(group.w[2][j], group.w[3][j]);
  }
}

void normalGroup(const Group& group, float* out) {
  float even[2][kGroup], odd[2][kGroup];
  for (int half = 0; half < 2; half++) {
    for (int j = 0; j < kGroup; j++) {
      const Pair pair = normal32(group.w[2 * half][j], group.w[2 * half + 1][j]);
      even[half][j] = static_cast<float>(pair.even);
      odd[half][j] = static_cast<float>(pair.odd);
    }
  }
  for (int j = 0; j < kGroup; j++) {
    out[4 * j] = even[0][j];
    out[4 * j + 1] = odd[0][j];
    out[4 * j + 2] = even[1][j];
    out[4 * j + 3] = odd[1][j];
  }
}
void normalGroup(const Group& group, double* out) {
  for (int j = 0; j < kGroup; j++) {
    const uint32_t w[4] = {group.w[0][j], group.w[1][j], group.w[2][j], group.w[3][j]};
    const Pair pair = normal64(w);
    out[2 * j] = pair.even;
    out[2 * j + 1] = pair.odd;
  }
}

/** One element of a later attempt. */
float normalAgain(const Block& block, int place, float) {
  const Pair pair = normal32(block.w[place & 2], block.w[(place & 2) + 1]);
  return static_cast<float>((place & 1) != 0 ? pair.odd : pair.even);
}
double normalAgain(const Block& block, int place, double) {
  const Pair pair = normal64(block.w);
  return (place & 1) != 0 ? pair.odd : pair.even;
}

template <class T>
void truncate(const State& state, uint32_t first, T* out) {
  constexpr int perBlock = 16 / sizeof(T);
  for (int i = 0; i < perBlock * kGroup; i++) {
    for (uint32_t attempt = 1; attempt < kAttempts && m::abs(out[i]) >= 2; attempt++) {
      out[i] = normalAgain(philox(state, first + static_cast<uint32_t>(i / perBlock), attempt), i % perBlock, T());
    }
  }
}

/** `fill(group, first, elements)` makes the elements of one group; groups are shared out over threads. */
template <class T, int perBlock, class Fill>
void eachGroup(const RandomJob& job, const State& state, const Fill& fill) {
  constexpr int64_t per = perBlock * kGroup;
  const int64_t groups = (job.size + per - 1) / per;
  T* out = static_cast<T*>(job.out);
  parallelFor((groups + kGroups - 1) / kGroups, [&](int64_t chunk) {
    const int64_t last = groups < (chunk + 1) * kGroups ? groups : (chunk + 1) * kGroups;
    for (int64_t g = chunk * kGroups; g < last; g++) {
      Group group;
      const uint32_t first = static_cast<uint32_t>(g * kGroup);
      drawGroup(state, first, group);
      if ((g + 1) * per <= job.size) {
        fill(group, first, out + g * per);
      } else {
        T part[per];
        fill(group, first, part);
        std::memcpy(out + g * per, part, static_cast<size_t>(job.size - g * per) * sizeof(T));
      }
    }
  });
}

template <class T>
void floating(RandomOp op, const RandomJob& job, const State& state) {
  constexpr int perBlock = 16 / sizeof(T);
  switch (op) {
    case RandomOp::Uniform: return eachGroup<T, perBlock>(job, state, [](const Group& group, uint32_t, T* out) { uniformGroup(group, out); });
    case RandomOp::Normal: return eachGroup<T, perBlock>(job, state, [](const Group& group, uint32_t, T* out) { normalGroup(group, out); });
    default:
      return eachGroup<T, perBlock>(job, state, [&](const Group& group, uint32_t first, T* out) {
        normalGroup(group, out);
        truncate(state, first, out);
      });
  }
}

double aboveZero53(uint32_t first, uint32_t second) { return (bits53(first, second) + 1.0) * 0x1p-53; }

/** By Marsaglia and Tsang, an attempt per block: see runtime/src/ops/random.ts. */
double gammaOf(const State& state, uint32_t element, double alpha) {
  const double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  double v = 1;
  for (uint32_t attempt = 0; attempt < kAttempts; attempt++) {
    const Block block = philox(state, element, attempt);
    const double x = normal32(block.w[0], block.w[1]).even;
    const double base = 1 + c * x;
    if (base <= 0) continue;
    v = base * base * base;
    if (std::log(aboveZero53(block.w[2], block.w[3])) < 0.5 * x * x + d * (1 - v + std::log(v))) break;
  }
  if (alpha >= 1) return d * v;
  const Block block = philox(state, element, kAttempts);
  return d * v * std::pow(aboveZero53(block.w[0], block.w[1]), 1 / alpha);
}

template <class T>
void gammas(const RandomJob& job, const State& state) {
  constexpr int64_t each = 1024;
  T* out = static_cast<T*>(job.out);
  parallelFor((job.size + each - 1) / each, [&](int64_t chunk) {
    const int64_t last = job.size < (chunk + 1) * each ? job.size : (chunk + 1) * each;
    for (int64_t i = chunk * each; i < last; i++) out[i] = static_cast<T>(gammaOf(state, static_cast<uint32_t>(i), job.alpha));
  });
}

void integers(const RandomJob& job, const State& state) {
  eachGroup<int32_t, 2>(job, state, [&](const Group& group, uint32_t, int32_t* out) {
    const uint32_t lo = static_cast<uint32_t>(job.lo);
    for (int j = 0; j < kGroup; j++) {
      out[2 * j] = static_cast<int32_t>(lo + below(group.w[0][j], group.w[1][j], job.bound));
      out[2 * j + 1] = static_cast<int32_t>(lo + below(group.w[2][j], group.w[3][j], job.bound));
    }
  });
}

/** Fisher–Yates from the front: element i is exchanged with one of 0 … i. */
void permutation(const RandomJob& job, const State& state) {
  int32_t* out = static_cast<int32_t*>(job.out);
  for (int64_t i = 0; i < job.size; i++) out[i] = static_cast<int32_t>(i);
  Group group;
  for (int64_t i = 0; i < job.size; i++) {
    const int64_t at = i % (2 * kGroup);
    if (at == 0) drawGroup(state, static_cast<uint32_t>(i / 2), group);
    const int64_t j = at / 2;
    const int word = i % 2 == 0 ? 0 : 2;
    const uint32_t other = below(group.w[word][j], group.w[word + 1][j], static_cast<uint32_t>(i + 1));
    const int32_t moved = out[other];
    out[other] = out[i];
    out[i] = moved;
  }
}

}  // namespace

void randomLoops(RandomOp op, const RandomJob& job) {
  State state;
  std::memcpy(&state, job.state, sizeof state);
  if (op == RandomOp::Int) return integers(job, state);
  if (op == RandomOp::Permutation) return permutation(job, state);
  if (op == RandomOp::Gamma) return job.dtype == DType::Float64 ? gammas<double>(job, state) : gammas<float>(job, state);
  return job.dtype == DType::Float64 ? floating<double>(op, job, state) : floating<float>(op, job, state);
}

}  // namespace gfn::GFN_LEVEL
