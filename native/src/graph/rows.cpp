#include "rows.h"

#include "../threads/pool.h"

namespace gfn {

namespace {

using Kind = FusedOp::Kind;

/** Elements that precompiled loops take at a time. */
constexpr int64_t kTile = 1024;
/** A row is cut for threads into so many parts at most. */
constexpr int64_t kMostParts = 256;

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/** A call at work on one thread. */
class Work {
 public:
  Work(const FusedCall& call, char* const* at, const double* numbers, const jit::PieceCode* codes)
      : call_(call), at_(at), numbers_(numbers), codes_(codes), inputs_(call.inputs.size()), given_(inputs_ + call.outputs.size()) {
    next_ = awayFrom(at[0], memory_);
  }

  /** Rows [from, to). */
  void blocks(int64_t from, int64_t to) {
    const int64_t run = call_.run;
    for (int k = 0; k < call_.room; k++) where_[given_ + static_cast<size_t>(k)] = take(call_.placeBytes);
    for (int k = 0; k < call_.columns; k++) where_[given_ + static_cast<size_t>(call_.room + k)] = take(call_.blockRows * 8 + kApart);
    for (size_t k = 0; k < inputs_; k++) {
      where_[k] = at_[k];
      if (call_.inputs[k].pattern != Pattern::Row || call_.longRows) continue;
      bool moves = true;
      char* const room = take(call_.placeBytes);
      // Pieces of one row are found where they are.
      where_[k] = const_cast<char*>(elementsOf(call_.inputs[k], at_[k], room, 0, least(call_.blockRows, to - from) * run, false, moves));
    }
    char* const free = next_;
    for (int64_t row = from; row < to; row += call_.blockRows) {
      const int64_t rows = least(call_.blockRows, to - row);
      for (size_t k = 0; k < inputs_; k++) {
        const FusedOperand& operand = call_.inputs[k];
        if (operand.pattern == Pattern::Full) where_[k] = at_[k] + row * run * operand.bytes;
        else if (operand.pattern == Pattern::Column) where_[k] = at_[k] + row * operand.bytes;
      }
      for (size_t k = inputs_; k < given_; k++) {
        const FusedCall::Result& result = call_.outputs[k - inputs_];
        where_[k] = at_[k] + row * (result.isColumn ? 1 : run) * result.bytes;
      }
      for (size_t p = 0; p < call_.phases.size(); p++) {
        const Phase& phase = call_.phases[p];
        next_ = free;
        if (phase.kind == Kind::Columns) columns(phase, rows);
        else if (phase.kind == Kind::Elements) elements(phase, codes_[p], rows);
        else {
          const FusedOp& op = call_.ops[static_cast<size_t>(phase.first)];
          runRows(op.row, where_[op.in[0]], where_[op.out], rows, run);
        }
      }
    }
  }

  /** Elements [from, to) of one row, which are added to a run per row op. */
  void pieces(int64_t from, int64_t to, ReduceRun* runs) {
    const Phase& phase = call_.phases[0];
    const bool elementwise = phase.kind == Kind::Elements;
    char* const start = next_;
    const int64_t place = call_.piece * 8 + kApart;
    for (int k = 0; k < call_.room; k++) where_[given_ + static_cast<size_t>(k)] = take(place);
    char* own[kMaxFusedValues];
    for (size_t k = 0; k < inputs_; k++) own[k] = isRepeated(call_.inputs[k]) ? take(place) : nullptr;
    for (int64_t first = from; first < to; first += call_.piece) {
      const int64_t count = least(call_.piece, to - first);
      for (size_t k = 0; k < inputs_; k++) {
        where_[k] = const_cast<char*>(elementsOf(call_.inputs[k], at_[k], own[k], first, count, false, moves_[k]));
      }
      for (size_t k = inputs_; k < given_; k++) where_[k] = at_[k] + first * call_.outputs[k - inputs_].bytes;
      if (elementwise) {
        if (codes_[0] != nullptr) byCode(phase, codes_[0], count, [&](uint16_t v, uint8_t) { return where_[v]; });
        else byLoops(phase, count, [&](uint16_t v, uint8_t) { return where_[v]; });
      }
      ReduceRun* run = runs;
      for (const FusedOp& op : call_.ops) {
        if (op.kind == Kind::Row) op.row.reducer->add(*run++, where_[op.in[0]], count);
      }
    }
    next_ = start;
  }

 private:
  char* take(int64_t bytes) {
    char* const place = next_;
    next_ += (bytes + 63) / 64 * 64;
    return place;
  }

  /** `count` elements from what `place` says on; `moves_` says of each operand whether it has them all. */
  template <class Place>
  void byCode(const Phase& phase, jit::PieceCode code, int64_t count, const Place& place) {
    char* where[kMaxFusedValues];
    bool moves[kMaxFusedValues];
    const size_t inputs = phase.in.size(), values = inputs + phase.out.size();
    for (size_t k = 0; k < inputs; k++) {
      where[k] = place(phase.in[k], phase.bytes[k]);
      moves[k] = moves_[phase.in[k]];
    }
    for (size_t k = inputs; k < values; k++) where[k] = place(phase.out[k - inputs], phase.bytes[k]);
    runVectors({inputs, phase.out.size(), phase.bytes.data()}, code, where, moves, count, false);
  }

  template <class Place>
  void byLoops(const Phase& phase, int64_t count, const Place& place) {
    Failure failure = {};
    for (int64_t from = 0; from < count; from += kTile) {
      for (int i = phase.first; i < phase.last; i++) {
        const FusedOp& op = call_.ops[static_cast<size_t>(i)];
        Lanes lanes;
        lanes.n = least(kTile, count - from);
        for (int k = 0; k < op.operands; k++) {
          const uint8_t bytes = static_cast<uint8_t>(sizeOf(op.dtypes[k]));
          lanes.moves[k] = op.in[k] >= inputs_ && call_.forms[op.in[k]] == Pattern::Full ? true : moves_[op.in[k]];
          lanes.in[k] = place(op.in[k], bytes) + (lanes.moves[k] ? from * bytes : 0);
        }
        const uint8_t bytes = static_cast<uint8_t>(sizeOf(op.result));
        lanes.out = place(op.out, bytes) + from * bytes;
        lanes.numbers = numbers_ + op.numbers;
        lanes.failure = &failure;
        op.loop(lanes);
      }
    }
  }

  /** Ops on the elements of `rows` rows. */
  void elements(const Phase& phase, jit::PieceCode code, int64_t rows) {
    const int64_t run = call_.run;
    if (call_.longRows) {
      for (const uint16_t v : phase.in) moves_[v] = call_.forms[v] == Pattern::Full || call_.forms[v] == Pattern::Row;
      for (int64_t r = 0; r < rows; r++) {
        const auto place = [&](uint16_t v, uint8_t bytes) {
          switch (call_.forms[v]) {
            case Pattern::Full: return where_[v] + r * run * bytes;
            case Pattern::Column: return where_[v] + r * bytes;
            default: return where_[v];
          }
        };
        if (code != nullptr) byCode(phase, code, run, place);
        else byLoops(phase, run, place);
      }
      return;
    }
    char* own[kMaxFusedValues];
    for (size_t k = 0; k < phase.in.size(); k++) {
      const uint16_t v = phase.in[k];
      moves_[v] = call_.forms[v] != Pattern::One;
      if (call_.forms[v] != Pattern::Column) continue;
      const FusedOperand column = {0, run, Pattern::Column, phase.dtypes[k], phase.bytes[k]};
      bool moves = true;
      own[v] = const_cast<char*>(elementsOf(column, where_[v], take(call_.placeBytes), 0, rows * run, false, moves));
    }
    const auto place = [&](uint16_t v, uint8_t) { return call_.forms[v] == Pattern::Column ? own[v] : where_[v]; };
    if (code != nullptr) byCode(phase, code, rows * run, place);
    else byLoops(phase, rows * run, place);
  }

  void columns(const Phase& phase, int64_t rows) {
    Failure failure = {};
    for (int i = phase.first; i < phase.last; i++) {
      const FusedOp& op = call_.ops[static_cast<size_t>(i)];
      Lanes lanes;
      lanes.n = rows;
      for (int k = 0; k < op.operands; k++) {
        lanes.in[k] = where_[op.in[k]];
        lanes.moves[k] = call_.forms[op.in[k]] == Pattern::Column;
      }
      lanes.out = where_[op.out];
      lanes.numbers = numbers_ + op.numbers;
      lanes.failure = &failure;
      op.loop(lanes);
    }
  }

  const FusedCall& call_;
  char* const* at_;
  const double* numbers_;
  const jit::PieceCode* codes_;
  const size_t inputs_, given_;
  char* where_[kMaxFusedValues];
  bool moves_[kMaxFusedValues];
  char* next_;
  alignas(64) char memory_[kRowScratch + kPage];
};

/** Few long rows: each is cut into nodes of its reductions' trees. */
void cutRows(const FusedCall& call, char* const* at, const double* numbers, const jit::PieceCode* codes, const RowKernel* const* kernels,
             char* const* out, int rowOps) {
  int64_t part = kReduceLeaf;
  while (part * call.cost < kChunkWork || (call.run + part - 1) / part > kMostParts) part *= 2;
  const int64_t parts = (call.run + part - 1) / part;
  uint64_t roots[kMostParts][kMaxRowOps];
  for (int64_t row = 0; row < call.n / call.run; row++) {
    parallelFor(parts, [&](int64_t p) {
      ReduceRun runs[kMaxRowOps];
      for (int i = 0; i < rowOps; i++) kernels[i]->reducer->begin(runs[i]);
      Work(call, at, numbers, codes).pieces(row * call.run + p * part, row * call.run + least(call.run, (p + 1) * part), runs);
      for (int i = 0; i < rowOps; i++) roots[p][i] = kernels[i]->reducer->root(runs[i]);
    });
    for (int i = 0; i < rowOps; i++) {
      const RunReducer& reducer = *kernels[i]->reducer;
      ReduceRun whole;
      reducer.begin(whole);
      for (int64_t p = 0; p < parts; p++) reducer.join(whole, roots[p][i]);
      reducer.finish(reducer.root(whole), out[i] + row * sizeOf(kernels[i]->dtype), kernels[i]->isMean ? call.run : 1);
    }
  }
}

/** Rows in pieces, one row after the other. */
void wholeRows(const FusedCall& call, char* const* at, const double* numbers, const jit::PieceCode* codes, const RowKernel* const* kernels,
               char* const* out, int rowOps) {
  const int64_t rows = call.n / call.run;
  const int64_t each = call.n * call.cost < kParallelWork ? rows : most(1, kChunkWork / call.cost / call.run);
  parallelFor((rows + each - 1) / each, [&](int64_t chunk) {
    Work work(call, at, numbers, codes);
    for (int64_t row = chunk * each; row < least(rows, (chunk + 1) * each); row++) {
      ReduceRun runs[kMaxRowOps];
      for (int i = 0; i < rowOps; i++) kernels[i]->reducer->begin(runs[i]);
      work.pieces(row * call.run, (row + 1) * call.run, runs);
      for (int i = 0; i < rowOps; i++) {
        const RunReducer& reducer = *kernels[i]->reducer;
        reducer.finish(reducer.root(runs[i]), out[i] + row * sizeOf(kernels[i]->dtype), kernels[i]->isMean ? call.run : 1);
      }
    }
  });
}

}  // namespace

void runWithRows(const FusedCall& call, char* const* at, const double* numbers) {
  jit::PieceCode codes[kMaxPhases];
  for (size_t p = 0; p < call.phases.size(); p++) codes[p] = codeOf(call, call.phases[p], numbers);
  const int64_t rows = call.n / call.run;
  if (call.inBlocks) {
    if (call.n * call.cost < kParallelWork) return Work(call, at, numbers, codes).blocks(0, rows);
    const int64_t blocks = most(1, kChunkWork / call.cost / call.run / call.blockRows);
    const int64_t each = blocks * call.blockRows;
    return parallelFor((rows + each - 1) / each, [&](int64_t chunk) {
      Work(call, at, numbers, codes).blocks(chunk * each, least(rows, (chunk + 1) * each));
    });
  }
  const RowKernel* kernels[kMaxRowOps];
  char* out[kMaxRowOps];
  int rowOps = 0;
  for (const FusedOp& op : call.ops) {
    if (op.kind != Kind::Row) continue;
    kernels[rowOps] = &op.row;
    out[rowOps++] = at[op.out];
  }
  const bool cut = call.n * call.cost >= kParallelWork && call.run >= 16 * kReduceLeaf && rows < 16;
  if (cut) cutRows(call, at, numbers, codes, kernels, out, rowOps);
  else wholeRows(call, at, numbers, codes, kernels, out, rowOps);
}

}  // namespace gfn
