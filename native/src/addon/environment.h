/**
 * What the addon keeps per Node environment (main thread or worker): the memory shared with JavaScript and the decoded plans.
 * Created by the module's init, freed by Node when the environment ends. Nothing is shared between environments but the
 * kernel table and the thread pool.
 */
#pragma once
#include <memory>
#include <vector>

#include "../graph/machine.h"
#include "raw.h"

namespace gfn::addon {

/**
 * Sizes of the shared memory, in bytes; JavaScript reads them from the exports.
 *   report   what went wrong, as float64: [status, step, index, bound, value]
 *   mailbox  small values of plans
 *   words    one eager op (encodeOp), int32
 *   numbers  its numeric attributes, float64
 */
constexpr int64_t kReportBytes = 64;
constexpr int64_t kMailboxBytes = 64 << 10;
constexpr int64_t kWordBytes = 16 << 10;
constexpr int64_t kNumberBytes = 1 << 10;
constexpr int64_t kMailboxAt = kReportBytes;
constexpr int64_t kWordsAt = kMailboxAt + kMailboxBytes;
constexpr int64_t kNumbersAt = kWordsAt + kWordBytes;
constexpr int64_t kSharedBytes = kNumbersAt + kNumberBytes;

struct Plan {
  std::unique_ptr<Program> program;
  /** The first is the usual one; more appear when a print step runs the same plan again. */
  std::vector<std::unique_ptr<Frame>> frames;
  napi_ref print = nullptr;
  /** Where the variables are, as last bound; empty before. Plans with print steps get them with each run instead. */
  std::vector<void*> variables;
  /** While runs are timed: of the outermost run. */
  std::unique_ptr<StepClock> clock;
  /** Runs under way. */
  int running = 0;
  bool disposed = false;
};

/** A run beside the thread that asked for it: background.cpp. */
struct BackgroundRun;

struct Environment {
  Environment();
  ~Environment();
  char* shared = nullptr;
  napi_ref sharedRef = nullptr;
  /** By id; ids of disposed plans are used again. */
  std::vector<std::unique_ptr<Plan>> plans;
  std::vector<int32_t> freeIds;
  /** Runs under way, by id; null where one has ended. */
  std::vector<std::unique_ptr<BackgroundRun>> background;

  char* mailbox() const { return shared + kMailboxAt; }
  const int32_t* words() const { return reinterpret_cast<const int32_t*>(shared + kWordsAt); }
  const double* numbers() const { return reinterpret_cast<const double*>(shared + kNumbersAt); }
  /** Fills the report; the status is what the call returns to JavaScript. */
  int32_t report(const Failure& failure, int step) {
    double* out = reinterpret_cast<double*>(shared);
    out[0] = static_cast<double>(failure.status);
    out[1] = step;
    out[2] = static_cast<double>(failure.index);
    out[3] = static_cast<double>(failure.bound);
    out[4] = failure.value;
    return static_cast<int32_t>(failure.status);
  }
};

/** The environment that a function was created in. */
inline Environment* environmentOf(napi_env env, napi_callback_info info, size_t& argc, napi_value* argv) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &argc, argv, nullptr, &data) != napi_ok) return nullptr;
  return static_cast<Environment*>(data);
}

// plans.cpp
napi_value createPlan(napi_env env, napi_callback_info info);
napi_value bindVariables(napi_env env, napi_callback_info info);
napi_value runPlan(napi_env env, napi_callback_info info);
napi_value disposePlan(napi_env env, napi_callback_info info);
napi_value timePlan(napi_env env, napi_callback_info info);
napi_value stepTimes(napi_env env, napi_callback_info info);
napi_value loopsOf(napi_env env, napi_callback_info info);
Plan* planOf(napi_env env, Environment* state, napi_value value);
Frame* freeFrame(Plan& plan);
/** Takes a plan away that was disposed while it ran, if this was its last run. */
void removeIfDisposed(napi_env env, Environment* state, int32_t id);
napi_typedarray_type typeOf(DType dtype);
// background.cpp
napi_value startRun(napi_env env, napi_callback_info info);
napi_value stopRun(napi_env env, napi_callback_info info);
napi_value roundsOf(napi_env env, napi_callback_info info);
napi_value takeRun(napi_env env, napi_callback_info info);
/** Tells all runs of the process to end, and waits for that. */
void stopAllRuns();
// ops.cpp
napi_value runOp(napi_env env, napi_callback_info info);

}  // namespace gfn::addon
