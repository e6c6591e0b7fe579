/**
 * One convolution or gradient of one shape as oneDNN computes it (a primitive), made once and kept: making one takes 0.2 to 0.6 ms.
 *
 * x and y are dense float32 [images, …, channels]. The filter is handed over in an order of oneDNN's choice ("packed"): `pack` brings
 * [window, channels, outputs] there, `unpack` a gradient back. Primitives hold no data and serve several threads at a time; what a run
 * needs besides its operands is a `Context`.
 */
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "convolution-read.h"

namespace gfn {

/** Which of x, filter and y is computed. */
enum class ConvolutionSum : int64_t { Output, Input, Filter };

/** Numbers only, all of 8 bytes: compared byte by byte. */
struct PrimitiveShape {
  ConvolutionSum sum;
  /** 2 or 3. */
  int64_t axes;
  Convolution form;
  /** Of the whole filter, of which this one may be some channels or outputs. */
  int64_t filterChannels, filterOutputs;
};

class OneDnnPrimitive {
 public:
  /** Operands as oneDNN wants them: a stream and memory objects, none of which two threads may use at a time. */
  struct Context {
    void* stream = nullptr;
    void* x = nullptr;
    void* y = nullptr;
    void* filter = nullptr;
    void* packed = nullptr;
    void* scratch = nullptr;
    void* reorderScratch = nullptr;
  };

  /** A context for as long as this lives; null where there is none to be had. */
  class Use {
   public:
    explicit Use(const OneDnnPrimitive& primitive) : primitive_(primitive), context_(primitive.take()) {}
    ~Use() {
      if (context_ != nullptr) primitive_.giveBack(context_);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Context* context() const { return context_; }

   private:
    const OneDnnPrimitive& primitive_;
    Context* const context_;
  };

  OneDnnPrimitive() = default;
  ~OneDnnPrimitive();
  OneDnnPrimitive(const OneDnnPrimitive&) = delete;
  OneDnnPrimitive& operator=(const OneDnnPrimitive&) = delete;

  /** Bytes of a packed filter, and of the memory that a run works in. */
  int64_t packedBytes() const { return packedBytes_; }
  int64_t scratchBytes() const { return scratchBytes_; }
  /** A filter packed for the other one serves this one, too. */
  bool packsLike(const OneDnnPrimitive& other) const;

  /** The filter into `packed`, which `owner` has from then on. All of these: false where oneDNN refuses. */
  bool pack(const Context* owner, const void* filter, void* packed, void* scratch) const;
  /** `owner` has the packed filter: its own context, or that of a primitive that packs alike. */
  bool run(const Context* context, const Context* owner, const void* x, const void* y, void* scratch) const;
  /** The gradient of the filter, by way of `packed`. */
  bool runFilter(const Context* context, const void* x, const void* y, void* filter, void* packed, void* scratch) const;

 private:
  friend std::shared_ptr<const OneDnnPrimitive> oneDnnPrimitive(const PrimitiveShape& shape);
  bool make(const PrimitiveShape& shape);
  Context* take() const;
  void giveBack(Context* context) const;
  void free(Context* context) const;

  ConvolutionSum sum_ = ConvolutionSum::Output;
  void* description_ = nullptr;
  void* primitive_ = nullptr;
  void* reorderDescription_ = nullptr;
  void* reorder_ = nullptr;
  int64_t packedBytes_ = 0;
  int64_t scratchBytes_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<Context*> idle_;
};

/** True where the library has what convolutions need (versions 2 and 3). */
bool oneDnnHasConvolutions();

/** The primitive of a shape, from the cache or new; null where oneDNN has no fast one. The newest `kPrimitives` shapes are kept. */
std::shared_ptr<const OneDnnPrimitive> oneDnnPrimitive(const PrimitiveShape& shape);
constexpr int kPrimitives = 256;
/** Shapes in the cache that have a primitive. */
int oneDnnPrimitiveCount();

}  // namespace gfn
