#include "selection.h"

#include <cstring>

#include "machine.h"
#include "opcodes.h"

namespace gfn {

int scalarOpcode(const char* op, DType dtype) {
  struct Entry {
    const char* op;
    DType dtype;
    int opcode;
  };
  static constexpr Entry kEntries[] = {
#define GFN_ENTRY(Name, T, short, op) {#op, DType::Name, Op_##op##_##short},
#define UNARY(op, dtypes, cost, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_ENTRY, op))
#define BINARY(op, dtypes, cost, check, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_ENTRY, op))
#define COMPARE(op, ...) GFN_FOR_ANY(GFN_ENTRY, op)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_ENTRY, op)
#define EXACT(op, ...) GFN_FOR_INT(GFN_ENTRY, op)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_ENTRY, op)
#include "../kernels/elementwise-rows.h"
  };
  for (const Entry& entry : kEntries) {
    if (entry.dtype == dtype && std::strcmp(entry.op, op) == 0) return entry.opcode;
  }
  return -1;
}

int castOpcode(DType from, DType to) {
#define CAST(From, F, To, T, name) \
  if (from == DType::From && to == DType::To) return Op_cast_##name;
  GFN_CASTS(CAST)
#undef CAST
  if (from != to) return -1;
  return sizeOf(from) == 1 ? OpCopy1 : sizeOf(from) == 4 ? OpCopy4 : OpCopy8;
}

int branchingOpcode(const void* compare, bool unless) {
  struct Fusion {
    int plain, unless, when;
  };
  static constexpr Fusion kFusions[] = {
#define GFN_FUSION(Name, T, short, op) {Op_##op##_##short, Op_##op##_##short##_unless, Op_##op##_##short##_when},
#define COMPARE(op, ...) GFN_FOR_ANY(GFN_FUSION, op)
#include "../kernels/elementwise-rows.h"
  };
  for (const Fusion& fusion : kFusions) {
    if (handler(fusion.plain) == compare) return unless ? fusion.unless : fusion.when;
  }
  return -1;
}

}  // namespace gfn
