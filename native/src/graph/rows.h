/**
 * Groups of fused ops with rows: the result's elements are [rows, run], and some ops make of each row one element (reductions), look at a
 * row as a whole (softmax), or work on those single elements (columns).
 *
 *   mean x → m        x [rows, run], m [rows]      a row op
 *   d = x − m; q = d²                              elements: m stands for its whole row
 *   mean q → v        v [rows]
 *   s = rsqrt(v + ε)  s [rows]                     columns
 *   y = d · s                                      elements
 *
 * In blocks: a few rows go through all ops before the next ones, with all that ops hand to each other in the caches. Where ops on elements
 * wait for no row, rows may have any length: elements come in pieces as without rows, and reductions take them as they come.
 *
 * Ops on elements between which no row has to be complete are a phase, and phases are what is compiled. Reductions are those of
 * kernels/reduce.simd.cpp, whose order of additions depends on a row's length alone.
 */
#pragma once
#include "fused.h"

namespace gfn {

/** Row ops of a group, and phases, at most. */
constexpr int kMaxRowOps = 8;
constexpr int kMaxPhases = 32;
/** Memory of a run, on its thread's stack. */
constexpr int64_t kRowScratch = 256 << 10;

/** Finds phases, the way of rows and the length of blocks; all else is filled in. Null, or what is wrong with the call. */
const char* prepareRows(FusedCall& call);

/** The code of a phase; null: not compiled, or not yet. */
jit::PieceCode codeOf(const FusedCall& call, const Phase& phase, const double* numbers);

/** As runFused. */
void runWithRows(const FusedCall& call, char* const* at, const double* numbers);

}  // namespace gfn
