/** What the elementwise family is made of: rows of loops per level, and functions of one element for the virtual machine. */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

constexpr int kMaxOperands = 3;

/** Work in units of an element's cost (1/16 ns): from about 40 µs on it is split, into pieces of about 16 µs. */
constexpr int64_t kParallelWork = 640'000;
constexpr int64_t kChunkWork = 256 << 10;

/** A run of elements along one axis: operand k steps by one element or stays on its first. */
struct Lanes {
  int64_t n;
  const void* in[kMaxOperands];
  bool moves[kMaxOperands];
  void* out;
  const double* numbers;
  /** Bytes of an element: read by `part` only. */
  uint8_t bytes[kMaxOperands];
  uint8_t outBytes;
  Failure* failure;

  /** Elements [from, from + count). */
  Lanes part(int64_t from, int64_t count) const {
    Lanes lanes = *this;
    lanes.n = count;
    for (int k = 0; k < kMaxOperands; k++) {
      if (moves[k]) lanes.in[k] = static_cast<const char*>(in[k]) + from * bytes[k];
    }
    lanes.out = static_cast<char*>(out) + from * outBytes;
    return lanes;
  }
};
/** False: `*lanes.failure` is filled. Only loops of cost 0 fail; they are never split. */
using Loop = bool (*)(const Lanes&);

/** What integer operands 1 must satisfy. */
enum class Check : uint8_t { NONE, NON_ZERO, NON_NEGATIVE };

struct ElementwiseRow {
  const char* op;
  uint8_t operands;
  /** Numeric attributes. */
  uint8_t numbers;
  Check check;
  /** The result is Bool, else of the operands' dtype. */
  bool predicate;
  /** Rough cost of an element in ns · 16, for splitting work; 0: never split. */
  uint8_t cost;
  /** By dtype of the operands; null where there is none. */
  Loop loops[kDTypes];
};

/** Rows in the order of elementwise.def. Casts by dtypes from and to; selections by element size (1, 4, 8 bytes at 0, 1, 2). */
struct ElementwiseLoops {
  const ElementwiseRow* rows;
  Loop cast[kDTypes][kDTypes];
  Loop where[3];
};
GFN_DECLARE_LEVELS(const ElementwiseLoops& elementwiseLoops())
/** Runs a loop whose result goes to memory past the caches. */
GFN_DECLARE_LEVELS(void streamLoop(Loop loop, const Lanes& lanes))

/** Index of a size in ElementwiseLoops::where. */
constexpr int whereIndex(DType dtype) { return sizeOf(dtype) == 1 ? 0 : sizeOf(dtype) == 4 ? 1 : 2; }

/** Dtypes whose division by zero is an error. */
constexpr bool isChecked(DType dtype) { return dtype == DType::Int32 || dtype == DType::UInt8 || dtype == DType::Int64; }
/** Fills `failure` with the first divisor or exponent that breaks `check` and says false, or says true. */
bool passesCheck(Check check, const View& values, Failure& failure);
bool failCheck(Check check, int64_t index, double value, Failure& failure);

/** An elementwise op whose operands each have the output's shape or one element: no broadcast to plan. */
struct DirectLoop {
  Loop loop;
  uint8_t cost;
  uint8_t numbers;
};
/** Runs a loop, on several threads where that pays. */
bool runLoop(Loop loop, const Lanes& lanes, uint8_t cost);

/** The row of an op of elementwise.def, or null. */
const ElementwiseRow* findElementwiseRow(const char* op);

/** Fills `direct`, or says false: not elementwise, checked, broadcast, or views that do not fit. */
bool findDirectLoop(const char* op, const View* in, int nIn, const View& out, DirectLoop& direct);

/** One element: operands and result are slots of at least 8 bytes. False: `failure` is filled. */
using ScalarFn = bool (*)(const void* const* in, void* out, const double* numbers, Failure& failure);
struct ScalarRow {
  const char* op;
  DType dtype;
  DType result;
  uint8_t operands;
  uint8_t numbers;
  ScalarFn run;
};
/** The function for an op of elementwise.def on operands of a dtype, or null. */
const ScalarRow* findScalar(const char* op, DType dtype);
struct ScalarRows {
  const ScalarRow* rows;
  int count;
};
GFN_DECLARE_LEVELS(ScalarRows scalarRows())

}  // namespace gfn
