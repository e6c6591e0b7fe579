#include "vectors.h"

#include <cstring>

namespace gfn {

namespace {

/** Less than a piece of whole vectors: through memory that holds one. */
void runPart(const CodeValues& values, jit::PieceCode code, char* const* where, const bool* moves, int64_t first, int64_t count) {
  constexpr int64_t kBytes = jit::kPieceLanes * 8;
  const auto [inputs, outputs, bytes] = values;
  alignas(64) char room[kMaxFusedValues * kBytes];
  char* own[kMaxFusedValues];
  for (size_t k = 0; k < inputs + outputs; k++) own[k] = room + static_cast<int64_t>(k) * kBytes;
  for (size_t k = 0; k < inputs; k++) {
    if (!moves[k]) {
      own[k] = where[k];
      continue;
    }
    std::memset(own[k], 0, static_cast<size_t>(kBytes));
    std::memcpy(own[k], where[k] + first * bytes[k], static_cast<size_t>(count * bytes[k]));
  }
  code(jit::kPieceLanes, own);
  for (size_t k = inputs; k < inputs + outputs; k++) {
    std::memcpy(where[k] + first * bytes[k], own[k], static_cast<size_t>(count * bytes[k]));
  }
}

}  // namespace

void runVectors(const CodeValues& values, jit::PieceCode code, char** where, const bool* moves, int64_t count, bool aligned) {
  constexpr int64_t kLanes = jit::kPieceLanes;
  const auto [inputs, outputs, bytes] = values;
  const int64_t misplaced = static_cast<int64_t>((64 - reinterpret_cast<uintptr_t>(where[inputs]) % 64) % 64) / bytes[inputs];
  const int64_t head = aligned && count >= 8 * kLanes && misplaced < kLanes ? misplaced : 0;
  const int64_t whole = (count - head) / kLanes * kLanes;
  if (head > 0) runPart(values, code, where, moves, 0, head);
  if (head + whole < count) runPart(values, code, where, moves, head + whole, count - head - whole);
  if (whole == 0) return;
  if (head > 0) {
    for (size_t k = 0; k < inputs + outputs; k++) {
      if (k >= inputs || moves[k]) where[k] += head * bytes[k];
    }
  }
  code(whole, where);
}

}  // namespace gfn
