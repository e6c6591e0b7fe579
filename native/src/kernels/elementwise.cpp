/**
 * Kernels of the elementwise family: check the views, reduce the shapes to the fewest axes on which every operand moves or stays,
 * and call the row's loop along the innermost one.
 *
 *   [4,1,3] + [5,3] → [4,5,3]   axes 4, 5, 3   a steps by 3, 0, 1   b steps by 0, 3, 1
 *   [4,5] + []      → [4,5]     one axis 20    a moves, b stays
 */
#include "elementwise.h"

#include <cstring>

#include "../threads/pool.h"

namespace gfn {

namespace {

/** Results of at least so many bytes do not fit into the caches beside what else is there. */
constexpr int64_t kStreamed = int64_t{16} << 20;

/** Cost of an element of cast and where. */
constexpr uint8_t kCheap = 4;

/** Axes of the output after merging, outermost first, and each operand's step along them in elements. */
struct Walk {
  int rank;
  int64_t dims[kMaxRank];
  int64_t steps[kMaxOperands][kMaxRank];
};

/** False where an operand does not broadcast to the output: the caller's shapes are wrong. */
bool plan(const View* in, int operands, const View& out, Walk& walk) {
  int64_t own[kMaxOperands];
  for (int k = 0; k < operands; k++) {
    if (in[k].rank > out.rank) return false;
    own[k] = 1;
  }
  int64_t dims[kMaxRank];
  int64_t steps[kMaxOperands][kMaxRank];
  int count = 0;  // axes so far, innermost first
  for (int axis = out.rank - 1; axis >= 0; axis--) {
    const int64_t d = out.dims[axis];
    int64_t step[kMaxOperands];
    for (int k = 0; k < operands; k++) {
      const int at = axis - (out.rank - in[k].rank);
      const int64_t length = at < 0 ? 1 : in[k].dims[at];
      if (length != d && length != 1) return false;
      step[k] = length == 1 ? 0 : own[k];
      own[k] *= length;
    }
    if (d == 1) continue;
    bool merges = count > 0;
    for (int k = 0; k < operands && merges; k++) merges = step[k] == steps[k][count - 1] * dims[count - 1];
    if (merges) {
      dims[count - 1] *= d;
    } else {
      dims[count] = d;
      for (int k = 0; k < operands; k++) steps[k][count] = step[k];
      count++;
    }
  }
  walk.rank = count;
  for (int i = 0; i < count; i++) {
    walk.dims[i] = dims[count - 1 - i];
    for (int k = 0; k < operands; k++) walk.steps[k][i] = steps[k][count - 1 - i];
  }
  return true;
}

bool sameDims(const View& a, const View& b) {
  return a.rank == b.rank && std::memcmp(a.dims, b.dims, static_cast<size_t>(a.rank) * sizeof(int64_t)) == 0;
}

/** Rows shorter than this are put together, so that a loop is worth its call. */
constexpr int64_t kShortRow = 32;
/** Elements of an operand put together at a time. */
constexpr int64_t kGathered = 1024;

/** to[r · n + i] = from[r · stepRow + i · step]. */
template <class T>
void gatherRows(const void* from, void* to, int64_t rows, int64_t n, int64_t stepRow, int64_t step) {
  const T* source = static_cast<const T*>(from);
  T* target = static_cast<T*>(to);
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < n; i++) *target++ = source[r * stepRow + i * step];
  }
}

/**
 * `rows` short rows in one go: operands that do not simply run on through them are written out into scratch memory.
 * [N,3] + [3] and [N,3] · [N,1] become loops over hundreds of elements.
 */
bool runShortRows(Loop loop, Lanes lanes, int operands, int64_t rows, const int64_t* stepRow, const int64_t* step) {
  alignas(64) char scratch[kMaxOperands][kGathered * 8];
  const int64_t n = lanes.n;
  const int64_t most = kGathered / n;
  for (bool first = true; rows > 0; first = false) {
    const int64_t count = rows < most ? rows : most;
    Lanes block = lanes;
    block.n = count * n;
    for (int k = 0; k < operands; k++) {
      const bool still = stepRow[k] == 0 && step[k] == 0;
      const bool runsOn = step[k] == 1 && stepRow[k] == n;
      block.moves[k] = !still;
      // Rows that are all the same are written out once: later blocks are not longer.
      const bool kept = stepRow[k] == 0 && !first;
      if (!still && !runsOn && !kept) {
        switch (lanes.bytes[k]) {
          case 1: gatherRows<uint8_t>(lanes.in[k], scratch[k], count, n, stepRow[k], step[k]); break;
          case 4: gatherRows<uint32_t>(lanes.in[k], scratch[k], count, n, stepRow[k], step[k]); break;
          default: gatherRows<uint64_t>(lanes.in[k], scratch[k], count, n, stepRow[k], step[k]); break;
        }
      }
      if (!still && !runsOn) block.in[k] = scratch[k];
      lanes.in[k] = static_cast<const char*>(lanes.in[k]) + count * stepRow[k] * lanes.bytes[k];
    }
    if (!loop(block)) return false;
    lanes.out = static_cast<char*>(lanes.out) + block.n * lanes.outBytes;
    rows -= count;
  }
  return true;
}

/** Along the walk: its innermost axis, or its two innermost ones where that is short, is one call of the loop. */
bool runWalk(Loop loop, Lanes lanes, int operands, const Walk& walk) {
  const int inner = walk.rank - 1;
  const bool isShort = inner > 0 && walk.dims[inner] < kShortRow && walk.dims[inner - 1] > 1;
  const int outer = isShort ? inner - 1 : inner;  // axes before this one are counted here
  int64_t stepRow[kMaxOperands] = {}, step[kMaxOperands] = {};
  lanes.n = walk.dims[inner];
  for (int k = 0; k < operands; k++) {
    step[k] = walk.steps[k][inner];
    lanes.moves[k] = step[k] != 0;
    if (isShort) stepRow[k] = walk.steps[k][outer];
  }
  const int64_t rows = isShort ? walk.dims[outer] : 1;
  const int64_t bytes = rows * lanes.n * lanes.outBytes;
  int64_t counter[kMaxRank] = {};
  for (;;) {
    if (!(isShort ? runShortRows(loop, lanes, operands, rows, stepRow, step) : loop(lanes))) return false;
    lanes.out = static_cast<char*>(lanes.out) + bytes;
    int axis = outer - 1;
    for (; axis >= 0; axis--) {
      counter[axis]++;
      const bool again = counter[axis] < walk.dims[axis];
      for (int k = 0; k < operands; k++) {
        const int64_t move = walk.steps[k][axis] * (again ? 1 : 1 - walk.dims[axis]) * lanes.bytes[k];
        lanes.in[k] = static_cast<const char*>(lanes.in[k]) + move;
      }
      if (again) break;
      counter[axis] = 0;
    }
    if (axis < 0) return true;
  }
}

/** Runs `loop` over the output; operands are broadcast. */
bool run(Loop loop, uint8_t cost, const Call& call, const double* numbers, Failure& failure) {
  const View& out = call.out[0];
  Lanes lanes = {};
  lanes.numbers = numbers;
  lanes.failure = &failure;
  lanes.out = out.data;
  lanes.outBytes = static_cast<uint8_t>(sizeOf(out.dtype));
  bool plain = out.size > 0;  // of empty ones only the shapes are checked
  for (int k = 0; k < call.nIn; k++) {
    lanes.in[k] = call.in[k].data;
    lanes.moves[k] = call.in[k].size != 1;
    lanes.bytes[k] = static_cast<uint8_t>(sizeOf(call.in[k].dtype));
    plain = plain && (sameDims(call.in[k], out) || (call.in[k].size == 1 && call.in[k].rank <= out.rank));
  }
  if (plain) {
    lanes.n = out.size;
    return runLoop(loop, lanes, cost);
  }
  Walk walk;
  if (!plan(call.in, call.nIn, out, walk)) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  if (walk.rank == 0) {
    lanes.n = 1;
    return loop(lanes);
  }
  return runWalk(loop, lanes, call.nIn, walk);
}

bool runRow(const ElementwiseRow& row, const Call& call, Failure& failure) {
  if (call.nIn != row.operands || call.nOut != 1) return fail(failure, Status::Internal);
  const DType dtype = call.in[0].dtype;
  const Loop loop = row.loops[static_cast<int>(dtype)];
  if (loop == nullptr) return fail(failure, Status::Unsupported);
  if (call.out[0].dtype != (row.predicate ? DType::Bool : dtype)) return fail(failure, Status::Shape);
  for (int k = 1; k < call.nIn; k++) {
    if (call.in[k].dtype != dtype) return fail(failure, Status::Shape);
  }
  double numbers[2] = {};
  for (int i = 0; i < row.numbers; i++) {
    if (!call.attrs.number(i, numbers[i])) return fail(failure, Status::Internal);
  }
  if (row.check != Check::NONE && isChecked(dtype) && call.out[0].size > 0 && !passesCheck(row.check, call.in[1], failure)) return false;
  return run(loop, row.cost, call, numbers, failure);
}

bool castKernel(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  if (call.in[0].size != call.out[0].size) return fail(failure, Status::Shape);
  const Loop loop = GFN_AT_LEVEL(elementwiseLoops)().cast[static_cast<int>(call.in[0].dtype)][static_cast<int>(call.out[0].dtype)];
  return run(loop, kCheap, call, nullptr, failure);
}

/** int32 of whole numbers. */
template <class T>
bool toIndexOf(const T* from, int32_t* to, int64_t n, Failure& failure) {
  for (int64_t i = 0; i < n; i++) {
    const double value = static_cast<double>(from[i]);
    if (!(value >= -2147483648.0 && value <= 2147483647.0) || value != static_cast<double>(static_cast<int32_t>(value))) {
      return fail(failure, Status::Index, i, -1, value);
    }
    to[i] = static_cast<int32_t>(value);
  }
  return true;
}

bool toIndexKernel(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.size != out.size || out.dtype != DType::Int32) return fail(failure, Status::Shape);
  int32_t* to = static_cast<int32_t*>(out.data);
  switch (x.dtype) {
    case DType::Int32: std::memmove(to, x.data, static_cast<size_t>(x.size) * sizeof(int32_t)); return true;
    case DType::Float32: return toIndexOf(static_cast<const float*>(x.data), to, x.size, failure);
    case DType::Float64: return toIndexOf(static_cast<const double*>(x.data), to, x.size, failure);
    case DType::UInt8: return toIndexOf(static_cast<const uint8_t*>(x.data), to, x.size, failure);
    case DType::Int64: return toIndexOf(static_cast<const int64_t*>(x.data), to, x.size, failure);
    default: break;
  }
  return fail(failure, Status::Unsupported);
}

/** UInt8 of numbers that it holds. */
bool toByteKernel(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.size != out.size || x.dtype != DType::Int32 || out.dtype != DType::UInt8) return fail(failure, Status::Shape);
  const int32_t* from = static_cast<const int32_t*>(x.data);
  uint8_t* to = static_cast<uint8_t*>(out.data);
  for (int64_t i = 0; i < x.size; i++) {
    if (from[i] < 0 || from[i] > 255) return fail(failure, Status::Overflow, i, 0, from[i]);
  }
  for (int64_t i = 0; i < x.size; i++) to[i] = static_cast<uint8_t>(from[i]);
  return true;
}

bool whereKernel(const Call& call, Failure& failure) {
  if (call.nIn != 3 || call.nOut != 1) return fail(failure, Status::Internal);
  const DType dtype = call.in[1].dtype;
  if (call.in[0].dtype != DType::Bool || call.in[2].dtype != dtype || call.out[0].dtype != dtype) return fail(failure, Status::Shape);
  return run(GFN_AT_LEVEL(elementwiseLoops)().where[whereIndex(dtype)], kCheap, call, nullptr, failure);
}

/** Rows have an index each; a kernel is a function of its own that knows its row. */
enum RowIndex : int {
#define UNARY(op, dtypes, cost, ...) op##Row,
#define BINARY(op, dtypes, cost, check, ...) op##Row,
#define COMPARE(op, ...) op##Row,
#define LOGIC(op, ...) op##Row,
#define EXACT(op, ...) op##Row,
#define TEST(op, ...) op##Row,
#define NUMBERS(op, dtypes, count, ...) op##Row,
#include "elementwise-rows.h"
  kRowCount
};

template <int row>
bool rowKernel(const Call& call, Failure& failure) {
  return runRow(GFN_AT_LEVEL(elementwiseLoops)().rows[row], call, failure);
}

constexpr KernelRow kKernels[] = {
#define UNARY(op, dtypes, cost, ...) {#op, rowKernel<op##Row>},
#define BINARY(op, dtypes, cost, check, ...) {#op, rowKernel<op##Row>},
#define COMPARE(op, ...) {#op, rowKernel<op##Row>},
#define LOGIC(op, ...) {#op, rowKernel<op##Row>},
#define EXACT(op, ...) {#op, rowKernel<op##Row>},
#define TEST(op, ...) {#op, rowKernel<op##Row>},
#define NUMBERS(op, dtypes, count, ...) {#op, rowKernel<op##Row>},
#include "elementwise-rows.h"
    {"cast", castKernel},
    {"toIndex", toIndexKernel},
    {"toByte", toByteKernel},
    {"where", whereKernel},
};

}  // namespace

const ElementwiseRow* findElementwiseRow(const char* op) {
  const ElementwiseLoops& loops = GFN_AT_LEVEL(elementwiseLoops)();
  for (int i = 0; i < kRowCount; i++) {
    if (std::strcmp(op, loops.rows[i].op) == 0) return &loops.rows[i];
  }
  return nullptr;
}

bool findDirectLoop(const char* op, const View* in, int nIn, const View& out, DirectLoop& direct) {
  if (nIn < 1 || nIn > kMaxOperands || out.size == 0) return false;
  for (int k = 0; k < nIn; k++) {
    if (!sameDims(in[k], out) && !(in[k].size == 1 && in[k].rank <= out.rank)) return false;
  }
  const ElementwiseLoops& loops = GFN_AT_LEVEL(elementwiseLoops)();
  if (std::strcmp(op, "cast") == 0) {
    direct = {loops.cast[static_cast<int>(in[0].dtype)][static_cast<int>(out.dtype)], kCheap, 0};
    return nIn == 1 && in[0].size == out.size;
  }
  if (std::strcmp(op, "where") == 0) {
    direct = {loops.where[whereIndex(out.dtype)], kCheap, 0};
    return nIn == 3 && in[0].dtype == DType::Bool && in[1].dtype == out.dtype && in[2].dtype == out.dtype;
  }
  const ElementwiseRow* row = findElementwiseRow(op);
  if (row == nullptr || nIn != row->operands || (row->check != Check::NONE && isChecked(in[0].dtype))) return false;
  if (out.dtype != (row->predicate ? DType::Bool : in[0].dtype) || (nIn == 2 && in[1].dtype != in[0].dtype)) return false;
  direct = {row->loops[static_cast<int>(in[0].dtype)], row->cost, row->numbers};
  return direct.loop != nullptr;
}

/** A large result that is no operand's own memory; where much is computed, that hides the traffic anyway. */
static bool isStreamed(const Lanes& lanes, uint8_t cost) {
  if (cost > kCheap || lanes.n * lanes.outBytes < kStreamed) return false;
  for (const void* in : lanes.in) if (in == lanes.out) return false;
  return true;
}

bool runLoop(Loop loop, const Lanes& lanes, uint8_t cost) {
  if (lanes.n * cost < kParallelWork) return loop(lanes);
  // Chunks begin at multiples of 16 elements.
  const int64_t length = kChunkWork / cost / 16 * 16;
  const int64_t chunks = (lanes.n + length - 1) / length;
  const bool streamed = isStreamed(lanes, cost);
  parallelFor(chunks, [&](int64_t chunk) {
    const int64_t from = chunk * length;
    const Lanes part = lanes.part(from, lanes.n - from < length ? lanes.n - from : length);
    if (streamed) GFN_AT_LEVEL(streamLoop)(loop, part);
    else loop(part);
  });
  return true;
}

template <class T>
static bool allPass(Check check, const T* values, int64_t n, Failure& failure) {
  for (int64_t i = 0; i < n; i++) {
    if (check == Check::NON_ZERO ? values[i] == 0 : values[i] < 0) return failCheck(check, i, static_cast<double>(values[i]), failure);
  }
  return true;
}

bool passesCheck(Check check, const View& values, Failure& failure) {
  if (check == Check::NONE) return true;
  switch (values.dtype) {
    case DType::Int32: return allPass(check, static_cast<const int32_t*>(values.data), values.size, failure);
    case DType::UInt8: return allPass(check, static_cast<const uint8_t*>(values.data), values.size, failure);
    case DType::Int64: return allPass(check, static_cast<const int64_t*>(values.data), values.size, failure);
    default: return true;
  }
}

bool failCheck(Check check, int64_t index, double value, Failure& failure) {
  return fail(failure, check == Check::NON_ZERO ? Status::Divide : Status::Power, index, 0, value);
}

const ScalarRow* findScalar(const char* op, DType dtype) {
  const ScalarRows all = GFN_AT_LEVEL(scalarRows)();
  for (int i = 0; i < all.count; i++) {
    if (all.rows[i].dtype == dtype && std::strcmp(all.rows[i].op, op) == 0) return &all.rows[i];
  }
  return nullptr;
}

const KernelRow* elementwiseKernels(int* count) {
  *count = static_cast<int>(sizeof(kKernels) / sizeof(kKernels[0]));
  return kKernels;
}

}  // namespace gfn
