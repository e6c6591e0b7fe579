#include "onednn-primitive.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <list>
#include <type_traits>
#include <unordered_map>

#include "../linalg/onednn-library.h"

namespace gfn {

namespace {

// Of dnnl.h. The numbers are equal in versions 2 and 3; descriptors of memory are structs of the caller in version 2 and objects in
// version 3, and passed by address in both.
constexpr int kMaxDims = 12;
using Dims = int64_t[kMaxDims];
constexpr int kCpu = 1, kFloat32 = 3, kAnyOrder = 1, kUserScratch = 1, kDirect = 1, kForward = 96;
constexpr unsigned kInOrder = 1;
constexpr int kQueryName = 8, kQuerySource = 129, kQuerySourceGrad = 130, kQueryFilter = 131, kQueryFilterGrad = 132, kQueryResult = 133, kQueryResultGrad = 134,
              kQueryScratch = 136;
constexpr int kArgSource = 1, kArgResult = 17, kArgFilter = 33, kArgScratch = 80, kArgSourceGrad = 129, kArgResultGrad = 145, kArgFilterGrad = 161;
struct Argument {
  int which;
  void* memory;
};
/** Of version 2: 696 bytes and 5976 bytes in 2.6, and the same in all of libdnnl.so.2, since callers hold them. */
constexpr size_t kMemoryBytes = 1024, kConvolutionBytes = 8192;

using Status = int;
struct Functions {
  Status (*engineCreate)(void** engine, int kind, size_t index);
  Status (*streamCreate)(void** stream, void* engine, unsigned flags);
  Status (*streamDestroy)(void* stream);
  Status (*attrCreate)(void** attr);
  Status (*attrSetScratch)(void* attr, int mode);
  Status (*memoryCreate)(void** memory, const void* layout, void* engine, void* data);
  Status (*memorySet)(void* memory, void* data);
  Status (*memoryDestroy)(void* memory);
  size_t (*layoutSize)(const void* layout);
  int (*layoutEqual)(const void* a, const void* b);
  const void* (*queryLayout)(const void* description, int what, int index);
  Status (*query)(const void* description, int what, int index, void* result);
  Status (*descriptionDestroy)(void* description);
  Status (*reorderDescription)(void** description, const void* from, void* fromEngine, const void* to, void* toEngine, const void* attr);
  Status (*primitiveCreate)(void** primitive, const void* description);
  Status (*primitiveDestroy)(void* primitive);
  Status (*execute)(const void* primitive, void* stream, int count, const Argument* arguments);

  // Version 2.
  Status (*layoutInitStrides)(void* layout, int axes, const Dims dims, int type, const Dims strides);
  Status (*layoutInitTag)(void* layout, int axes, const Dims dims, int type, int tag);
  Status (*initOutput)(void* to, int use, int algorithm, const void* x, const void* filter, const void* bias, const void* y, const Dims strides,
                       const Dims dilations, const Dims before, const Dims after);
  Status (*initInput)(void* to, int algorithm, const void* x, const void* filter, const void* y, const Dims strides, const Dims dilations,
                      const Dims before, const Dims after);
  Status (*initFilter)(void* to, int algorithm, const void* x, const void* filter, const void* bias, const void* y, const Dims strides,
                       const Dims dilations, const Dims before, const Dims after);
  Status (*descriptionCreate)(void** description, const void* convolution, const void* attr, void* engine, const void* hint);

  // Version 3.
  Status (*layoutCreateStrides)(void** layout, int axes, const Dims dims, int type, const Dims strides);
  Status (*layoutCreateTag)(void** layout, int axes, const Dims dims, int type, int tag);
  Status (*layoutDestroy)(void* layout);
  Status (*createOutput)(void** description, void* engine, int use, int algorithm, const void* x, const void* filter, const void* bias, const void* y,
                         const Dims strides, const Dims dilations, const Dims before, const Dims after, const void* attr);
  Status (*createInput)(void** description, void* engine, int algorithm, const void* x, const void* filter, const void* y, const Dims strides,
                        const Dims dilations, const Dims before, const Dims after, const void* hint, const void* attr);
  Status (*createFilter)(void** description, void* engine, int algorithm, const void* x, const void* filter, const void* bias, const void* y,
                         const Dims strides, const Dims dilations, const Dims before, const Dims after, const void* hint, const void* attr);

  int major;
  void* engine;
  /** Memory that primitives work in is ours. */
  void* attr;
};

/** Null where the library lacks something. */
const Functions* functions() {
  static const Functions* const only = []() -> const Functions* {
    const OneDnnLibrary& library = oneDnnLibrary();
    if (library.handle == nullptr) return nullptr;
    static Functions f{};
    bool complete = true;
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(oneDnnSymbol(library, name));
      complete = complete && function != nullptr;
    };
    f.major = library.major;
    find(f.engineCreate, "dnnl_engine_create");
    find(f.streamCreate, "dnnl_stream_create");
    find(f.streamDestroy, "dnnl_stream_destroy");
    find(f.attrCreate, "dnnl_primitive_attr_create");
    find(f.attrSetScratch, "dnnl_primitive_attr_set_scratchpad_mode");
    find(f.memoryCreate, "dnnl_memory_create");
    find(f.memorySet, "dnnl_memory_set_data_handle");
    find(f.memoryDestroy, "dnnl_memory_destroy");
    find(f.layoutSize, "dnnl_memory_desc_get_size");
    find(f.layoutEqual, "dnnl_memory_desc_equal");
    find(f.queryLayout, "dnnl_primitive_desc_query_md");
    find(f.query, "dnnl_primitive_desc_query");
    find(f.descriptionDestroy, "dnnl_primitive_desc_destroy");
    find(f.reorderDescription, "dnnl_reorder_primitive_desc_create");
    find(f.primitiveCreate, "dnnl_primitive_create");
    find(f.primitiveDestroy, "dnnl_primitive_destroy");
    find(f.execute, "dnnl_primitive_execute");
    if (library.major == 2) {
      find(f.layoutInitStrides, "dnnl_memory_desc_init_by_strides");
      find(f.layoutInitTag, "dnnl_memory_desc_init_by_tag");
      find(f.initOutput, "dnnl_dilated_convolution_forward_desc_init");
      find(f.initInput, "dnnl_dilated_convolution_backward_data_desc_init");
      find(f.initFilter, "dnnl_dilated_convolution_backward_weights_desc_init");
      find(f.descriptionCreate, "dnnl_primitive_desc_create");
    } else {
      find(f.layoutCreateStrides, "dnnl_memory_desc_create_with_strides");
      find(f.layoutCreateTag, "dnnl_memory_desc_create_with_tag");
      find(f.layoutDestroy, "dnnl_memory_desc_destroy");
      find(f.createOutput, "dnnl_convolution_forward_primitive_desc_create");
      find(f.createInput, "dnnl_convolution_backward_data_primitive_desc_create");
      find(f.createFilter, "dnnl_convolution_backward_weights_primitive_desc_create");
    }
    // Ours is the one cache: a primitive takes up to 1 MB.
    int (*setCapacity)(int) = nullptr;
    find(setCapacity, "dnnl_set_primitive_cache_capacity");
    if (complete) setCapacity(0);
    if (!complete || f.engineCreate(&f.engine, kCpu, 0) != 0 || f.attrCreate(&f.attr) != 0 || f.attrSetScratch(f.attr, kUserScratch) != 0) return nullptr;
    return &f;
  }();
  return only;
}

/** A descriptor of memory: how the elements of a tensor lie. */
class Layout {
 public:
  /** In order of oneDNN's choice where there are no strides. */
  Layout(const Functions& f, int axes, const Dims dims, const int64_t* strides) : f_(f) {
    if (f.major == 2) {
      valid_ = (strides == nullptr ? f.layoutInitTag(bytes_, axes, dims, kFloat32, kAnyOrder) : f.layoutInitStrides(bytes_, axes, dims, kFloat32, strides)) == 0;
    } else {
      valid_ = (strides == nullptr ? f.layoutCreateTag(&object_, axes, dims, kFloat32, kAnyOrder) : f.layoutCreateStrides(&object_, axes, dims, kFloat32, strides)) == 0;
    }
  }
  ~Layout() {
    if (object_ != nullptr) f_.layoutDestroy(object_);
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  bool valid() const { return valid_; }
  const void* get() const { return f_.major == 2 ? static_cast<const void*>(bytes_) : object_; }

 private:
  const Functions& f_;
  bool valid_ = false;
  void* object_ = nullptr;
  alignas(16) unsigned char bytes_[kMemoryBytes];
};

/** Lengths in oneDNN's order, and strides of the dense arrays that we have: [images, channels, …], [outputs, channels, window]. */
struct Sides {
  int rank;
  Dims x, y, filter, xStrides, yStrides, filterStrides, strides, dilations, before, after;
};

Sides sidesOf(const PrimitiveShape& shape) {
  const Convolution& c = shape.form;
  const int axes = static_cast<int>(shape.axes);
  const WindowAxis* const all[3] = {&c.z, &c.y, &c.x};
  Sides s{};
  s.rank = axes + 2;
  s.x[0] = s.y[0] = c.images;
  s.x[1] = s.filter[1] = c.channels;
  s.y[1] = s.filter[0] = c.outputs;
  s.xStrides[1] = s.yStrides[1] = s.filterStrides[0] = 1;
  s.filterStrides[1] = shape.filterOutputs;
  int64_t xStep = c.channels, yStep = c.outputs, filterStep = shape.filterChannels * shape.filterOutputs;
  for (int i = axes - 1; i >= 0; i--) {
    const WindowAxis& axis = *all[3 - axes + i];
    s.x[2 + i] = axis.length;
    s.y[2 + i] = axis.places;
    s.filter[2 + i] = axis.size;
    s.xStrides[2 + i] = xStep;
    s.yStrides[2 + i] = yStep;
    s.filterStrides[2 + i] = filterStep;
    xStep *= axis.length;
    yStep *= axis.places;
    filterStep *= axis.size;
    s.strides[i] = axis.stride;
    s.dilations[i] = axis.dilation - 1;
    s.before[i] = axis.before;
    s.after[i] = axis.after;
  }
  s.xStrides[0] = xStep;
  s.yStrides[0] = yStep;
  return s;
}

/** What oneDNN would compute, null where it refuses. `hint`: the convolution that a gradient belongs to. */
void* describe(const Functions& f, ConvolutionSum sum, const Sides& s, const Layout& x, const Layout& filter, const Layout& y, const void* hint) {
  void* description = nullptr;
  if (f.major == 2) {
    alignas(16) unsigned char convolution[kConvolutionBytes];
    const Status status =
        sum == ConvolutionSum::Output
            ? f.initOutput(convolution, kForward, kDirect, x.get(), filter.get(), nullptr, y.get(), s.strides, s.dilations, s.before, s.after)
        : sum == ConvolutionSum::Input
            ? f.initInput(convolution, kDirect, x.get(), filter.get(), y.get(), s.strides, s.dilations, s.before, s.after)
            : f.initFilter(convolution, kDirect, x.get(), filter.get(), nullptr, y.get(), s.strides, s.dilations, s.before, s.after);
    return status == 0 && f.descriptionCreate(&description, convolution, f.attr, f.engine, hint) == 0 ? description : nullptr;
  }
  const Status status =
      sum == ConvolutionSum::Output ? f.createOutput(&description, f.engine, kForward, kDirect, x.get(), filter.get(), nullptr, y.get(), s.strides,
                                                     s.dilations, s.before, s.after, f.attr)
      : sum == ConvolutionSum::Input
          ? f.createInput(&description, f.engine, kDirect, x.get(), filter.get(), y.get(), s.strides, s.dilations, s.before, s.after, hint, f.attr)
          : f.createFilter(&description, f.engine, kDirect, x.get(), filter.get(), nullptr, y.get(), s.strides, s.dilations, s.before, s.after, hint,
                           f.attr);
  return status == 0 ? description : nullptr;
}

/** By the name of what it would run: plain loops ("ref:any") and loops around products ("x64:gemm:jit") are no faster than our own. */
bool fast(const Functions& f, const void* description) {
  const char* name = nullptr;
  if (f.query(description, kQueryName, 0, &name) != 0 || name == nullptr) return false;
  return std::strstr(name, "ref") == nullptr && std::strstr(name, "gemm") == nullptr;
}

}  // namespace

bool OneDnnPrimitive::make(const PrimitiveShape& shape) {
  const Functions* const f = functions();
  if (f == nullptr) return false;
  // The number of threads is part of a primitive.
  holdOneDnnToOneThread();
  sum_ = shape.sum;
  const Sides s = sidesOf(shape);
  const Layout x(*f, s.rank, s.x, s.xStrides), y(*f, s.rank, s.y, s.yStrides);
  const Layout any(*f, s.rank, s.filter, nullptr), plain(*f, s.rank, s.filter, s.filterStrides);
  if (!x.valid() || !y.valid() || !any.valid() || !plain.valid()) return false;

  void* const hint = describe(*f, ConvolutionSum::Output, s, x, any, y, nullptr);
  if (hint == nullptr) return false;
  if (sum_ == ConvolutionSum::Output) {
    description_ = hint;
  } else {
    description_ = describe(*f, sum_, s, x, any, y, hint);
    f->descriptionDestroy(hint);
  }
  if (description_ == nullptr || !fast(*f, description_)) return false;

  const bool gradient = sum_ == ConvolutionSum::Filter;
  const void* const packed = f->queryLayout(description_, gradient ? kQueryFilterGrad : kQueryFilter, 0);
  if (packed == nullptr) return false;
  const void* const from = gradient ? packed : plain.get();
  const void* const to = gradient ? plain.get() : packed;
  if (f->reorderDescription(&reorderDescription_, from, f->engine, to, f->engine, f->attr) != 0) return false;
  packedBytes_ = static_cast<int64_t>(f->layoutSize(packed));
  for (const void* description : {description_, reorderDescription_}) {
    const void* const scratch = f->queryLayout(description, kQueryScratch, 0);
    const int64_t bytes = scratch == nullptr ? 0 : static_cast<int64_t>(f->layoutSize(scratch));
    if (bytes > scratchBytes_) scratchBytes_ = bytes;
  }
  return f->primitiveCreate(&primitive_, description_) == 0 && f->primitiveCreate(&reorder_, reorderDescription_) == 0;
}

OneDnnPrimitive::~OneDnnPrimitive() {
  const Functions* const f = functions();
  for (Context* context : idle_) free(context);
  if (reorder_ != nullptr) f->primitiveDestroy(reorder_);
  if (primitive_ != nullptr) f->primitiveDestroy(primitive_);
  if (reorderDescription_ != nullptr) f->descriptionDestroy(reorderDescription_);
  if (description_ != nullptr) f->descriptionDestroy(description_);
}

bool OneDnnPrimitive::packsLike(const OneDnnPrimitive& other) const {
  const Functions& f = *functions();
  return f.layoutEqual(f.queryLayout(description_, kQueryFilter, 0), f.queryLayout(other.description_, kQueryFilter, 0)) != 0;
}

OneDnnPrimitive::Context* OneDnnPrimitive::take() const {
  {
    std::lock_guard<std::mutex> hold(mutex_);
    if (!idle_.empty()) {
      Context* const context = idle_.back();
      idle_.pop_back();
      return context;
    }
  }
  const Functions& f = *functions();
  const auto memory = [&](void*& to, const void* description, int what) {
    const void* const layout = f.queryLayout(description, what, 0);
    if (layout == nullptr || f.layoutSize(layout) == 0) return what == kQueryScratch;
    return f.memoryCreate(&to, layout, f.engine, nullptr) == 0;
  };
  const bool output = sum_ == ConvolutionSum::Output, filter = sum_ == ConvolutionSum::Filter;
  Context* const context = new Context;
  const bool complete = f.streamCreate(&context->stream, f.engine, kInOrder) == 0 &&
                        memory(context->x, description_, sum_ == ConvolutionSum::Input ? kQuerySourceGrad : kQuerySource) &&
                        memory(context->y, description_, output ? kQueryResult : kQueryResultGrad) &&
                        memory(context->packed, description_, filter ? kQueryFilterGrad : kQueryFilter) &&
                        memory(context->filter, reorderDescription_, filter ? kQueryResult : kQuerySource) &&
                        memory(context->scratch, description_, kQueryScratch) && memory(context->reorderScratch, reorderDescription_, kQueryScratch);
  if (complete) return context;
  free(context);
  return nullptr;
}

void OneDnnPrimitive::giveBack(Context* context) const {
  std::lock_guard<std::mutex> hold(mutex_);
  idle_.push_back(context);
}

void OneDnnPrimitive::free(Context* context) const {
  const Functions& f = *functions();
  for (void* memory : {context->x, context->y, context->filter, context->packed, context->scratch, context->reorderScratch}) {
    if (memory != nullptr) f.memoryDestroy(memory);
  }
  if (context->stream != nullptr) f.streamDestroy(context->stream);
  delete context;
}

namespace {

/** `data` may be read only: oneDNN writes to results alone. */
bool place(const Functions& f, void* memory, const void* data) { return f.memorySet(memory, const_cast<void*>(data)) == 0; }

/** Runs with up to three operands and memory to work in. */
bool execute(const Functions& f, const void* primitive, void* stream, void* scratchMemory, void* scratch, std::initializer_list<Argument> operands) {
  Argument arguments[4];
  int count = 0;
  for (const Argument& operand : operands) arguments[count++] = operand;
  if (scratchMemory != nullptr) {
    if (!place(f, scratchMemory, scratch)) return false;
    arguments[count++] = {kArgScratch, scratchMemory};
  }
  holdOneDnnToOneThread();
  return f.execute(primitive, stream, count, arguments) == 0;
}

}  // namespace

bool OneDnnPrimitive::pack(const Context* owner, const void* filter, void* packed, void* scratch) const {
  const Functions& f = *functions();
  if (owner == nullptr || !place(f, owner->filter, filter) || !place(f, owner->packed, packed)) return false;
  return execute(f, reorder_, owner->stream, owner->reorderScratch, scratch, {{kArgSource, owner->filter}, {kArgResult, owner->packed}});
}

bool OneDnnPrimitive::run(const Context* context, const Context* owner, const void* x, const void* y, void* scratch) const {
  const Functions& f = *functions();
  if (context == nullptr || !place(f, context->x, x) || !place(f, context->y, y)) return false;
  const bool output = sum_ == ConvolutionSum::Output;
  return execute(f, primitive_, context->stream, context->scratch, scratch,
                 {{output ? kArgSource : kArgSourceGrad, context->x}, {kArgFilter, owner->packed}, {output ? kArgResult : kArgResultGrad, context->y}});
}

bool OneDnnPrimitive::runFilter(const Context* context, const void* x, const void* y, void* filter, void* packed, void* scratch) const {
  const Functions& f = *functions();
  if (context == nullptr || !place(f, context->x, x) || !place(f, context->y, y) || !place(f, context->filter, filter) ||
      !place(f, context->packed, packed)) {
    return false;
  }
  return execute(f, primitive_, context->stream, context->scratch, scratch,
                 {{kArgSource, context->x}, {kArgFilterGrad, context->packed}, {kArgResultGrad, context->y}}) &&
         execute(f, reorder_, context->stream, context->reorderScratch, scratch, {{kArgSource, context->packed}, {kArgResult, context->filter}});
}

bool oneDnnHasConvolutions() { return functions() != nullptr; }

namespace {

struct HashOfShape {
  size_t operator()(const PrimitiveShape& shape) const {
    static_assert(sizeof(PrimitiveShape) % sizeof(uint64_t) == 0 && std::has_unique_object_representations_v<PrimitiveShape>);
    uint64_t words[sizeof shape / sizeof(uint64_t)];
    std::memcpy(words, &shape, sizeof shape);
    uint64_t hash = 0;
    for (const uint64_t word : words) hash = (hash ^ word) * 0x9e3779b97f4a7c15u, hash ^= hash >> 29;
    return static_cast<size_t>(hash);
  }
};

struct EqualShapes {
  bool operator()(const PrimitiveShape& a, const PrimitiveShape& b) const { return std::memcmp(&a, &b, sizeof a) == 0; }
};

/** Newest first. Shapes that oneDNN has nothing fast for are kept as well, with null. */
struct Cache {
  using Entry = std::pair<PrimitiveShape, std::shared_ptr<const OneDnnPrimitive>>;
  std::mutex mutex;
  std::list<Entry> entries;
  std::unordered_map<PrimitiveShape, std::list<Entry>::iterator, HashOfShape, EqualShapes> places;
};

/** Never destroyed: threads of the pool may run at the end of the process. */
Cache& cache() {
  static Cache* const only = new Cache;
  return *only;
}

}  // namespace

std::shared_ptr<const OneDnnPrimitive> oneDnnPrimitive(const PrimitiveShape& shape) {
  Cache& all = cache();
  std::lock_guard<std::mutex> hold(all.mutex);
  const auto found = all.places.find(shape);
  if (found != all.places.end()) {
    all.entries.splice(all.entries.begin(), all.entries, found->second);
    return found->second->second;
  }
  auto made = std::make_shared<OneDnnPrimitive>();
  if (!made->make(shape)) made = nullptr;
  all.entries.emplace_front(shape, std::move(made));
  all.places.emplace(shape, all.entries.begin());
  if (all.entries.size() > kPrimitives) {
    all.places.erase(all.entries.back().first);
    all.entries.pop_back();
  }
  return all.entries.front().second;
}

int oneDnnPrimitiveCount() {
  Cache& all = cache();
  std::lock_guard<std::mutex> hold(all.mutex);
  return static_cast<int>(std::count_if(all.entries.begin(), all.entries.end(), [](const Cache::Entry& entry) { return entry.second != nullptr; }));
}

}  // namespace gfn
