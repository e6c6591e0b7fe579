#include "fused.h"

#include <cstring>

#include "../threads/pool.h"

namespace gfn {

namespace {

/** Elements of a piece at most, and the bytes of room that it may take of the first-level cache. */
constexpr int64_t kMaxPiece = 512;
constexpr int64_t kRoomBytes = 24 << 10;
constexpr int64_t kMinPiece = 128;
/** Rows of at least so many elements are pieces of their own. */
constexpr int64_t kLongRow = 256;
/** Between pieces, so that they do not lie a whole number of pages apart. */
constexpr int64_t kApart = 192;
constexpr int64_t kScratch = 64 << 10;
constexpr uintptr_t kPage = 4096;
static_assert(kMaxPlaces * (kMinPiece * 8 + kApart) <= kScratch && kRoomBytes + kMaxPlaces * kApart <= kScratch);

template <class T>
void writeRow(const T* from, T* to, int64_t first, int64_t count, int64_t period) {
  for (int64_t at = first % period; count > 0; at = 0) {
    const int64_t n = period - at < count ? period - at : count;
    std::memcpy(to, from + at, static_cast<size_t>(n) * sizeof(T));
    to += n;
    count -= n;
  }
}

template <class T>
void writeColumn(const T* from, T* to, int64_t first, int64_t count, int64_t period) {
  int64_t row = first / period;
  for (int64_t left = period - first % period; count > 0; left = period, row++) {
    const int64_t n = left < count ? left : count;
    const T value = from[row];
    for (int64_t i = 0; i < n; i++) to[i] = value;
    to += n;
    count -= n;
  }
}

template <class T>
void writeOut(const FusedOperand& operand, const char* from, char* to, int64_t first, int64_t count) {
  if (operand.pattern == Pattern::Row) writeRow(reinterpret_cast<const T*>(from), reinterpret_cast<T*>(to), first, count, operand.period);
  else writeColumn(reinterpret_cast<const T*>(from), reinterpret_cast<T*>(to), first, count, operand.period);
}

/** Elements [first, first + count) of an operand: where they lie, or written out into `room`. `moves`: or one for all. */
const char* elementsOf(const FusedOperand& operand, const char* data, char* room, int64_t first, int64_t count, bool& moves) {
  const int64_t bytes = operand.bytes;
  moves = true;
  switch (operand.pattern) {
    case Pattern::One: moves = false; return data;
    case Pattern::Full: return data + first * bytes;
    case Pattern::Row: {
      const int64_t at = first % operand.period;
      if (at + count <= operand.period) return data + at * bytes;
      break;
    }
    case Pattern::Column: {
      const int64_t row = first / operand.period;
      if ((first + count - 1) / operand.period == row) {
        moves = false;
        return data + row * bytes;
      }
      break;
    }
  }
  switch (bytes) {
    case 1: writeOut<uint8_t>(operand, data, room, first, count); break;
    case 4: writeOut<uint32_t>(operand, data, room, first, count); break;
    default: writeOut<uint64_t>(operand, data, room, first, count); break;
  }
  return room;
}

/**
 * Half a page away from the operand's place in its page: processors take loads that are a whole number of pages after a store for loads of
 * what was stored.
 */
char* awayFrom(const char* operand, char* room) {
  const uintptr_t wanted = (reinterpret_cast<uintptr_t>(operand) + kPage / 2) / 64 * 64;
  return room + (wanted - reinterpret_cast<uintptr_t>(room)) % kPage;
}

/** Pieces of [from, to), each by all ops. */
void runRange(const FusedCall& call, char* const* at, const double* numbers, int64_t from, int64_t to) {
  const size_t inputs = call.inputs.size(), outputs = call.outputs.size();
  const int64_t stride = call.piece * 8 + kApart;
  alignas(64) char room[kScratch + kPage];
  char* const memory = awayFrom(at[0] + from * call.inputs[0].bytes, room);
  char* where[kMaxFusedValues];
  bool moves[kMaxFusedValues];
  int used = 0;
  char* own[kMaxFusedValues];
  for (size_t k = 0; k < inputs; k++) {
    const Pattern pattern = call.inputs[k].pattern;
    own[k] = pattern == Pattern::Row || pattern == Pattern::Column ? memory + stride * used++ : nullptr;
  }
  for (int k = 0; k < call.room; k++) {
    where[inputs + outputs + static_cast<size_t>(k)] = memory + stride * used++;
    moves[inputs + outputs + static_cast<size_t>(k)] = true;
  }
  Failure failure = {};
  for (int64_t first = from; first < to; first += call.piece) {
    const int64_t count = to - first < call.piece ? to - first : call.piece;
    for (size_t k = 0; k < inputs; k++) where[k] = const_cast<char*>(elementsOf(call.inputs[k], at[k], own[k], first, count, moves[k]));
    for (size_t k = 0; k < outputs; k++) {
      where[inputs + k] = at[inputs + k] + first * call.outputs[k].bytes;
      moves[inputs + k] = true;
    }
    for (const FusedOp& op : call.ops) {
      Lanes lanes;
      lanes.n = count;
      for (int k = 0; k < op.operands; k++) {
        lanes.in[k] = where[op.in[k]];
        lanes.moves[k] = moves[op.in[k]];
      }
      lanes.out = where[op.out];
      lanes.numbers = numbers + op.numbers;
      lanes.failure = &failure;
      op.loop(lanes);
    }
  }
}

}  // namespace

bool patternOf(const View& result, const View& operand, FusedOperand& found) {
  const int missing = result.rank - operand.rank;
  if (missing < 0) return false;
  // Runs of axes that all move or all stay; axes of length 1 are neither.
  int runs = 0;
  bool moves[2] = {};
  int64_t sizes[2] = {1, 1};
  for (int axis = 0; axis < result.rank; axis++) {
    const int64_t d = result.dims[axis];
    const int64_t own = axis < missing ? 1 : operand.dims[axis - missing];
    if (own != d && own != 1) return false;
    if (d == 1) continue;
    if (runs == 0 || moves[runs - 1] != (own == d)) {
      if (runs == 2) return false;
      moves[runs++] = own == d;
    }
    sizes[runs - 1] *= d;
  }
  found.period = 1;
  if (runs == 0 || (runs == 1 && !moves[0])) found.pattern = Pattern::One;
  else if (runs == 1) found.pattern = Pattern::Full;
  else {
    found.pattern = moves[1] ? Pattern::Row : Pattern::Column;
    found.period = sizes[1];
  }
  return true;
}

int placesOf(const FusedCall& call) {
  int places = call.room;
  for (const FusedOperand& operand : call.inputs) places += operand.pattern == Pattern::Row || operand.pattern == Pattern::Column;
  return places;
}

void preparePieces(FusedCall& call) {
  const int places = placesOf(call);
  int64_t period = 0;  // common to all operands that have one
  for (const FusedOperand& operand : call.inputs) {
    if (operand.pattern != Pattern::Row && operand.pattern != Pattern::Column) continue;
    period = period == 0 || period == operand.period ? operand.period : -1;
  }
  int64_t piece = kMaxPiece;
  while (piece > kMinPiece && piece * 8 * places > kRoomBytes) piece /= 2;
  // Pieces that end where rows do need nothing written out.
  if (period >= kLongRow) {
    const int64_t parts = (period + piece - 1) / piece;
    if (period % parts == 0) piece = period / parts;
  }
  call.piece = piece;
}

void runFused(const FusedCall& call, char* const* at, const double* numbers) {
  if (call.n * call.cost < kParallelWork) return runRange(call, at, numbers, 0, call.n);
  const int64_t pieces = kChunkWork / call.cost / call.piece;
  const int64_t length = (pieces > 0 ? pieces : 1) * call.piece;
  parallelFor((call.n + length - 1) / length, [&](int64_t chunk) {
    const int64_t from = chunk * length;
    runRange(call, at, numbers, from, call.n - from < length ? call.n : from + length);
  });
}

}  // namespace gfn
