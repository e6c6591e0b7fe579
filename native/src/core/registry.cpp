/** The table of all kernels: the families of families.def, one after the other. */
#include <vector>

#include "kernel.h"

namespace gfn {

#define FAMILY(name) const KernelRow* name##Kernels(int* count);
#include "families.def"
#undef FAMILY

static std::vector<KernelRow> collect() {
  std::vector<KernelRow> rows;
  int count = 0;
#define FAMILY(name)                                  \
  {                                                   \
    const KernelRow* family = name##Kernels(&count);  \
    rows.insert(rows.end(), family, family + count);  \
  }
#include "families.def"
#undef FAMILY
  return rows;
}

const KernelRow* kernelTable(int* count) {
  static const std::vector<KernelRow> rows = collect();
  *count = static_cast<int>(rows.size());
  return rows.data();
}

}  // namespace gfn
