/** Words → Program. The format is described in runtime/src/plan/encode.ts. Nothing in a plan is believed. */
#include <cstring>
#include <limits>

#include "fused-words.h"
#include "machine.h"
#include "opcodes.h"
#include "program.h"
#include "regions.h"
#include "../jit/region.h"
#include "selection.h"
#include "words.h"

namespace gfn {

namespace {

constexpr int32_t kMagic = 0x67664e31;
constexpr int32_t kVersion = 4;

enum class Place : int32_t { Arena = 0, Input = 1, Output = 2, Const = 3, Variable = 4 };
constexpr int32_t kPlaces = 5;

struct Buffer {
  View view;
  int64_t bytes;
  Place place;
  int32_t argument;
  Ref ref;
  bool writable;
};

class Decoder {
 public:
  Decoder(const PlanWords& plan, Program& program) : plan_(plan), words_(plan.words, plan.wordCount), program_(program) {
    kernels_.rows = kernelTable(&kernels_.count);
  }

  void run() {
    require(words_.next() == kMagic, "these are not the words of a plan");
    require(words_.next() == kVersion, "the plan has another format version");
    const int32_t buffers = words_.count("buffers");
    const int32_t steps = words_.count("steps");
    inputs_ = words_.count("inputs");
    outputs_ = words_.count("outputs");
    prints_ = words_.count("prints");
    const int64_t lines = words_.next();
    require(lines >= 0, "the arena has a negative size");
    arena_ = lines * 64;
    variables_ = words_.count("variables");
    program_.stacks = words_.count("stacks");
    stackBytes_.assign(static_cast<size_t>(program_.stacks), -1);
    program_.frameBytes = arena_;
    program_.externals = inputs_ + outputs_ + variables_;
    program_.words.assign(plan_.words, plan_.words + plan_.wordCount);
    program_.numbers.assign(plan_.numbers, plan_.numbers + plan_.numberCount);
    program_.constants = std::make_unique<Memory>(plan_.constantBytes);
    if (plan_.constantBytes > 0) {
      require(program_.constants->data != nullptr, "there is not enough memory for the constants");
      std::memcpy(program_.constants->data, plan_.constants, static_cast<size_t>(plan_.constantBytes));
    }
    for (int32_t i = 0; i < buffers; i++) buffers_.push_back(buffer());
    variables();
    placeSmall();
    code(steps);
    ports(inputs_, Place::Input, program_.inputs);
    ports(outputs_, Place::Output, program_.outputs);
    require(words_.done(), "there are words after the end");
    findRegions(program_, steps);
  }

 private:
  Buffer buffer() {
    Buffer b = {};
    b.view.dtype = static_cast<DType>(words_.below(kDTypes, "dtype"));
    b.place = static_cast<Place>(words_.below(kPlaces, "place"));
    b.argument = words_.next();
    b.view.rank = words_.below(kMaxRank + 1, "rank");
    int64_t size = 1;
    bool empty = false;
    for (int axis = 0; axis < b.view.rank; axis++) {
      const int64_t d = words_.next();
      require(d >= 0, "a buffer has a negative length");
      b.view.dims[axis] = d;
      if (d == 0) empty = true;
      else size *= d;
      require(size <= kMaxElements, "a buffer has too many elements");
    }
    b.view.size = empty ? 0 : size;
    b.bytes = b.view.size * sizeOf(b.view.dtype);
    b.writable = b.place == Place::Arena || b.place == Place::Output;
    const int64_t at = static_cast<int64_t>(b.argument) * 8;
    switch (b.place) {
      case Place::Arena:
        require(b.argument >= 0 && b.bytes <= arena_ - at, "a buffer lies outside of the arena");
        b.ref = at;
        break;
      case Place::Const:
        require(b.argument >= 0 && b.bytes <= plan_.constantBytes - at, "a constant lies outside of the constants");
        require(at % 64 == 0, "a constant is not aligned");
        break;
      case Place::Input:
        require(b.argument >= 0 && b.argument < inputs_, "a buffer names an input that is not there");
        break;
      case Place::Output:
        require(b.argument >= 0 && b.argument < outputs_, "a buffer names an output that is not there");
        break;
      case Place::Variable:
        require(b.argument >= 0 && b.argument < variables_, "a buffer names a variable that is not there");
        break;
    }
    return b;
  }

  /** The memory of each variable is that of its buffer; other buffers of it see the same bytes. */
  void variables() {
    for (int32_t i = 0; i < variables_; i++) {
      const Buffer& b = operand();
      require(b.place == Place::Variable && b.argument == i, "a variable whose buffer is another's");
      program_.variables.push_back({b.bytes, words_.below(2, "flag") == 1});
    }
    for (Buffer& b : buffers_) {
      if (b.place != Place::Variable) continue;
      const VariableSlot& variable = program_.variables[static_cast<size_t>(b.argument)];
      require(b.bytes == variable.bytes, "two buffers of one variable differ in size");
      b.writable = variable.written;
      // Nothing to reach: an empty array may have no address.
      b.ref = b.bytes == 0 ? small(0) : ~static_cast<Ref>(inputs_ + outputs_ + b.argument);
    }
  }

  /** Places of inputs, outputs and constants: small ones in the frame behind the arena, one place per argument. */
  void placeSmall() {
    std::vector<Ref> inputs(static_cast<size_t>(inputs_), 0), outputs(static_cast<size_t>(outputs_), 0);
    std::vector<int64_t> inputBytes(inputs.size(), -1);
    outputBytes_.assign(outputs.size(), -1);
    for (Buffer& b : buffers_) {
      if (b.place == Place::Input || b.place == Place::Output) {
        auto& refs = b.place == Place::Input ? inputs : outputs;
        auto& bytes = b.place == Place::Input ? inputBytes : outputBytes_;
        const size_t i = static_cast<size_t>(b.argument);
        if (bytes[i] < 0) {
          bytes[i] = b.bytes;
          const int32_t external = b.argument + (b.place == Place::Input ? 0 : inputs_);
          refs[i] = b.bytes <= kSmallBytes ? small(b.bytes) : ~static_cast<Ref>(external);
        }
        require(bytes[i] == b.bytes, "two buffers of one argument differ in size");
        b.ref = refs[i];
      } else if (b.place == Place::Const) {
        const char* data = program_.constants->data + static_cast<int64_t>(b.argument) * 8;
        if (b.bytes <= kSmallBytes) {
          b.ref = small(b.bytes);
          if (b.bytes > 0) program_.smallConstants.push_back({b.ref, b.bytes, data});
        } else {
          b.ref = ~static_cast<Ref>(program_.externals++);
          program_.constantExternals.push_back(data);
        }
      }
    }
  }

  /** A place at the end of the frame; scalars take one slot. */
  Ref small(int64_t bytes) {
    const int64_t unit = bytes <= kSlot ? kSlot : 64;
    const int64_t at = (program_.frameBytes + unit - 1) / unit * unit;
    program_.frameBytes = at + (bytes <= kSlot ? kSlot : bytes);
    return at;
  }

  const Buffer& operand() { return buffers_[static_cast<size_t>(words_.below(static_cast<int64_t>(buffers_.size()), "buffer"))]; }
  const Buffer& result() {
    const Buffer& b = operand();
    require(b.writable, "a step writes to an input or a constant");
    return b;
  }

  void code(int32_t steps) {
    // Targets are addresses of instructions: they may not move.
    program_.code.resize(static_cast<size_t>(steps) + 1);
    program_.notes.resize(static_cast<size_t>(steps));
    for (int32_t i = 0; i < steps; i++) {
      note_ = &program_.notes[static_cast<size_t>(i)];
      step(program_.code[static_cast<size_t>(i)], steps);
    }
    program_.code.back().go = handler(OpHalt);
    fuseBranches(steps);
  }

  static FusedValue valueOf(const Buffer& b) { return {b.view, b.ref}; }
  static View noted(const FusedValue& value) {
    View view = value.view;
    view.data = reinterpret_cast<void*>(static_cast<intptr_t>(value.ref));
    return view;
  }
  static View noted(const Buffer& b) { return noted(valueOf(b)); }

  const Instruction* target(int32_t steps) {
    note_->target = words_.below(static_cast<int64_t>(steps) + 1, "jump target");
    return program_.code.data() + note_->target;
  }

  void step(Instruction& instruction, int32_t steps) {
    instruction = {};
    switch (words_.next()) {
      case 0: return op(instruction);
      case 1: return copy(instruction);
      case 2:
        note_->kind = StepNote::Kind::Jump;
        instruction.go = handler(OpJump);
        instruction.target = target(steps);
        return;
      case 3: return branch(instruction, OpUnless, steps);
      case 4: return print(instruction);
      case 5: return branch(instruction, OpWhen, steps);
      case 6: return stack(instruction, true);
      case 7: return stack(instruction, false);
      case 8: return fused(instruction);
      default: refuse("a step of an unknown kind");
    }
  }

  void branch(Instruction& instruction, Opcode opcode, int32_t steps) {
    const Buffer& pred = operand();
    require(pred.view.dtype == DType::Bool && pred.view.size == 1, "a branch on something that is not one bool");
    note_->kind = opcode == OpUnless ? StepNote::Kind::Unless : StepNote::Kind::When;
    note_->in = {noted(pred)};
    instruction.go = handler(opcode);
    instruction.a = slot(pred);
    instruction.target = target(steps);
  }

  void copy(Instruction& instruction) {
    const Buffer& from = operand();
    const Buffer& to = result();
    require(from.view.dtype == to.view.dtype && from.view.size == to.view.size, "a copy between different types");
    note_->kind = StepNote::Kind::Copy;
    note_->in = {noted(from)};
    note_->out = {noted(to)};
    if (from.view.size == 1 && isSlot(from) && isSlot(to)) {
      instruction.go = handler(from.bytes == 1 ? OpCopy1 : from.bytes == 4 ? OpCopy4 : OpCopy8);
      instruction.a = slot(from);
      instruction.out = slot(to);
      return;
    }
    instruction.go = handler(OpCopyBytes);
    instruction.a = static_cast<uint32_t>(program_.copies.size());
    program_.copies.push_back({from.ref, to.ref, from.bytes});
  }

  void print(Instruction& instruction) {
    note_->kind = StepNote::Kind::Print;
    PrintCall call;
    call.site = words_.below(prints_, "print site");
    call.count = words_.count("printed values");
    call.firstView = static_cast<int>(program_.views.size());
    for (int i = 0; i < call.count; i++) {
      const Buffer& b = operand();
      addView(b);
      note_->in.push_back(noted(b));
    }
    instruction.go = handler(OpPrint);
    instruction.a = static_cast<uint32_t>(program_.prints.size());
    program_.prints.push_back(call);
  }

  void stack(Instruction& instruction, bool isPush) {
    const int32_t index = words_.below(program_.stacks, "stack");
    const Buffer& b = isPush ? operand() : result();
    int64_t& bytes = stackBytes_[static_cast<size_t>(index)];
    require(bytes < 0 || bytes == b.bytes, "values of one stack differ in size");
    bytes = b.bytes;
    instruction.b = static_cast<uint32_t>(index);
    note_->kind = isPush ? StepNote::Kind::Push : StepNote::Kind::Pop;
    note_->stack = index;
    (isPush ? note_->in : note_->out) = {noted(b)};
    if (b.view.size == 1 && isSlot(b)) {
      const int large = b.bytes == 1 ? 0 : b.bytes == 4 ? 1 : 2;
      instruction.go = handler((isPush ? OpPush1 : OpPop1) + large);
      instruction.a = slot(b);
      return;
    }
    instruction.go = handler(isPush ? OpPushBytes : OpPopBytes);
    instruction.a = static_cast<uint32_t>(program_.stackCalls.size());
    program_.stackCalls.push_back({b.ref, b.bytes});
  }

  void op(Instruction& instruction) {
    const KernelRow& row = kernels_.rows[words_.below(kernels_.count, "kernel")];
    const int32_t nIn = words_.count("operands");
    const int32_t nOut = words_.count("results");
    in_.clear();
    out_.clear();
    for (int32_t i = 0; i < nIn; i++) in_.push_back(&operand());
    for (int32_t i = 0; i < nOut; i++) out_.push_back(&result());
    const int32_t wordCount = words_.count("attribute words");
    const int32_t* attributes = words_.take(wordCount);
    note_->op = row.op;
    note_->kernel = row.run;
    note_->firstWord = static_cast<int>(attributes - plan_.words);
    note_->wordCount = wordCount;
    for (const Buffer* b : in_) note_->in.push_back(noted(*b));
    for (const Buffer* b : out_) note_->out.push_back(noted(*b));
    if (scalarOp(instruction, row, attributes, wordCount)) return;
    if (loopOp(instruction, row, attributes, wordCount)) return;
    KernelCall call;
    call.run = row.run;
    call.nIn = nIn;
    call.nOut = nOut;
    call.firstView = static_cast<int>(program_.views.size());
    call.firstWord = static_cast<int>(attributes - plan_.words);
    call.wordCount = wordCount;
    for (const Buffer* b : in_) addView(*b);
    for (const Buffer* b : out_) addView(*b);
    instruction.go = handler(OpCallKernel);
    instruction.a = static_cast<uint32_t>(program_.kernels.size());
    program_.kernels.push_back(call);
  }

  void fused(Instruction& instruction) {
    const int32_t nIn = words_.count("operands");
    const int32_t nOut = words_.count("results");
    std::vector<FusedValue> inputs, outputs;
    for (int32_t i = 0; i < nIn; i++) inputs.push_back(valueOf(operand()));
    for (int32_t i = 0; i < nOut; i++) outputs.push_back(valueOf(result()));
    note_->kind = StepNote::Kind::Fused;
    for (const FusedValue& value : inputs) note_->in.push_back(noted(value));
    for (const FusedValue& value : outputs) note_->out.push_back(noted(value));
    instruction.go = handler(OpCallFused);
    instruction.a = static_cast<uint32_t>(program_.fused.size());
    program_.fused.push_back(readFused(words_, kernels_, plan_, program_, inputs, outputs));
  }

  void addView(const Buffer& b) {
    View view = b.view;
    if (b.ref >= 0) {
      view.data = reinterpret_cast<void*>(static_cast<intptr_t>(b.ref));
    } else {
      view.data = nullptr;
      program_.patches.push_back({static_cast<int>(program_.views.size()), static_cast<int>(~b.ref)});
    }
    program_.views.push_back(view);
  }

  static bool isSlot(const Buffer& b) { return b.ref >= 0 && b.ref / kSlot <= std::numeric_limits<uint32_t>::max(); }
  uint32_t slot(const Buffer& b) {
    require(isSlot(b), "a scalar lies beyond the reach of the machine");
    return static_cast<uint32_t>(b.ref / kSlot);
  }

  bool scalarOp(Instruction& instruction, const KernelRow& row, const int32_t* attributes, int32_t wordCount);
  bool loopOp(Instruction& instruction, const KernelRow& row, const int32_t* attributes, int32_t wordCount);
  void fuseBranches(int32_t steps);
  void ports(int32_t count, Place place, std::vector<Port>& list);

  const PlanWords& plan_;
  Words words_;
  Program& program_;
  Kernels kernels_ = {};
  int32_t inputs_ = 0, outputs_ = 0, prints_ = 0, variables_ = 0;
  int64_t arena_ = 0;
  std::vector<Buffer> buffers_;
  /** Per output the bytes of the buffers in its place; -1 where there are none. */
  std::vector<int64_t> outputBytes_;
  /** Per stack the bytes of a value; -1 before the first. */
  std::vector<int64_t> stackBytes_;
  std::vector<const Buffer*> in_, out_;
  /** Of the step that is read. */
  StepNote* note_ = nullptr;
};

/** An elementwise op on scalars that all lie in the frame: one instruction of the register machine. */
bool Decoder::scalarOp(Instruction& instruction, const KernelRow& row, const int32_t* attributes, int32_t wordCount) {
  if (out_.size() != 1 || in_.empty() || in_.size() > 3) return false;
  for (const Buffer* b : in_) {
    if (b->view.size != 1 || !isSlot(*b)) return false;
  }
  const Buffer& out = *out_[0];
  if (out.view.size != 1 || !isSlot(out)) return false;
  const DType dtype = in_[0]->view.dtype;
  instruction.a = slot(*in_[0]);
  instruction.out = slot(out);
  if (std::strcmp(row.op, "cast") == 0 && in_.size() == 1) {
    const int opcode = castOpcode(dtype, out.view.dtype);
    if (opcode < 0) return false;
    instruction.go = handler(opcode);
    return true;
  }
  if (in_.size() >= 2) instruction.b = slot(*in_[1]);
  if (std::strcmp(row.op, "where") == 0 && in_.size() == 3) {
    const DType type = out.view.dtype;
    if (dtype != DType::Bool || in_[1]->view.dtype != type || in_[2]->view.dtype != type) return false;
    instruction.c = slot(*in_[2]);
    instruction.go = handler(sizeOf(type) == 1 ? OpWhere1 : sizeOf(type) == 4 ? OpWhere4 : OpWhere8);
    return true;
  }
  const ScalarRow* scalar = findScalar(row.op, dtype);
  if (scalar == nullptr || scalar->operands != in_.size() || out.view.dtype != scalar->result) return false;
  if (in_.size() == 2 && in_[1]->view.dtype != dtype) return false;
  const int opcode = scalarOpcode(row.op, dtype);
  if (opcode >= 0) {
    instruction.go = handler(opcode);
    return true;
  }
  instruction.c = static_cast<uint32_t>(program_.ownNumbers.size());
  if (!pushNumbers(plan_, program_, attributes, wordCount, scalar->numbers)) return false;
  instruction.go = handler(OpCallScalar);
  instruction.scalar = scalar->run;
  return true;
}

/** An elementwise op without broadcasting, other than of scalars: its loop is called directly. */
bool Decoder::loopOp(Instruction& instruction, const KernelRow& row, const int32_t* attributes, int32_t wordCount) {
  if (out_.size() != 1 || in_.empty() || in_.size() > static_cast<size_t>(kMaxOperands)) return false;
  View views[kMaxOperands];
  for (size_t k = 0; k < in_.size(); k++) views[k] = in_[k]->view;
  const Buffer& out = *out_[0];
  DirectLoop direct;
  if (!findDirectLoop(row.op, views, static_cast<int>(in_.size()), out.view, direct)) return false;
  LoopCall call = {};
  call.numbers = static_cast<int>(program_.ownNumbers.size());
  if (!pushNumbers(plan_, program_, attributes, wordCount, direct.numbers)) return false;
  call.loop = direct.loop;
  call.cost = direct.cost;
  call.n = out.view.size;
  call.out = out.ref;
  call.outBytes = static_cast<uint8_t>(sizeOf(out.view.dtype));
  call.operands = static_cast<uint8_t>(in_.size());
  for (size_t k = 0; k < in_.size(); k++) {
    call.in[k] = in_[k]->ref;
    call.moves[k] = in_[k]->view.size != 1;
    call.bytes[k] = static_cast<uint8_t>(sizeOf(in_[k]->view.dtype));
  }
  instruction.go = handler(OpCallLoop);
  instruction.a = static_cast<uint32_t>(program_.loops.size());
  program_.loops.push_back(call);
  return true;
}

/**
 * A comparison followed by a branch on its result becomes one instruction; the branch stays where it is for jumps to it, and
 * the result is stored for other readers.
 */
void Decoder::fuseBranches(int32_t steps) {
  for (int32_t i = 0; i + 1 < steps; i++) {
    Instruction& compare = program_.code[static_cast<size_t>(i)];
    const Instruction& next = program_.code[static_cast<size_t>(i) + 1];
    const bool unless = next.go == handler(OpUnless);
    if ((!unless && next.go != handler(OpWhen)) || next.a != compare.out) continue;
    const int opcode = branchingOpcode(compare.go, unless);
    if (opcode < 0) continue;
    compare.go = handler(opcode);
    compare.target = next.target;
  }
}

void Decoder::ports(int32_t count, Place place, std::vector<Port>& list) {
  for (int32_t i = 0; i < count; i++) {
    const Buffer& b = operand();
    const int32_t at = words_.next();
    const bool own = b.place == place && b.argument == i;
    require(own || place == Place::Output, "an input whose buffer is another's");
    // Steps write into its large buffers where the caller's array is, which is as long as the value.
    const int64_t large = place == Place::Output ? outputBytes_[static_cast<size_t>(i)] : -1;
    require(large <= kSmallBytes || large == b.bytes, "an output differs in size from the buffers that are its own");
    Port port = {b.view.dtype, b.view.size, b.bytes, -1, b.ref, !own};
    if (at >= 0) {
      port.mailbox = static_cast<int64_t>(at) * 8;
      require(b.bytes <= kSmallBytes && b.bytes <= plan_.mailboxBytes - port.mailbox, "a value lies outside of the mailbox");
    }
    list.push_back(port);
  }
}

}  // namespace

std::unique_ptr<Program> decode(const PlanWords& plan, std::string& error) {
  try {
    auto program = std::make_unique<Program>();
    Decoder(plan, *program).run();
    return program;
  } catch (const PlanError& e) {
    error = e.message;
  } catch (const std::exception& e) {
    error = std::string("decoding failed: ") + e.what();
  }
  return nullptr;
}

}  // namespace gfn
