/**
 * One axis of a window that must hold a cell of x: pools and dilations. Functions are static, since files of several levels include them.
 */
#pragma once
#include <cstdint>

namespace gfn {

/** One axis: cell k of the window at place o is x's cell o·stride + k·dilation − before. */
struct PoolAxis {
  int64_t length, places;
  int64_t window, stride, dilation, before;
};

/** Every window within the padded x and over one cell of x at least. */
static inline bool fits(const PoolAxis& axis, int64_t after) {
  const auto& [length, places, window, stride, dilation, before] = axis;
  if (window < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0 || length < 1) return false;
  const int64_t span = (window - 1) * dilation + 1;
  const int64_t room = length + before + after - span;
  if (before >= span || after >= span || room < 0 || room / stride + 1 != places) return false;
  // Where cells are further apart than x is long, one of the first windows holds none if any does.
  for (int64_t place = 0; dilation > length && place < places && place <= length; place++) {
    const int64_t start = place * stride - before;
    const int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
    if (first >= window || start + first * dilation >= length) return false;
  }
  return true;
}

/** The cells of one window that lie in x along one axis: the window's cells from `cell` on, the first of them x's `first`. */
struct Line {
  int64_t first, count, cell;
};

static inline Line lineOf(const PoolAxis& axis, int64_t place) {
  const int64_t start = place * axis.stride - axis.before;
  // Divisions take longer than a small window.
  if (axis.dilation == 1) {
    const int64_t first = start > 0 ? start : 0, end = start + axis.window;
    return {first, (end < axis.length ? end : axis.length) - first, first - start};
  }
  const int64_t from = start >= 0 ? 0 : (axis.dilation - 1 - start) / axis.dilation;
  const int64_t to = (axis.length - start + axis.dilation - 1) / axis.dilation;
  return {start + from * axis.dilation, (to < axis.window ? to : axis.window) - from, from};
}

}  // namespace gfn
