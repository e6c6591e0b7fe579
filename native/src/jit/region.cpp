#include "region.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <set>

#include "calls.h"
#include "elements.h"
#include "emitter.h"
#include "lane.h"

namespace gfn::jit {

namespace {

/** Bytes of the frame (or of the code's own values) that belong together: a variable on the stack, which LLVM turns into registers. */
struct Variable {
  int64_t from, to;
  /** One type for all uses: `float`, `<16 x float>`; "i64" for scalars of several types; empty for plain bytes. */
  std::string type;
  bool mixed = false;
  bool written = false;
  std::string name;
};

/** On the stack at most: threads may have few megabytes of it. */
constexpr int64_t kMostBytes = 256 << 10;

struct Use {
  int64_t from, to;
  std::string type;
  bool vector;
  bool write;
};

class Writer {
 public:
  Writer(const Region& region, const RegionHost& host) : region_(region), host_(host), recording_(e_) {}

  std::string text() {
    collect();
    layOut();
    int64_t bytes = 0;
    for (const Variable& v : variables_) bytes += v.to - v.from;
    if (bytes > kMostBytes) return "";
    for (Variable& v : variables_) {
      v.name = e_.early("alloca " + (v.type.empty() ? "[" + std::to_string(v.to - v.from) + " x i8]" : v.type) + ", align 64");
    }
    for (const Variable& v : variables_) copyIn(v);
    if (region_.watched) watch_ = e_.fresh("load ptr, ptr " + e_.fresh("getelementptr inbounds i8, ptr %run, i64 " + std::to_string(kWatchAt)));
    e_.line("br label %" + labelOf(region_.first));
    bool open = false;
    int previous = -1;
    for (const RegionStep& step : region_.steps) {
      if (step.step != previous && (!open || isTarget(step.step))) {
        if (open) e_.line("br label %" + labelOf(step.step));
        e_.block(labelOf(step.step));
        open = true;
        if (region_.watched) look(step.step);
      }
      previous = step.step;
      open = write(step);
    }
    if (open) e_.line("br label %" + labelOf(region_.last + 1));
    for (const int exit : exits_) {
      e_.block("s" + std::to_string(exit));
      for (const Variable& v : variables_) {
        if (v.written) copyOut(v);
      }
      e_.line("ret i64 " + std::to_string(exit));
    }
    for (const int step : stops_) {
      e_.block("stop" + std::to_string(step));
      for (const Variable& v : variables_) {
        if (v.written) copyOut(v);
      }
      e_.line("ret i64 " + std::to_string(step));
    }
    for (const std::string& block : failures_) e_.raw(block);
    return e_.text("i64 @kernel(ptr %frame, ptr %run, ptr %failure)");
  }

 private:
  // ---- what is used, and how

  void use(const Place& place, bool write) {
    if (constantOf(place) != nullptr) return;
    const std::string type = storedType(place.dtype);
    const int64_t bytes = sizeOf(place.dtype);
    if (place.n > kMostScalars) {
      uses_.push_back({place.at, place.at + place.bytes(), "<" + std::to_string(place.n) + " x " + type + ">", true, write});
      return;
    }
    for (int64_t i = 0; i < place.n; i++) uses_.push_back({place.at + i * bytes, place.at + (i + 1) * bytes, type, false, write});
  }

  void collect() {
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
        case RegionStep::Kind::When: targets_.insert(step.target); [[fallthrough]];
        case RegionStep::Kind::Push: use(step.in[0], false); break;
        case RegionStep::Kind::Pop: use(step.out, true); break;
        case RegionStep::Kind::Jump: targets_.insert(step.target); break;
        case RegionStep::Kind::Call: break;
      }
    }
    targets_.insert(region_.first);
  }

  /** Uses that overlap share a variable. */
  void layOut() {
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

  const Variable& variableOf(int64_t at) const {
    const auto after = std::upper_bound(variables_.begin(), variables_.end(), at, [](int64_t place, const Variable& v) { return place < v.from; });
    return *(after - 1);
  }

  // ---- to and from memory

  bool isTarget(int step) const { return targets_.count(step) > 0; }
  /** A block of the region, or the way out. */
  std::string labelOf(int step) {
    if (step < region_.first || step > region_.last) exits_.insert(step);
    return "s" + std::to_string(step);
  }

  std::string inFrame(int64_t at) { return e_.fresh("getelementptr inbounds i8, ptr %frame, i64 " + std::to_string(at)); }

  void copyIn(const Variable& v) {
    if (v.from < 0) return;
    if (v.type.empty()) return copyBytes(v.name, inFrame(v.from), v.to - v.from);
    const std::string value = e_.fresh("load " + v.type + ", ptr " + inFrame(v.from) + ", align 1");
    e_.line("store " + v.type + " " + value + ", ptr " + v.name + ", align 64");
  }

  void copyOut(const Variable& v) {
    if (v.from < 0) return;
    if (v.type.empty()) return copyBytes(inFrame(v.from), v.name, v.to - v.from);
    const std::string value = e_.fresh("load " + v.type + ", ptr " + v.name + ", align 64");
    e_.line("store " + v.type + " " + value + ", ptr " + inFrame(v.from) + ", align 1");
  }

  void copyBytes(const std::string& to, const std::string& from, int64_t bytes) {
    e_.declare("void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)");
    e_.line("call void @llvm.memcpy.p0.p0.i64(ptr " + to + ", ptr " + from + ", i64 " + std::to_string(bytes) + ", i1 false)");
  }

  std::string addressOf(const Variable& v, int64_t at) {
    return at == v.from ? v.name : e_.fresh("getelementptr inbounds i8, ptr " + v.name + ", i64 " + std::to_string(at - v.from));
  }

  const Region::Constant* constantOf(const Place& place) const {
    for (const Region::Constant& c : region_.constants) {
      if (place.at >= c.place.at && place.at + place.bytes() <= c.place.at + c.place.bytes() && place.dtype == c.place.dtype) return &c;
    }
    return nullptr;
  }

  static std::string literalAt(const void* data, DType dtype, int64_t i) {
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

  /** Bits of a stored type within an i64, and back. */
  std::string widened(const std::string& type, const std::string& value) {
    if (type == "i64") return value;
    if (type == "double") return e_.fresh("bitcast double " + value + " to i64");
    const std::string whole = type == "float" ? e_.fresh("bitcast float " + value + " to i32") : value;
    return e_.fresh("zext " + (type == "float" ? std::string("i32") : type) + " " + whole + " to i64");
  }
  std::string narrowed(const std::string& type, const std::string& value) {
    if (type == "i64") return value;
    if (type == "double") return e_.fresh("bitcast i64 " + value + " to double");
    const std::string narrow = e_.fresh("trunc i64 " + value + " to " + (type == "float" ? "i32" : type));
    return type == "float" ? e_.fresh("bitcast i32 " + narrow + " to float") : narrow;
  }

  /** Element i of a place. */
  std::string element(const Place& place, int64_t i) {
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

  void setElement(const Place& place, int64_t i, const std::string& value) {
    const std::string type = storedType(place.dtype);
    const int64_t at = place.at + i * sizeOf(place.dtype);
    const Variable& v = variableOf(at);
    if (v.mixed) e_.line("store i64 " + widened(type, value) + ", ptr " + v.name + ", align 64");
    else e_.line("store " + type + " " + value + ", ptr " + addressOf(v, at) + ", align 1");
  }

  /** All elements of a place of more than kMostScalars. */
  std::string vector(const Place& place) {
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

  void setVector(const Place& place, const std::string& value) {
    const std::string whole = "<" + std::to_string(place.n) + " x " + storedType(place.dtype) + ">";
    e_.line("store " + whole + " " + value + ", ptr " + addressOf(variableOf(place.at), place.at) + ", align 1");
  }

  /** At the head of a loop: back to the machine, which sees the same, where the run is to stop. */
  void look(int step) {
    const auto head = std::find_if(region_.heads.begin(), region_.heads.end(), [=](const Region::Head& h) { return h.step == step; });
    if (head == region_.heads.end()) return;
    const std::string on = e_.label("on");
    const std::string stops = e_.fresh("icmp ne i32 " + e_.fresh("load atomic i32, ptr " + watch_ + " monotonic, align 4") + ", 0");
    e_.line("br i1 " + stops + ", label %stop" + std::to_string(step) + ", label %" + on);
    e_.block(on);
    stops_.push_back(step);
    if (!head->counts) return;
    const std::string at = e_.fresh("getelementptr inbounds i8, ptr " + watch_ + ", i64 " + std::to_string(kRoundsAt));
    const std::string rounds = e_.fresh("add i64 " + e_.fresh("load atomic i64, ptr " + at + " monotonic, align 8") + ", 1");
    e_.line("store atomic i64 " + rounds + ", ptr " + at + " monotonic, align 8");
  }

  // ---- steps. Each says whether what follows in the text is reached from here.

  bool write(const RegionStep& step) {
    switch (step.kind) {
      case RegionStep::Kind::Element: elements(step); return true;
      case RegionStep::Kind::Move: move(step); return true;
      case RegionStep::Kind::Jump: e_.line("br label %" + labelOf(step.target)); return false;
      case RegionStep::Kind::Unless: branch(step, labelOf(step.step + 1), labelOf(step.target)); return false;
      case RegionStep::Kind::When: branch(step, labelOf(step.target), labelOf(step.step + 1)); return false;
      case RegionStep::Kind::Push: push(step); return true;
      case RegionStep::Kind::Pop: pop(step); return true;
      case RegionStep::Kind::Call: call(step); return true;
    }
    return true;
  }

  void branch(const RegionStep& step, const std::string& yes, const std::string& no) {
    // A step behind a branch starts a block, whether it is a target or not.
    const std::string c = e_.fresh("icmp ne i8 " + element(step.in[0], 0) + ", 0");
    e_.line("br i1 " + c + ", label %" + yes + ", label %" + no);
  }

  void elements(const RegionStep& step) {
    if (step.out.n > kMostScalars) {
      e_.lanes = static_cast<int>(step.out.n);
      std::string in[kMaxOperands];
      for (int k = 0; k < step.op.operands; k++) {
        in[k] = step.in[k].n == 1 ? e_.splat(storedType(step.in[k].dtype), element(step.in[k], 0)) : vector(step.in[k]);
      }
      const std::string result = writeOp(step.op, in);
      setVector(step.out, result);
      e_.lanes = 1;
      return;
    }
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

  /** Goes on only where `condition` (an i1) holds. */
  void passOnlyIf(const std::string& condition, const RegionStep& step, Status status, const std::string& value) {
    const std::string on = e_.label("on"), bad = e_.label("bad");
    e_.line("br i1 " + condition + ", label %" + on + ", label %" + bad);
    static_assert(offsetof(Failure, index) == 8 && offsetof(Failure, bound) == 16 && offsetof(Failure, value) == 24);
    std::string block = bad + ":\n  store i32 " + std::to_string(static_cast<int32_t>(status)) + ", ptr %failure, align 8\n";
    const char* const fields[] = {"i64 0", "i64 0", nullptr};
    for (int i = 0; i < 3; i++) {
      const std::string at = "%" + bad + "p" + std::to_string(i);
      block += "  " + at + " = getelementptr inbounds i8, ptr %failure, i64 " + std::to_string(8 * (i + 1)) + "\n";
      block += "  store " + (fields[i] != nullptr ? std::string(fields[i]) : "double " + value) + ", ptr " + at + ", align 8\n";
    }
    failures_.push_back(block + "  ret i64 " + std::to_string(~static_cast<int64_t>(step.step)) + "\n");
    e_.block(on);
  }

  void require(const RegionStep& step, const std::string& y) {
    if (step.op.dtypes[1] != DType::Int32) return;
    const std::string value = e_.fresh("sitofp i32 " + y + " to double");
    const std::string fine = e_.fresh((step.check == Check::NON_ZERO ? "icmp ne i32 " : "icmp sge i32 ") + y + ", 0");
    passOnlyIf(fine, step, step.check == Check::NON_ZERO ? Status::Divide : Status::Power, value);
  }

  /** Sums and products that int32 must hold. */
  std::string exactly(const RegionStep& step, const std::string* in) {
    const char* const instruction = std::strcmp(step.op.op, "addExact") == 0 ? "add" : std::strcmp(step.op.op, "subExact") == 0 ? "sub" : "mul";
    const std::string x = e_.fresh("sext i32 " + in[0] + " to i64"), y = e_.fresh("sext i32 " + in[1] + " to i64");
    const std::string wide = e_.fresh(std::string(instruction) + " i64 " + x + ", " + y);
    const std::string narrow = e_.fresh("trunc i64 " + wide + " to i32");
    const std::string fine = e_.fresh("icmp eq i64 " + e_.fresh("sext i32 " + narrow + " to i64") + ", " + wide);
    passOnlyIf(fine, step, Status::Overflow, e_.fresh("sitofp i64 " + wide + " to double"));
    return narrow;
  }

  void move(const RegionStep& step) {
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

  void checked(const RegionStep& step, const void* function, const std::string& arguments) {
    const std::string ok = e_.fresh("call zeroext i1 " + jit::addressOf(function) + "(" + arguments + ", ptr %failure)");
    const std::string on = e_.label("on"), bad = e_.label("bad");
    e_.line("br i1 " + ok + ", label %" + on + ", label %" + bad);
    failures_.push_back(bad + ":\n  ret i64 " + std::to_string(~static_cast<int64_t>(step.step)) + "\n");
    e_.block(on);
  }

  void push(const RegionStep& step) {
    const std::string type = storedType(step.in[0].dtype);
    const std::string memory = e_.room("value", 8);
    e_.line("store " + type + " " + element(step.in[0], 0) + ", ptr " + memory + ", align 8");
    checked(step, reinterpret_cast<const void*>(host_.push),
            "ptr %run, i64 " + std::to_string(step.stack) + ", ptr " + memory + ", i64 " + std::to_string(step.in[0].bytes()));
  }

  void pop(const RegionStep& step) {
    const std::string memory = e_.room("value", 8);
    checked(step, reinterpret_cast<const void*>(host_.pop),
            "ptr %run, i64 " + std::to_string(step.stack) + ", ptr " + memory + ", i64 " + std::to_string(step.out.bytes()));
    setElement(step.out, 0, e_.fresh("load " + std::string(storedType(step.out.dtype)) + ", ptr " + memory + ", align 8"));
  }

  template <class Do>
  void each(const std::vector<Place>& places, const Do& act) {
    for (const Variable& v : variables_) {
      const bool touched = std::any_of(places.begin(), places.end(), [&](const Place& p) { return p.at < v.to && v.from < p.at + p.bytes(); });
      if (touched) act(v);
    }
  }

  void call(const RegionStep& step) {
    // What it writes a part of goes out as well, so that the rest is there when it comes back.
    std::vector<Place> out = step.reads;
    out.insert(out.end(), step.writes.begin(), step.writes.end());
    each(out, [&](const Variable& v) { copyOut(v); });
    checked(step, reinterpret_cast<const void*>(host_.call), "ptr %run, i64 " + std::to_string(step.step));
    each(step.writes, [&](const Variable& v) { copyIn(v); });
  }

  const Region& region_;
  const RegionHost& host_;
  Emitter e_;
  const Recording recording_;
  std::vector<Use> uses_;
  std::vector<Variable> variables_;
  std::set<int> targets_, exits_;
  /** Heads of loops where the watch may end the run. */
  std::vector<int> stops_;
  /** Address of the watch. */
  std::string watch_;
  std::vector<std::string> failures_;
};

}  // namespace

std::string writeRegion(const Region& region, const RegionHost& host) { return Writer(region, host).text(); }

}  // namespace gfn::jit
