/**
 * Convolution without the matrix of all windows: tiles of results read the image in place.
 *
 *   bands      places are cut into bands of whole rows, or parts of long ones; each is a task, or several with groups of outputs
 *   a band     where its windows reach over the image's edge, the part of the image that it sees is copied once with zeros around
 *              it, into memory of the thread: each pixel then serves all taps. Otherwise the image is read where it lies
 *   runs       taps of one row that are neighbours join into one run of their channels
 *   weights    are packed once into slivers of a tile's width, as B is in linalg/gemm.simd.cpp; depth goes in blocks of runs, so
 *              that a block's sliver stays in the first-level cache while all places of the band pass
 *
 * The gradient of the filter is the same with parts exchanged: places are the depth. Bands are joined in chunks, the sums of
 * chunks in order.
 *
 * Idea of reading the image by pointers: Dukhan, "The Indirect Convolution Algorithm" (2019).
 */
#include <cstring>

#include "../core/scratch.h"
#include "../linalg/gemm.h"
#include "../linalg/pack.h"
#include "../threads/pool.h"
#include "convolution-tile.h"
#include "convolution.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Depth of a block of weights at most. */
constexpr int64_t kDepth = 384;
/** Places of a band at most, and where there are few bands. */
constexpr int64_t kBandPlaces = 512;
constexpr int64_t kLeastPlaces = 96;
/** Bytes of a band's copy of the image: a part of the second-level cache (one row of places may need more). */
constexpr int64_t kBandBytes = 256 << 10;
/** Tasks that large work is cut into at least, where shapes allow. */
constexpr int64_t kTasks = 32;
/** Chunks whose sums are formed apart, and memory for those sums. */
constexpr int64_t kChunks = 16;
constexpr int64_t kChunkBytes = 32 << 20;
/** Products below this are not worth a second thread (about 10 µs). */
constexpr double kThreadWork = 600e3;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** How places are cut, and how the source lies under a band. Decided by shapes alone. */
struct Layout {
  /** Read in place: no window reaches over the edge. */
  bool direct;
  /** Elements between pixels, rows, and the planes of neighbouring taps, of what is read. */
  int64_t pixel, row, plane;
  /** Rows of all images' places per band, columns per band. */
  int64_t bandRows, bandColumns;
  int64_t rowBands, columnBands;
  /** Elements of a band's copy. */
  int64_t copy;

  int64_t bands() const { return rowBands * columnBands; }
};

bool inside(const Taps& taps, int64_t places, int64_t step, int64_t length) {
  return taps.first >= 0 && (places - 1) * step + taps.first + taps.span() <= length;
}

/** False: windows so wide that a copy of what a band sees cannot be had. */
template <class T>
bool layoutOf(const Sight& s, Layout& layout) {
  const double widest = static_cast<double>(kBandPlaces * s.stepX + s.x.span()) * static_cast<double>(s.channels + 64);
  if (widest * static_cast<double>(kBandPlaces * (s.stepY + s.y.span())) * static_cast<double>(s.z.count) > 1e15) return false;
  // Places whose pixels lie a multiple of half a page apart would share few lines of the first-level cache.
  const bool crowded = s.stepX * s.channels * static_cast<int64_t>(sizeof(T)) % 2048 == 0 && s.columns > 1;
  layout.direct = !crowded && inside(s.z, s.planes, s.stepZ, s.depth) && inside(s.y, s.rows, s.stepY, s.height) && inside(s.x, s.columns, s.stepX, s.width);
  layout.pixel = crowded ? s.channels + 64 / static_cast<int64_t>(sizeof(T)) : s.channels;
  layout.columnBands = divideUp(s.columns, kBandPlaces);
  layout.bandColumns = divideUp(s.columns, layout.columnBands);
  const int64_t total = s.images * s.planes * s.rows;
  const int64_t places = most(kLeastPlaces, least(kBandPlaces, total * s.columns / kTasks));
  layout.bandRows = most(1, least(total, places / layout.bandColumns));
  if (layout.direct) {
    layout.row = s.width * s.channels;
    layout.plane = s.z.step * s.height * layout.row;
  } else {
    layout.row = ((layout.bandColumns - 1) * s.stepX + s.x.span()) * layout.pixel;
    // A band's rows may be of several images or planes: each of these pieces sees a window's rows beyond its own.
    const auto rowsFor = [&](int64_t rows) { return rows * s.stepY + least(rows, 1 + divideUp(rows, s.rows)) * s.y.span(); };
    while (layout.bandRows > 1 && rowsFor(layout.bandRows) * s.z.count * layout.row * static_cast<int64_t>(sizeof(T)) > kBandBytes) layout.bandRows--;
    // The planes that the taps see lie one behind the other, each with the rows of all pieces.
    layout.plane = rowsFor(layout.bandRows) * layout.row;
    layout.copy = s.z.count * layout.plane;
  }
  layout.rowBands = divideUp(total, layout.bandRows);
  return true;
}

/** The places of one band: pointers to what the first tap of each sees, and where they are among all. */
template <class T>
struct Band {
  const T* from[kBandPlaces];
  int64_t count;
  int64_t firstRow, rows, firstColumn, columns;
};

/** One row of the source, from column `left` on, `length` pixels; zeros where it has ended. */
template <class T>
void copyRow(T* to, const T* line, const Sight& s, const Layout& layout, int64_t left, int64_t length) {
  const int64_t before = least(length, most(0, -left));
  const int64_t count = most(0, least(length - before, s.width - most(0, left)));
  const int64_t after = length - before - count;
  const auto zeros = [](T* at, int64_t n) { std::memset(at, 0, static_cast<size_t>(n) * sizeof(T)); };
  if (count == 0) return zeros(to, length * layout.pixel);
  zeros(to, before * layout.pixel);
  T* const middle = to + before * layout.pixel;
  const T* const source = line + most(0, left) * s.channels;
  if (layout.pixel == s.channels) {
    std::memcpy(middle, source, static_cast<size_t>(count * s.channels) * sizeof(T));
  } else {
    for (int64_t i = 0; i < count; i++) std::memcpy(middle + i * layout.pixel, source + i * s.channels, static_cast<size_t>(s.channels) * sizeof(T));
  }
  zeros(middle + count * layout.pixel, after * layout.pixel);
}

/** Fills `band`; false where there is no memory for the copy. */
template <class T>
bool loadBand(const Sight& s, const Layout& layout, int64_t index, Band<T>& band) {
  const T* const source = static_cast<const T*>(s.source);
  const int64_t total = s.images * s.planes * s.rows;
  band.firstRow = index / layout.columnBands * layout.bandRows;
  band.rows = least(layout.bandRows, total - band.firstRow);
  band.firstColumn = index % layout.columnBands * layout.bandColumns;
  band.columns = least(layout.bandColumns, s.columns - band.firstColumn);
  band.count = band.rows * band.columns;
  const int64_t left = band.firstColumn * s.stepX + s.x.first;
  T* copy = nullptr;
  if (!layout.direct) {
    copy = static_cast<T*>(scratch(ScratchSlot::A, layout.copy * static_cast<int64_t>(sizeof(T))));
    if (copy == nullptr) return false;
  }
  const T** to = band.from;
  for (int64_t row = 0; row < band.rows;) {
    // The rows that are of one plane.
    const int64_t plane = (band.firstRow + row) / s.rows;
    const int64_t first = (band.firstRow + row) % s.rows;
    const int64_t rows = least(band.rows - row, s.rows - first);
    const int64_t top = first * s.stepY + s.y.first;
    const int64_t front = plane % s.planes * s.stepZ + s.z.first;
    const int64_t area = s.height * s.width * s.channels;
    const T* const pixels = source + plane / s.planes * s.depth * area;
    const T* start = copy;
    if (layout.direct) {
      start = pixels + front * area + (top * s.width + left) * s.channels;
    } else {
      const int64_t height = (rows - 1) * s.stepY + s.y.span();
      const int64_t width = (band.columns - 1) * s.stepX + s.x.span();
      for (int64_t tap = 0; tap < s.z.count; tap++) {
        const int64_t z = front + tap * s.z.step;
        T* at = copy + tap * layout.plane;
        for (int64_t y = 0; y < height; y++, at += layout.row) {
          const int64_t line = top + y;
          if (z < 0 || z >= s.depth || line < 0 || line >= s.height) std::memset(at, 0, static_cast<size_t>(width * layout.pixel) * sizeof(T));
          else copyRow(at, pixels + z * area + line * s.width * s.channels, s, layout, left, width);
        }
      }
      copy += height * layout.row;
    }
    for (int64_t r = 0; r < rows; r++) {
      for (int64_t q = 0; q < band.columns; q++) *to++ = start + r * s.stepY * layout.row + q * s.stepX * layout.pixel;
    }
    row += rows;
  }
  return true;
}

/** Taps of one row of the window that are neighbours make one run. */
bool joined(const Sight& s, const Layout& layout) { return s.x.step == 1 && layout.pixel == s.channels; }

int64_t runLength(const Sight& s, const Layout& layout) { return (joined(s, layout) ? s.x.count : 1) * s.channels; }

/** All runs in order of the packed weights' rows, none longer than kDepth. Returns their number; `to` may be null. */
int64_t listRuns(const Sight& s, const Layout& layout, Run* to) {
  const int64_t length = runLength(s, layout);
  const int64_t perRow = joined(s, layout) ? 1 : s.x.count;
  int64_t count = 0;
  for (int64_t line = 0; line < s.z.count * s.y.count; line++) {
    const int64_t offset = line / s.y.count * layout.plane + line % s.y.count * s.y.step * layout.row;
    for (int64_t j = 0; j < perRow; j++) {
      for (int64_t c = 0; c < length; c += kDepth, count++) {
        if (to != nullptr) to[count] = {offset + j * s.x.step * layout.pixel + c, least(kDepth, length - c)};
      }
    }
  }
  return count;
}

/** Sliver `sliver` of the weights, rows in order of taps and channels. */
template <class T>
void packWeights(T* to, const CorrelateJob& job, int64_t sliver) {
  constexpr int width = kTileColumns<T>;
  const Sight& s = job.sight;
  const T* const weights = static_cast<const T*>(job.weights) + sliver * width * job.outputStep;
  const int64_t count = least(width, job.outputs - sliver * width);
  for (int64_t line = 0; line < s.z.count * s.y.count; line++) {
    const int64_t plane = s.z.cell + line / s.y.count * s.z.cellStep;
    const int64_t row = plane * s.windowRows + s.y.cell + line % s.y.count * s.y.cellStep;
    for (int64_t j = 0; j < s.x.count; j++, to += s.channels * width) {
      const int64_t cell = row * s.windowColumns + s.x.cell + j * s.x.cellStep;
      const T* const from = weights + cell * job.cellStep;
      if (job.outputStep == 1) packLines<T, width>(to, from, job.channelStep, count, s.channels);
      else packAcross<T, width>(to, from, job.outputStep, count, s.channels);
    }
  }
}

/** Results of a band for the slivers [first, last). */
template <class T>
void multiplyBand(const CorrelateJob& job, const Band<T>& band, const Run* runs, int64_t runCount, const T* packed, int64_t depth, int64_t first,
                  int64_t last) {
  constexpr int64_t width = kTileColumns<T>;
  T* to[kBandPlaces];
  T** next = to;
  for (int64_t r = band.firstRow; r < band.firstRow + band.rows; r++) {
    const int64_t plane = r / job.sight.rows;
    T* const row = static_cast<T*>(job.out) + plane / job.sight.planes * job.outImage + plane % job.sight.planes * job.outPlane +
                   r % job.sight.rows * job.outRow;
    for (int64_t q = 0; q < band.columns; q++) *next++ = row + (band.firstColumn + q) * job.outColumn;
  }
  for (int64_t sliver = first; sliver < last; sliver++) {
    PlaceTileJob<T> tile{};
    tile.weights = packed + sliver * depth * width;
    tile.column = sliver * width;
    tile.columns = least(width, job.outputs - tile.column);
    for (int64_t run = 0; run < runCount; run += tile.runCount) {
      tile.runs = runs + run;
      tile.runCount = 0;
      int64_t block = 0;
      while (run + tile.runCount < runCount && (block == 0 || block + tile.runs[tile.runCount].depth <= kDepth)) block += tile.runs[tile.runCount++].depth;
      for (int64_t place = 0; place < band.count; place += kTileRows) {
        tile.from = band.from + place;
        tile.to = to + place;
        const int64_t rows = least(kTileRows, band.count - place);
        if (tile.columns > kLanes<T>) runPlaceTile<T, 2>(rows, tile);
        else runPlaceTile<T, 1>(rows, tile);
      }
      tile.weights += block * width;
      tile.accumulate = true;
    }
  }
}

/** Runs tasks on threads where the work is worth it. */
template <class Body>
void share(int64_t tasks, double work, const Body& body) {
  if (work > kThreadWork) return parallelFor(tasks, body);
  for (int64_t task = 0; task < tasks; task++) body(task);
}

template <class T>
bool correlateOf(const CorrelateJob& job) {
  constexpr int64_t width = kTileColumns<T>;
  const Sight& s = job.sight;
  Layout layout{};
  if (!layoutOf<T>(s, layout)) return false;
  const int64_t depth = s.taps() * s.channels;
  const int64_t slivers = divideUp(job.outputs, width);
  const Scratch<Run> runs(ScratchSlot::Places, listRuns(s, layout, nullptr));
  const Scratch<T> memory(ScratchSlot::Weights, slivers * depth * width);
  if (runs.data == nullptr || memory.data == nullptr) return false;
  const int64_t runCount = listRuns(s, layout, runs.data);
  T* const packed = memory.data;
  const double weights = static_cast<double>(depth) * static_cast<double>(job.outputs);
  share(slivers, weights * 4, [&](int64_t sliver) { packWeights(packed + sliver * depth * width, job, sliver); });

  const int64_t bands = layout.bands();
  const int64_t groups = least(slivers, divideUp(kTasks, bands));
  const int64_t perGroup = divideUp(slivers, groups);
  bool complete = true;
  share(bands * groups, weights * static_cast<double>(s.places()), [&](int64_t task) {
    Band<T> band;
    const int64_t first = task % groups * perGroup;
    if (!loadBand(s, layout, task / groups, band)) __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
    else multiplyBand(job, band, runs.data, runCount, packed, depth, first, least(slivers, first + perGroup));
  });
  return complete;
}

/** The gradients of a band's places, columns of the slivers [first, last), as the tiles read them. */
template <class T>
void packGradients(T* to, const FilterGradJob& job, const Band<T>& band, int64_t first, int64_t last) {
  constexpr int64_t width = kTileColumns<T>;
  const T* const gradient = static_cast<const T*>(job.gradient);
  for (int64_t sliver = first; sliver < last; sliver++) {
    for (int64_t r = 0; r < band.rows; r++, to += band.columns * width) {
      const T* const row = gradient + ((band.firstRow + r) * job.sight.columns + band.firstColumn) * job.outputs + sliver * width;
      packLines<T, width>(to, row, job.outputs, least(width, job.outputs - sliver * width), band.columns);
    }
  }
}

/** Adds a band's part to the rows of `to` [depth, outputs], columns of the slivers [first, last). */
template <class T>
void addBand(const FilterGradJob& job, const Band<T>& band, const int64_t* offsets, int64_t depth, const T* packed, int64_t first, int64_t last,
             T* to, bool accumulate) {
  constexpr int64_t width = kTileColumns<T>;
  for (int64_t sliver = first; sliver < last; sliver++, packed += band.count * width) {
    for (int64_t row = 0; row < depth; row += kTileRows) {
      const int64_t rows = least(kTileRows, depth - row);
      const bool neighbours = offsets[row + rows - 1] - offsets[row] == rows - 1;
      WeightTileJob<T> tile{};
      tile.places = band.from;
      tile.depth = band.count;
      tile.offsets = offsets + row;
      tile.gradients = packed;
      tile.to = to + row * job.outputs + sliver * width;
      tile.toRow = job.outputs;
      tile.columns = least(width, job.outputs - sliver * width);
      tile.accumulate = accumulate;
      if (tile.columns > kLanes<T>) runWeightTile<T, 2>(rows, neighbours, tile);
      else runWeightTile<T, 1>(rows, neighbours, tile);
    }
  }
}

template <class T>
bool filterGradientOf(const FilterGradJob& job) {
  constexpr int64_t width = kTileColumns<T>;
  const Sight& s = job.sight;
  Layout layout{};
  if (!layoutOf<T>(s, layout)) return false;
  const int64_t depth = s.taps() * s.channels;
  const int64_t weights = depth * job.outputs;
  const int64_t bands = layout.bands();
  const int64_t slivers = divideUp(job.outputs, width);
  const int64_t chunks = most(1, least(least(kChunks, bands), kChunkBytes / (weights * static_cast<int64_t>(sizeof(T)))));
  const int64_t perChunk = divideUp(bands, chunks);
  const int64_t groups = least(slivers, divideUp(kTasks, chunks));
  const int64_t perGroup = divideUp(slivers, groups);
  const Scratch<int64_t> offsets(ScratchSlot::Places, depth);
  const Scratch<T> parts(ScratchSlot::Parts, (chunks - 1) * weights);
  if (offsets.data == nullptr || parts.data == nullptr) return false;
  int64_t* next = offsets.data;
  for (int64_t line = 0; line < s.z.count * s.y.count; line++) {
    const int64_t offset = line / s.y.count * layout.plane + line % s.y.count * s.y.step * layout.row;
    for (int64_t j = 0; j < s.x.count; j++) {
      for (int64_t c = 0; c < s.channels; c++) *next++ = offset + j * s.x.step * layout.pixel + c;
    }
  }
  T* const out = static_cast<T*>(job.out);
  const auto sumsOf = [&](int64_t chunk) { return chunk == 0 ? out : parts.data + (chunk - 1) * weights; };
  const double work = static_cast<double>(weights) * static_cast<double>(s.places());
  bool complete = true;
  share(chunks * groups, work, [&](int64_t task) {
    const int64_t chunk = task / groups;
    const int64_t first = task % groups * perGroup;
    const int64_t last = least(slivers, first + perGroup);
    Band<T> band;
    // Chunks are of equal size but for the last ones, which may be empty.
    if (first < last && chunk * perChunk >= bands) {
      for (int64_t row = 0; row < depth; row++) {
        const int64_t columns = least(last * width, job.outputs) - first * width;
        std::memset(sumsOf(chunk) + row * job.outputs + first * width, 0, static_cast<size_t>(columns) * sizeof(T));
      }
    }
    for (int64_t index = chunk * perChunk; first < last && index < least(bands, (chunk + 1) * perChunk); index++) {
      T* const packed = static_cast<T*>(scratch(ScratchSlot::B, kBandPlaces * (last - first) * width * static_cast<int64_t>(sizeof(T))));
      if (packed == nullptr || !loadBand(s, layout, index, band)) {
        __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
        return;
      }
      packGradients(packed, job, band, first, last);
      addBand(job, band, offsets.data, depth, packed, first, last, sumsOf(chunk), index > chunk * perChunk);
    }
  });
  for (int64_t chunk = 1; chunk < chunks; chunk++) {
    const T* const part = sumsOf(chunk);
    for (int64_t i = 0; i < weights; i++) out[i] += part[i];
  }
  return complete;
}

}  // namespace

bool correlate(const CorrelateJob& job) {
  return job.dtype == DType::Float32 ? correlateOf<float>(job) : correlateOf<double>(job);
}

bool filterGradient(const FilterGradJob& job) {
  return job.dtype == DType::Float32 ? filterGradientOf<float>(job) : filterGradientOf<double>(job);
}

}  // namespace gfn::GFN_LEVEL
