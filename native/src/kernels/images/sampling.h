/** A pixel of an image at a place between pixels: what cropAndResize and transform share. All in double precision. */
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "../../threads/pool.h"

namespace gfn {

/** One image [height, width, channels]; what is read outside of it is `outside`. */
template <class T>
struct Image {
  const T* data;
  int64_t height;
  int64_t width;
  int64_t channels;
  double outside;

  bool holds(int64_t row, int64_t column) const { return row >= 0 && row < height && column >= 0 && column < width; }
  const T* pixel(int64_t row, int64_t column) const { return holds(row, column) ? data + (row * width + column) * channels : nullptr; }

  void fill(T* out) const { std::fill(out, out + channels, static_cast<T>(outside)); }

  /** All channels at (y, x), which lies less than one pixel outside: of the nearest pixel, or the mean of four. */
  void read(double y, double x, bool bilinear, T* out) const {
    if (!bilinear) {
      const T* from = pixel(static_cast<int64_t>(std::floor(y + 0.5)), static_cast<int64_t>(std::floor(x + 0.5)));
      if (from == nullptr) return fill(out);
      std::copy(from, from + channels, out);
      return;
    }
    const double top = std::floor(y), left = std::floor(x), lower = y - top, right = x - left;
    const int64_t row = static_cast<int64_t>(top), column = static_cast<int64_t>(left);
    // Pixels of weight 0 are not read: 0 times infinity is NaN.
    const T* corners[4] = {pixel(row, column), right == 0 ? nullptr : pixel(row, column + 1), lower == 0 ? nullptr : pixel(row + 1, column),
                           lower == 0 || right == 0 ? nullptr : pixel(row + 1, column + 1)};
    const auto at = [&](int corner, int64_t c) { return corners[corner] == nullptr ? outside : static_cast<double>(corners[corner][c]); };
    for (int64_t c = 0; c < channels; c++) {
      const double above = right == 0 ? at(0, c) : (1 - right) * at(0, c) + right * at(1, c);
      if (lower == 0) {
        out[c] = static_cast<T>(above);
        continue;
      }
      const double below = right == 0 ? at(2, c) : (1 - right) * at(2, c) + right * at(3, c);
      out[c] = static_cast<T>((1 - lower) * above + lower * below);
    }
  }
};

/** Calls body(row) for each of `rows` rows of `perRow` elements, on the pool. */
template <class Body>
void eachImageRow(int64_t rows, int64_t perRow, const Body& body) {
  const int64_t each = 1 + 8192 / std::max<int64_t>(1, perRow);
  parallelFor((rows + each - 1) / each, [&](int64_t chunk) {
    for (int64_t row = chunk * each; row < std::min(rows, (chunk + 1) * each); row++) body(row);
  });
}

}  // namespace gfn
