#include "operands.h"

#include <cstring>

namespace gfn {

namespace {

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

}  // namespace

void writeRepeated(const FusedOperand& operand, const char* data, char* to, int64_t first, int64_t count) {
  switch (operand.bytes) {
    case 1: return writeOut<uint8_t>(operand, data, to, first, count);
    case 4: return writeOut<uint32_t>(operand, data, to, first, count);
    default: return writeOut<uint64_t>(operand, data, to, first, count);
  }
}

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
  writeRepeated(operand, data, room, first, count);
  return room;
}

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

}  // namespace gfn
