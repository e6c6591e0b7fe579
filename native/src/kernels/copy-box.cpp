#include "copy-box.h"

#include <cstring>
#include <type_traits>

#include "../threads/pool.h"

namespace gfn {

namespace {

/** Boxes below this many bytes are not worth waking a thread for; pieces are about this large. */
constexpr int64_t kPieceBytes = 512 * 1024;
/** Edge of the blocks of a transpose: both sides of a block stay within the first-level cache. */
constexpr int64_t kBlock = 32;

int64_t magnitude(int64_t step) { return step < 0 ? -step : step; }

/** Drops axes of length 1 and joins neighbours; false where nothing is to be copied. */
bool simplify(Box& box) {
  int kept = 0;
  for (int i = 0; i < box.rank; i++) {
    const Axis axis = box.axes[i];
    if (axis.length == 0) return false;
    if (axis.length == 1) continue;
    if (kept > 0) {
      Axis& outer = box.axes[kept - 1];
      if (outer.from == axis.from * axis.length && outer.to == axis.to * axis.length) {
        outer = {outer.length * axis.length, axis.from, axis.to};
        continue;
      }
    }
    box.axes[kept++] = axis;
  }
  box.rank = kept;
  return true;
}

void moveToEnd(Box& box, int i) {
  const Axis axis = box.axes[i];
  for (; i + 1 < box.rank; i++) box.axes[i] = box.axes[i + 1];
  box.axes[box.rank - 1] = axis;
}

/** Innermost: the axis along which writes are contiguous; before it, where it is another one, the axis of contiguous reads. */
void orderAxes(Box& box) {
  for (int i = 0; i < box.rank; i++) {
    if (magnitude(box.axes[i].from) == 1 && box.axes[i].to != 1) {
      moveToEnd(box, i);
      break;
    }
  }
  for (int i = 0; i < box.rank; i++) {
    if (box.axes[i].to == 1) {
      moveToEnd(box, i);
      break;
    }
  }
}

template <class T>
void copyLine(const Axis& axis, const T* from, T* to) {
  if (axis.to == 1 && axis.from == 1) {
    if (axis.length * static_cast<int64_t>(sizeof(T)) >= 64) {
      std::memcpy(to, from, static_cast<size_t>(axis.length) * sizeof(T));
    } else {
      for (int64_t i = 0; i < axis.length; i++) to[i] = from[i];
    }
  } else if (axis.to == 1 && axis.from == 0) {
    const T value = *from;
    for (int64_t i = 0; i < axis.length; i++) to[i] = value;
  } else if (axis.to == 1 && axis.from == -1) {
    for (int64_t i = 0; i < axis.length; i++) to[i] = from[-i];
  } else {
    for (int64_t i = 0; i < axis.length; i++) to[i * axis.to] = from[i * axis.from];
  }
}

/** Edge of the tiles of a transpose that go through registers: 16 bytes, so that every processor has them. */
template <class T>
constexpr int64_t kTile = sizeof(T) == 1 ? 1 : 16 / static_cast<int64_t>(sizeof(T));

template <class T>
struct Register;
template <>
struct Register<uint32_t> {
  typedef uint32_t type __attribute__((vector_size(16)));
};
template <>
struct Register<uint64_t> {
  typedef uint64_t type __attribute__((vector_size(16)));
};

#if defined(__clang__)
#define GFN_MIX(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define GFN_MIX(x, y, ...) __builtin_shuffle(x, y, std::remove_const_t<decltype(x)>{__VA_ARGS__})
#endif

template <class T>
typename Register<T>::type loadTile(const T* from) {
  typename Register<T>::type v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <class V, class T>
void storeTile(V v, T* to) {
  std::memcpy(to, &v, sizeof v);
}

/** Lines of `from`, `fromStep` apart, become columns of `to`. */
inline void transposeTile(const uint32_t* from, int64_t fromStep, uint32_t* to, int64_t toStep) {
  using V = Register<uint32_t>::type;
  const V a = loadTile(from), b = loadTile(from + fromStep), c = loadTile(from + 2 * fromStep), d = loadTile(from + 3 * fromStep);
  const V ab = GFN_MIX(a, b, 0, 4, 1, 5), abHigh = GFN_MIX(a, b, 2, 6, 3, 7);
  const V cd = GFN_MIX(c, d, 0, 4, 1, 5), cdHigh = GFN_MIX(c, d, 2, 6, 3, 7);
  storeTile(GFN_MIX(ab, cd, 0, 1, 4, 5), to);
  storeTile(GFN_MIX(ab, cd, 2, 3, 6, 7), to + toStep);
  storeTile(GFN_MIX(abHigh, cdHigh, 0, 1, 4, 5), to + 2 * toStep);
  storeTile(GFN_MIX(abHigh, cdHigh, 2, 3, 6, 7), to + 3 * toStep);
}

inline void transposeTile(const uint64_t* from, int64_t fromStep, uint64_t* to, int64_t toStep) {
  using V = Register<uint64_t>::type;
  const V a = loadTile(from), b = loadTile(from + fromStep);
  storeTile(GFN_MIX(a, b, 0, 2), to);
  storeTile(GFN_MIX(a, b, 1, 3), to + toStep);
}

#undef GFN_MIX

/** A block of lines of `to`. */
template <class T>
void transposeBlock(const Axis& reads, const Axis& writes, const T* from, T* to, int64_t rows, int64_t columns) {
  int64_t done = 0;
  if constexpr (kTile<T> > 1) {
    if (reads.from == 1) {
      for (; done + kTile<T> <= rows; done += kTile<T>) {
        const T* source = from + done;
        T* target = to + done * reads.to;
        int64_t j = 0;
        for (; j + kTile<T> <= columns; j += kTile<T>) transposeTile(source + j * writes.from, writes.from, target + j, reads.to);
        for (; j < columns; j++) {
          for (int64_t i = 0; i < kTile<T>; i++) target[i * reads.to + j] = source[j * writes.from + i];
        }
      }
    }
  }
  for (int64_t i = done; i < rows; i++) {
    const T* column = from + i * reads.from;
    T* line = to + i * reads.to;
    for (int64_t j = 0; j < columns; j++) line[j] = column[j * writes.from];
  }
}

/** `reads` is contiguous on the source, `writes` on the destination: block by block, so that both stay in the cache. */
template <class T>
void transposePlane(const Axis& reads, const Axis& writes, const T* from, T* to) {
  for (int64_t r = 0; r < reads.length; r += kBlock) {
    const int64_t rows = reads.length - r < kBlock ? reads.length - r : kBlock;
    for (int64_t w = 0; w < writes.length; w += kBlock) {
      const int64_t columns = writes.length - w < kBlock ? writes.length - w : kBlock;
      transposeBlock(reads, writes, from + r * reads.from + w * writes.from, to + r * reads.to + w, rows, columns);
    }
  }
}

template <class T>
void walk(const Axis* axes, int rank, const T* from, T* to) {
  if (rank == 0) {
    *to = *from;
  } else if (rank == 1) {
    copyLine(axes[0], from, to);
  } else if (rank == 2) {
    if (magnitude(axes[0].from) == 1 && axes[1].to == 1 && magnitude(axes[1].from) > 1 && axes[0].length > 1) {
      transposePlane(axes[0], axes[1], from, to);
    } else {
      for (int64_t i = 0; i < axes[0].length; i++) copyLine(axes[1], from + i * axes[0].from, to + i * axes[0].to);
    }
  } else {
    for (int64_t i = 0; i < axes[0].length; i++) walk(axes + 1, rank - 1, from + i * axes[0].from, to + i * axes[0].to);
  }
}

template <class T>
struct Split {
  Box box;
  const T* from;
  T* to;
  int64_t piece;

  static void run(int64_t chunk, void* context) {
    const Split& split = *static_cast<const Split*>(context);
    Box box = split.box;
    const int64_t first = chunk * split.piece;
    const int64_t left = box.axes[0].length - first;
    box.axes[0].length = left < split.piece ? left : split.piece;
    walk(box.axes, box.rank, split.from + first * box.axes[0].from, split.to + first * box.axes[0].to);
  }
};

template <class T>
void copyTyped(const Box& box, const void* from, void* to) {
  int64_t total = 1;
  for (int i = 0; i < box.rank; i++) total *= box.axes[i].length;
  const T* source = static_cast<const T*>(from);
  T* target = static_cast<T*>(to);
  const int64_t pieces = total * static_cast<int64_t>(sizeof(T)) / kPieceBytes;
  if (box.rank == 0 || pieces < 2) {
    walk(box.axes, box.rank, source, target);
    return;
  }
  Split<T> split{box, source, target, (box.axes[0].length + pieces - 1) / pieces};
  parallelFor((box.axes[0].length + split.piece - 1) / split.piece, Split<T>::run, &split);
}

}  // namespace

void copyBox(Box box, const void* from, void* to, int64_t bytes) {
  if (!simplify(box)) return;
  orderAxes(box);
  switch (bytes) {
    case 1: return copyTyped<uint8_t>(box, from, to);
    case 4: return copyTyped<uint32_t>(box, from, to);
    default: return copyTyped<uint64_t>(box, from, to);
  }
}

}  // namespace gfn
