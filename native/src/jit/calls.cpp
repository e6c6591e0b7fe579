#include "calls.h"

#include <cstring>
#include <list>
#include <mutex>

#include "elements.h"
#include "emitter.h"

namespace gfn::jit {

namespace {

/** What code refers to by its address: there for good, and one for equal ones. */
struct Callee {
  Loop loop;
  int64_t n;
  double numbers[2];
};

const Callee* interned(const Callee& wanted) {
  static std::mutex mutex;
  static std::list<Callee>* const all = new std::list<Callee>();
  std::unique_lock lock(mutex);
  for (const Callee& known : *all) {
    if (known.loop == wanted.loop && known.n == wanted.n && std::memcmp(known.numbers, wanted.numbers, sizeof wanted.numbers) == 0) return &known;
  }
  all->push_back(wanted);
  return &all->back();
}

/** Called by code. */
void callLoop(const Callee* callee, const void* const* in, void* out) {
  Failure failure = {};
  Lanes lanes = {};
  lanes.n = callee->n;
  for (int k = 0; k < kMaxOperands; k++) {
    lanes.in[k] = in[k];
    lanes.moves[k] = true;
  }
  lanes.out = out;
  lanes.numbers = callee->numbers;
  lanes.failure = &failure;
  callee->loop(lanes);
}

}  // namespace

std::string writeCall(const CalledOp& op, const std::string* in) {
  Emitter& e = emitter();
  const Callee* callee = interned({op.loop, e.lanes, {op.numbers[0], op.numbers[1]}});
  const std::string list = e.room("list", kMaxOperands * 8);
  for (int k = 0; k < op.operands; k++) {
    const std::string memory = e.room("operand" + std::to_string(k) + " ", e.lanes * 8);
    e.line("store " + e.vector(storedType(op.dtypes[k])) + " " + in[k] + ", ptr " + memory + ", align 64");
    e.line("store ptr " + memory + ", ptr " + e.value("getelementptr inbounds ptr, ptr " + list + ", i64 " + std::to_string(k)) + ", align 8");
  }
  const std::string out = e.room("result", e.lanes * 8);
  e.line("call void " + addressOf(reinterpret_cast<const void*>(callLoop)) + "(ptr " + addressOf(callee) + ", ptr " + list + ", ptr " + out + ")");
  return e.fresh("load " + e.vector(storedType(op.result)) + ", ptr " + out + ", align 64");
}

}  // namespace gfn::jit
