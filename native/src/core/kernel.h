/**
 * The contract between kernels and everything that calls them: eager calls, the plan executor, C++ tests.
 *
 * A kernel is one op for all its dtypes and shapes. Operands are contiguous and row-major, already promoted to one dtype, and
 * outputs are allocated by the caller with the inferred types. Shapes come from TypeScript's inference, but a kernel checks what
 * its memory accesses rest on (Status::Shape), so that a wrong plan is an error and never a crash.
 *
 * A kernel never throws and keeps no state. Outputs alias no input, except that the executor may let operand 0 of an
 * elementwise op of the same dtype and size share the output's memory.
 */
#pragma once
#include <cstdint>

namespace gfn {

/** Codes of runtime/src/core/dtype.ts. A Bool is one byte, 0 or 1; a Complex64 two floats. */
enum class DType : uint8_t { Bool = 0, Int32 = 1, Float32 = 2, Float64 = 3, Complex64 = 4, UInt8 = 5, Int64 = 6 };
constexpr int kDTypes = 7;
constexpr int kMaxRank = 8;

/** Bytes of one element. */
constexpr int64_t sizeOf(DType dtype) {
  constexpr int64_t bytes[kDTypes] = {1, 4, 4, 8, 8, 1, 8};
  return bytes[static_cast<int>(dtype)];
}

/** What most kernels of numbers take; those that take more say so. */
constexpr bool isUsualNumber(DType dtype) { return dtype == DType::Int32 || dtype == DType::Float32 || dtype == DType::Float64; }

/** With Int64: what adds up. UInt8 counts as Int32 there. */
constexpr bool isAdded(DType dtype) { return isUsualNumber(dtype) || dtype == DType::Int64; }
/** All real numbers. */
constexpr bool isNumber(DType dtype) { return isAdded(dtype) || dtype == DType::UInt8; }

struct View {
  void* data;
  DType dtype;
  int rank;
  int64_t dims[kMaxRank];
  /** Product of dims. */
  int64_t size;
};

/** Attribute words in schema order, see runtime/src/plan/encode.ts. */
struct Attrs {
  const int32_t* words;
  int count;
  const double* numbers;
  int numberCount;

  /** The numeric attribute whose word is at `at`; false where there is none. */
  bool number(int at, double& value) const {
    if (at < 0 || at >= count || words[at] < 0 || words[at] >= numberCount) return false;
    value = numbers[words[at]];
    return true;
  }
};

enum class Status : int32_t {
  Ok = 0,
  /** index ≥ bound or < 0; from toIndex: value is not whole. */
  Index,
  /** Integer division by zero. */
  Divide,
  /** Views do not fit together. */
  Shape,
  /** No scratch memory; bound is the number of bytes asked for. */
  Memory,
  /** This dtype or form has no kernel. */
  Unsupported,
  Internal,
  /** An integer to a negative power; value is the exponent. */
  Power,
  /** A whole number without a dtype beyond int32; value is the number. */
  Overflow,
  /** Matrix number `index` has no factor: no pivot for column `bound`. */
  Singular,
};

/** What went wrong, for the message. */
struct Failure {
  Status status;
  int64_t index;
  int64_t bound;
  double value;
};

inline bool fail(Failure& failure, Status status, int64_t index = 0, int64_t bound = 0, double value = 0) {
  failure = {status, index, bound, value};
  return false;
}

struct Call {
  const View* in;
  int nIn;
  const View* out;
  int nOut;
  Attrs attrs;
};

/** False: `failure` is filled and outputs are unspecified. */
using Kernel = bool (*)(const Call&, Failure& failure);

struct KernelRow {
  const char* op;
  Kernel run;
};

/** All kernels of this machine's level, in an order that never changes within a process: a kernel's id is its row. */
const KernelRow* kernelTable(int* count);

}  // namespace gfn
