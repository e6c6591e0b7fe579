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

/**
 * Elements [first, first + count) of an operand: where they lie, or written out into `room`. `moves`: or one for all, which an operand
 * along columns is in some pieces where `mayStay`.
 */
const char* elementsOf(const FusedOperand& operand, const char* data, char* room, int64_t first, int64_t count, bool mayStay, bool& moves) {
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
      if (mayStay && (first + count - 1) / operand.period == row) {
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

bool isRepeated(const FusedOperand& operand) { return operand.pattern == Pattern::Row || operand.pattern == Pattern::Column; }

/** Less than a piece of whole vectors: through memory that holds one. */
void runPart(const FusedCall& call, jit::PieceCode code, char* const* where, const bool* moves, int64_t first, int64_t count) {
  constexpr int64_t kBytes = jit::kPieceLanes * 8;
  const size_t inputs = call.inputs.size(), outputs = call.outputs.size();
  alignas(64) char room[kMaxFusedValues * kBytes];
  char* own[kMaxFusedValues];
  for (size_t k = 0; k < inputs + outputs; k++) own[k] = room + static_cast<int64_t>(k) * kBytes;
  for (size_t k = 0; k < inputs; k++) {
    const int64_t bytes = call.inputs[k].bytes;
    if (!moves[k]) {
      own[k] = where[k];
      continue;
    }
    std::memset(own[k], 0, static_cast<size_t>(kBytes));
    std::memcpy(own[k], where[k] + first * bytes, static_cast<size_t>(count * bytes));
  }
  code(jit::kPieceLanes, own);
  for (size_t k = 0; k < outputs; k++) {
    const int64_t bytes = call.outputs[k].bytes;
    std::memcpy(where[inputs + k] + first * bytes, own[inputs + k], static_cast<size_t>(count * bytes));
  }
}

/** Elements [first, first + count) by code, whole vectors of the first result where vectors of memory are. */
void runVectors(const FusedCall& call, jit::PieceCode code, char** where, const bool* moves, int64_t count) {
  constexpr int64_t kLanes = jit::kPieceLanes;
  const size_t inputs = call.inputs.size(), values = inputs + call.outputs.size();
  const int64_t bytes = call.outputs[0].bytes;
  const int64_t misplaced = static_cast<int64_t>((64 - reinterpret_cast<uintptr_t>(where[inputs]) % 64) % 64) / bytes;
  const int64_t head = count >= 8 * kLanes && misplaced < kLanes ? misplaced : 0;
  const int64_t whole = (count - head) / kLanes * kLanes;
  if (head > 0) runPart(call, code, where, moves, 0, head);
  if (head + whole < count) runPart(call, code, where, moves, head + whole, count - head - whole);
  if (whole == 0) return;
  for (size_t k = 0; k < values; k++) {
    if (k >= inputs) where[k] += head * call.outputs[k - inputs].bytes;
    else if (moves[k]) where[k] += head * call.inputs[k].bytes;
  }
  code(whole, where);
}

/** The same by compiled code; all in one go where no operand has to be written out. */
void runCode(const FusedCall& call, jit::PieceCode code, char* const* at, int64_t from, int64_t to) {
  const size_t inputs = call.inputs.size(), outputs = call.outputs.size();
  alignas(64) char memory[kScratch];
  char* where[kMaxFusedValues];
  bool moves[kMaxFusedValues];
  bool repeats = false;
  for (const FusedOperand& operand : call.inputs) repeats = repeats || isRepeated(operand);
  const int64_t length = repeats ? call.piece : to - from;
  for (int64_t first = from; first < to; first += length) {
    const int64_t count = to - first < length ? to - first : length;
    int used = 0;
    for (size_t k = 0; k < inputs; k++) {
      char* const own = isRepeated(call.inputs[k]) ? memory + (call.piece * 8 + kApart) * used++ : nullptr;
      where[k] = const_cast<char*>(elementsOf(call.inputs[k], at[k], own, first, count, call.columnsStay, moves[k]));
    }
    for (size_t k = 0; k < outputs; k++) where[inputs + k] = at[inputs + k] + first * call.outputs[k].bytes;
    runVectors(call, code, where, moves, count);
  }
}

jit::Pieces describe(const FusedCall& call, const double* numbers) {
  jit::Pieces pieces;
  for (const FusedOperand& operand : call.inputs) {
    pieces.inputs.push_back({operand.dtype, operand.pattern != Pattern::One && !(operand.pattern == Pattern::Column && call.columnsStay)});
  }
  for (const FusedCall::Result& result : call.outputs) pieces.outputs.push_back(result.dtype);
  for (const FusedOp& op : call.ops) {
    jit::PieceOp piece = {};
    piece.op = op.op;
    piece.loop = op.loop;
    std::memcpy(piece.dtypes, op.dtypes, sizeof piece.dtypes);
    piece.result = op.result;
    piece.operands = op.operands;
    std::memcpy(piece.in, op.in, sizeof piece.in);
    piece.out = op.out;
    for (int k = 0; k < op.numberCount; k++) piece.numbers[k] = numbers[op.numbers + k];
    pieces.ops.push_back(piece);
  }
  pieces.room = call.room;
  return pieces;
}

/** Null: not compiled, or not yet. */
jit::PieceCode codeOf(const FusedCall& call, const double* numbers) {
  if (call.slot == nullptr) return nullptr;
  if (!call.slot->compiled() && call.slot->worthwhile(call.n * call.cost)) {
    jit::request(call.slot, [pieces = describe(call, numbers)] { return jit::writePieces(pieces); });
  }
  return reinterpret_cast<jit::PieceCode>(const_cast<void*>(call.slot->address()));
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
    own[k] = isRepeated(call.inputs[k]) ? memory + stride * used++ : nullptr;
  }
  for (int k = 0; k < call.room; k++) {
    where[inputs + outputs + static_cast<size_t>(k)] = memory + stride * used++;
    moves[inputs + outputs + static_cast<size_t>(k)] = true;
  }
  Failure failure = {};
  for (int64_t first = from; first < to; first += call.piece) {
    const int64_t count = to - first < call.piece ? to - first : call.piece;
    for (size_t k = 0; k < inputs; k++) where[k] = const_cast<char*>(elementsOf(call.inputs[k], at[k], own[k], first, count, true, moves[k]));
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
  for (const FusedOperand& operand : call.inputs) places += isRepeated(operand);
  return places;
}

void preparePieces(FusedCall& call) {
  const int places = placesOf(call);
  int64_t period = 0;  // common to all operands that have one
  for (const FusedOperand& operand : call.inputs) {
    if (!isRepeated(operand)) continue;
    period = period == 0 || period == operand.period ? operand.period : -1;
  }
  int64_t piece = kMaxPiece;
  while (piece > kMinPiece && piece * 8 * places > kRoomBytes) piece /= 2;
  // Pieces that end where rows do need nothing written out.
  if (period >= kLongRow) {
    const int64_t parts = (period + piece - 1) / piece;
    if (period % parts == 0) piece = period / parts;
    call.columnsStay = period % piece == 0;
  }
  call.piece = piece;
  if (call.n >= jit::kPieceLanes && jit::mode() != jit::Mode::Off) call.slot = std::make_shared<jit::Slot>();
}

void runFused(const FusedCall& call, char* const* at, const double* numbers) {
  const jit::PieceCode code = codeOf(call, numbers);
  const auto part = [&](int64_t from, int64_t to) {
    if (code != nullptr) runCode(call, code, at, from, to);
    else runRange(call, at, numbers, from, to);
  };
  if (call.n * call.cost < kParallelWork) return part(0, call.n);
  const int64_t pieces = kChunkWork / call.cost / call.piece;
  const int64_t length = (pieces > 0 ? pieces : 1) * call.piece;
  parallelFor((call.n + length - 1) / length, [&](int64_t chunk) {
    const int64_t from = chunk * length;
    part(from, call.n - from < length ? call.n : from + length);
  });
}

}  // namespace gfn
