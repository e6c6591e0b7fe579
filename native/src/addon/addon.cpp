/**
 * The module: one object per environment with the functions of plans.cpp and ops.cpp, the shared memory, and what JavaScript wants
 * to know (names of kernels, CPU level). What is called once or seldom is written with node-addon-api; what runs per op or per
 * call of a graph is raw Node-API.
 */
#include <cstring>
#include <new>
#include <string>

#define NAPI_DISABLE_CPP_EXCEPTIONS
#define NODE_ADDON_API_DISABLE_DEPRECATED
#include <napi.h>

#include "../core/cpu.h"
#include "../core/memory.h"
#include "../graph/sweeps.h"
#include "../jit/compiler.h"
#include "../kernels/convolution-onednn.h"
#include "../linalg/onednn-library.h"
#include "../linalg/onednn.h"
#include "../threads/pool.h"
#include "environment.h"

namespace gfn::addon {

namespace {

constexpr double kMaxThreads = 1024;

/** ["add", "sub", …]: the index is the kernel's id. */
Napi::Array opNames(Napi::Env env) {
  int count = 0;
  const KernelRow* kernels = kernelTable(&count);
  Napi::Array list = Napi::Array::New(env, static_cast<size_t>(count));
  for (int i = 0; i < count; i++) list.Set(static_cast<uint32_t>(i), kernels[i].op);
  return list;
}

Napi::Object layout(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  const struct {
    const char* name;
    int64_t value;
  } rows[] = {{"mailboxAt", kMailboxAt}, {"mailboxBytes", kMailboxBytes}, {"wordsAt", kWordsAt},
              {"wordBytes", kWordBytes}, {"numbersAt", kNumbersAt},       {"numberBytes", kNumberBytes}};
  for (const auto& row : rows) object.Set(row.name, static_cast<double>(row.value));
  return object;
}

Napi::Value refused(const Napi::CallbackInfo& info, const char* message) {
  refuse(info.Env(), message);
  return info.Env().Undefined();
}

/** cpu(): the level of vector instructions in use. */
Napi::Value cpu(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), cpuLevelName()); }

/** limitCpu(level): for the whole process, before the first kernel runs. */
Napi::Value limitCpu(const Napi::CallbackInfo& info) {
  const std::string name = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : std::string();
  if (!limitCpuLevel(name.c_str())) return refused(info, "limitCpu takes avx512, avx2 or baseline, as far as this processor has it.");
  return info.Env().Undefined();
}

/** threads(): how many take part in large ops. */
Napi::Value threads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), threadCount()); }

/** setThreads(count): for the whole process; 1 switches the pool off. */
Napi::Value setThreads(const Napi::CallbackInfo& info) {
  const double count = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
  if (!(count >= 1 && count <= kMaxThreads)) return refused(info, "setThreads takes a number of threads from 1 to 1024.");
  setThreadCount(static_cast<int>(count));
  return info.Env().Undefined();
}

/** gemm(): what large float32 products run on. */
Napi::Value gemm(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), gemmLibrary()); }

/** convolution(): what large float32 convolutions run on. */
Napi::Value convolution(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), convolutionLibrary()); }

/** convolutionShapes(): shapes of parts of convolutions that are kept as oneDNN's primitives. */
Napi::Value convolutionShapes(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), oneDnnPrimitiveCount()); }

/** setOneDnn(wanted): for the whole process; says whether it is in use from now on. */
Napi::Value setOneDnn(const Napi::CallbackInfo& info) {
  if (!info[0].IsBoolean()) return refused(info, "setOneDnn takes true or false.");
  return Napi::Boolean::New(info.Env(), gfn::setOneDnn(info[0].As<Napi::Boolean>().Value()));
}

/** setCompiler(mode, path): "off", "background" or "wait", and a library in place of the usual ones or ""; before the first plan. */
Napi::Value setCompiler(const Napi::CallbackInfo& info) {
  const std::string mode = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : std::string();
  const std::string path = info[1].IsString() ? info[1].As<Napi::String>().Utf8Value() : std::string();
  if (mode == "off") jit::setMode(jit::Mode::Off, path);
  else if (mode == "background") jit::setMode(jit::Mode::Background, path);
  else if (mode == "wait") jit::setMode(jit::Mode::Wait, path);
  else return refused(info, "setCompiler takes off, background or wait.");
  return info.Env().Undefined();
}

/** hasCompiler(wait): loads it, if that was not done yet; with false in the background, and says whether it is there by now. */
Napi::Value hasCompiler(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), jit::ready(!info[0].IsBoolean() || info[0].As<Napi::Boolean>().Value()));
}

/** stop(): before the process ends. */
Napi::Value stop(const Napi::CallbackInfo& info) {
  stopAllRuns();
  jit::stop();
  return info.Env().Undefined();
}

/** compiler(wait): what it did so far; with true, when nothing is left to do. */
Napi::Value compiler(const Napi::CallbackInfo& info) {
  if (info[0].IsBoolean() && info[0].As<Napi::Boolean>().Value() && jit::ready(true)) jit::drain();
  const jit::State state = jit::state();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("library", state.library);
  object.Set("missing", state.missing);
  object.Set("compiled", static_cast<double>(state.compiled));
  object.Set("reused", static_cast<double>(state.reused));
  object.Set("failed", static_cast<double>(state.failed));
  object.Set("waiting", static_cast<double>(state.waiting));
  object.Set("milliseconds", state.milliseconds);
  object.Set("failure", state.failure);
  object.Set("swept", static_cast<double>(sweepCounts().done));
  object.Set("setBack", static_cast<double>(sweepCounts().setBack));
  return object;
}

/** A function of raw Node-API that gets the environment's state. */
bool setRaw(Napi::Env env, Napi::Object exports, const char* name, napi_callback callback, Environment* state) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, state, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* state = new (std::nothrow) Environment();
  if (state == nullptr) {
    refuse(env, "There is not enough memory for the native environment.");
    return exports;
  }
  env.SetInstanceData<Environment>(state);
  keepFreedBlocks();
  void* data = nullptr;
  napi_value shared;
  if (napi_create_arraybuffer(env, static_cast<size_t>(kSharedBytes), &data, &shared) != napi_ok ||
      napi_create_reference(env, shared, 1, &state->sharedRef) != napi_ok) {
    refuse(env, "There is not enough memory for the native environment.");
    return exports;
  }
  std::memset(data, 0, static_cast<size_t>(kSharedBytes));
  state->shared = static_cast<char*>(data);
  exports.Set("shared", shared);
  exports.Set("layout", layout(env));
  exports.Set("opNames", opNames(env));
  exports.Set("cpu", Napi::Function::New(env, cpu, "cpu"));
  exports.Set("limitCpu", Napi::Function::New(env, limitCpu, "limitCpu"));
  exports.Set("threads", Napi::Function::New(env, threads, "threads"));
  exports.Set("setThreads", Napi::Function::New(env, setThreads, "setThreads"));
  exports.Set("gemm", Napi::Function::New(env, gemm, "gemm"));
  exports.Set("convolution", Napi::Function::New(env, convolution, "convolution"));
  exports.Set("convolutionShapes", Napi::Function::New(env, convolutionShapes, "convolutionShapes"));
  exports.Set("setOneDnn", Napi::Function::New(env, setOneDnn, "setOneDnn"));
  exports.Set("setCompiler", Napi::Function::New(env, setCompiler, "setCompiler"));
  exports.Set("hasCompiler", Napi::Function::New(env, hasCompiler, "hasCompiler"));
  exports.Set("stop", Napi::Function::New(env, stop, "stop"));
  exports.Set("compiler", Napi::Function::New(env, compiler, "compiler"));
  const bool ok = setRaw(env, exports, "createPlan", createPlan, state) && setRaw(env, exports, "runPlan", runPlan, state) &&
                  setRaw(env, exports, "bindVariables", bindVariables, state) &&
                  setRaw(env, exports, "disposePlan", disposePlan, state) && setRaw(env, exports, "timePlan", timePlan, state) &&
                  setRaw(env, exports, "stepTimes", stepTimes, state) && setRaw(env, exports, "loopsOf", loopsOf, state) &&
                  setRaw(env, exports, "runOp", runOp, state) &&
                  setRaw(env, exports, "startRun", startRun, state) && setRaw(env, exports, "stopRun", stopRun, state) &&
                  setRaw(env, exports, "roundsOf", roundsOf, state) && setRaw(env, exports, "takeRun", takeRun, state);
  if (!ok) refuse(env, "The native module cannot be set up.");
  return exports;
}

}  // namespace

}  // namespace gfn::addon

static Napi::Object initGraphfn(Napi::Env env, Napi::Object exports) { return gfn::addon::init(env, exports); }

NODE_API_MODULE(graphfn, initGraphfn)
