/**
 * C = A·B for one matrix each, by our own kernels. Elements may lie at any steps in A and B, so that transposed operands need no
 * copy; C is row-major.
 *
 * Sums over k are formed by one accumulator per element of C in order of k, in blocks of kDepth joined in order; with FMA where
 * the level has it. They depend on the shapes and the level, never on threads.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"
#include "../core/scratch.h"

namespace gfn {

/** Part of C that is whole: where it lies, and how far apart its rows do. */
struct GemmBlock {
  int64_t row, rows, column, columns;
  void* data;
  int64_t step;
};

/**
 * What is told of each block of C by the thread whose caches have it. Blocks cover C and do not overlap. Such a product never fails, since
 * what has been told cannot be taken back: without memory to work in it takes its time.
 */
struct GemmReader {
  void (*read)(void* self, const GemmBlock& block);
  void* self;
  /** What reading an element costs, in products. */
  double work;
  /** Where it writes, element by element of C, whose rows are `step` apart there: blocks in the memory of threads keep away from that. */
  const char* written;
  int64_t step;
};

/**
 * Memory of this thread for a block of C from an element on; null: there is none. It begins half a page away from what is written in its
 * place: processors take loads that are whole pages after a store for loads of what was stored.
 */
inline char* blockFor(const GemmReader& reader, int64_t row, int64_t column, int64_t elementBytes, int64_t bytes) {
  constexpr uintptr_t page = 4096;
  char* const room = static_cast<char*>(scratch(ScratchSlot::C, bytes + static_cast<int64_t>(page)));
  if (room == nullptr) return nullptr;
  const auto to = reinterpret_cast<uintptr_t>(reader.written) + static_cast<uintptr_t>((row * reader.step + column) * elementBytes);
  return room + ((to + page / 2) / 64 * 64 - reinterpret_cast<uintptr_t>(room)) % page;
}

struct Gemm {
  int64_t m, n, k;
  const void* a;
  int64_t aRow, aColumn;
  const void* b;
  int64_t bRow, bColumn;
  /** Null: with a reader, which finds blocks in the memory of threads. */
  void* c;
  /** Step between rows of C. */
  int64_t cRow;
  const GemmReader* reader = nullptr;
  /** The place of this product's first element in what the reader knows. */
  int64_t row = 0, column = 0;
};

/** Products with a reader are no longer in k, and not of a vector: those have no blocks, and go number by number. */
constexpr int64_t kMostReadDepth = 4096;

/** False: no scratch memory, and no reader. dtype Int32, Int64 (both wrap around), Float32 or Float64; m, n, k ≥ 1. */
GFN_DECLARE_LEVELS(bool gemm(DType dtype, const Gemm& job))

}  // namespace gfn
