#include "pieces.h"

#include <cstring>

#include "calls.h"
#include "elements.h"
#include "emitter.h"

namespace gfn::jit {

std::string writeOp(const PieceOp& op, const std::string* in) {
  if (std::strcmp(op.op, "where") == 0 && op.result != DType::Complex64) return writeWhere(op.result, in);
  const ElementCode code = std::strcmp(op.op, "cast") == 0 ? castCode(op.dtypes[0], op.result) : findElementCode(op.op, op.dtypes[0]);
  if (code != nullptr) return code(in, op.numbers);
  CalledOp called = {op.loop, op.op, {}, op.result, op.operands, {op.numbers[0], op.numbers[1]}};
  std::memcpy(called.dtypes, op.dtypes, sizeof called.dtypes);
  return writeCall(called, in);
}

std::string writePieces(const Pieces& pieces) {
  Emitter e;
  const Recording recording(e);
  const size_t inputs = pieces.inputs.size(), outputs = pieces.outputs.size();
  std::vector<std::string> where(inputs + outputs), values(inputs + outputs + static_cast<size_t>(pieces.room));
  for (size_t k = 0; k < inputs + outputs; k++) {
    where[k] = e.early("load ptr, ptr " + e.early("getelementptr inbounds ptr, ptr %where, i64 " + std::to_string(k)) + ", align 8");
  }
  e.lanes = kPieceLanes;
  for (size_t k = 0; k < inputs; k++) {
    const Pieces::Input& input = pieces.inputs[k];
    if (input.moves) continue;
    const std::string type = storedType(input.dtype);
    const std::string element = e.early("load " + type + ", ptr " + where[k] + ", align 1");
    values[k] = e.earlySplat(type, element);
  }
  e.line("br label %loop");
  e.block("loop");
  e.line("%i = phi i64 [ 0, %start ], [ %next, %loop ]");
  for (size_t k = 0; k < inputs; k++) {
    const Pieces::Input& input = pieces.inputs[k];
    if (!input.moves) continue;
    const std::string type = storedType(input.dtype);
    const std::string at = e.fresh("getelementptr inbounds " + type + ", ptr " + where[k] + ", i64 %i");
    values[k] = e.fresh("load " + e.vector(type) + ", ptr " + at + ", align 1");
  }
  for (const PieceOp& op : pieces.ops) {
    std::string in[kMaxOperands];
    for (int k = 0; k < op.operands; k++) in[k] = values[op.in[k]];
    values[op.out] = writeOp(op, in);
  }
  for (size_t k = 0; k < outputs; k++) {
    const std::string type = storedType(pieces.outputs[k]);
    const std::string at = e.fresh("getelementptr inbounds " + type + ", ptr " + where[inputs + k] + ", i64 %i");
    e.line("store " + e.vector(type) + " " + values[inputs + k] + ", ptr " + at + ", align 1");
  }
  e.line("%next = add nuw i64 %i, " + std::to_string(kPieceLanes));
  e.line("%more = icmp ult i64 %next, %n");
  e.line("br i1 %more, label %loop, label %done");
  e.block("done");
  e.line("ret void");
  return e.text("void @kernel(i64 %n, ptr %where)");
}

}  // namespace gfn::jit
