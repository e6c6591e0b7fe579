/**
 * The machine: threaded code. Each instruction holds the address of its handler; a handler ends by jumping to the next one's.
 * Scalars are read from and written to slots of the frame, so an instruction on scalars costs about one nanosecond.
 */
#include "machine.h"

#include <algorithm>
#include <cstring>

#include "../kernels/elementwise-math.h"
#include "opcodes.h"
#include "regions.h"

namespace gfn {

Frame::Frame(const Program& program) : memory(program.frameBytes), views(program.views), externals(static_cast<size_t>(program.externals)), stacks(static_cast<size_t>(program.stacks)) {
  if (memory.data == nullptr && program.frameBytes > 0) return;
  const size_t first = externals.size() - program.constantExternals.size();
  for (size_t i = 0; i < program.constantExternals.size(); i++) externals[first + i] = const_cast<void*>(program.constantExternals[i]);
  for (View& view : views) view.data = memory.data + reinterpret_cast<intptr_t>(view.data);
  for (const Patch& patch : program.patches) views[static_cast<size_t>(patch.view)].data = externals[static_cast<size_t>(patch.external)];
  for (const auto& constant : program.smallConstants) std::memcpy(memory.data + constant.at, constant.data, static_cast<size_t>(constant.bytes));
}

namespace {

GFN_INLINE char* place(Ref ref, char* base, void* const* externals) {
  return ref >= 0 ? base + ref : static_cast<char*>(externals[~ref]);
}

bool callKernel(const Program& program, const Frame& frame, const KernelCall& call, Failure& failure) {
  const View* views = frame.views.data() + call.firstView;
  const Attrs attrs = {program.words.data() + call.firstWord, call.wordCount, program.numbers.data(), static_cast<int>(program.numbers.size())};
  return call.run({views, call.nIn, views + call.nIn, call.nOut, attrs}, failure);
}

bool callLoop(const LoopCall& call, char* base, void* const* externals, const double* numbers, Failure& failure) {
  Lanes lanes;
  lanes.n = call.n;
  for (int k = 0; k < kMaxOperands; k++) {
    lanes.in[k] = k < call.operands ? place(call.in[k], base, externals) : nullptr;
    lanes.moves[k] = call.moves[k];
    lanes.bytes[k] = call.bytes[k];
  }
  lanes.outBytes = call.outBytes;
  lanes.failure = &failure;
  lanes.out = place(call.out, base, externals);
  lanes.numbers = numbers + call.numbers;
  return runLoop(call.loop, lanes, call.cost);
}

void callFused(const FusedCall& call, char* base, void* const* externals, const double* numbers) {
  char* at[kMaxFusedValues];
  const size_t inputs = call.inputs.size();
  for (size_t k = 0; k < inputs; k++) at[k] = place(call.inputs[k].ref, base, externals);
  for (size_t k = 0; k < call.outputs.size(); k++) at[inputs + k] = place(call.outputs[k].ref, base, externals);
  runFused(call, at, numbers);
}

GFN_INLINE bool push(Stack& stack, const void* from, int64_t bytes, Failure& failure) {
  const int64_t asked = stack.push(from, bytes);
  return asked == 0 || fail(failure, Status::Memory, 0, asked);
}

GFN_INLINE bool pop(Stack& stack, void* to, int64_t bytes, Failure& failure) {
  return stack.pop(to, bytes) || fail(failure, Status::Internal);
}

template <class T>
GFN_INLINE T& at(char* base, uint32_t slot) {
  return *reinterpret_cast<T*>(base + static_cast<uint64_t>(slot) * kSlot);
}

template <Check check, class T>
GFN_INLINE bool passes(T y) {
  if constexpr (check != Check::NONE && std::is_same_v<T, int32_t>) return check == Check::NON_ZERO ? y != 0 : y >= 0;
  else return true;
}

bool isOutermost(const Program& program, int step) {
  return std::any_of(program.heads.begin(), program.heads.end(), [=](const Program::Head& head) { return head.step == step && head.outermost; });
}

/** With `labels`: hands out the addresses of handlers and runs nothing. */
RunResult execute(const Program* program, Frame* frame, const Host* host, const void* const** labels) {
  static const void* const kLabels[kOpcodes] = {
      &&L_OpHalt, &&L_OpJump, &&L_OpUnless, &&L_OpWhen, &&L_OpPrint, &&L_OpPush1, &&L_OpPush4, &&L_OpPush8, &&L_OpPushBytes,
      &&L_OpPop1, &&L_OpPop4, &&L_OpPop8, &&L_OpPopBytes, &&L_OpCopy1, &&L_OpCopy4, &&L_OpCopy8, &&L_OpCopyBytes,
      &&L_OpCallScalar, &&L_OpCallLoop, &&L_OpCallKernel, &&L_OpCallFused, &&L_OpRegion, &&L_OpWhere1, &&L_OpWhere4, &&L_OpWhere8, &&L_OpTimed, &&L_OpWatched,
#define GFN_LABEL(Name, T, short, op) &&L_##op##_##short,
#define GFN_LABELS(Name, T, short, op) &&L_##op##_##short, &&L_##op##_##short##_unless, &&L_##op##_##short##_when,
#define UNARY(op, dtypes, cost, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_LABEL, op))
#define BINARY(op, dtypes, cost, check, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_LABEL, op))
#define COMPARE(op, ...) GFN_FOR_ANY(GFN_LABELS, op)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_LABEL, op)
#define EXACT(op, ...) GFN_FOR_INT(GFN_LABEL, op)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_LABEL, op)
#include "../kernels/elementwise-rows.h"
#define CAST(From, F, To, T, name) &&L_cast_##name,
      GFN_CASTS(CAST)
#undef CAST
  };
  if (labels != nullptr) {
    *labels = kLabels;
    return {};
  }

  char* const base = frame->memory.data;
  const Instruction* const code = program->code.data();
  const Instruction* ip = code;
  Failure failure = {};

#define NEXT  \
  {           \
    ip++;     \
    goto* ip->go; \
  }
#define GOTO(target_)  \
  {                    \
    ip = (target_);    \
    goto* ip->go;      \
  }

  goto* ip->go;

L_OpHalt:
  return {Outcome::Done, 0, {}};
L_OpJump:
  GOTO(ip->target)
L_OpUnless:
  if (at<uint8_t>(base, ip->a) == 0) GOTO(ip->target)
  NEXT
L_OpWhen:
  if (at<uint8_t>(base, ip->a) != 0) GOTO(ip->target)
  NEXT
L_OpPrint: {
  const PrintCall& call = program->prints[ip->a];
  if (!host->print(host->self, call.site, frame->views.data() + call.firstView, call.count)) {
    return {Outcome::Stopped, static_cast<int>(ip - code), {}};
  }
  NEXT
}
#define GFN_PUSH(label, from, bytes)                                         \
  label : {                                                                  \
    if (!push(frame->stacks[ip->b], from, bytes, failure)) goto failed;      \
    NEXT                                                                     \
  }
#define GFN_POP(label, to, bytes)                                            \
  label : {                                                                  \
    if (!pop(frame->stacks[ip->b], to, bytes, failure)) goto failed;         \
    NEXT                                                                     \
  }
  GFN_PUSH(L_OpPush1, base + ip->a * kSlot, 1)
  GFN_PUSH(L_OpPush4, base + ip->a * kSlot, 4)
  GFN_PUSH(L_OpPush8, base + ip->a * kSlot, 8)
  GFN_PUSH(L_OpPushBytes, place(program->stackCalls[ip->a].value, base, frame->externals.data()), program->stackCalls[ip->a].bytes)
  GFN_POP(L_OpPop1, base + ip->a * kSlot, 1)
  GFN_POP(L_OpPop4, base + ip->a * kSlot, 4)
  GFN_POP(L_OpPop8, base + ip->a * kSlot, 8)
  GFN_POP(L_OpPopBytes, place(program->stackCalls[ip->a].value, base, frame->externals.data()), program->stackCalls[ip->a].bytes)
L_OpCopy1:
  at<uint8_t>(base, ip->out) = at<uint8_t>(base, ip->a);
  NEXT
L_OpCopy4:
  at<uint32_t>(base, ip->out) = at<uint32_t>(base, ip->a);
  NEXT
L_OpCopy8:
  at<uint64_t>(base, ip->out) = at<uint64_t>(base, ip->a);
  NEXT
L_OpCopyBytes: {
  const CopyCall& call = program->copies[ip->a];
  void* const* externals = frame->externals.data();
  std::memmove(place(call.to, base, externals), place(call.from, base, externals), static_cast<size_t>(call.bytes));
  NEXT
}
L_OpCallScalar: {
  const void* const in[2] = {base + ip->a * kSlot, base + ip->b * kSlot};
  if (!ip->scalar(in, base + ip->out * kSlot, program->ownNumbers.data() + ip->c, failure)) goto failed;
  NEXT
}
L_OpCallLoop:
  if (!callLoop(program->loops[ip->a], base, frame->externals.data(), program->ownNumbers.data(), failure)) goto failed;
  NEXT
L_OpCallKernel:
  if (!callKernel(*program, *frame, program->kernels[ip->a], failure)) goto failed;
  NEXT
L_OpCallFused:
  callFused(program->fused[ip->a], base, frame->externals.data(), program->ownNumbers.data());
  NEXT
L_OpRegion: {
  const CodeRegion& region = program->regions[static_cast<size_t>(program->regionAt[static_cast<size_t>(ip - code)])];
  if (region.sweep != nullptr && !region.sweep->isOff) {
    if (!runSweep(*frame, region.sweep)) goto* region.go;
    if (frame->clock != nullptr) frame->clock->compiled();
    GOTO(code + region.last + 1)
  }
  const jit::RegionCode compiled = codeOf(*program, region);
  if (compiled == nullptr) goto* region.go;
  if (frame->clock != nullptr) frame->clock->compiled();
  // The code counts the round that it begins with once more.
  if (frame->watch != nullptr && isOutermost(*program, region.first)) frame->watch->rounds.fetch_sub(1, std::memory_order_relaxed);
  RegionRun self = {program, frame, frame->watch};
  const int64_t next = compiled(base, &self, &failure);
  if (next >= 0) GOTO(code + next)
  ip = code + ~next;
  goto failed;
}
L_OpWhere1:
  at<uint8_t>(base, ip->out) = at<uint8_t>(base, at<uint8_t>(base, ip->a) ? ip->b : ip->c);
  NEXT
L_OpWhere4:
  at<uint32_t>(base, ip->out) = at<uint32_t>(base, at<uint8_t>(base, ip->a) ? ip->b : ip->c);
  NEXT
L_OpWhere8:
  at<uint64_t>(base, ip->out) = at<uint64_t>(base, at<uint8_t>(base, ip->a) ? ip->b : ip->c);
  NEXT
L_OpTimed: {
  const size_t step = static_cast<size_t>(ip - code);
  if (frame->clock != nullptr) frame->clock->step(step);
  goto* program->handlers[step];
}

L_OpWatched: {
  const size_t step = static_cast<size_t>(ip - code);
  if (frame->watch != nullptr) {
    if (frame->watch->stop.load(std::memory_order_relaxed) != 0) return {Outcome::Cancelled, static_cast<int>(step), {}};
    if (isOutermost(*program, static_cast<int>(step))) frame->watch->rounds.fetch_add(1, std::memory_order_relaxed);
  }
  goto* program->handlers[step];
}

#define GFN_DO_UNARY(Name, T, short, op, ...) \
  L_##op##_##short : {                        \
    const T x = at<T>(base, ip->a);           \
    at<T>(base, ip->out) = __VA_ARGS__;       \
    NEXT                                      \
  }
#define GFN_DO_TEST(Name, T, short, op, ...)  \
  L_##op##_##short : {                        \
    const T x = at<T>(base, ip->a);           \
    at<uint8_t>(base, ip->out) = __VA_ARGS__; \
    NEXT                                      \
  }
#define GFN_DO_BINARY(Name, T, short, op, check, ...)          \
  L_##op##_##short : {                                         \
    const T x = at<T>(base, ip->a);                            \
    const T y = at<T>(base, ip->b);                            \
    if (!passes<check>(y)) {                                   \
      failCheck(check, 0, static_cast<int32_t>(y), failure);   \
      goto failed;                                             \
    }                                                          \
    at<T>(base, ip->out) = __VA_ARGS__;                        \
    NEXT                                                       \
  }
#define GFN_DO_EXACT(Name, T, short, op, ...)                                    \
  L_##op##_##short : {                                                           \
    const int64_t x = at<T>(base, ip->a);                                        \
    const int64_t y = at<T>(base, ip->b);                                        \
    const int64_t wide = __VA_ARGS__;                                            \
    if (wide != static_cast<int32_t>(wide)) {                                    \
      fail(failure, Status::Overflow, 0, 0, static_cast<double>(wide));          \
      goto failed;                                                               \
    }                                                                            \
    at<T>(base, ip->out) = static_cast<int32_t>(wide);                           \
    NEXT                                                                         \
  }
#define GFN_DO_LOGIC(Name, T, short, op, ...)                       \
  L_##op##_##short : {                                              \
    const T x = at<T>(base, ip->a);                                 \
    const T y = at<T>(base, ip->b);                                 \
    at<uint8_t>(base, ip->out) = static_cast<uint8_t>(__VA_ARGS__); \
    NEXT                                                            \
  }
// The branch that follows is another instruction: falling through skips it.
#define GFN_DO_COMPARE(Name, T, short, op, ...)    \
  GFN_DO_LOGIC(Name, T, short, op, __VA_ARGS__)    \
  L_##op##_##short##_unless : {                    \
    const T x = at<T>(base, ip->a);                \
    const T y = at<T>(base, ip->b);                \
    const bool result = __VA_ARGS__;               \
    at<uint8_t>(base, ip->out) = result;           \
    if (!result) GOTO(ip->target)                  \
    GOTO(ip + 2)                                   \
  }                                                \
  L_##op##_##short##_when : {                      \
    const T x = at<T>(base, ip->a);                \
    const T y = at<T>(base, ip->b);                \
    const bool result = __VA_ARGS__;               \
    at<uint8_t>(base, ip->out) = result;           \
    if (result) GOTO(ip->target)                   \
    GOTO(ip + 2)                                   \
  }
#define UNARY(op, dtypes, cost, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_DO_UNARY, op, __VA_ARGS__))
#define BINARY(op, dtypes, cost, check, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_DO_BINARY, op, Check::check, __VA_ARGS__))
#define COMPARE(op, ...) GFN_FOR_ANY(GFN_DO_COMPARE, op, __VA_ARGS__)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_DO_LOGIC, op, __VA_ARGS__)
#define EXACT(op, ...) GFN_FOR_INT(GFN_DO_EXACT, op, __VA_ARGS__)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_DO_TEST, op, __VA_ARGS__)
#include "../kernels/elementwise-rows.h"

#define CAST(From, F, To, T, name)                                 \
  L_cast_##name : {                                                \
    at<T>(base, ip->out) = m::convert<DType::To>(at<F>(base, ip->a));   \
    NEXT                                                           \
  }
  GFN_CASTS(CAST)
#undef CAST

failed:
  return {Outcome::Failed, static_cast<int>(ip - code), failure};
}

}  // namespace

bool callStep(const Program& program, Frame& frame, int step, Failure& failure) {
  const Instruction& instruction = program.code[static_cast<size_t>(step)];
  const void* const go = program.handlerOf(step);
  char* const base = frame.memory.data;
  void* const* externals = frame.externals.data();
  const double* numbers = program.ownNumbers.data();
  if (go == handler(OpCallScalar)) {
    const void* const in[2] = {base + instruction.a * kSlot, base + instruction.b * kSlot};
    return instruction.scalar(in, base + instruction.out * kSlot, numbers + instruction.c, failure);
  }
  if (go == handler(OpCallLoop)) return callLoop(program.loops[instruction.a], base, externals, numbers, failure);
  if (go == handler(OpCallKernel)) return callKernel(program, frame, program.kernels[instruction.a], failure);
  if (go == handler(OpCallFused)) {
    callFused(program.fused[instruction.a], base, externals, numbers);
    return true;
  }
  if (go == handler(OpCopyBytes)) {
    const CopyCall& call = program.copies[instruction.a];
    std::memmove(place(call.to, base, externals), place(call.from, base, externals), static_cast<size_t>(call.bytes));
    return true;
  }
  if (go == handler(OpPushBytes) || go == handler(OpPopBytes)) {
    const StackCall& call = program.stackCalls[instruction.a];
    Stack& stack = frame.stacks[instruction.b];
    char* const value = place(call.value, base, externals);
    return go == handler(OpPushBytes) ? push(stack, value, call.bytes, failure) : pop(stack, value, call.bytes, failure);
  }
  return fail(failure, Status::Internal);
}

const void* handler(int opcode) {
  const void* const* labels = nullptr;
  execute(nullptr, nullptr, nullptr, &labels);
  return labels[opcode];
}

void setTimed(Program& program, bool on) {
  std::vector<const void*> handlers;
  if (on == !program.handlers.empty()) return;
  if (on) {
    handlers.reserve(program.code.size());
    for (const Instruction& instruction : program.code) handlers.push_back(instruction.go);
  }
  const void* timed = handler(OpTimed);
  for (size_t i = 0; i < program.code.size(); i++) program.code[i].go = on ? timed : program.handlers[i];
  program.handlers = std::move(handlers);
}

void setWatched(Program& program) {
  program.watched = true;
  // Loops by blocks have no round after which all of it could end, and none to count.
  for (CodeRegion& region : program.regions) region.sweep = nullptr;
  for (const Instruction& instruction : program.code) program.handlers.push_back(instruction.go);
  const void* const watched = handler(OpWatched);
  for (const Program::Head& head : program.heads) program.code[static_cast<size_t>(head.step)].go = watched;
  for (Instruction& instruction : program.code) {
    for (const Opcode call : {OpCallLoop, OpCallKernel, OpCallFused}) {
      if (instruction.go == handler(call)) instruction.go = watched;
    }
  }
}

RunResult run(const Program& program, Frame& frame, const Host& host) {
  for (const Patch& patch : program.patches) {
    frame.views[static_cast<size_t>(patch.view)].data = frame.externals[static_cast<size_t>(patch.external)];
  }
  frame.failedSweep = nullptr;
  const RunResult result = execute(&program, &frame, &host, nullptr);
  for (Stack& stack : frame.stacks) stack.clear();
  if (result.outcome != Outcome::Done) return result;
  for (size_t i = 0; i < program.outputs.size(); i++) {
    const Port& port = program.outputs[i];
    if (!port.copied) continue;
    // A large one: the caller's array. (Small ones are read from their place.)
    void* to = frame.externals[program.inputs.size() + i];
    if (to != nullptr) std::memmove(to, place(port.ref, frame.memory.data, frame.externals.data()), static_cast<size_t>(port.bytes));
  }
  return result;
}

}  // namespace gfn
