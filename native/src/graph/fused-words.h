/** Fused ops in the words of a plan. */
#pragma once
#include <vector>

#include "../core/kernel.h"
#include "fused.h"
#include "program.h"
#include "words.h"

namespace gfn {

/** An operand or a result: memory that is there. */
struct FusedValue {
  View view;
  Ref ref;
};

/** All kernels that plans can name. */
struct Kernels {
  const KernelRow* rows;
  int count;
};

/**
 * What stands behind operands and results of a fused step: every op is known by its loop and takes values that are there, of the types that
 * the loop takes. The first may be a product (Head). Throws PlanError. Numbers of ops go to those of the program.
 */
FusedCall readFused(Words& words, const Kernels& kernels, const PlanWords& plan, Program& program, const std::vector<FusedValue>& inputs,
                    const std::vector<FusedValue>& outputs);

/** Appends `count` numbers that attribute words name to the program's own; false: there are fewer words. */
bool pushNumbers(const PlanWords& plan, Program& program, const int32_t* attributes, int32_t wordCount, int count);

}  // namespace gfn
