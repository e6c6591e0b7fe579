/**
 * Runs of plans beside the thread that asks for them, each on a thread of its own (Node's pool would make an environment that ends wait for
 * them, before anybody can tell them to stop):
 *
 *   startRun(plan, done, fails, ...inputs, ...variables) → run   copies all of them, and begins; −1: too little memory
 *   roundsOf(run) → number                                       rounds of the outermost loops so far; hands over what was printed
 *   stopRun(run)                                                 ends it before its next round or call
 *   done(status, detail)   status as of runPlan, with the report filled, or kStopped (detail: the site of a `fail`, or −1 and the error of
 *                          a print function), or kCancelled
 *   takeRun(run, ...outputs, ...written variables)               within done(0): copies results out
 *
 * A run works in memory of its own, so nothing that JavaScript does meanwhile can take it away, and variables keep their values until it
 * has ended. What print steps show is copied, and shown by the thread that asked, in order.
 */
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <new>
#include <set>
#include <system_error>
#include <thread>

#include "environment.h"

namespace gfn::addon {

namespace {

constexpr int32_t kStopped = -1;
constexpr int32_t kCancelled = -2;

/** Runs whose threads are at work. */
std::mutex allLock;
std::condition_variable allChanged;
std::set<Watch*> all;

/** A process that ends does not wait longer for a kernel that cannot be stopped. */
constexpr std::chrono::seconds kMostPatience{5};

/** Values of a print step. */
struct Printed {
  int site;
  struct Value {
    DType dtype;
    std::vector<char> data;
  };
  std::vector<Value> values;
};

}  // namespace

struct BackgroundRun {
  Environment* state;
  Plan* plan;
  int32_t planId, id;
  Frame* frame;
  /** Copies of large values, as long as the run takes. */
  std::vector<std::unique_ptr<Memory>> memory;
  Watch watch;
  RunResult result = {};
  std::thread thread;
  napi_threadsafe_function finish = nullptr;
  napi_ref done = nullptr;
  /** Sites of print steps that throw. */
  std::vector<int32_t> fails;
  int failed = -1;
  bool ended = false;
  std::mutex lock;
  std::vector<Printed> printed;

  explicit BackgroundRun(Environment* s) : state(s) {}

  /** Memory that the run works in, in place of the caller's; null where there is none. */
  void* own(int64_t bytes) {
    memory.push_back(std::make_unique<Memory>(bytes));
    // Values without elements have a place, too.
    return bytes == 0 ? static_cast<void*>(this) : memory.back()->data;
  }
};

Environment::Environment() = default;
Environment::~Environment() = default;

void stopAllRuns() {
  std::unique_lock<std::mutex> guard(allLock);
  for (Watch* watch : all) watch->stop.store(1);
  allChanged.wait_for(guard, kMostPatience, [] { return all.empty(); });
}

namespace {

BackgroundRun* runOf(napi_env env, Environment* state, napi_value value) {
  int32_t id = -1;
  if (napi_get_value_int32(env, value, &id) != napi_ok) return nullptr;
  if (id < 0 || static_cast<size_t>(id) >= state->background.size()) return nullptr;
  return state->background[static_cast<size_t>(id)].get();
}

/** On the run's thread. */
bool notePrint(void* self, int site, const View* values, int count) {
  BackgroundRun& run = *static_cast<BackgroundRun*>(self);
  for (const int32_t failing : run.fails) {
    if (failing != site) continue;
    run.failed = site;
    return false;
  }
  try {
    Printed printed{site, {}};
    for (int i = 0; i < count; i++) {
      const char* const data = static_cast<const char*>(values[i].data);
      printed.values.push_back({values[i].dtype, std::vector<char>(data, data + values[i].size * sizeOf(values[i].dtype))});
    }
    const std::lock_guard<std::mutex> guard(run.lock);
    run.printed.push_back(std::move(printed));
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

void noteEnd(BackgroundRun& run) {
  {
    const std::lock_guard<std::mutex> guard(allLock);
    all.erase(&run.watch);
  }
  allChanged.notify_all();
}

/** The thread of a run. */
void work(BackgroundRun* run) {
  run->result = gfn::run(*run->plan->program, *run->frame, {run, notePrint});
  noteEnd(*run);
  const napi_threadsafe_function finish = run->finish;
  napi_call_threadsafe_function(finish, run, napi_tsfn_blocking);
  napi_release_threadsafe_function(finish, napi_tsfn_release);
}

/** The environment is going away: before `finish` does, which was made earlier. */
void abandon(void* data) {
  BackgroundRun& run = *static_cast<BackgroundRun*>(data);
  run.watch.stop.store(1);
  if (run.thread.joinable()) run.thread.join();
}

/** Shows what was printed so far. False: an exception is pending. */
bool show(napi_env env, BackgroundRun& run) {
  std::vector<Printed> printed;
  {
    const std::lock_guard<std::mutex> guard(run.lock);
    printed.swap(run.printed);
  }
  for (const Printed& entry : printed) {
    std::vector<napi_value> arguments{intValue(env, entry.site)};
    for (const Printed::Value& value : entry.values) {
      void* data = nullptr;
      napi_value buffer, array;
      if (napi_create_arraybuffer(env, value.data.size(), &data, &buffer) != napi_ok) return false;
      if (!value.data.empty()) std::memcpy(data, value.data.data(), value.data.size());
      const size_t parts = value.dtype == DType::Complex64 ? 2 : 1;
      const size_t length = value.data.size() / static_cast<size_t>(sizeOf(value.dtype)) * parts;
      if (napi_create_typedarray(env, typeOf(value.dtype), length, buffer, 0, &array) != napi_ok) return false;
      arguments.push_back(array);
    }
    napi_value print, receiver;
    if (napi_get_reference_value(env, run.plan->print, &print) != napi_ok || print == nullptr || napi_get_undefined(env, &receiver) != napi_ok ||
        napi_call_function(env, receiver, print, arguments.size(), arguments.data(), nullptr) != napi_ok) {
      return false;
    }
  }
  return true;
}

/** Tells JavaScript that a run has ended. */
void report(napi_env env, BackgroundRun& run) {
  run.ended = true;
  int32_t status = 0;
  napi_value detail = intValue(env, run.failed);
  try {
    if (!show(env, run)) {
      status = kStopped;
      bool pending = false;
      if (napi_is_exception_pending(env, &pending) == napi_ok && pending) napi_get_and_clear_last_exception(env, &detail);
    } else if (run.result.outcome == Outcome::Stopped) {
      status = kStopped;
    } else if (run.result.outcome == Outcome::Cancelled) {
      status = kCancelled;
    } else if (run.result.outcome == Outcome::Failed) {
      status = run.state->report(run.result.failure, run.result.step);
    }
  } catch (const std::exception&) {
    status = run.state->report({Status::Memory, 0, 0, 0}, -1);
  }
  napi_value done, receiver;
  if (napi_get_reference_value(env, run.done, &done) == napi_ok && done != nullptr && napi_get_undefined(env, &receiver) == napi_ok) {
    const napi_value arguments[] = {intValue(env, status), detail};
    napi_call_function(env, receiver, done, 2, arguments, nullptr);
  }
}

/** The run is no more, and its thread has ended. */
void remove(napi_env env, BackgroundRun& run) {
  napi_remove_env_cleanup_hook(env, abandon, &run);
  napi_delete_reference(env, run.done);
  run.frame->watch = nullptr;
  run.frame->busy = false;
  run.plan->running--;
  Environment* const state = run.state;
  const int32_t plan = run.planId;
  state->background[static_cast<size_t>(run.id)].reset();
  removeIfDisposed(env, state, plan);
}

/** On the thread that asked, when the run has ended. Without `env`: that is going away, and so does all that belongs to it. */
void complete(napi_env env, napi_value, void*, void* data) {
  if (env == nullptr) return;
  BackgroundRun& run = *static_cast<BackgroundRun*>(data);
  report(env, run);
  run.thread.join();
  remove(env, run);
}

/** Copies what the run works on. False: an array does not fit the plan, or there is no memory (`short`). */
bool bindCopies(napi_env env, BackgroundRun& run, const napi_value* arguments, size_t count, bool& isShort) {
  const Program& program = *run.plan->program;
  Frame& frame = *run.frame;
  size_t next = 0;
  size_t external = 0;
  const auto given = [&](int64_t bytes, void* to) {
    void* data = nullptr;
    if (next == count || !memoryOf(env, arguments[next++], bytes, data)) return false;
    isShort = to == nullptr;
    if (isShort) return false;
    if (bytes > 0) std::memcpy(to, data, static_cast<size_t>(bytes));
    return true;
  };
  for (const Port& port : program.inputs) {
    void* const to = port.ref >= 0 ? frame.memory.data + port.ref : run.own(port.bytes);
    if (port.ref < 0) frame.externals[external] = to;
    if (!given(port.bytes, to)) return false;
    external++;
  }
  for (const Port& port : program.outputs) {
    // Results that have a place elsewhere are taken from there.
    const bool isOwn = port.ref == ~static_cast<Ref>(external);
    frame.externals[external] = isOwn ? run.own(port.bytes) : nullptr;
    isShort = isOwn && frame.externals[external] == nullptr;
    if (isShort) return false;
    external++;
  }
  for (const VariableSlot& variable : program.variables) {
    frame.externals[external] = run.own(variable.bytes);
    if (!given(variable.bytes, frame.externals[external])) return false;
    external++;
  }
  return next == count;
}

}  // namespace

napi_value startRun(napi_env env, napi_callback_info info) {
  size_t argc = 0;
  napi_get_cb_info(env, info, &argc, nullptr, nullptr, nullptr);
  std::vector<napi_value> argv(std::max<size_t>(argc, 3));
  Environment* state = environmentOf(env, info, argc, argv.data());
  napi_valuetype type;
  Elements fails;
  if (state == nullptr || argc < 3 || napi_typeof(env, argv[1], &type) != napi_ok || type != napi_function ||
      !elementsOf(env, argv[2], DType::Int32, fails)) {
    return refuse(env, "startRun takes a plan, a function, an Int32Array and the arrays of the plan.");
  }
  Plan* plan = planOf(env, state, argv[0]);
  if (plan == nullptr || plan->disposed) return refuse(env, "There is no such plan: it was disposed.");
  if (!plan->program->watched) return refuse(env, "startRun takes plans that were created for it.");
  try {
    auto run = std::make_unique<BackgroundRun>(state);
    run->plan = plan;
    napi_get_value_int32(env, argv[0], &run->planId);
    const auto* sites = static_cast<const int32_t*>(fails.data);
    run->fails.assign(sites, sites + fails.length);
    run->frame = freeFrame(*plan);
    if (run->frame == nullptr) {
      state->report({Status::Memory, 0, plan->program->frameBytes, 0}, -1);
      return intValue(env, -1);
    }
    bool isShort = false;
    if (!bindCopies(env, *run, argv.data() + 3, argc - 3, isShort)) {
      if (!isShort) return refuse(env, "The arrays given to startRun do not match the plan.");
      state->report({Status::Memory, 0, run->memory.back()->bytes, 0}, -1);
      return intValue(env, -1);
    }
    napi_value name;
    if (napi_create_string_utf8(env, "graphfn.runAsync", NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr, complete, &run->finish) != napi_ok ||
        napi_create_reference(env, argv[1], 1, &run->done) != napi_ok) {
      return refuse(env, "The run cannot be started.");
    }
    size_t id = 0;
    while (id < state->background.size() && state->background[id] != nullptr) id++;
    if (id == state->background.size()) state->background.emplace_back();
    run->id = static_cast<int32_t>(id);
    run->frame->watch = &run->watch;
    run->frame->busy = true;
    plan->running++;
    BackgroundRun* const started = run.get();
    state->background[id] = std::move(run);
    {
      const std::lock_guard<std::mutex> guard(allLock);
      all.insert(&started->watch);
    }
    napi_add_env_cleanup_hook(env, abandon, started);
    try {
      started->thread = std::thread(work, started);
    } catch (const std::system_error&) {
      napi_release_threadsafe_function(started->finish, napi_tsfn_abort);
      noteEnd(*started);
      remove(env, *started);
      return refuse(env, "There is no thread for another run.");
    }
    return intValue(env, static_cast<int32_t>(id));
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
}

napi_value stopRun(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  Environment* state = environmentOf(env, info, argc, argv);
  BackgroundRun* run = state == nullptr || argc < 1 ? nullptr : runOf(env, state, argv[0]);
  if (run == nullptr) return refuse(env, "stopRun takes a run that is under way.");
  run->watch.stop.store(1);
  return nullptr;
}

napi_value roundsOf(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  Environment* state = environmentOf(env, info, argc, argv);
  BackgroundRun* run = state == nullptr || argc < 1 ? nullptr : runOf(env, state, argv[0]);
  if (run == nullptr) return refuse(env, "roundsOf takes a run that is under way.");
  try {
    if (!show(env, *run)) return nullptr;
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  napi_value result;
  return napi_create_double(env, static_cast<double>(run->watch.rounds.load()), &result) == napi_ok ? result : nullptr;
}

napi_value takeRun(napi_env env, napi_callback_info info) {
  size_t argc = 0;
  napi_get_cb_info(env, info, &argc, nullptr, nullptr, nullptr);
  try {
    std::vector<napi_value> argv(std::max<size_t>(argc, 1));
    Environment* state = environmentOf(env, info, argc, argv.data());
    BackgroundRun* run = state == nullptr || argc < 1 ? nullptr : runOf(env, state, argv[0]);
    if (run == nullptr || !run->ended || run->result.outcome != Outcome::Done) return refuse(env, "takeRun takes a run that has just ended.");
    const Program& program = *run->plan->program;
    const Frame& frame = *run->frame;
    size_t next = 1;
    const auto give = [&](const void* from, int64_t bytes) {
      void* to = nullptr;
      if (next == argc || !memoryOf(env, argv[next++], bytes, to)) return false;
      if (bytes > 0) std::memcpy(to, from, static_cast<size_t>(bytes));
      return true;
    };
    bool fits = true;
    for (const Port& port : program.outputs) {
      fits = fits && give(port.ref < 0 ? frame.externals[static_cast<size_t>(~port.ref)] : frame.memory.data + port.ref, port.bytes);
    }
    for (size_t i = 0; fits && i < program.variables.size(); i++) {
      if (program.variables[i].written) fits = give(frame.externals[program.firstVariable() + i], program.variables[i].bytes);
    }
    if (!fits || next != argc) return refuse(env, "The arrays given to takeRun do not match the plan.");
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
  return nullptr;
}

}  // namespace gfn::addon
