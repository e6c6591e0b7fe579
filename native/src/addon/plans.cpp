/**
 * Plans from JavaScript:
 *
 *   createPlan(words, numbers, constants, print, beside?) → id   throws on words that are no plan; holds print weakly; `beside`: for startRun
 *   bindVariables(id, ...arrays)                             of all variables, for the runs to come
 *   runPlan(id, ...large inputs, ...large outputs) → status  0, or > 0 with the report filled; small values in the mailbox
 *   disposePlan(id)
 *   timePlan(id, most) → boolean                             times the next run, keeping when the first `most` steps began; false
 *                                                            where one is under way
 *   stepTimes(id) → Float64Array                             of that run, and times no more: [steps run, n, n times (step, start, took),
 *                                                            with ~step for all of a loop whose code ran, then for each step of the plan (count, took)], in nanoseconds
 *   loopsOf(id) → array                                      [first step, last step, what becomes of it] for each loop, or for all steps
 *                                                            where there is none, one after the other
 *
 * Small inputs are copied into the frame before the run and small outputs into the mailbox after it, so a run inside a print
 * step may use the same mailbox. JavaScript that a print step runs may take the memory of arrays away; all arrays of such a plan,
 * variables too (behind the outputs), are arguments of the run and looked at again after each print.
 */
#include <cstring>
#include <new>

#include "../graph/regions.h"
#include "environment.h"

namespace gfn::addon {

namespace {

/** Arguments that need no allocation. */
constexpr size_t kFewArguments = 32;
/** Status of a run that a print step ended: its exception is pending. */
constexpr int32_t kStopped = -1;

/** Steps of a run of which the beginning can be kept. */
constexpr int32_t kMostTimed = 1 << 20;

/** All arguments of a call, however many. */
struct Arguments {
  size_t count = kFewArguments;
  const napi_value* values = few_;

  Environment* take(napi_env env, napi_callback_info info) {
    Environment* state = environmentOf(env, info, count, few_);
    if (count <= kFewArguments) return state;
    many_.reset(new (std::nothrow) napi_value[count]);
    values = many_.get();
    return values == nullptr ? nullptr : environmentOf(env, info, count, many_.get());
  }

 private:
  napi_value few_[kFewArguments];
  std::unique_ptr<napi_value[]> many_;
};

}  // namespace

Plan* planOf(napi_env env, Environment* state, napi_value value) {
  int32_t id = -1;
  if (napi_get_value_int32(env, value, &id) != napi_ok) return nullptr;
  if (id < 0 || static_cast<size_t>(id) >= state->plans.size()) return nullptr;
  return state->plans[static_cast<size_t>(id)].get();
}

namespace {

/** Tells the collector what a plan's JavaScript object stands for, so that dropped ones are looked for in time. */
void account(napi_env env, const Program& program, int sign) {
  int64_t total = 0;
  napi_adjust_external_memory(env, sign * (program.frameBytes + (program.constants ? program.constants->bytes : 0)), &total);
}

void removePlan(napi_env env, Environment* state, int32_t id) {
  std::unique_ptr<Plan>& plan = state->plans[static_cast<size_t>(id)];
  account(env, *plan->program, -1);
  if (plan->print != nullptr) napi_delete_reference(env, plan->print);
  plan.reset();
  state->freeIds.push_back(id);
}

/** A run under way, as its print steps see it. */
struct PrintContext {
  napi_env env;
  Plan* plan;
  const Frame* frame;
  const napi_value* arguments;
  size_t count;
};

/** JavaScript ran: it may have detached an array of the caller, whose memory is then gone. */
bool arraysAreThere(const PrintContext& context) {
  const Program& program = *context.plan->program;
  size_t next = 0;
  size_t external = 0;
  for (const auto* ports : {&program.inputs, &program.outputs}) {
    for (const Port& port : *ports) {
      const void* expected = context.frame->externals[external++];
      if (port.mailbox >= 0) continue;
      void* data = nullptr;
      if (next == context.count || !memoryOf(context.env, context.arguments[next++], port.bytes, data)) return false;
      if (expected != nullptr && data != expected) return false;
    }
  }
  for (const VariableSlot& variable : program.variables) {
    void* data = nullptr;
    if (next == context.count || !memoryOf(context.env, context.arguments[next++], variable.bytes, data)) return false;
    if (data != context.frame->externals[external++]) return false;
  }
  return true;
}

}  // namespace

napi_typedarray_type typeOf(DType dtype) {
  switch (dtype) {
    case DType::Bool:
    case DType::UInt8: return napi_uint8_array;
    case DType::Int32: return napi_int32_array;
    case DType::Int64: return napi_bigint64_array;
    case DType::Complex64:
    case DType::Float32: return napi_float32_array;
    case DType::Float64: break;
  }
  return napi_float64_array;
}

namespace {

/** Calls print(site, ...copies of the values). */
bool printStep(void* self, int site, const View* values, int count) {
  const PrintContext& context = *static_cast<PrintContext*>(self);
  const napi_env env = context.env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  bool ok = false;
  try {
    std::vector<napi_value> arguments{intValue(env, site)};
    for (int i = 0; i < count; i++) {
      const size_t bytes = static_cast<size_t>(values[i].size * sizeOf(values[i].dtype));
      void* data = nullptr;
      napi_value buffer, array;
      if (napi_create_arraybuffer(env, bytes, &data, &buffer) != napi_ok) break;
      if (bytes > 0) std::memcpy(data, values[i].data, bytes);
      const size_t length = static_cast<size_t>(values[i].size) * (values[i].dtype == DType::Complex64 ? 2 : 1);
      if (napi_create_typedarray(env, typeOf(values[i].dtype), length, buffer, 0, &array) != napi_ok) break;
      arguments.push_back(array);
    }
    napi_value print, receiver;
    ok = arguments.size() == static_cast<size_t>(count) + 1 && napi_get_reference_value(env, context.plan->print, &print) == napi_ok &&
         napi_get_undefined(env, &receiver) == napi_ok &&
         napi_call_function(env, receiver, print, arguments.size(), arguments.data(), nullptr) == napi_ok;
  } catch (const std::exception&) {
    ok = false;
  }
  if (!ok) {
    refuse(env, "A print step failed.");
  } else if (!arraysAreThere(context)) {
    ok = false;
    refuse(env, "An array of a running plan was detached by a print step.");
  }
  napi_close_handle_scope(env, scope);
  return ok;
}

}  // namespace

Frame* freeFrame(Plan& plan) {
  for (auto& frame : plan.frames) {
    if (!frame->busy) return frame.get();
  }
  auto frame = std::make_unique<Frame>(*plan.program);
  if (frame->memory.data == nullptr && plan.program->frameBytes > 0) return nullptr;
  plan.frames.push_back(std::move(frame));
  return plan.frames.back().get();
}

void removeIfDisposed(napi_env env, Environment* state, int32_t id) {
  const Plan& plan = *state->plans[static_cast<size_t>(id)];
  if (plan.disposed && plan.running == 0) removePlan(env, state, id);
}

namespace {

/** Copies small inputs in and notes where large values are. False: a wrong argument. */
bool bind(napi_env env, const Environment* state, const Plan& plan, Frame& frame, const napi_value* arguments, size_t count) {
  const Program& program = *plan.program;
  size_t next = 0;
  size_t external = 0;
  char* base = frame.memory.data;
  for (const Port& port : program.inputs) {
    void* data = nullptr;
    if (port.mailbox >= 0) {
      const char* from = state->mailbox() + port.mailbox;
      if (port.bytes == 4) std::memcpy(base + port.ref, from, 4);
      else std::memcpy(base + port.ref, from, static_cast<size_t>(port.bytes));
    } else {
      if (next == count || !memoryOf(env, arguments[next++], port.bytes, data)) return false;
      if (port.ref < 0) frame.externals[external] = data;
      else if (port.bytes > 0) std::memcpy(base + port.ref, data, static_cast<size_t>(port.bytes));
    }
    external++;
  }
  for (const Port& port : program.outputs) {
    frame.externals[external] = nullptr;
    if (port.mailbox < 0 && (next == count || !memoryOf(env, arguments[next++], port.bytes, frame.externals[external]))) return false;
    external++;
  }
  if (program.prints.empty()) {
    if (plan.variables.size() != program.variables.size()) return false;
    for (void* variable : plan.variables) frame.externals[external++] = variable;
  } else {
    for (const VariableSlot& variable : program.variables) {
      if (next == count || !memoryOf(env, arguments[next++], variable.bytes, frame.externals[external++])) return false;
    }
  }
  return next == count;
}

/** Small outputs: into the mailbox, or the caller's array where the mailbox had no room. */
void deliver(const Environment* state, const Program& program, const Frame& frame) {
  for (size_t i = 0; i < program.outputs.size(); i++) {
    const Port& port = program.outputs[i];
    if (port.ref < 0) {
      if (port.mailbox >= 0 && port.bytes > 0) {
        std::memcpy(state->mailbox() + port.mailbox, frame.externals[static_cast<size_t>(~port.ref)], static_cast<size_t>(port.bytes));
      }
      continue;
    }
    void* to = port.mailbox >= 0 ? state->mailbox() + port.mailbox : frame.externals[program.inputs.size() + i];
    const char* from = frame.memory.data + port.ref;
    if (port.bytes == 4) std::memcpy(to, from, 4);
    else if (port.bytes > 0) std::memcpy(to, from, static_cast<size_t>(port.bytes));
  }
}

}  // namespace

napi_value createPlan(napi_env env, napi_callback_info info) {
  napi_value argv[5];
  size_t argc = 5;
  Environment* state = environmentOf(env, info, argc, argv);
  if (state == nullptr || argc < 4) return refuse(env, "createPlan takes words, numbers, constants and a print function.");
  bool watched = false;
  if (argc > 4) napi_get_value_bool(env, argv[4], &watched);
  Elements words, numbers, constants;
  napi_valuetype type;
  if (!elementsOf(env, argv[0], DType::Int32, words) || !elementsOf(env, argv[1], DType::Float64, numbers) ||
      !elementsOf(env, argv[2], DType::Bool, constants) || napi_typeof(env, argv[3], &type) != napi_ok || type != napi_function) {
    return refuse(env, "createPlan takes an Int32Array, a Float64Array, a Uint8Array and a function.");
  }
  try {
    std::string error;
    PlanWords plan = {};
    plan.words = static_cast<const int32_t*>(words.data);
    plan.wordCount = static_cast<int64_t>(words.length);
    plan.numbers = static_cast<const double*>(numbers.data);
    plan.numberCount = static_cast<int64_t>(numbers.length);
    plan.constants = static_cast<const uint8_t*>(constants.data);
    plan.constantBytes = static_cast<int64_t>(constants.length);
    plan.mailboxBytes = kMailboxBytes;
    auto created = std::make_unique<Plan>();
    created->program = decode(plan, error);
    if (created->program == nullptr) return refuse(env, ("Bad plan: " + error + ".").c_str());
    if (watched) setWatched(*created->program);
    // Held weakly: the function refers to the plan's owner, which holds it, and must not keep that alive.
    if (napi_create_reference(env, argv[3], 0, &created->print) != napi_ok) return refuse(env, "The print function cannot be kept.");
    int32_t id;
    if (!state->freeIds.empty()) {
      id = state->freeIds.back();
      state->freeIds.pop_back();
    } else {
      id = static_cast<int32_t>(state->plans.size());
      state->plans.emplace_back();
    }
    account(env, *created->program, 1);
    state->plans[static_cast<size_t>(id)] = std::move(created);
    return intValue(env, id);
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
}

napi_value bindVariables(napi_env env, napi_callback_info info) {
  Arguments arguments;
  Environment* state = arguments.take(env, info);
  const size_t argc = arguments.count;
  const napi_value* argv = arguments.values;
  if (state == nullptr || argc < 1) return refuse(env, "bindVariables takes a plan and the arrays of its variables.");
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return refuse(env, "There is no such plan: it was disposed.");
  const std::vector<VariableSlot>& variables = plan->program->variables;
  try {
    std::vector<void*> addresses(variables.size());
    bool fits = argc - 1 == variables.size();
    for (size_t i = 0; fits && i < addresses.size(); i++) fits = memoryOf(env, argv[i + 1], variables[i].bytes, addresses[i]);
    if (!fits) return refuse(env, "The arrays given to bindVariables do not match the plan.");
    plan->variables = std::move(addresses);
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  return nullptr;
}

napi_value runPlan(napi_env env, napi_callback_info info) {
  Arguments arguments;
  Environment* state = arguments.take(env, info);
  const size_t argc = arguments.count;
  const napi_value* argv = arguments.values;
  if (state == nullptr || argc < 1) return refuse(env, "runPlan takes a plan and its large values.");
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return refuse(env, "There is no such plan: it was disposed.");
  if (plan->program->watched) return refuse(env, "runPlan does not take plans that run beside the program.");
  try {
    const Program& program = *plan->program;
    Frame* frame = freeFrame(*plan);
    if (frame == nullptr) return intValue(env, state->report({Status::Memory, 0, program.frameBytes, 0}, -1));
    if (!bind(env, state, *plan, *frame, argv + 1, argc - 1)) {
      return refuse(env, "The arrays given to runPlan do not match the plan.");
    }
    PrintContext context = {env, plan, frame, argv + 1, argc - 1};
    frame->busy = true;
    // Not of runs inside of this one, which a print step makes.
    if (plan->running++ == 0) frame->clock = plan->clock.get();
    const RunResult result = run(program, *frame, {&context, printStep});
    if (frame->clock != nullptr) frame->clock->end();
    frame->clock = nullptr;
    plan->running--;
    frame->busy = false;
    int32_t status = 0;
    if (result.outcome == Outcome::Done) deliver(state, program, *frame);
    else status = result.outcome == Outcome::Stopped ? kStopped : state->report(result.failure, result.step);
    int32_t id = 0;
    napi_get_value_int32(env, argv[0], &id);
    removeIfDisposed(env, state, id);
    return status == kStopped ? nullptr : intValue(env, status);
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
}

napi_value disposePlan(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  Environment* state = environmentOf(env, info, argc, argv);
  if (state == nullptr || argc < 1) return refuse(env, "disposePlan takes a plan.");
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return nullptr;
  // A plan may be disposed from its own print step: it goes when the run ends.
  plan->disposed = true;
  if (plan->running > 0) return nullptr;
  int32_t id = 0;
  napi_get_value_int32(env, argv[0], &id);
  removePlan(env, state, id);
  return nullptr;
}

napi_value timePlan(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  Environment* state = environmentOf(env, info, argc, argv);
  int32_t most = -1;
  if (state == nullptr || argc < 2 || napi_get_value_int32(env, argv[1], &most) != napi_ok || most < 0 || most > kMostTimed) {
    return refuse(env, "timePlan takes a plan and a number of steps.");
  }
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return refuse(env, "There is no such plan: it was disposed.");
  const bool isFree = plan->running == 0;
  try {
    if (isFree) {
      // Behind the steps of the plan comes the end.
      plan->clock = std::make_unique<StepClock>(plan->program->code.size() - 1, static_cast<size_t>(most));
      setTimed(*plan->program, true);
    }
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  napi_value result;
  return napi_get_boolean(env, isFree, &result) == napi_ok ? result : nullptr;
}

napi_value stepTimes(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  Environment* state = environmentOf(env, info, argc, argv);
  if (state == nullptr || argc < 1) return refuse(env, "stepTimes takes a plan.");
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed || plan->clock == nullptr || plan->running > 0) {
    return refuse(env, "There is no such plan, or it is not timed.");
  }
  const StepClock& clock = *plan->clock;
  const size_t length = 2 + 3 * clock.entries.size() + 2 * clock.totals.size();
  void* data = nullptr;
  napi_value buffer, array;
  if (napi_create_arraybuffer(env, length * sizeof(double), &data, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_float64_array, length, buffer, 0, &array) != napi_ok) {
    return nullptr;
  }
  double* out = static_cast<double*>(data);
  *out++ = static_cast<double>(clock.executed);
  *out++ = static_cast<double>(clock.entries.size());
  for (const StepClock::Entry& entry : clock.entries) {
    for (const int64_t value : {entry.step, entry.start, entry.took}) *out++ = static_cast<double>(value);
  }
  for (const StepClock::Total& total : clock.totals) {
    *out++ = static_cast<double>(total.count);
    *out++ = static_cast<double>(total.took);
  }
  plan->clock.reset();
  try {
    setTimed(*plan->program, false);
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  return array;
}

napi_value loopsOf(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  Environment* state = environmentOf(env, info, argc, argv);
  if (state == nullptr || argc < 1) return refuse(env, "loopsOf takes a plan.");
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return refuse(env, "There is no such plan: it was disposed.");
  napi_value list;
  if (napi_create_array(env, &list) != napi_ok) return nullptr;
  try {
    uint32_t at = 0;
    for (const CodeRegion& region : plan->program->regions) {
      const std::string text = describeRegion(*plan->program, region);
      napi_value words;
      if (napi_create_string_utf8(env, text.c_str(), text.size(), &words) != napi_ok) return nullptr;
      for (const napi_value value : {intValue(env, region.first), intValue(env, region.last), words}) napi_set_element(env, list, at++, value);
    }
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  return list;
}

}  // namespace gfn::addon
