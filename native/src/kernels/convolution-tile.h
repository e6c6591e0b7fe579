/**
 * The innermost parts of convolutions: tiles of results in registers, as in linalg/tile.h, but with an operand that is read where
 * it lies in the image instead of from rows of a matrix.
 *
 *   placeTile   rows are places: row r reads runs of neighbours at its own pointer plus each run's offset
 *   weightTile  rows are weights, depth is places: each step reads its rows around one place's pointer
 */
#pragma once
#include "../linalg/tile.h"

namespace gfn::GFN_LEVEL {

/** Neighbours in the source that meet consecutive rows of weights. */
struct Run {
  int64_t offset, depth;
};

template <class T>
struct PlaceTileJob {
  const Run* runs;
  int64_t runCount;
  /** One per row of the tile. */
  const T* const* from;
  T* const* to;
  /** Packed weights: kTileColumns (V = 2 or 1) neighbours per step. */
  const T* weights;
  /** Offset in each row of results. */
  int64_t column;
  int64_t columns;
  bool accumulate;
};

template <class T, int M, int V>
void placeTile(const PlaceTileJob<T>& job) {
  constexpr int lanes = kLanes<T>;
  Reg<T> sum[M][V];
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) sum[r][v] = Reg<T>{};
  }
  const T* b = job.weights;
  for (int64_t i = 0; i < job.runCount; i++) {
    const Run run = job.runs[i];
    const T* a[M];
#pragma GCC unroll 16
    for (int r = 0; r < M; r++) a[r] = job.from[r] + run.offset;
    for (int64_t p = 0; p < run.depth; p++) {
      Reg<T> line[V];
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) line[v] = loadVec<Reg<T>>(b + v * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < M; r++) {
        const Reg<T> x = spread(a[r][p]);
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) sum[r][v] = multiplyAdd(x, line[v], sum[r][v]);
      }
      b += kTileColumns<T>;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) storeRow<T, V>(sum[r], job.to[r] + job.column, job.columns, job.accumulate);
}

template <class T, int V, int M = kTileRows>
GFN_INLINE void runPlaceTile(int64_t rows, const PlaceTileJob<T>& job) {
  if constexpr (M > 1) {
    if (rows < M) return runPlaceTile<T, V, M - 1>(rows, job);
  }
  placeTile<T, M, V>(job);
}

template <class T>
struct WeightTileJob {
  /** One per place. */
  const T* const* places;
  int64_t depth;
  /** Where each row of the tile lies from a place's pointer. */
  const int64_t* offsets;
  /** Packed gradients: kTileColumns neighbours per place. */
  const T* gradients;
  T* to;
  int64_t toRow;
  int64_t columns;
  bool accumulate;
};

/** `neighbours`: offsets grow by 1. */
template <class T, int M, int V, bool neighbours>
void weightTile(const WeightTileJob<T>& job) {
  constexpr int lanes = kLanes<T>;
  Reg<T> sum[M][V];
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) sum[r][v] = Reg<T>{};
  }
  int64_t at[M];
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) at[r] = job.offsets[r];
  const T* b = job.gradients;
  for (int64_t p = 0; p < job.depth; p++) {
    const T* a = job.places[p] + at[0];
    Reg<T> line[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) line[v] = loadVec<Reg<T>>(b + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < M; r++) {
      const Reg<T> x = spread(neighbours ? a[r] : a[at[r] - at[0]]);
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) sum[r][v] = multiplyAdd(x, line[v], sum[r][v]);
    }
    b += kTileColumns<T>;
  }
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) storeRow<T, V>(sum[r], job.to + r * job.toRow, job.columns, job.accumulate);
}

template <class T, int V, int M = kTileRows>
GFN_INLINE void runWeightTile(int64_t rows, bool neighbours, const WeightTileJob<T>& job) {
  if constexpr (M > 1) {
    if (rows < M) return runWeightTile<T, V, M - 1>(rows, neighbours, job);
  }
  if (neighbours) weightTile<T, M, V, true>(job);
  else weightTile<T, M, V, false>(job);
}

}  // namespace gfn::GFN_LEVEL
