/**
 * Code for a loop of a plan: one function with real branches. Scalars and small arrays live in registers, or at least on the stack; steps
 * that have no code of their own are called, with what they read and write brought to its place in the frame before and fetched after.
 */
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../kernels/elementwise.h"
#include "pieces.h"

namespace gfn::jit {

/** Elements in the frame, or, at negative places, of values that the code alone has. */
struct Place {
  int64_t at;
  DType dtype;
  int64_t n;
  int64_t bytes() const { return n * sizeOf(dtype); }
};

/** Arrays of at most so many elements are as many scalars, and of at most so many one vector. */
constexpr int64_t kMostScalars = 8;
constexpr int64_t kMostLanes = 64;

struct RegionStep {
  /** Any, All (of a vector, to one bool) and Whole (a vector, or one element for all of it): in sweeps only. Push to Call: not there. */
  enum class Kind : uint8_t { Element, Move, Jump, Unless, When, Push, Pop, Call, Any, All, Whole };
  Kind kind;
  /** The step of the plan that it is (a part) of. */
  int step;

  /** Element: an op on n elements; operands have as many, or one for all. (`in` and `out` of `op` are not used.) */
  PieceOp op;
  Check check;
  bool exact;
  /** Element; of branches and Push the first operand, of Move and Pop the result. */
  Place in[kMaxOperands];
  Place out;

  /** Move: where each element of `out` comes from. */
  struct Source {
    Place place;
    int64_t element;
  };
  std::vector<Source> sources;

  /** Branches: a step of the plan. */
  int target;
  int stack;
  /** Call: what it reads and writes of the frame. */
  std::vector<Place> reads, writes;
};

struct Region {
  /** Steps [first, last] of the plan; code starts at the first, and returns the step to go on with, or ~step for a failure there. */
  int first, last;
  std::vector<RegionStep> steps;
  /** Places that nothing writes, with their elements. */
  struct Constant {
    Place place;
    std::vector<char> data;
  };
  std::vector<Constant> constants;
  /** First steps of loops, for code that looks at the run's watch there (graph/watch.h) and counts the rounds of some. */
  struct Head {
    int step;
    bool counts;
  };
  bool watched = false;
  std::vector<Head> heads;
};

/** What code calls. */
struct RegionHost {
  bool (*call)(void* run, int64_t step, Failure* failure);
  bool (*push)(void* run, int64_t stack, const void* value, int64_t bytes, Failure* failure);
  bool (*pop)(void* run, int64_t stack, void* value, int64_t bytes, Failure* failure);
};

/** Watched code finds a pointer at this place of `run`: to a uint32 that is not 0 when the run is to stop, and a count of rounds (int64). */
constexpr int kWatchAt = 16;
constexpr int kRoundsAt = 8;

using RegionCode = int64_t (*)(char* frame, void* run, Failure* failure);

/** A module with RegionCode; empty where it would take too much of the stack. */
std::string writeRegion(const Region& region, const RegionHost& host);

}  // namespace gfn::jit
