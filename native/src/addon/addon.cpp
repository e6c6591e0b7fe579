/**
 * The module: one object per environment with the functions of plans.cpp and ops.cpp, the shared memory, and what JavaScript wants
 * to know (names of kernels, CPU level).
 */
#include <cstring>

#include "../core/cpu.h"
#include "../linalg/onednn.h"
#include "../threads/pool.h"
#include "environment.h"

namespace gfn::addon {

namespace {

constexpr int32_t kMaxThreads = 1024;

void destroy(napi_env, void* data, void*) { delete static_cast<Environment*>(data); }

bool set(napi_env env, napi_value object, const char* name, napi_value value) {
  return value != nullptr && napi_set_named_property(env, object, name, value) == napi_ok;
}

bool setFunction(napi_env env, napi_value object, const char* name, napi_callback callback, Environment* state) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, state, &function) == napi_ok && set(env, object, name, function);
}

/** ["add", "sub", …]: the index is the kernel's id. */
napi_value opNames(napi_env env) {
  int count = 0;
  const KernelRow* kernels = kernelTable(&count);
  napi_value list;
  if (napi_create_array_with_length(env, static_cast<size_t>(count), &list) != napi_ok) return nullptr;
  for (int i = 0; i < count; i++) {
    napi_value name = textValue(env, kernels[i].op);
    if (name == nullptr || napi_set_element(env, list, static_cast<uint32_t>(i), name) != napi_ok) return nullptr;
  }
  return list;
}

napi_value layout(napi_env env) {
  napi_value object;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  const struct {
    const char* name;
    int64_t value;
  } rows[] = {{"mailboxAt", kMailboxAt}, {"mailboxBytes", kMailboxBytes}, {"wordsAt", kWordsAt},
              {"wordBytes", kWordBytes}, {"numbersAt", kNumbersAt},       {"numberBytes", kNumberBytes}};
  for (const auto& row : rows) {
    if (!set(env, object, row.name, intValue(env, static_cast<int32_t>(row.value)))) return nullptr;
  }
  return object;
}

/** cpu(): the level of vector instructions in use. */
napi_value cpu(napi_env env, napi_callback_info) { return textValue(env, cpuLevelName()); }

/** limitCpu(level): for the whole process, before the first kernel runs. */
napi_value limitCpu(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  char name[16] = {};
  size_t length = 0;
  if (environmentOf(env, info, argc, argv) == nullptr || argc < 1 ||
      napi_get_value_string_utf8(env, argv[0], name, sizeof(name), &length) != napi_ok || !limitCpuLevel(name)) {
    return refuse(env, "limitCpu takes avx512, avx2 or baseline, as far as this processor has it.");
  }
  return nullptr;
}

/** threads(): how many take part in large ops. */
napi_value threads(napi_env env, napi_callback_info) { return intValue(env, threadCount()); }

/** setThreads(count): for the whole process; 1 switches the pool off. */
napi_value setThreads(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  int32_t count = 0;
  if (environmentOf(env, info, argc, argv) == nullptr || argc < 1 || napi_get_value_int32(env, argv[0], &count) != napi_ok || count < 1 ||
      count > kMaxThreads) {
    return refuse(env, "setThreads takes a number of threads from 1 to 1024.");
  }
  setThreadCount(count);
  return nullptr;
}

/** gemm(): what large float32 products run on. */
napi_value gemm(napi_env env, napi_callback_info) { return textValue(env, gemmLibrary()); }

/** setOneDnn(wanted): for the whole process; says whether it is in use from now on. */
napi_value setOneDnn(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  bool wanted = false;
  if (environmentOf(env, info, argc, argv) == nullptr || argc < 1 || napi_get_value_bool(env, argv[0], &wanted) != napi_ok) {
    return refuse(env, "setOneDnn takes true or false.");
  }
  napi_value result;
  return napi_get_boolean(env, gfn::setOneDnn(wanted), &result) == napi_ok ? result : nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  auto* state = new (std::nothrow) Environment();
  if (state == nullptr) return refuse(env, "There is not enough memory for the native environment.");
  if (napi_set_instance_data(env, state, destroy, nullptr) != napi_ok) {
    delete state;
    return refuse(env, "The native environment cannot be attached.");
  }
  void* data = nullptr;
  napi_value shared;
  if (napi_create_arraybuffer(env, static_cast<size_t>(kSharedBytes), &data, &shared) != napi_ok ||
      napi_create_reference(env, shared, 1, &state->sharedRef) != napi_ok) {
    return refuse(env, "There is not enough memory for the native environment.");
  }
  std::memset(data, 0, static_cast<size_t>(kSharedBytes));
  state->shared = static_cast<char*>(data);
  const bool ok = set(env, exports, "shared", shared) && set(env, exports, "layout", layout(env)) &&
                  set(env, exports, "opNames", opNames(env)) && setFunction(env, exports, "cpu", cpu, state) && setFunction(env, exports, "limitCpu", limitCpu, state) &&
                  setFunction(env, exports, "createPlan", createPlan, state) && setFunction(env, exports, "runPlan", runPlan, state) &&
                  setFunction(env, exports, "disposePlan", disposePlan, state) && setFunction(env, exports, "runOp", runOp, state) &&
                  setFunction(env, exports, "threads", threads, state) && setFunction(env, exports, "setThreads", setThreads, state) &&
                  setFunction(env, exports, "gemm", gemm, state) && setFunction(env, exports, "setOneDnn", setOneDnn, state);
  return ok ? exports : refuse(env, "The native module cannot be set up.");
}

}  // namespace

}  // namespace gfn::addon

NAPI_MODULE_INIT() { return gfn::addon::init(env, exports); }
