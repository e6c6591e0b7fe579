#include "fused.h"

#include <cstring>

#include "../kernels/matmul.h"
#include "../threads/pool.h"
#include "rows.h"
#include "vectors.h"

namespace gfn {

namespace {

/** Elements of a piece at most, and the bytes of room that it may take of the first-level cache. */
constexpr int64_t kMaxPiece = 512;
constexpr int64_t kRoomBytes = 24 << 10;
constexpr int64_t kMinPiece = 128;
/** Rows of at least so many elements are pieces of their own. */
constexpr int64_t kLongRow = 256;
constexpr int64_t kScratch = 64 << 10;
static_assert(kMaxPlaces * (kMinPiece * 8 + kApart) <= kScratch && kRoomBytes + kMaxPlaces * kApart <= kScratch);

/** Products (linalg/gemm.h) that take as long as a unit of an element's cost. */
constexpr double kProducts = 5.5;

/** Elements from `first` on that are one piece of a range: pieces end where those of the whole do. */
int64_t pieceAt(const FusedCall& call, int64_t first, int64_t to) {
  const int64_t left = call.piece - first % call.piece;
  return to - first < left ? to - first : left;
}

/** Elements [from, to) by compiled code; all in one go where no operand has to be written out. */
void runCode(const FusedCall& call, jit::PieceCode code, char* const* at, int64_t from, int64_t to) {
  const size_t inputs = call.inputs.size(), outputs = call.outputs.size();
  alignas(64) char memory[kScratch];
  char* where[kMaxFusedValues];
  bool moves[kMaxFusedValues];
  bool repeats = false;
  for (const FusedOperand& operand : call.inputs) repeats = repeats || isRepeated(operand);
  for (int64_t first = from, count; first < to; first += count) {
    count = repeats ? pieceAt(call, first, to) : to - first;
    int used = 0;
    for (size_t k = 0; k < inputs; k++) {
      char* const own = isRepeated(call.inputs[k]) ? memory + (call.piece * 8 + kApart) * used++ : nullptr;
      where[k] = const_cast<char*>(elementsOf(call.inputs[k], at[k], own, first, count, call.columnsStay, moves[k]));
    }
    for (size_t k = 0; k < outputs; k++) where[inputs + k] = at[inputs + k] + first * call.outputs[k].bytes;
    runVectors({inputs, outputs, call.bytes.data()}, code, where, moves, count, true);
  }
}

jit::Pieces describe(const FusedCall& call, const double* numbers) {
  jit::Pieces pieces;
  for (const FusedOperand& operand : call.inputs) {
    pieces.inputs.push_back({operand.dtype, operand.pattern != Pattern::One && !(operand.pattern == Pattern::Column && call.columnsStay)});
  }
  for (const FusedCall::Result& result : call.outputs) pieces.outputs.push_back(result.dtype);
  for (const FusedOp& op : call.ops) pieces.ops.push_back(pieceOf(op, numbers));
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
  for (int64_t first = from, count; first < to; first += count) {
    count = pieceAt(call, first, to);
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

/** The product, of whose blocks `part` computes elements [from, to), given where all operands and results lie. */
template <class Part>
void runBehindProduct(const FusedCall& call, char* const* at, const Part& part) {
  struct Run {
    const FusedCall& call;
    char* const* at;
    const Part& part;

    void block(const GemmBlock& block) const {
      const Head& head = call.head;
      const int64_t n = head.product.n, bytes = call.inputs[head.result].bytes;
      // Rows that lie one after the other are one range.
      const bool joined = block.columns == n && block.step == n;
      const int64_t length = joined ? block.rows * n : block.columns;
      char* where[kMaxFusedValues];
      std::memcpy(where, at, (call.inputs.size() + call.outputs.size()) * sizeof(char*));
      for (int64_t row = 0; row < (joined ? 1 : block.rows); row++) {
        const int64_t from = (block.row + row) * n + block.column;
        // As if all of the product lay there.
        const auto data = reinterpret_cast<uintptr_t>(block.data) + static_cast<uintptr_t>((row * block.step - from) * bytes);
        where[head.result] = reinterpret_cast<char*>(data);
        part(where, from, from + length);
      }
    }
  };
  const Run run{call, at, part};
  const Head& head = call.head;
  char* const* const outputs = at + call.inputs.size();
  Gemm product = head.product;
  const GemmReader reader = {[](void* self, const GemmBlock& block) { static_cast<const Run*>(self)->block(block); },
                             const_cast<Run*>(&run), static_cast<double>(call.cost) * kProducts, outputs[0], product.n};
  product.a = at[head.a];
  product.b = at[head.b];
  product.c = head.isKept ? at[head.result] : head.over >= 0 ? outputs[head.over] : nullptr;
  product.reader = &reader;
  runProduct(head.dtype, product);
}

}  // namespace

jit::PieceOp pieceOf(const FusedOp& op, const double* numbers) {
  jit::PieceOp piece = {};
  piece.op = op.op;
  piece.loop = op.loop;
  std::memcpy(piece.dtypes, op.dtypes, sizeof piece.dtypes);
  piece.result = op.result;
  piece.operands = op.operands;
  std::memcpy(piece.in, op.in, sizeof piece.in);
  piece.out = op.out;
  for (int k = 0; k < op.numberCount; k++) piece.numbers[k] = numbers[op.numbers + k];
  return piece;
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
  call.bytes.clear();
  for (const FusedOperand& operand : call.inputs) call.bytes.push_back(operand.bytes);
  for (const FusedCall::Result& result : call.outputs) call.bytes.push_back(result.bytes);
  if (call.n >= jit::kPieceLanes && jit::mode() != jit::Mode::Off) call.slot = std::make_shared<jit::Slot>();
}

void runFused(const FusedCall& call, char* const* at, const double* numbers) {
  if (call.run > 0) return runWithRows(call, at, numbers);
  const jit::PieceCode code = codeOf(call, numbers);
  const auto partOf = [&](char* const* where, int64_t from, int64_t to) {
    if (code != nullptr) runCode(call, code, where, from, to);
    else runRange(call, where, numbers, from, to);
  };
  if (call.head.product.m > 0) return runBehindProduct(call, at, partOf);
  const auto part = [&](int64_t from, int64_t to) { partOf(at, from, to); };
  if (call.n * call.cost < kParallelWork) return part(0, call.n);
  const int64_t pieces = kChunkWork / call.cost / call.piece;
  const int64_t length = (pieces > 0 ? pieces : 1) * call.piece;
  parallelFor((call.n + length - 1) / length, [&](int64_t chunk) {
    const int64_t from = chunk * length;
    part(from, call.n - from < length ? call.n : from + length);
  });
}

}  // namespace gfn
