/** Bytes that steps read and write, and who reads them later on. */
#pragma once
#include "program.h"

namespace gfn {

/** Bytes of the frame, or all of an external value. */
struct Range {
  Ref ref;
  int64_t bytes;
  bool overlaps(const Range& other) const {
    if (ref < 0 || other.ref < 0) return ref == other.ref;
    return ref < other.ref + other.bytes && other.ref < ref + bytes;
  }
  bool covers(const Range& other) const {
    if (ref < 0 || other.ref < 0) return ref == other.ref && bytes >= other.bytes;
    return ref <= other.ref && other.ref + other.bytes <= ref + bytes;
  }
};
/** Of a view of a note, whose `data` is a Ref. */
inline Range rangeOf(const View& view) { return {static_cast<Ref>(reinterpret_cast<intptr_t>(view.data)), view.size * sizeOf(view.dtype)}; }

/** Whether a step behind `last` may see bytes that are there when that step goes on to the next: one that reads them, or who runs the plan. */
bool isReadAfter(const Program& program, int last, const Range& range);

}  // namespace gfn
