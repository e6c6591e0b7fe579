/**
 * The loops around tiles.
 *
 *   large    B is packed once into slivers of one tile's width (all threads), then each task takes a block of rows and a group of
 *            slivers: for each block of k it packs its rows of A where tiles cannot read them in place (they stay in the second-level cache) and runs the tiles, a
 *            sliver of B (first-level cache) against all rows before the next one
 *   few rows or small   the same tiles straight on A and B; only what cannot be read by whole vectors is packed
 *   a vector (m = 1 or n = 1)   one row of wide tiles, or dot products, as the matrix lies
 *
 * Idea of packing and loop order: Goto, van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
 */
#include "../threads/pool.h"
#include "gemm.h"
#include "pack.h"
#include "tile.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Steps of k per block: few, and C is read and written often; many, and a sliver of B leaves the first-level cache. */
constexpr int64_t kDepth = 256;
/** Rows of a task at most, so that a block of A takes a part of the second-level cache. */
constexpr int64_t kRows = 360 / kTileRows * kTileRows;
/** Columns of a task at most: its part of C stays in the second-level cache while the blocks of k add to it. */
constexpr int64_t kGroupColumns = 1024;
/** Bytes of packed B at a time: a part of the third-level cache. */
constexpr int64_t kPanelBytes = 16 << 20;
constexpr int64_t kPanelDepth = 16 * kDepth;
/** Products m·n·k below this (about 45 µs) are not worth a second thread: 128³ took 39 µs with two, which were to pack B first, 31 with one. */
constexpr double kThreadWork = 4e6;
/** The same for a vector times a matrix, which waits for memory. */
constexpr double kVectorWork = 128e3;
/** Up to this size, or with few rows, nothing is packed that can be read in place. */
constexpr double kSmallWork = 200.0 * 200 * 200;
constexpr int64_t kSmallDepth = 1024;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

template <class T>
struct Matrices {
  int64_t m, n, k;
  const T* a;
  int64_t aRow, aColumn;
  const T* b;
  int64_t bRow, bColumn;
  T* c;
  int64_t cRow;
  const GemmReader* reader = nullptr;
  /** Of this part in what the reader knows. */
  int64_t row = 0, column = 0;
};

/** Bytes of packed B that go over all rows of a task again and again, for whole rows to be told of. */
constexpr int64_t kReadBytes = 512 << 10;
/** Rows of C that a reader is told of at a time take about so many bytes. */
constexpr int64_t kBlockBytes = 128 << 10;

template <class T>
T* blockFor(const Matrices<T>& x, int64_t row, int64_t column, int64_t size) {
  return reinterpret_cast<T*>(gfn::blockFor(*x.reader, x.row + row, x.column + column, sizeof(T), size * static_cast<int64_t>(sizeof(T))));
}

template <class T>
void tell(const Matrices<T>& x, int64_t row, int64_t rows, int64_t column, int64_t columns, T* data, int64_t step) {
  x.reader->read(x.reader->self, {x.row + row, rows, x.column + column, columns, data, step});
}

/** What all of a product costs, in products of numbers. */
template <class T>
double workOf(const Matrices<T>& x) {
  const double each = static_cast<double>(x.k) + (x.reader == nullptr ? 0 : x.reader->work);
  return static_cast<double>(x.m) * static_cast<double>(x.n) * each;
}

/** A block for the reader, number by number in the order of tiles: where there is no memory. `depth` steps of k have one sum. */
template <class T>
void withoutMemory(const Matrices<T>& x, int64_t row, int64_t rows, int64_t column, int64_t columns, int64_t depth) {
  constexpr int64_t kPart = 256;
  T own[kPart];
  for (int64_t r = row; r < row + rows; r++) {
    for (int64_t first = column; first < column + columns; first += kPart) {
      const int64_t count = least(kPart, column + columns - first);
      T* const to = x.c == nullptr ? own : x.c + r * x.cRow + first;
      for (int64_t j = 0; j < count; j++) {
        for (int64_t from = 0; from < x.k; from += depth) {
          Reg<T> sum = {};
          for (int64_t p = from; p < least(x.k, from + depth); p++) {
            sum = multiplyAdd(spread(x.a[r * x.aRow + p * x.aColumn]), spread(x.b[p * x.bRow + (first + j) * x.bColumn]), sum);
          }
          to[j] = from == 0 ? sum[0] : to[j] + sum[0];
        }
      }
      tell(x, r, 1, first, count, to, count);
    }
  }
}

template <class T>
void packA(T* to, const Matrices<T>& x, int64_t row, int64_t rows, int64_t from, int64_t depth) {
  for (int64_t r = 0; r < rows; r += kTileRows, to += kTileRows * depth) {
    const T* source = x.a + (row + r) * x.aRow + from * x.aColumn;
    const int64_t count = least(kTileRows, rows - r);
    if (x.aColumn == 1) packAcross<T, kTileRows>(to, source, x.aRow, count, depth);
    else packLines<T, kTileRows>(to, source, x.aColumn, count, depth);
  }
}

/**
 * `slivers` slivers of B from column `column` on, rows [from, from + depth); they lie depth·kTileColumns apart. Rows of B are read
 * once for all of them: pages and lines of a wide B are touched in order.
 */
template <class T>
void packB(T* to, const Matrices<T>& x, int64_t column, int64_t slivers, int64_t from, int64_t depth) {
  constexpr int width = kTileColumns<T>;
  const T* source = x.b + from * x.bRow + column * x.bColumn;
  const int64_t whole = x.bColumn == 1 ? least(slivers, (x.n - column) / width) : 0;
  for (int64_t p = 0; p < depth && whole > 0; p++) {
    for (int64_t s = 0; s < whole; s++) {
      __builtin_memcpy(to + (s * depth + p) * width, source + p * x.bRow + s * width, width * sizeof(T));
    }
  }
  for (int64_t s = whole; s < slivers; s++) {
    const T* part = source + s * width * x.bColumn;
    const int64_t count = least(width, x.n - column - s * width);
    if (x.bColumn == 1) packLines<T, width>(to + s * depth * width, part, x.bRow, count, depth);
    else packAcross<T, width>(to + s * depth * width, part, x.bColumn, count, depth);
  }
}

/** Rows of A as tiles read them. */
template <class T>
struct Left {
  const T* a;
  int64_t row, column;
  /** Rows of a tile, and elements from its first one to that of the next tile. */
  int64_t each, step;
};

/** Rows this many bytes apart share the sets of the first-level cache, so that those of one tile displace each other. */
constexpr int64_t kSameSet = 4096;
/** Lines of a transposed A that a tile reads without many being displaced before the next tile reads their other elements. */
constexpr int64_t kFewLines = 128;

template <class T>
bool liesWell(const Matrices<T>& x) {
  if (kAnyLines<T>) return true;
  const bool along = x.aColumn == 1;
  const int64_t step = (along ? x.aRow : x.aColumn) * static_cast<int64_t>(sizeof(T));
  return along ? x.m <= kTileRows || step % kSameSet != 0 : x.aRow == 1 && x.k <= kFewLines && step % kSameSet != 0;
}

/** Rows [row, row + rows) and columns [from, from + depth) of A: in place where they lie well, else in `packed`, which has room for them. */
template <class T>
Left<T> leftOf(const Matrices<T>& x, int64_t row, int64_t rows, int64_t from, int64_t depth, T* packed) {
  if (liesWell(x)) {
    const int64_t each = divideUp(rows, divideUp(rows, kTileRows));
    return {x.a + row * x.aRow + from * x.aColumn, x.aRow, x.aColumn, each, each * x.aRow};
  }
  packA(packed, x, row, rows, from, depth);
  return {packed, 1, kTileRows, kTileRows, kTileRows * depth};
}

/** Runs the tile as wide as the columns that are left need. */
template <class T>
GFN_INLINE void runStandard(int64_t rows, const TileJob<T>& job) {
  if (job.columns > kLanes<T>) runTile<T, 2>(rows, job);
  else runTile<T, 1>(rows, job);
}

template <class T>
bool large(const Matrices<T>& x) {
  constexpr int64_t width = kTileColumns<T>;
  const int64_t panelDepth = least(x.k, kPanelDepth);
  const int64_t panelColumns = least(roundUp(x.n, width), most(width, kPanelBytes / (panelDepth * sizeof(T)) / width * width));
  T* const packed = static_cast<T*>(scratch(ScratchSlot::B, panelDepth * panelColumns * sizeof(T)));
  if (packed == nullptr && x.reader != nullptr) withoutMemory(x, 0, x.m, 0, x.n, kDepth);
  if (packed == nullptr) return x.reader != nullptr;
  const bool share = workOf(x) > kThreadWork;
  const int64_t wanted = share ? 3 * threadCount() : 1;
  bool complete = true;

  for (int64_t column = 0; column < x.n; column += panelColumns) {
    const int64_t columns = least(panelColumns, x.n - column);
    const int64_t slivers = divideUp(columns, width);
    for (int64_t from = 0; from < x.k; from += panelDepth) {
      const int64_t depth = least(panelDepth, x.k - from);
      // Sliver s of block d begins at (d·kDepth·slivers + s·(depth of block d))·width.
      const auto packSlivers = [&](int64_t first, int64_t count) {
        for (int64_t p = 0; p < depth; p += kDepth) {
          const int64_t part = least(kDepth, depth - p);
          packB(packed + (p * slivers + first * part) * width, x, column + first * width, count, from + p, part);
        }
      };
      const int64_t blocks = divideUp(x.m, kRows);
      const int64_t rowsEach = roundUp(divideUp(x.m, most(blocks, least(wanted, divideUp(x.m, 4 * kTileRows)))), kTileRows);
      const int64_t rowTasks = divideUp(x.m, least(rowsEach, kRows));
      const int64_t blockRows = least(rowsEach, kRows);
      const int64_t groupColumns = x.reader == nullptr || x.k > kDepth ? kGroupColumns : most(kGroupColumns, kReadBytes / (x.k * static_cast<int64_t>(sizeof(T))));
      const int64_t groups = most(divideUp(slivers * width, groupColumns), least(divideUp(slivers, 2), rowTasks >= wanted ? 1 : divideUp(wanted, rowTasks)));
      const int64_t perGroup = divideUp(slivers, groups);
      const auto work = [&](int64_t task) {
        const int64_t row = task / groups * blockRows;
        const int64_t rows = least(blockRows, x.m - row);
        const int64_t first = task % groups * perGroup;
        const int64_t last = least(slivers, first + perGroup);
        const int64_t own = least(last * width, columns) - first * width;
        // What a reader is told of at a time; sums of several blocks of k wait in all of the task's part of C.
        const int64_t told = x.reader == nullptr ? rows : most(kTileRows, kBlockBytes / (own * static_cast<int64_t>(sizeof(T))) / kTileRows * kTileRows);
        const bool waits = x.k > kDepth;
        const bool inC = x.c != nullptr;
        T* const ownA = static_cast<T*>(scratch(ScratchSlot::A, kRows * kDepth * sizeof(T)));
        T* const c = inC ? x.c + row * x.cRow + column + first * width
                         : blockFor(x, row, column + first * width, (waits ? rows : least(rows, told)) * own);
        const int64_t cRow = inC ? x.cRow : own;
        if (ownA == nullptr || c == nullptr) {
          if (x.reader != nullptr) withoutMemory(x, row, rows, column + first * width, own, kDepth);
          else __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
          return;
        }
        for (int64_t p = 0; p < depth; p += kDepth) {
          const int64_t part = least(kDepth, depth - p);
          const bool isLast = from + p + part == x.k;
          const Left<T> left = leftOf(x, row, rows, from + p, part, ownA);
          const int64_t height = isLast && x.reader != nullptr ? most(left.each, told / left.each * left.each) : rows;
          for (int64_t top = 0; top < rows; top += height) {
            const int64_t end = least(rows, top + height);
            T* const to = inC || waits ? c + top * cRow : c;
            for (int64_t s = first; s < last; s++) {
              TileJob<T> job{part, left.a + top / left.each * left.step, left.row, left.column, packed + (p * slivers + s * part) * width, width,
                             to + (s - first) * width, cRow, least(width, columns - s * width), from + p > 0};
              for (int64_t r = top; r < end; r += left.each, job.a += left.step, job.c += left.each * cRow) {
                runStandard(least(left.each, end - r), job);
              }
            }
            if (isLast && x.reader != nullptr) tell(x, row + top, end - top, column + first * width, own, to, cRow);
          }
        }
      };
      const int64_t tasks = rowTasks * groups;
      if (tasks == 1) {
        packSlivers(0, slivers);
        work(0);
      } else {
        const int64_t each = most(4, 32768 / (depth * width));
        parallelFor(divideUp(slivers, each), [&](int64_t chunk) { packSlivers(chunk * each, least(each, slivers - chunk * each)); });
        parallelFor(tasks, work);
      }
    }
  }
  return complete;
}

/** Columns [column, …) of V vectors in place; returns the first column that is left. */
template <class T, int V>
int64_t inPlace(const Matrices<T>& x, const Left<T>& left, int64_t column, int64_t end) {
  constexpr int64_t width = V * kLanes<T>;
  for (; column + width <= end; column += width) {
    TileJob<T> job{x.k, left.a, left.row, left.column, x.b + column, x.bRow, x.c + column, x.cRow, width, false};
    for (int64_t row = 0; row < x.m; row += left.each, job.a += left.step, job.c += left.each * x.cRow) {
      runTile<T, V>(least(left.each, x.m - row), job);
    }
  }
  return column;
}

/** Rows of B that are added at a time: what prefetches lines follows so many streams. */
constexpr int kStreams = 8;
/** B beyond this leaves the first-level cache. */
constexpr int64_t kNear = 32 << 10;

/** One row of C += R rows of B from row p on. */
template <class T, int R>
GFN_INLINE void addRows(const Matrices<T>& x, int64_t p, int64_t column, int64_t end) {
  constexpr int lanes = kLanes<T>;
  Reg<T> a[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) a[r] = spread(x.a[(p + r) * x.aColumn]);
  const T* b = x.b + p * x.bRow;
  for (int64_t j = column; j < end; j += lanes) {
    Reg<T> sum = p == 0 ? Reg<T>{} : loadVec<Reg<T>>(x.c + j);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) sum = multiplyAdd(a[r], loadVec<Reg<T>>(b + r * x.bRow + j), sum);
    storeVec(x.c + j, sum);
  }
}

/**
 * A vector times columns [column, …) of a B that does not stay near: rows of B are read from end to end, as they lie, and C is kept near
 * instead. Sums have the order of tiles. Returns the first column that is left.
 */
template <class T>
int64_t byRows(const Matrices<T>& x, int64_t column, int64_t end) {
  const int64_t last = column + (end - column) / kLanes<T> * kLanes<T>;
  int64_t p = 0;
  for (; p + kStreams <= x.k; p += kStreams) addRows<T, kStreams>(x, p, column, last);
  for (; p < x.k; p++) addRows<T, 1>(x, p, column, last);
  return last;
}

/** Columns [column, end) with all of A: B in place where whole vectors can be read, else packed sliver by sliver. */
template <class T>
bool small(const Matrices<T>& x, int64_t column, int64_t end) {
  T* const ownA = liesWell(x) ? nullptr : static_cast<T*>(scratch(ScratchSlot::A, roundUp(x.m, kTileRows) * x.k * sizeof(T)));
  if (ownA == nullptr && !liesWell(x)) return false;
  const Left<T> left = leftOf(x, 0, x.m, 0, x.k, ownA);
  if (x.bColumn == 1) {
    if (x.m == 1) {
      const int64_t first = column;
      if (x.k * (end - column) * static_cast<int64_t>(sizeof(T)) > kNear) column = byRows(x, column, end);
      column = inPlace<T, 8>(x, left, column, end);
      // The last vector may overlap the one before: the same sums once more.
      if (column < end && end - first >= kLanes<T> && end - column < kLanes<T>) column = inPlace<T, 1>(x, left, end - kLanes<T>, end);
    }
    if (x.m <= 4) column = inPlace<T, 4>(x, left, column, end);
    column = inPlace<T, 2>(x, left, column, end);
    column = inPlace<T, 1>(x, left, column, end);
    if (column == end) return true;
  }
  constexpr int64_t width = kTileColumns<T>;
  T* const packed = static_cast<T*>(scratch(ScratchSlot::B, x.k * width * sizeof(T)));
  if (packed == nullptr) return false;
  for (; column < end; column += width) {
    packB(packed, x, column, 1, 0, x.k);
    TileJob<T> job{x.k, left.a, left.row, left.column, packed, width, x.c + column, x.cRow, least(width, end - column), false};
    for (int64_t row = 0; row < x.m; row += left.each, job.a += left.step, job.c += left.each * x.cRow) {
      runStandard(least(left.each, x.m - row), job);
    }
  }
  return true;
}

/** R dot products of lines of a matrix with x, both along neighbours; lanes are added in halves. */
template <class T, int R>
GFN_INLINE void dots(const T* lines, int64_t step, const T* x, int64_t n, T* out, int64_t outStep) {
  constexpr int lanes = kLanes<T>;
  Reg<T> sum[R][2] = {};
  int64_t p = 0;
  for (; p + 2 * lanes <= n; p += 2 * lanes) {
    const Reg<T> x0 = loadVec<Reg<T>>(x + p), x1 = loadVec<Reg<T>>(x + p + lanes);
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) {
      sum[r][0] = multiplyAdd(loadVec<Reg<T>>(lines + r * step + p), x0, sum[r][0]);
      sum[r][1] = multiplyAdd(loadVec<Reg<T>>(lines + r * step + p + lanes), x1, sum[r][1]);
    }
  }
  for (int r = 0; r < R; r++) {
    T lane[lanes];
    storeVec(lane, sum[r][0] + sum[r][1]);
    for (int half = lanes / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) lane[l] += lane[l + half];
    }
    T total = lane[0];
    for (int64_t q = p; q < n; q++) total += lines[r * step + q] * x[q];
    out[r * outStep] = total;
  }
}

/** c[j] = Σ lines[j, p] · x[p] with contiguous lines. */
template <class T>
void dotLines(const T* lines, int64_t step, const T* x, int64_t n, T* out, int64_t outStep, int64_t first, int64_t last) {
  int64_t j = first;
  for (; j + 4 <= last; j += 4) dots<T, 4>(lines + j * step, step, x, n, out + j * outStep, outStep);
  for (; j < last; j++) dots<T, 1>(lines + j * step, step, x, n, out + j * outStep, outStep);
}

/** How many of the `lines` of C take about `chunkWork` products: a chunk for threads. */
template <class T>
int64_t linesOf(const Matrices<T>& x, int64_t lines, double chunkWork, int64_t align) {
  return roundUp(1 + static_cast<int64_t>(chunkWork / (workOf(x) / static_cast<double>(lines))), align);
}

/** The small way for all columns, cut into chunks of about `chunkWork` products for threads. */
template <class T>
bool columnsOf(const Matrices<T>& x, double chunkWork) {
  const int64_t each = linesOf(x, x.n, chunkWork, 8 * kLanes<T>);
  if (each >= x.n) return small(x, 0, x.n);
  bool complete = true;
  parallelFor(divideUp(x.n, each), [&](int64_t chunk) {
    if (!small(x, chunk * each, least(x.n, (chunk + 1) * each))) __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
  });
  return complete;
}

/** The small way for a reader: some rows at a time, as wide as they are. */
template <class T>
void rowsOf(const Matrices<T>& x, double chunkWork) {
  const int64_t told = most(kTileRows, kBlockBytes / (x.n * static_cast<int64_t>(sizeof(T))) / kTileRows * kTileRows);
  const int64_t each = linesOf(x, x.m, chunkWork, kTileRows);
  parallelFor(divideUp(x.m, each), [&](int64_t chunk) {
    const int64_t end = least(x.m, (chunk + 1) * each);
    for (int64_t row = chunk * each; row < end; row += told) {
      const int64_t rows = least(told, end - row);
      T* const c = x.c != nullptr ? x.c + row * x.cRow : blockFor(x, row, 0, rows * x.n);
      const int64_t cRow = x.c != nullptr ? x.cRow : x.n;
      const Matrices<T> part{rows, x.n, x.k, x.a + row * x.aRow, x.aRow, x.aColumn, x.b, x.bRow, x.bColumn, c, cRow};
      if (c != nullptr && small(part, 0, x.n)) tell(x, row, rows, 0, x.n, c, cRow);
      else withoutMemory(x, row, rows, 0, x.n, x.k);
    }
  });
}

/** A vector times a matrix: m is 1. `cColumn` is the step between results. */
template <class T>
bool vectorTimes(const Matrices<T>& x, int64_t cColumn) {
  const double work = static_cast<double>(x.n) * static_cast<double>(x.k);
  const T* vector = x.a;
  if (x.aColumn != 1) {
    T* copy = static_cast<T*>(scratch(ScratchSlot::Vector, x.k * sizeof(T)));
    if (copy == nullptr) return false;
    for (int64_t p = 0; p < x.k; p++) copy[p] = x.a[p * x.aColumn];
    vector = copy;
  }
  if (x.bColumn == 1 && cColumn == 1) {
    Matrices<T> own = x;
    own.a = vector;
    own.aColumn = 1;
    return columnsOf(own, work > kVectorWork ? kVectorWork / 2 : work);
  }
  const int64_t each = work > kVectorWork ? roundUp(1 + static_cast<int64_t>(kVectorWork / 2 / static_cast<double>(x.k)), 4) : x.n;
  parallelFor(divideUp(x.n, each), [&](int64_t chunk) {
    dotLines(x.b, x.bColumn, vector, x.k, x.c, cColumn, chunk * each, least(x.n, (chunk + 1) * each));
  });
  return true;
}

template <class T>
bool multiply(const Matrices<T>& x) {
  static_assert(kMostReadDepth <= kPanelDepth);
  if (x.reader != nullptr && (x.m == 1 || x.n == 1 || x.k > kMostReadDepth)) {
    withoutMemory(x, 0, x.m, 0, x.n, x.k);
    return true;
  }
  if (x.m == 1) return vectorTimes(x, 1);
  if (x.n == 1) {
    // (A·b)ᵀ = bᵀ·Aᵀ, and one column of C is a line with the step cRow.
    const Matrices<T> turned{1, x.m, x.k, x.b, x.bColumn, x.bRow, x.a, x.aColumn, x.aRow, x.c, x.m};
    return vectorTimes(turned, x.cRow);
  }
  const double work = static_cast<double>(x.m) * static_cast<double>(x.n) * static_cast<double>(x.k);
  if (x.k <= kSmallDepth && (work <= kSmallWork || x.m <= 3 * kTileRows)) {
    const double all = workOf(x);
    const double chunk = all > kThreadWork ? kThreadWork / 2 : all;
    if (x.reader == nullptr) return columnsOf(x, chunk);
    rowsOf(x, chunk);
    return true;
  }
  return large(x);
}

template <class T>
Matrices<T> typed(const Gemm& job) {
  return {job.m,    job.n,       job.k, static_cast<const T*>(job.a), job.aRow, job.aColumn, static_cast<const T*>(job.b),
          job.bRow, job.bColumn, static_cast<T*>(job.c), job.cRow, job.reader, job.row, job.column};
}

}  // namespace

bool gemm(DType dtype, const Gemm& job) {
  switch (dtype) {
    case DType::Int32: return multiply(typed<uint32_t>(job));
    case DType::Int64: return multiply(typed<uint64_t>(job));
    case DType::Float32: return multiply(typed<float>(job));
    case DType::Float64: return multiply(typed<double>(job));
    default: return false;
  }
}

}  // namespace gfn::GFN_LEVEL
