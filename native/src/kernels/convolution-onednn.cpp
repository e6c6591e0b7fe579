/**
 * Parts of convolutions (convolution-parts.h) on our threads. Parts of one shape share a primitive. A filter is packed once for all parts
 * that want the same order. Of parts of a gradient of the filter sums are formed apart and added in order.
 */
#include "convolution-onednn.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "../core/scratch.h"
#include "../linalg/onednn-library.h"
#include "../threads/pool.h"
#include "convolution-parts.h"

namespace gfn {

namespace {

/** Shapes that parts can have: first, inner and last ones, full or less. */
constexpr int kKinds = 8;

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/** `rows` rows of `count` numbers, `step` apart. */
bool allFinite(const float* data, int64_t rows, int64_t count, int64_t step) {
  for (int64_t row = 0; row < rows; row++, data += step) {
    // Infinities and NaN have all bits of the exponent.
    uint32_t found = 0;
    for (int64_t i = 0; i < count; i++) {
      uint32_t word;
      std::memcpy(&word, data + i, sizeof word);
      found |= (word & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    }
    if (found != 0) return false;
  }
  return true;
}

/** The kinds of parts that there are, each with its primitive. */
struct Kinds {
  struct Kind {
    PrimitiveShape shape;
    std::shared_ptr<const OneDnnPrimitive> primitive;
    /** The first kind whose packed filter serves this one. */
    int packing;
    int64_t packedAt;
  };
  Kind all[kKinds];
  int count = 0;
  int64_t packedBytes = 0, scratchBytes = 0;

  const Kind* of(const PrimitiveShape& shape) const {
    for (int i = 0; i < count; i++) {
      if (std::memcmp(&all[i].shape, &shape, sizeof shape) == 0) return &all[i];
    }
    return nullptr;
  }

  /** False: oneDNN has nothing fast for it. */
  bool add(const PrimitiveShape& shape) {
    if (of(shape) != nullptr) return true;
    if (count == kKinds) return false;
    Kind& kind = all[count];
    kind = {shape, oneDnnPrimitive(shape), count, 0};
    if (kind.primitive == nullptr) return false;
    const int64_t bytes = divideUp(kind.primitive->packedBytes(), 64) * 64;
    scratchBytes = std::max(scratchBytes, kind.primitive->scratchBytes());
    if (shape.sum == ConvolutionSum::Filter) {
      packedBytes = std::max(packedBytes, bytes);
    } else {
      for (int i = 0; i < count && kind.packing == count; i++) {
        if (all[i].packing == i && kind.primitive->packsLike(*all[i].primitive)) kind.packing = i;
      }
      if (kind.packing == count) kind.packedAt = packedBytes, packedBytes += bytes;
    }
    count++;
    return true;
  }
};

bool kindsOf(const Cut& cut, Kinds& kinds) {
  for (int64_t index = 0; index < cut.parts; index++) {
    Part part;
    if (!partOf(cut, index, part) || !kinds.add(part.shape)) return false;
  }
  return true;
}

struct Operands {
  float* x;
  float* filter;
  float* y;
};

/** Whether cells outside of x or y meet numbers of the filter. */
bool meetsOutside(const Cut& cut) {
  const Convolution& c = cut.whole;
  if (cut.sum == ConvolutionSum::Input) return !c.pointwise();
  return (c.z.before | c.z.after | c.y.before | c.y.after | c.x.before | c.x.after) != 0;
}

/** Rows of `count` numbers from one array to another. */
void copyRows(float* to, int64_t toStep, const float* from, int64_t fromStep, int64_t rows, int64_t count) {
  for (int64_t row = 0; row < rows; row++) std::memcpy(to + row * toStep, from + row * fromStep, static_cast<size_t>(count) * sizeof(float));
}

/** Some channels of a result, or the weights for some outputs. They lie apart, so they have dense memory of their own while oneDNN runs. */
bool runChannels(const Cut& cut, const Kinds& kinds, int64_t index, const Operands& all) {
  const Convolution& c = cut.whole;
  Part part;
  partOf(cut, index, part);
  const Convolution& own = part.shape.form;
  const OneDnnPrimitive& primitive = *kinds.of(part.shape)->primitive;
  const OneDnnPrimitive::Use use(primitive);
  const bool ofInput = cut.sum == ConvolutionSum::Input;
  const int64_t rows = c.images * (ofInput ? c.pixels() : c.places()), width = ofInput ? own.channels : own.outputs;
  const int64_t step = ofInput ? c.channels : c.outputs;
  float* const apart = ofInput ? all.x + part.x : all.y + part.y;
  const Scratch<char> packed(ScratchSlot::A, primitive.packedBytes());
  const Scratch<char> scratch(ScratchSlot::B, primitive.scratchBytes());
  const Scratch<float> dense(ScratchSlot::Vector, rows * width);
  if (packed.data == nullptr || scratch.data == nullptr || dense.data == nullptr) return false;
  float* const filter = all.filter + part.filter;
  if (cut.sum == ConvolutionSum::Filter) {
    copyRows(dense.data, width, apart, step, rows, width);
    return primitive.runFilter(use.context(), all.x, dense.data, filter, packed.data, scratch.data);
  }
  const int64_t cells = c.z.size * c.y.size * c.x.size;
  if (meetsOutside(cut)) {
    if (!ofInput && !allFinite(filter, cells * c.channels, width, c.outputs)) return false;
    if (ofInput && !allFinite(filter, cells, width * c.outputs, c.channels * c.outputs)) return false;
  }
  const bool done = primitive.pack(use.context(), filter, packed.data, scratch.data) &&
                    primitive.run(use.context(), use.context(), ofInput ? dense.data : all.x, ofInput ? all.y : dense.data, scratch.data);
  if (done) copyRows(apart, step, dense.data, width, rows, width);
  return done;
}

bool runByChannels(const Cut& cut, const Kinds& kinds, const Operands& all) {
  std::atomic<bool> complete{true};
  parallelFor(cut.parts, [&](int64_t index) {
    if (!runChannels(cut, kinds, index, all)) complete.store(false, std::memory_order_relaxed);
  });
  return complete.load(std::memory_order_relaxed);
}

/** y or the gradient of x. */
bool runByRows(const Cut& cut, const Kinds& kinds, const Operands& all) {
  using Use = OneDnnPrimitive::Use;
  const int64_t weights = cut.whole.weights();
  if (meetsOutside(cut) && !allFinite(all.filter, 1, weights, weights)) return false;
  const Scratch<char> packed(ScratchSlot::Weights, kinds.packedBytes);
  const Scratch<char> packing(ScratchSlot::A, kinds.scratchBytes);
  if (packed.data == nullptr || packing.data == nullptr) return false;
  std::optional<Use> owners[kKinds];
  for (int i = 0; i < kinds.count; i++) {
    const Kinds::Kind& kind = kinds.all[i];
    if (kind.packing != i) continue;
    owners[i].emplace(*kind.primitive);
    if (!kind.primitive->pack(owners[i]->context(), all.filter, packed.data + kind.packedAt, packing.data)) return false;
  }
  std::atomic<bool> complete{true};
  parallelFor(cut.parts, [&](int64_t index) {
    Part part;
    partOf(cut, index, part);
    const Kinds::Kind& kind = *kinds.of(part.shape);
    const Use use(*kind.primitive);
    const Scratch<char> scratch(ScratchSlot::B, kind.primitive->scratchBytes());
    const bool done = scratch.data != nullptr &&
                      kind.primitive->run(use.context(), owners[kind.packing]->context(), all.x + part.x, all.y + part.y, scratch.data);
    if (!done) complete.store(false, std::memory_order_relaxed);
  });
  return complete.load(std::memory_order_relaxed);
}

/** The gradient of the filter: sums of all parts, added in order. */
bool runFilterByRows(const Cut& cut, const Kinds& kinds, const Operands& all) {
  const int64_t weights = cut.whole.weights();
  const int64_t parts = cut.parts;
  const Scratch<float> sums(ScratchSlot::Parts, (parts - 1) * weights);
  if (sums.data == nullptr) return false;
  std::atomic<bool> complete{true};
  parallelFor(parts, [&](int64_t index) {
    Part part;
    partOf(cut, index, part);
    const Kinds::Kind& kind = *kinds.of(part.shape);
    const OneDnnPrimitive::Use use(*kind.primitive);
    const Scratch<char> packed(ScratchSlot::A, kind.primitive->packedBytes());
    const Scratch<char> scratch(ScratchSlot::B, kind.primitive->scratchBytes());
    float* const to = index == 0 ? all.filter : sums.data + (index - 1) * weights;
    const bool done = packed.data != nullptr && scratch.data != nullptr &&
                      kind.primitive->runFilter(use.context(), all.x + part.x, all.y + part.y, to, packed.data, scratch.data);
    if (!done) complete.store(false, std::memory_order_relaxed);
  });
  if (!complete.load(std::memory_order_relaxed)) return false;
  constexpr int64_t kPiece = 4096;
  const auto add = [&](int64_t piece) {
    const int64_t end = std::min(weights, (piece + 1) * kPiece);
    for (int64_t i = 0; i < parts - 1; i++) {
      const float* const from = sums.data + i * weights;
      for (int64_t k = piece * kPiece; k < end; k++) all.filter[k] += from[k];
    }
  };
  if (parts > 1) parallelFor(divideUp(weights, kPiece), add);
  return true;
}

bool oneDnnRun(ConvolutionSum sum, int axes, const Convolution& c, const Operands& operands) {
  Cut cut;
  if (!cutOf(sum, axes, c, cut)) return false;
  Kinds kinds;
  if (!kindsOf(cut, kinds)) return false;
  const bool filter = sum == ConvolutionSum::Filter;
  const auto way = cut.byChannels ? runByChannels : filter ? runFilterByRows : runByRows;
  if (!way(cut, kinds, operands)) return false;
  // Each place sees a pixel, so a gradient that is infinite or NaN anywhere shows in the sums.
  return !filter || !meetsOutside(cut) || allFinite(operands.filter, 1, c.weights(), c.weights());
}

/** Sums of a small convolution in plain loops: of y, or of a gradient, added to what `to` holds. */
void plainSums(ConvolutionSum sum, const Convolution& c, const std::vector<float>& x, const std::vector<float>& filter, const std::vector<float>& y,
               std::vector<double>& to) {
  const int64_t taps = c.y.size * c.x.size;
  for (int64_t i = 0; i < c.images * c.places() * taps; i++) {
    const int64_t tap = i % taps, place = i / taps, inImage = place % c.places();
    const int64_t row = inImage / c.x.places * c.y.stride + tap / c.x.size * c.y.dilation - c.y.before;
    const int64_t column = inImage % c.x.places * c.x.stride + tap % c.x.size * c.x.dilation - c.x.before;
    if (row < 0 || row >= c.y.length || column < 0 || column >= c.x.length) continue;
    const int64_t pixel = (place / c.places() * c.y.length + row) * c.x.length + column;
    for (int64_t k = 0; k < c.channels * c.outputs; k++) {
      const size_t at[] = {static_cast<size_t>(pixel * c.channels + k / c.outputs), static_cast<size_t>(tap * c.channels * c.outputs + k),
                           static_cast<size_t>(place * c.outputs + k % c.outputs)};
      if (sum == ConvolutionSum::Output) to[at[2]] += static_cast<double>(x[at[0]]) * static_cast<double>(filter[at[1]]);
      else if (sum == ConvolutionSum::Input) to[at[0]] += static_cast<double>(y[at[2]]) * static_cast<double>(filter[at[1]]);
      else to[at[1]] += static_cast<double>(x[at[0]]) * static_cast<double>(y[at[2]]);
    }
  }
}

enum class Trial { Absent, Differs, Right };

/** One small convolution and its gradients by the library, compared with plain loops. */
Trial tryLibrary() {
  if (!oneDnnHasConvolutions()) return Trial::Absent;
  const Convolution c{2, 16, 32, {1, 1, 1, 1, 1, 0, 0}, {7, 4, 3, 2, 1, 1, 1}, {9, 8, 3, 1, 2, 2, 1}};
  uint32_t state = 1;
  const auto numbers = [&](int64_t count) {
    std::vector<float> all(static_cast<size_t>(count));
    for (float& one : all) one = static_cast<float>((state = state * 1664525u + 1013904223u) >> 16) / 32768.0f - 1.0f;
    return all;
  };
  const std::vector<float> x = numbers(c.images * c.pixels() * c.channels), filter = numbers(c.weights()), y = numbers(c.images * c.places() * c.outputs);
  for (const ConvolutionSum sum : {ConvolutionSum::Output, ConvolutionSum::Input, ConvolutionSum::Filter}) {
    std::vector<float> given[3] = {x, filter, y};
    std::vector<float>& result = given[sum == ConvolutionSum::Input ? 0 : sum == ConvolutionSum::Filter ? 1 : 2];
    std::fill(result.begin(), result.end(), -1.0f);
    const Cut whole{sum, 2, c, false, 0, &Convolution::y, c.images, 0, 1, 0, 0, 1};
    Kinds kinds;
    if (!kindsOf(whole, kinds)) return Trial::Absent;
    const auto way = sum == ConvolutionSum::Filter ? runFilterByRows : runByRows;
    if (!way(whole, kinds, {given[0].data(), given[1].data(), given[2].data()})) return Trial::Differs;
    std::vector<double> expected(result.size());
    plainSums(sum, c, x, filter, y, expected);
    for (size_t i = 0; i < result.size(); i++) {
      // Sums of at most 288 products below 1.
      if (!(std::fabs(static_cast<double>(result[i]) - expected[i]) < 1e-4)) return Trial::Differs;
    }
  }
  return Trial::Right;
}

Trial trial() {
  static const Trial only = tryLibrary();
  return only;
}

}  // namespace

bool oneDnnConvolution(ConvolutionSum sum, int axes, const Convolution& c, void* x, void* filter, void* y) {
  return oneDnnWanted() && trial() == Trial::Right && oneDnnRun(sum, axes, c, {static_cast<float*>(x), static_cast<float*>(filter), static_cast<float*>(y)});
}

const char* convolutionLibrary() {
  static const std::string differs = std::string("own kernels (") + oneDnnLibrary().name + " gave other results)";
  const Trial found = oneDnnWanted() ? trial() : Trial::Absent;
  return found == Trial::Right ? oneDnnLibrary().name : found == Trial::Differs ? differs.c_str() : "own kernels";
}

}  // namespace gfn
