/**
 * Small helpers over the C interface of Node-API: no exceptions, no wrappers, no allocation on hot paths.
 * A function that returns false or nullptr has thrown into JavaScript.
 */
#pragma once
#include <node_api.h>

#include <cstdint>

#include "../core/kernel.h"

namespace gfn::addon {

/** Throws a TypeError with code E_NATIVE; nullptr, for `return refuse(env, …)`. */
inline napi_value refuse(napi_env env, const char* message) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_type_error(env, "E_NATIVE", message);
  return nullptr;
}

/** Elements of a typed array with its dtype. Detached buffers have length 0. */
struct Elements {
  void* data;
  size_t length;
  DType dtype;
};

inline bool elementsOf(napi_env env, napi_value value, Elements& elements) {
  napi_typedarray_type type;
  size_t offset;
  if (napi_get_typedarray_info(env, value, &type, &elements.length, &elements.data, nullptr, &offset) != napi_ok) return false;
  switch (type) {
    case napi_uint8_array: elements.dtype = DType::Bool; return true;
    case napi_int32_array: elements.dtype = DType::Int32; return true;
    case napi_float32_array: elements.dtype = DType::Float32; return true;
    case napi_float64_array: elements.dtype = DType::Float64; return true;
    default: return false;
  }
}

/** As `elementsOf`, of one dtype: for calls that happen once. */
inline bool elementsOf(napi_env env, napi_value value, DType dtype, Elements& elements) {
  return elementsOf(env, value, elements) && elements.dtype == dtype;
}

/**
 * Memory of an array, if it has exactly `bytes`: what runs take. Its dtype is not asked for, which would cost more than the rest of
 * the call (30 ns per array); an array of another type with as many bytes gives wrong numbers but is safe to use.
 */
inline bool memoryOf(napi_env env, napi_value value, int64_t bytes, void*& data) {
  bool isView = false;
  size_t length = 0;
  // napi_get_buffer_info takes any view, and ends the process on anything else.
  if (napi_is_buffer(env, value, &isView) != napi_ok || !isView) return false;
  return napi_get_buffer_info(env, value, &data, &length) == napi_ok && length == static_cast<size_t>(bytes);
}

inline napi_value intValue(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

inline napi_value textValue(napi_env env, const char* text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

}  // namespace gfn::addon
