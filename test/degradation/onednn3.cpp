/**
 * The part of oneDNN 3's interface that graphfn uses, on top of an installed version 2: `libdnnl.so.3` for tests. -DWRONG: results that
 * are not right. -DLACKS: products only.
 *
 * Version 3 makes descriptors of memory objects of the library, and describes a primitive in one call, without a descriptor of the
 * operation.
 */
#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>

namespace {

void* const installed = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);

template <class Function>
Function* old(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(installed, name));
}

struct Version {
  int major, minor, patch;
  const char* hash;
  unsigned cpuRuntime, gpuRuntime;
};
using Sizes = const int64_t*;
using Layout = const void*;
constexpr size_t kLayoutBytes = 1024, kOperationBytes = 8192;

}  // namespace

/** A function that both versions have. */
#define SAME(type, name, parameters, arguments) \
  type name parameters { return old(&name, #name) arguments; }

extern "C" {

const Version* dnnl_version() {
  static Version version = *old(&dnnl_version, "dnnl_version")();
  version.major = 3;
  version.minor = version.patch = 0;
  return &version;
}

SAME(void, omp_set_num_threads, (int count), (count))
SAME(int, dnnl_sgemm,
     (char transA, char transB, int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t aStep, const float* b, int64_t bStep, float beta,
      float* c, int64_t cStep),
     (transA, transB, m, n, k, alpha, a, aStep, b, bStep, beta, c, cStep))

#ifndef LACKS
SAME(int, dnnl_set_primitive_cache_capacity, (int capacity), (capacity))
SAME(int, dnnl_engine_create, (void** engine, int kind, size_t index), (engine, kind, index))
SAME(int, dnnl_stream_create, (void** stream, void* engine, unsigned flags), (stream, engine, flags))
SAME(int, dnnl_stream_destroy, (void* stream), (stream))
SAME(int, dnnl_primitive_attr_create, (void** attr), (attr))
SAME(int, dnnl_primitive_attr_set_scratchpad_mode, (void* attr, int mode), (attr, mode))
SAME(int, dnnl_memory_create, (void** memory, Layout layout, void* engine, void* data), (memory, layout, engine, data))
SAME(int, dnnl_memory_set_data_handle, (void* memory, void* data), (memory, data))
SAME(int, dnnl_memory_destroy, (void* memory), (memory))
SAME(size_t, dnnl_memory_desc_get_size, (Layout layout), (layout))
SAME(int, dnnl_memory_desc_equal, (Layout a, Layout b), (a, b))
SAME(Layout, dnnl_primitive_desc_query_md, (const void* description, int what, int index), (description, what, index))
SAME(int, dnnl_primitive_desc_query, (const void* description, int what, int index, void* result), (description, what, index, result))
SAME(int, dnnl_primitive_desc_destroy, (void* description), (description))
SAME(int, dnnl_reorder_primitive_desc_create, (void** description, Layout from, void* fromEngine, Layout to, void* toEngine, const void* attr),
     (description, from, fromEngine, to, toEngine, attr))
SAME(int, dnnl_primitive_create, (void** primitive, const void* description), (primitive, description))
SAME(int, dnnl_primitive_destroy, (void* primitive), (primitive))

#ifdef WRONG
int dnnl_primitive_execute(const void*, void*, int, const void*) { return 0; }
#else
SAME(int, dnnl_primitive_execute, (const void* primitive, void* stream, int count, const void* arguments), (primitive, stream, count, arguments))
#endif

using InitStrides = int(void*, int, Sizes, int, Sizes);
using InitTag = int(void*, int, Sizes, int, int);
using InitOperation = int(void*, int, int, Layout, Layout, Layout, Layout, Sizes, Sizes, Sizes, Sizes);
using InitInput = int(void*, int, Layout, Layout, Layout, Sizes, Sizes, Sizes, Sizes);
using InitFilter = int(void*, int, Layout, Layout, Layout, Layout, Sizes, Sizes, Sizes, Sizes);
using Describe = int(void**, const void*, const void*, void*, const void*);

int dnnl_memory_desc_create_with_strides(void** layout, int axes, Sizes dims, int type, Sizes strides) {
  *layout = std::calloc(1, kLayoutBytes);
  return old(static_cast<InitStrides*>(nullptr), "dnnl_memory_desc_init_by_strides")(*layout, axes, dims, type, strides);
}

int dnnl_memory_desc_create_with_tag(void** layout, int axes, Sizes dims, int type, int tag) {
  *layout = std::calloc(1, kLayoutBytes);
  return old(static_cast<InitTag*>(nullptr), "dnnl_memory_desc_init_by_tag")(*layout, axes, dims, type, tag);
}

int dnnl_memory_desc_destroy(void* layout) {
  std::free(layout);
  return 0;
}

int dnnl_convolution_forward_primitive_desc_create(void** description, void* engine, int use, int algorithm, Layout x, Layout filter, Layout bias,
                                                   Layout y, Sizes strides, Sizes dilations, Sizes before, Sizes after, const void* attr) {
  alignas(16) char operation[kOperationBytes];
  const int status = old(static_cast<InitOperation*>(nullptr), "dnnl_dilated_convolution_forward_desc_init")(
      operation, use, algorithm, x, filter, bias, y, strides, dilations, before, after);
  return status != 0 ? status : old(static_cast<Describe*>(nullptr), "dnnl_primitive_desc_create")(description, operation, attr, engine, nullptr);
}

int dnnl_convolution_backward_data_primitive_desc_create(void** description, void* engine, int algorithm, Layout x, Layout filter, Layout y,
                                                         Sizes strides, Sizes dilations, Sizes before, Sizes after, const void* hint,
                                                         const void* attr) {
  alignas(16) char operation[kOperationBytes];
  const int status = old(static_cast<InitInput*>(nullptr), "dnnl_dilated_convolution_backward_data_desc_init")(operation, algorithm, x, filter, y,
                                                                                                              strides, dilations, before, after);
  return status != 0 ? status : old(static_cast<Describe*>(nullptr), "dnnl_primitive_desc_create")(description, operation, attr, engine, hint);
}

int dnnl_convolution_backward_weights_primitive_desc_create(void** description, void* engine, int algorithm, Layout x, Layout filter, Layout bias,
                                                            Layout y, Sizes strides, Sizes dilations, Sizes before, Sizes after, const void* hint,
                                                            const void* attr) {
  alignas(16) char operation[kOperationBytes];
  const int status = old(static_cast<InitFilter*>(nullptr), "dnnl_dilated_convolution_backward_weights_desc_init")(
      operation, algorithm, x, filter, bias, y, strides, dilations, before, after);
  return status != 0 ? status : old(static_cast<Describe*>(nullptr), "dnnl_primitive_desc_create")(description, operation, attr, engine, hint);
}
#endif
}
