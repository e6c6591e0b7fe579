#include "rows.h"

#include <algorithm>

namespace gfn {

namespace {

using Kind = FusedOp::Kind;

/** Places of a block take so many bytes, where single rows are not longer. */
constexpr int64_t kBlockBytes = 32 << 10;
constexpr int64_t kMostBlock = 4096;
/** Rows of at least so many elements are worth a loop of their own. */
constexpr int64_t kLongRow = 256;
/** Longer rows go in pieces where they can. */
constexpr int64_t kMostWhole = 2048;
/** Elements of a piece, where there is room. */
constexpr int64_t kStreamPiece = 1024;

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/** How the values of a call lie along its elements. */
void findForms(FusedCall& call) {
  for (const FusedOperand& operand : call.inputs) call.forms.push_back(operand.pattern);
  for (const FusedCall::Result& result : call.outputs) call.forms.push_back(result.isColumn ? Pattern::Column : Pattern::Full);
  call.forms.insert(call.forms.end(), static_cast<size_t>(call.room), Pattern::Full);
  call.forms.insert(call.forms.end(), static_cast<size_t>(call.columns), Pattern::Column);
}

bool contains(const std::vector<uint16_t>& list, uint16_t value) { return std::find(list.begin(), list.end(), value) != list.end(); }

/** Whether what `value` holds behind op `last` − 1 is read later. */
bool isWanted(const FusedCall& call, size_t last, uint16_t value) {
  for (size_t i = last; i < call.ops.size(); i++) {
    const FusedOp& op = call.ops[i];
    if (std::find(op.in, op.in + op.operands, value) != op.in + op.operands) return true;
    if (op.out == value) return false;
  }
  return false;
}

void findPhases(FusedCall& call) {
  const size_t inputs = call.inputs.size(), given = inputs + call.outputs.size();
  for (int i = 0; i < static_cast<int>(call.ops.size()); i++) {
    const Kind kind = call.ops[static_cast<size_t>(i)].kind;
    if (call.phases.empty() || call.phases.back().kind != kind || kind == Kind::Row) call.phases.push_back({kind, i, i, {}, {}, {}, {}, nullptr});
    call.phases.back().last = i + 1;
  }
  for (Phase& phase : call.phases) {
    if (phase.kind != Kind::Elements) continue;
    std::vector<uint16_t> written;
    std::vector<DType> dtypes;
    std::vector<DType> made(kMaxFusedValues);
    for (int i = phase.first; i < phase.last; i++) {
      const FusedOp& op = call.ops[static_cast<size_t>(i)];
      for (int k = 0; k < op.operands; k++) {
        if (contains(written, op.in[k]) || contains(phase.in, op.in[k])) continue;
        phase.in.push_back(op.in[k]);
        dtypes.push_back(op.dtypes[k]);
      }
      if (!contains(written, op.out)) written.push_back(op.out);
      made[op.out] = op.result;
    }
    for (const uint16_t value : written) {
      if (value >= given && !isWanted(call, static_cast<size_t>(phase.last), value)) continue;
      phase.out.push_back(value);
      dtypes.push_back(made[value]);
    }
    for (const DType dtype : dtypes) phase.bytes.push_back(static_cast<uint8_t>(sizeOf(dtype)));
    phase.dtypes = std::move(dtypes);
    if (call.n >= jit::kPieceLanes && jit::mode() != jit::Mode::Off && !phase.out.empty()) phase.slot = std::make_shared<jit::Slot>();
  }
}

/** Whether no op on elements or columns waits for a row. */
bool mayStream(const FusedCall& call) {
  bool reduced = false;
  for (const FusedOp& op : call.ops) {
    if (op.kind == Kind::Columns || (op.kind == Kind::Row && op.row.reducer == nullptr)) return false;
    if (op.kind == Kind::Elements && reduced) return false;
    reduced = reduced || op.kind == Kind::Row;
  }
  return true;
}

/** Places for values as long as a block: inside, and repeated ones that are written out. */
int blockPlaces(const FusedCall& call) {
  int places = call.room;
  if (call.longRows) return places;
  for (const FusedOperand& operand : call.inputs) places += operand.pattern == Pattern::Row;
  int columns = 0;
  for (const Phase& phase : call.phases) {
    columns = std::max(columns, static_cast<int>(std::count_if(phase.in.begin(), phase.in.end(), [&](uint16_t v) { return call.forms[v] == Pattern::Column; })));
  }
  return places + columns;
}

int64_t blockBytes(const FusedCall& call, int64_t rows, int64_t widest) {
  return blockPlaces(call) * (rows * call.run * widest + kApart + 64) + call.columns * (rows * 8 + kApart + 64);
}

bool prepareBlocks(FusedCall& call, int64_t widest) {
  for (const FusedOperand& operand : call.inputs) {
    if (isRepeated(operand) && operand.period != call.run) return false;
  }
  call.longRows = call.run >= kLongRow;
  const int64_t most = least(call.n / call.run, call.run >= kMostBlock ? 1 : kMostBlock / call.run);
  int64_t rows = 1;
  while (rows * 2 <= most && blockBytes(call, rows * 2, widest) <= kBlockBytes) rows *= 2;
  if (blockBytes(call, rows, widest) > kRowScratch) return false;
  call.blockRows = rows;
  call.placeBytes = (rows * call.run * widest + kApart + 63) / 64 * 64;
  return true;
}

jit::Pieces describe(const FusedCall& call, const Phase& phase, const double* numbers) {
  jit::Pieces pieces;
  std::vector<uint16_t> now(kMaxFusedValues);
  const size_t inputs = phase.in.size();
  for (size_t k = 0; k < inputs; k++) {
    const Pattern form = call.forms[phase.in[k]];
    pieces.inputs.push_back({phase.dtypes[k], form != Pattern::One && !(form == Pattern::Column && call.inBlocks && call.longRows)});
    now[phase.in[k]] = static_cast<uint16_t>(k);
  }
  for (size_t k = 0; k < phase.out.size(); k++) pieces.outputs.push_back(phase.dtypes[inputs + k]);
  const size_t given = inputs + phase.out.size();
  for (int i = phase.first; i < phase.last; i++) {
    const FusedOp& op = call.ops[static_cast<size_t>(i)];
    jit::PieceOp piece = pieceOf(op, numbers);
    for (int k = 0; k < op.operands; k++) piece.in[k] = now[op.in[k]];
    const auto result = std::find(phase.out.begin(), phase.out.end(), op.out);
    bool isLast = result != phase.out.end();
    for (int later = i + 1; later < phase.last; later++) isLast = isLast && call.ops[static_cast<size_t>(later)].out != op.out;
    piece.out = static_cast<uint16_t>(isLast ? inputs + static_cast<size_t>(result - phase.out.begin()) : given + static_cast<size_t>(pieces.room++));
    now[op.out] = piece.out;
    pieces.ops.push_back(piece);
  }
  return pieces;
}

}  // namespace

jit::PieceCode codeOf(const FusedCall& call, const Phase& phase, const double* numbers) {
  if (phase.slot == nullptr) return nullptr;
  if (!phase.slot->compiled() && phase.slot->worthwhile(call.n * call.cost)) {
    jit::request(phase.slot, [pieces = describe(call, phase, numbers)] { return jit::writePieces(pieces); });
  }
  return reinterpret_cast<jit::PieceCode>(const_cast<void*>(phase.slot->address()));
}

const char* prepareRows(FusedCall& call) {
  int rowOps = 0;
  int64_t widest = 1;
  for (FusedOp& op : call.ops) {
    rowOps += op.kind == Kind::Row;
    for (int k = 0; k < op.operands; k++) widest = most(widest, sizeOf(op.dtypes[k]));
    widest = most(widest, sizeOf(op.result));
  }
  findForms(call);
  if (rowOps > kMaxRowOps) return "too many row ops in a group";
  findPhases(call);
  if (call.phases.size() > kMaxPhases) return "too many phases in a group with rows";
  const bool streams = mayStream(call);
  call.inBlocks = (!streams || call.run <= kMostWhole) && prepareBlocks(call, widest);
  if (call.inBlocks) return nullptr;
  if (!streams) return "rows of a group have no room";
  for (const FusedOp& op : call.ops) {
    if (op.kind == Kind::Row && op.out >= call.inputs.size() + call.outputs.size()) return "a reduction of a group that is no result";
  }
  const int places = placesOf(call);
  call.piece = kStreamPiece;
  while (call.piece > kReduceUnit && places * (call.piece * 8 + kApart) > kBlockBytes) call.piece /= 2;
  static_assert(kMaxPlaces * (kReduceUnit * 8 + kApart + 64) <= kRowScratch);
  return nullptr;
}

}  // namespace gfn
