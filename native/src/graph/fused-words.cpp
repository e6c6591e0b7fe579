#include "fused-words.h"

#include <cstring>

#include "../jit/region.h"
#include "../kernels/matmul.h"
#include "ranges.h"
#include "rows.h"

namespace gfn {

namespace {

class FusedReader {
 public:
  FusedReader(Words& words, const Kernels& kernels, const PlanWords& plan, Program& program) :
      words_(words), kernels_(kernels), plan_(plan), program_(program) {}

  FusedCall read(const std::vector<FusedValue>& inputs, const std::vector<FusedValue>& outputs) {
    nIn_ = static_cast<int32_t>(inputs.size());
    nOut_ = static_cast<int32_t>(outputs.size());
    require(nIn_ >= 1 && nOut_ >= 1 && nIn_ + nOut_ <= kMaxFusedValues - kMaxPlaces, "a wrong number of values for fused ops");
    shape();
    for (const FusedValue& value : inputs) input(value);
    for (const FusedValue& value : outputs) output(value);
    inside();
    const int32_t ops = words_.count("fused ops");
    require(ops >= 1, "no fused ops");
    for (int32_t i = 0; i < ops; i++) op(i, inputs, outputs);
    for (int32_t i = 0; i < nOut_; i++) require(values_[nIn_ + i].known, "a result of fused ops is not computed");
    for (int32_t i = 0; i < nIn_; i++) unread(i);
    if (head_ >= 0) headLast(inputs);
    require(placesOf(call_) <= kMaxPlaces, "too many values inside of fused ops");
    if (call_.run == 0) preparePieces(call_);
    else if (const char* const wrong = prepareRows(call_)) refuse(wrong);
    return std::move(call_);
  }

 private:
  /** What is known of a value: inputs, then outputs, then those inside. */
  struct Value {
    DType dtype;
    /** It has been computed, or was there. */
    bool known;
    /** The same element for all. */
    bool isOne;
    /** One element per row. */
    bool isColumn;
    /** An operand that lies along the result in no way, which only a head reads. */
    bool isForeign = false;
    /** By an op that is no head. */
    bool isRead = false;
  };

  void shape() {
    shape_.rank = words_.below(kMaxRank + 1, "rank");
    shape_.size = 1;
    for (int axis = 0; axis < shape_.rank; axis++) {
      shape_.dims[axis] = words_.next();
      require(shape_.dims[axis] >= 0, "a buffer has a negative length");
      shape_.size *= shape_.dims[axis];
      require(shape_.size <= kMaxElements, "a buffer has too many elements");
    }
    call_.n = shape_.size;
    call_.run = words_.next();
    // Fewer elements are the compiler's own, one by one (regions.cpp).
    require(call_.run == 0 || (call_.run >= 2 && call_.n > jit::kMostLanes && call_.n % call_.run == 0), "fused ops on rows of a wrong length");
    rows_ = call_.run == 0 ? 0 : call_.n / call_.run;
  }

  void input(const FusedValue& value) {
    const View& view = value.view;
    FusedOperand operand = {value.ref, 1, Pattern::One, view.dtype, static_cast<uint8_t>(sizeOf(view.dtype))};
    const bool isForeign = !patternOf(shape_, view, operand);
    require(view.size > 0 || call_.n == 0, "an operand of fused ops is empty");
    values_.push_back({view.dtype, true, operand.pattern == Pattern::One, rows_ > 0 && operand.pattern == Pattern::Column, isForeign});
    call_.inputs.push_back(operand);
  }

  void output(const FusedValue& value) {
    const View& view = value.view;
    const bool isColumn = rows_ > 0 && view.size == rows_;
    require(isColumn || view.size == call_.n, "a result of fused ops has another size");
    call_.outputs.push_back({value.ref, view.dtype, static_cast<uint8_t>(sizeOf(view.dtype)), isColumn});
    values_.push_back({view.dtype, false, false, isColumn});
  }

  void inside() {
    call_.room = words_.count("values inside");
    call_.columns = words_.count("columns inside");
    require(call_.room <= kMaxPlaces && call_.columns <= kMaxPlaces, "too many values inside of fused ops");
    require(call_.columns == 0 || rows_ > 0, "columns without rows");
    values_.resize(values_.size() + static_cast<size_t>(call_.room), Value{});
    values_.resize(values_.size() + static_cast<size_t>(call_.columns), Value{DType{}, false, false, true});
    require(values_.size() <= kMaxFusedValues, "too many values inside of fused ops");
  }

  void op(int32_t index, const std::vector<FusedValue>& inputs, const std::vector<FusedValue>& outputs) {
    const KernelRow& row = kernels_.rows[words_.below(kernels_.count, "kernel")];
    if (index == 0 && std::strcmp(row.op, "matMul") == 0) return head(inputs, outputs);
    FusedOp op = {};
    op.op = row.op;
    View views[kMaxOperands];
    operands(op, views);
    const int32_t to = words_.below(static_cast<int64_t>(values_.size()), "value");
    require(to >= nIn_, "a fused op writes to an operand");
    require(to != head_, "a fused op writes over the product before it");
    op.out = static_cast<uint16_t>(to);
    Value& value = values_[static_cast<size_t>(to)];
    op.result = static_cast<DType>(words_.below(kDTypes, "dtype"));
    require(to >= nIn_ + nOut_ || op.result == value.dtype, "a fused op writes a result of another type");
    const int32_t wordCount = words_.count("attribute words");
    const int32_t* attributes = words_.take(wordCount);
    // Blocks of rows hold values of different sizes at different times only where no other row's are left.
    require(rows_ == 0 || to < nIn_ + nOut_ || !value.known || sizeOf(value.dtype) == sizeOf(op.result),
            "fused ops put elements of two sizes in one place");
    if (rows_ > 0 && op.operands == 1 && findRowKernel(row.op, op.dtypes[0], op.row)) rowOp(op);
    else elementwise(op, views, attributes, wordCount);
    value.dtype = op.result;
    value.known = true;
    call_.ops.push_back(op);
  }

  /** The product that the others read. */
  void head(const std::vector<FusedValue>& inputs, const std::vector<FusedValue>& outputs) {
    require(words_.count("operands") == 2 && call_.run == 0, "a product in fused ops with other operands than two, or with rows");
    Head& head = call_.head;
    head.a = static_cast<uint16_t>(words_.below(nIn_, "value"));
    head.b = static_cast<uint16_t>(words_.below(nIn_, "value"));
    head_ = words_.below(static_cast<int64_t>(values_.size()), "value");
    require(head_ >= nIn_, "a fused op writes to an operand");
    head.isKept = head_ < nIn_ + nOut_;
    head.dtype = static_cast<DType>(words_.below(kDTypes, "dtype"));
    Value& value = values_[static_cast<size_t>(head_)];
    require(!head.isKept || head.dtype == value.dtype, "a fused op writes a result of another type");
    const int32_t wordCount = words_.count("attribute words");
    const int32_t* attributes = words_.take(wordCount);
    const View views[2] = {inputs[head.a].view, inputs[head.b].view};
    View out = head.isKept ? outputs[static_cast<size_t>(head_ - nIn_)].view : shape_;
    out.dtype = head.dtype;
    const Call call = {views, 2, &out, 1, {attributes, wordCount, plan_.numbers, static_cast<int>(plan_.numberCount)}};
    require(readProduct(call, head.product), "a product that cannot stand before fused ops");
    value.dtype = head.dtype;
    value.known = true;
  }

  /** An operand that only the head reads, or nobody. */
  void unread(int32_t i) {
    if (values_[static_cast<size_t>(i)].isRead) return;
    const bool isOfHead = head_ >= 0 && (call_.head.a == i || call_.head.b == i);
    require(isOfHead || !values_[static_cast<size_t>(i)].isForeign, "an operand of fused ops has no pattern");
    call_.inputs[static_cast<size_t>(i)].pattern = Pattern::One;
  }

  /** From here on the product is the last of the inputs, and no result. */
  void headLast(const std::vector<FusedValue>& inputs) {
    Head& head = call_.head;
    head.result = static_cast<uint16_t>(nIn_);
    const uint8_t bytes = static_cast<uint8_t>(sizeOf(head.dtype));
    FusedOperand product = {0, 1, Pattern::Full, head.dtype, bytes};
    if (head.isKept) {
      product.ref = call_.outputs[static_cast<size_t>(head_ - nIn_)].ref;
      call_.outputs.erase(call_.outputs.begin() + (head_ - nIn_));
    } else {
      call_.room--;
    }
    call_.inputs.push_back(product);
    require(!call_.outputs.empty() && !call_.ops.empty(), "a product without fused ops");
    const auto moved = [&](uint16_t& value) {
      if (value == head_) value = head.result;
      else if (value >= nIn_ && value < head_) value++;
    };
    for (FusedOp& op : call_.ops) {
      for (int k = 0; k < op.operands; k++) moved(op.in[k]);
      moved(op.out);
    }
    head.over = head.isKept ? -1 : place(inputs, bytes);
  }

  /** An output that the product may lie in: nothing reads the product behind the op that writes it, and no operand lies there. */
  int place(const std::vector<FusedValue>& inputs, int64_t bytes) const {
    const auto isFree = [&](const FusedCall::Result& result) {
      for (const FusedValue& value : inputs) {
        if (Range{value.ref, value.view.size * sizeOf(value.view.dtype)}.overlaps({result.ref, call_.n * result.bytes})) return false;
      }
      return true;
    };
    for (size_t k = 0; k < call_.outputs.size(); k++) {
      bool written = false, readBehind = false;
      for (const FusedOp& op : call_.ops) {
        for (int i = 0; i < op.operands; i++) readBehind = readBehind || (written && op.in[i] == call_.head.result);
        written = written || op.out == call_.inputs.size() + k;
      }
      if (call_.outputs[k].bytes == bytes && !readBehind && isFree(call_.outputs[k])) return static_cast<int>(k);
    }
    return -1;
  }

  void operands(FusedOp& op, View* views) {
    const int32_t count = words_.count("operands");
    require(count >= 1 && count <= kMaxOperands, "a fused op with a wrong number of operands");
    op.operands = static_cast<uint8_t>(count);
    for (int32_t k = 0; k < count; k++) {
      const int32_t from = words_.below(static_cast<int64_t>(values_.size()), "value");
      Value& value = values_[static_cast<size_t>(from)];
      require(value.known, "a fused op reads a value before it is there");
      require(!value.isForeign, "an operand of fused ops has no pattern");
      value.isRead = true;
      op.in[k] = static_cast<uint16_t>(from);
      views[k] = shape_;
      views[k].dtype = op.dtypes[k] = value.dtype;
      if (value.isOne) views[k].size = 1, views[k].rank = 0;
    }
  }

  void rowOp(FusedOp& op) {
    const int32_t from = op.in[0];
    const bool isFull = from < nIn_ ? call_.inputs[static_cast<size_t>(from)].pattern == Pattern::Full : !values_[static_cast<size_t>(from)].isColumn;
    require(isFull && op.result == op.dtypes[0] && values_[op.out].isColumn == op.row.reduces, "a row op on something that is not rows");
    op.kind = FusedOp::Kind::Row;
    call_.cost += op.row.cost;
  }

  void elementwise(FusedOp& op, const View* views, const int32_t* attributes, int32_t wordCount) {
    const Value& value = values_[op.out];
    op.kind = value.isColumn ? FusedOp::Kind::Columns : FusedOp::Kind::Elements;
    for (int k = 0; k < op.operands; k++) {
      const Value& operand = values_[op.in[k]];
      require(!value.isColumn || operand.isColumn || operand.isOne, "a column is computed from more than one element of its row");
    }
    View out = shape_;
    out.dtype = op.result;
    // An empty result has no loop to find: nothing runs.
    out.size = out.size == 0 ? 1 : out.size;
    DirectLoop direct = {};
    require(findDirectLoop(op.op, views, op.operands, out, direct) && direct.loop != nullptr, "an op that cannot be fused");
    require(direct.cost > 0, "an op that may fail was fused");
    op.loop = direct.loop;
    op.numberCount = direct.numbers;
    op.numbers = static_cast<int>(program_.ownNumbers.size());
    require(pushNumbers(plan_, program_, attributes, wordCount, direct.numbers), "a fused op lacks its numbers");
    // A result in the room of an operand is read and written element by element, which takes elements of one size.
    for (int k = 0; k < op.operands; k++) {
      require(op.in[k] != op.out || sizeOf(value.dtype) == sizeOf(op.result), "a fused op writes over elements of another size");
    }
    call_.cost += op.kind == FusedOp::Kind::Elements ? direct.cost : 0;
  }

  Words& words_;
  const Kernels& kernels_;
  const PlanWords& plan_;
  Program& program_;
  FusedCall call_ = {};
  View shape_ = {};
  int64_t rows_ = 0;
  int32_t nIn_ = 0, nOut_ = 0;
  /** The value that is a product; −1: none. */
  int32_t head_ = -1;
  std::vector<Value> values_;
};

}  // namespace

FusedCall readFused(Words& words, const Kernels& kernels, const PlanWords& plan, Program& program, const std::vector<FusedValue>& inputs,
                    const std::vector<FusedValue>& outputs) {
  return FusedReader(words, kernels, plan, program).read(inputs, outputs);
}

bool pushNumbers(const PlanWords& plan, Program& program, const int32_t* attributes, int32_t wordCount, int count) {
  if (wordCount < count) return false;
  for (int i = 0; i < count; i++) {
    if (attributes[i] < 0 || attributes[i] >= plan.numberCount) refuse("a number attribute lies outside of the numbers");
    program.ownNumbers.push_back(plan.numbers[attributes[i]]);
  }
  return true;
}

}  // namespace gfn
