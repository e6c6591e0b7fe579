/**
 * Ops that move elements of one operand: reshape, transpose, broadcastTo, tile, reverse, pad, slice, stridedSlice; and concat.
 * Each builds the box of its walk (copy-box.h) after checking that every step of it stays inside both views.
 */
#include <cstring>

#include "attributes.h"
#include "copy-box.h"
#include "fill.h"

namespace gfn {

namespace {

/** One operand and one output of the same dtype. */
bool isMove(const Call& call) { return call.nIn == 1 && call.nOut == 1 && call.in[0].dtype == call.out[0].dtype; }

bool copyWhole(const Call& call, Failure& failure) {
  if (!isMove(call) || call.in[0].size != call.out[0].size) return fail(failure, Status::Shape);
  const int64_t bytes = sizeOf(call.in[0].dtype);
  if (call.out[0].data == call.in[0].data) return true;
  Box box;
  box.add(call.in[0].size, 1, 1);
  copyBox(box, call.in[0].data, call.out[0].data, bytes);
  return true;
}

bool transpose(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList perm = attrs.ints();
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (perm.count != x.rank || out.rank != x.rank) return fail(failure, Status::Shape);
  int64_t from[kMaxRank], to[kMaxRank];
  stepsOf(x, from);
  stepsOf(out, to);
  unsigned seen = 0;
  Box box;
  for (int i = 0; i < x.rank; i++) {
    if (perm[i] < 0 || perm[i] >= x.rank || out.dims[i] != x.dims[perm[i]]) return fail(failure, Status::Shape);
    seen |= 1u << perm[i];
    box.add(out.dims[i], from[perm[i]], to[i]);
  }
  if (seen != (1u << x.rank) - 1) return fail(failure, Status::Shape);
  copyBox(box, x.data, out.data, sizeOf(x.dtype));
  return true;
}

bool broadcastTo(const Call& call, Failure& failure) {
  if (!isMove(call)) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  const int lead = out.rank - x.rank;
  if (lead < 0) return fail(failure, Status::Shape);
  int64_t from[kMaxRank], to[kMaxRank];
  stepsOf(x, from);
  stepsOf(out, to);
  Box box;
  for (int i = 0; i < out.rank; i++) {
    const int64_t length = i < lead ? 1 : x.dims[i - lead];
    if (length != 1 && length != out.dims[i]) return fail(failure, Status::Shape);
    box.add(out.dims[i], length == 1 ? 0 : from[i - lead], to[i]);
  }
  copyBox(box, x.data, out.data, sizeOf(x.dtype));
  return true;
}

bool tile(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList reps = attrs.ints();
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (reps.count != x.rank || out.rank != x.rank) return fail(failure, Status::Shape);
  int64_t from[kMaxRank], to[kMaxRank];
  stepsOf(x, from);
  stepsOf(out, to);
  Box box;
  for (int i = 0; i < x.rank; i++) {
    if (reps[i] < 0 || out.dims[i] != x.dims[i] * reps[i]) return fail(failure, Status::Shape);
    box.add(reps[i], 0, to[i] * x.dims[i]);
    box.add(x.dims[i], from[i], to[i]);
  }
  copyBox(box, x.data, out.data, sizeOf(x.dtype));
  return true;
}

bool reverse(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList axes = attrs.ints();
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (out.rank != x.rank) return fail(failure, Status::Shape);
  int64_t steps[kMaxRank];
  stepsOf(x, steps);
  bool backwards[kMaxRank] = {};
  for (const int32_t given : axes) {
    const int axis = normalAxis(given, x.rank);
    if (axis < 0) return fail(failure, Status::Shape);
    backwards[axis] = !backwards[axis];
  }
  int64_t start = 0;
  Box box;
  for (int i = 0; i < x.rank; i++) {
    if (out.dims[i] != x.dims[i]) return fail(failure, Status::Shape);
    if (backwards[i]) start += (x.dims[i] - 1) * steps[i];
    box.add(x.dims[i], backwards[i] ? -steps[i] : steps[i], steps[i]);
  }
  if (x.size == 0) return true;
  const int64_t bytes = sizeOf(x.dtype);
  copyBox(box, static_cast<const char*>(x.data) + start * bytes, out.data, bytes);
  return true;
}

bool pad(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList paddings = attrs.ints();
  const double value = attrs.number();
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (paddings.count != 2 * x.rank || out.rank != x.rank) return fail(failure, Status::Shape);
  int64_t from[kMaxRank], to[kMaxRank];
  stepsOf(x, from);
  stepsOf(out, to);
  int64_t start = 0;
  Box box;
  for (int i = 0; i < x.rank; i++) {
    const int64_t before = paddings[2 * i];
    const int64_t after = paddings[2 * i + 1];
    if (before < 0 || after < 0 || out.dims[i] != before + x.dims[i] + after) return fail(failure, Status::Shape);
    start += before * to[i];
    box.add(x.dims[i], from[i], to[i]);
  }
  if (out.size != x.size) fillView(out, value);
  const int64_t bytes = sizeOf(x.dtype);
  if (x.size > 0) copyBox(box, x.data, static_cast<char*>(out.data) + start * bytes, bytes);
  return true;
}

/** slice and stridedSlice: out.dims[i] elements of axis i from begin[i] on, `step` apart. */
bool cut(const Call& call, const IntList& begin, const int32_t* strides, Failure& failure) {
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (begin.count != x.rank || out.rank != x.rank) return fail(failure, Status::Shape);
  int64_t from[kMaxRank], to[kMaxRank];
  stepsOf(x, from);
  stepsOf(out, to);
  int64_t start = 0;
  Box box;
  for (int i = 0; i < x.rank; i++) {
    const int64_t step = strides == nullptr ? 1 : strides[i];
    const int64_t first = begin[i];
    const int64_t last = first + (out.dims[i] - 1) * step;
    const bool inside = first >= 0 && first < x.dims[i] && last >= 0 && last < x.dims[i];
    if (out.dims[i] < 0 || (out.dims[i] > 0 && !inside)) return fail(failure, Status::Shape);
    start += first * from[i];
    box.add(out.dims[i], from[i] * step, to[i]);
  }
  if (out.size == 0) return true;
  const int64_t bytes = sizeOf(x.dtype);
  copyBox(box, static_cast<const char*>(x.data) + start * bytes, out.data, bytes);
  return true;
}

bool slice(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList begin = attrs.ints();
  attrs.ints();  // sizes: the output's shape says the same
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  return cut(call, begin, nullptr, failure);
}

bool stridedSlice(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList begin = attrs.ints();
  attrs.ints();
  const IntList strides = attrs.ints();
  if (!isMove(call) || !attrs.complete()) return fail(failure, Status::Internal);
  if (strides.count != begin.count) return fail(failure, Status::Shape);
  return cut(call, begin, strides.values, failure);
}

bool concat(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t given = attrs.integer();
  if (!attrs.complete() || call.nIn < 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& out = call.out[0];
  const int axis = normalAxis(given, out.rank);
  if (axis < 0) return fail(failure, Status::Shape);
  int64_t length = 0;
  for (int k = 0; k < call.nIn; k++) {
    const View& x = call.in[k];
    if (x.dtype != out.dtype || x.rank != out.rank) return fail(failure, Status::Shape);
    for (int i = 0; i < out.rank; i++) {
      if (i != axis && x.dims[i] != out.dims[i]) return fail(failure, Status::Shape);
    }
    length += x.dims[axis];
  }
  if (length != out.dims[axis]) return fail(failure, Status::Shape);
  const int64_t bytes = sizeOf(out.dtype);
  const int64_t outer = countOf(out, 0, axis);
  const int64_t inner = countOf(out, axis + 1, out.rank);
  char* to = static_cast<char*>(out.data);
  for (int k = 0; k < call.nIn; k++) {
    const int64_t width = call.in[k].dims[axis] * inner;
    Box box;
    box.add(outer, width, length * inner);
    box.add(width, 1, 1);
    copyBox(box, call.in[k].data, to, bytes);
    to += width * bytes;
  }
  return true;
}

const KernelRow kRows[] = {
    {"reshape", copyWhole}, {"identity", copyWhole}, {"stopGradient", copyWhole}, {"transpose", transpose}, {"broadcastTo", broadcastTo},
    {"tile", tile},         {"reverse", reverse},     {"pad", pad},
    {"slice", slice},       {"stridedSlice", stridedSlice}, {"concat", concat},
};

}  // namespace

const KernelRow* movementKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
