#include "writer.h"

#include <algorithm>
#include <cstring>

#include "elements.h"
#include "lane.h"

namespace gfn::jit {

namespace {

std::string literalAt(const void* data, DType dtype, int64_t i) {
  switch (dtype) {
    case DType::Bool:
    case DType::UInt8: return m::literalOf(static_cast<const uint8_t*>(data)[i]);
    case DType::Int32: return m::literalOf(static_cast<const int32_t*>(data)[i]);
    case DType::Float32: return m::literalOf(static_cast<const float*>(data)[i]);
    case DType::Float64: return m::literalOf(static_cast<const double*>(data)[i]);
    case DType::Int64:
    case DType::Complex64: break;
  }
  return m::literalOf(static_cast<const int64_t*>(data)[i]);
}

}  // namespace

bool StepWriter::declare() {
  collect();
  layOut();
  int64_t bytes = 0;
  for (const Variable& v : variables_) bytes += v.to - v.from;
  if (bytes > kMostBytes) return false;
  for (Variable& v : variables_) {
    v.name = e_.early("alloca " + (v.type.empty() ? "[" + std::to_string(v.to - v.from) + " x i8]" : v.type) + ", align 64");
  }
  return true;
}

void StepWriter::steps() {
  bool open = false;
  int previous = -1;
  for (const RegionStep& step : region_.steps) {
    if (step.step != previous && (!open || isTarget(step.step))) {
      if (open) e_.line("br label %" + labelOf(step.step));
      e_.block(labelOf(step.step));
      open = true;
      opened(step.step);
    }
    previous = step.step;
    open = write(step);
  }
  if (open) e_.line("br label %" + labelOf(region_.last + 1));
}

// ---- what is used, and how

void StepWriter::collect() {
  for (const RegionStep& step : region_.steps) {
    switch (step.kind) {
      case RegionStep::Kind::Element:
        for (int k = 0; k < step.op.operands; k++) use(step.in[k], false);
        use(step.out, true);
        break;
      case RegionStep::Kind::Move:
        for (const RegionStep::Source& source : step.sources) use(source.place, false);
        use(step.out, true);
        break;
      case RegionStep::Kind::Unless:
      case RegionStep::Kind::When: targets_.insert(step.target); use(step.in[0], false); break;
      case RegionStep::Kind::Jump: targets_.insert(step.target); break;
      default: collectOther(step);
    }
  }
  targets_.insert(region_.first);
}

void StepWriter::use(const Place& place, bool write) {
  if (constantOf(place) != nullptr) return;
  const std::string type = storedType(place.dtype);
  const int64_t bytes = sizeOf(place.dtype);
  if (place.n > kMostScalars) {
    uses_.push_back({place.at, place.at + place.bytes(), "<" + std::to_string(place.n) + " x " + type + ">", true, write});
    return;
  }
  for (int64_t i = 0; i < place.n; i++) uses_.push_back({place.at + i * bytes, place.at + (i + 1) * bytes, type, false, write});
}

/** Uses that overlap share a variable. */
void StepWriter::layOut() {
  std::stable_sort(uses_.begin(), uses_.end(), [](const Use& a, const Use& b) { return a.from < b.from; });
  for (const Use& use : uses_) {
    if (variables_.empty() || use.from >= variables_.back().to) {
      variables_.push_back({use.from, use.to, use.type, false, use.write, ""});
      continue;
    }
    Variable& v = variables_.back();
    v.written = v.written || use.write;
    if (v.from == use.from && v.to == use.to && v.type == use.type) continue;
    const bool scalars = v.from == use.from && !use.vector && v.to - v.from <= 8 && !v.type.empty() && v.type[0] != '<';
    v.type = scalars ? "i64" : "";
    v.mixed = scalars;
    v.to = scalars ? v.from + 8 : std::max(v.to, use.to);
  }
  // A mixed scalar takes a whole slot, into which nothing else may reach.
  for (size_t i = 0; i + 1 < variables_.size();) {
    Variable& v = variables_[i];
    const Variable& next = variables_[i + 1];
    if (v.to <= next.from) {
      i++;
      continue;
    }
    v = {v.from, std::max(v.to, next.to), "", false, v.written || next.written, ""};
    variables_.erase(variables_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  for (Variable& v : variables_) {
    if (v.type.empty()) v.mixed = false;
  }
}

const Variable& StepWriter::variableOf(int64_t at) const {
  const auto after = std::upper_bound(variables_.begin(), variables_.end(), at, [](int64_t place, const Variable& v) { return place < v.from; });
  return *(after - 1);
}

// ---- to and from memory

std::string StepWriter::labelOf(int step) {
  if (step < region_.first || step > region_.last) exits_.insert(step);
  return "s" + std::to_string(step);
}

void StepWriter::copyIn(const Variable& v) {
  if (v.from < 0) return;
  if (v.type.empty()) return copyBytes(v.name, inFrame(v.from), v.to - v.from);
  const std::string value = e_.fresh("load " + v.type + ", ptr " + inFrame(v.from) + ", align 1");
  e_.line("store " + v.type + " " + value + ", ptr " + v.name + ", align 64");
}

void StepWriter::copyOut(const Variable& v) {
  if (v.from < 0) return;
  if (v.type.empty()) return copyBytes(inFrame(v.from), v.name, v.to - v.from);
  const std::string value = e_.fresh("load " + v.type + ", ptr " + v.name + ", align 64");
  e_.line("store " + v.type + " " + value + ", ptr " + inFrame(v.from) + ", align 1");
}

void StepWriter::copyBytes(const std::string& to, const std::string& from, int64_t bytes) {
  e_.declare("void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)");
  e_.line("call void @llvm.memcpy.p0.p0.i64(ptr " + to + ", ptr " + from + ", i64 " + std::to_string(bytes) + ", i1 false)");
}

std::string StepWriter::addressOf(const Variable& v, int64_t at) {
  return at == v.from ? v.name : e_.fresh("getelementptr inbounds i8, ptr " + v.name + ", i64 " + std::to_string(at - v.from));
}

const Region::Constant* StepWriter::constantOf(const Place& place) const {
  for (const Region::Constant& c : region_.constants) {
    if (place.at >= c.place.at && place.at + place.bytes() <= c.place.at + c.place.bytes() && place.dtype == c.place.dtype) return &c;
  }
  return nullptr;
}

/** Bits of a stored type within an i64, and back. */
std::string StepWriter::widened(const std::string& type, const std::string& value) {
  if (type == "i64") return value;
  if (type == "double") return e_.fresh("bitcast double " + value + " to i64");
  const std::string whole = type == "float" ? e_.fresh("bitcast float " + value + " to i32") : value;
  return e_.fresh("zext " + (type == "float" ? std::string("i32") : type) + " " + whole + " to i64");
}

std::string StepWriter::narrowed(const std::string& type, const std::string& value) {
  if (type == "i64") return value;
  if (type == "double") return e_.fresh("bitcast i64 " + value + " to double");
  const std::string narrow = e_.fresh("trunc i64 " + value + " to " + (type == "float" ? "i32" : type));
  return type == "float" ? e_.fresh("bitcast i32 " + narrow + " to float") : narrow;
}

std::string StepWriter::element(const Place& place, int64_t i) {
  const std::string type = storedType(place.dtype);
  if (const Region::Constant* c = constantOf(place)) {
    return literalAt(c->data.data() + (place.at - c->place.at), place.dtype, i);
  }
  const int64_t at = place.at + i * sizeOf(place.dtype);
  const Variable& v = variableOf(at);
  if (v.mixed) return narrowed(type, e_.fresh("load i64, ptr " + v.name + ", align 64"));
  if (place.n > kMostScalars) {
    const std::string whole = vector(place);
    return e_.fresh("extractelement <" + std::to_string(place.n) + " x " + type + "> " + whole + ", i64 " + std::to_string(i));
  }
  return e_.fresh("load " + type + ", ptr " + addressOf(v, at) + ", align 1");
}

void StepWriter::setElement(const Place& place, int64_t i, const std::string& value) {
  const std::string type = storedType(place.dtype);
  const int64_t at = place.at + i * sizeOf(place.dtype);
  const Variable& v = variableOf(at);
  if (v.mixed) e_.line("store i64 " + widened(type, value) + ", ptr " + v.name + ", align 64");
  else e_.line("store " + type + " " + value + ", ptr " + addressOf(v, at) + ", align 1");
}

std::string StepWriter::vector(const Place& place) {
  const std::string type = storedType(place.dtype);
  const std::string whole = "<" + std::to_string(place.n) + " x " + type + ">";
  if (const Region::Constant* c = constantOf(place)) {
    std::string text = "<";
    for (int64_t i = 0; i < place.n; i++) {
      text += (i == 0 ? "" : ", ") + type + " " + literalAt(c->data.data() + (place.at - c->place.at), place.dtype, i);
    }
    return text + ">";
  }
  return e_.fresh("load " + whole + ", ptr " + addressOf(variableOf(place.at), place.at) + ", align 1");
}

void StepWriter::setVector(const Place& place, const std::string& value) {
  const std::string whole = "<" + std::to_string(place.n) + " x " + storedType(place.dtype) + ">";
  e_.line("store " + whole + " " + value + ", ptr " + addressOf(variableOf(place.at), place.at) + ", align 1");
}

std::string StepWriter::spread(const Place& place) {
  return place.n == 1 ? e_.splat(storedType(place.dtype), element(place, 0)) : vector(place);
}

// ---- steps. Each says whether what follows in the text is reached from here.

bool StepWriter::write(const RegionStep& step) {
  switch (step.kind) {
    case RegionStep::Kind::Element: elements(step); return true;
    case RegionStep::Kind::Move: move(step); return true;
    case RegionStep::Kind::Jump: e_.line("br label %" + labelOf(step.target)); return false;
    case RegionStep::Kind::Unless: branch(step, labelOf(step.step + 1), labelOf(step.target)); return false;
    case RegionStep::Kind::When: branch(step, labelOf(step.target), labelOf(step.step + 1)); return false;
    default: return writeOther(step);
  }
}

void StepWriter::branch(const RegionStep& step, const std::string& yes, const std::string& no) {
  // A step behind a branch starts a block, whether it is a target or not.
  const std::string c = e_.fresh("icmp ne i8 " + element(step.in[0], 0) + ", 0");
  e_.line("br i1 " + c + ", label %" + yes + ", label %" + no);
}

void StepWriter::vectors(const RegionStep& step) {
  e_.lanes = static_cast<int>(step.out.n);
  std::string in[kMaxOperands];
  for (int k = 0; k < step.op.operands; k++) in[k] = spread(step.in[k]);
  const std::string result = writeOp(step.op, in);
  setVector(step.out, result);
  e_.lanes = 1;
}

void StepWriter::elements(const RegionStep& step) {
  if (step.out.n > kMostScalars) return vectors(step);
  // All results before one is stored: a result may lie where an operand is.
  std::vector<std::string> results;
  for (int64_t i = 0; i < step.out.n; i++) {
    std::string in[kMaxOperands];
    for (int k = 0; k < step.op.operands; k++) in[k] = element(step.in[k], step.in[k].n == 1 ? 0 : i);
    if (step.exact) results.push_back(exactly(step, in));
    else {
      if (step.check != Check::NONE) require(step, in[1]);
      results.push_back(writeOp(step.op, in));
    }
  }
  for (int64_t i = 0; i < step.out.n; i++) setElement(step.out, i, results[static_cast<size_t>(i)]);
}

void StepWriter::passOnlyIf(const std::string& condition, const RegionStep& step, Status status, const std::string& value) {
  const std::string on = e_.label("on"), bad = e_.label("bad");
  e_.line("br i1 " + condition + ", label %" + on + ", label %" + bad);
  failures_.push_back(bad + ":\n" + failing(step, status, value, bad));
  e_.block(on);
}

void StepWriter::require(const RegionStep& step, const std::string& y) {
  if (step.op.dtypes[1] != DType::Int32) return;
  const std::string value = e_.fresh("sitofp i32 " + y + " to double");
  const std::string fine = e_.fresh((step.check == Check::NON_ZERO ? "icmp ne i32 " : "icmp sge i32 ") + y + ", 0");
  passOnlyIf(fine, step, step.check == Check::NON_ZERO ? Status::Divide : Status::Power, value);
}

const char* exactInstruction(const char* op) {
  return std::strcmp(op, "addExact") == 0 ? "add" : std::strcmp(op, "subExact") == 0 ? "sub" : "mul";
}

/** Sums and products that int32 must hold. */
std::string StepWriter::exactly(const RegionStep& step, const std::string* in) {
  const std::string x = e_.fresh("sext i32 " + in[0] + " to i64"), y = e_.fresh("sext i32 " + in[1] + " to i64");
  const std::string wide = e_.fresh(std::string(exactInstruction(step.op.op)) + " i64 " + x + ", " + y);
  const std::string narrow = e_.fresh("trunc i64 " + wide + " to i32");
  const std::string fine = e_.fresh("icmp eq i64 " + e_.fresh("sext i32 " + narrow + " to i64") + ", " + wide);
  passOnlyIf(fine, step, Status::Overflow, e_.fresh("sitofp i64 " + wide + " to double"));
  return narrow;
}

void StepWriter::move(const RegionStep& step) {
  std::vector<std::string> values;
  for (const RegionStep::Source& source : step.sources) values.push_back(element(source.place, source.element));
  if (step.out.n <= kMostScalars) {
    for (int64_t i = 0; i < step.out.n; i++) setElement(step.out, i, values[static_cast<size_t>(i)]);
    return;
  }
  const std::string type = storedType(step.out.dtype);
  const std::string whole = "<" + std::to_string(step.out.n) + " x " + type + ">";
  std::string built = "undef";
  for (int64_t i = 0; i < step.out.n; i++) {
    built = e_.fresh("insertelement " + whole + " " + built + ", " + type + " " + values[static_cast<size_t>(i)] + ", i64 " + std::to_string(i));
  }
  setVector(step.out, built);
}

}  // namespace gfn::jit
