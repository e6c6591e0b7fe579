#include "region.h"

#include <algorithm>
#include <cstddef>

#include "elements.h"
#include "writer.h"

namespace gfn::jit {

namespace {

class RegionWriter : StepWriter {
 public:
  RegionWriter(const Region& region, const RegionHost& host) : StepWriter(region), host_(host) {}

  std::string text() {
    if (!declare()) return "";
    for (const Variable& v : variables_) copyIn(v);
    if (region_.watched) watch_ = e_.fresh("load ptr, ptr " + e_.fresh("getelementptr inbounds i8, ptr %run, i64 " + std::to_string(kWatchAt)));
    e_.line("br label %" + labelOf(region_.first));
    steps();
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
  void collectOther(const RegionStep& step) override {
    if (step.kind == RegionStep::Kind::Push) use(step.in[0], false);
    if (step.kind == RegionStep::Kind::Pop) use(step.out, true);
  }

  void opened(int step) override {
    if (region_.watched) look(step);
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

  bool writeOther(const RegionStep& step) override {
    if (step.kind == RegionStep::Kind::Push) push(step);
    else if (step.kind == RegionStep::Kind::Pop) pop(step);
    else call(step);
    return true;
  }

  std::string failing(const RegionStep& step, Status status, const std::string& value, const std::string& name) override {
    static_assert(offsetof(Failure, index) == 8 && offsetof(Failure, bound) == 16 && offsetof(Failure, value) == 24);
    std::string block = "  store i32 " + std::to_string(static_cast<int32_t>(status)) + ", ptr %failure, align 8\n";
    const char* const fields[] = {"i64 0", "i64 0", nullptr};
    for (int i = 0; i < 3; i++) {
      const std::string at = "%" + name + "p" + std::to_string(i);
      block += "  " + at + " = getelementptr inbounds i8, ptr %failure, i64 " + std::to_string(8 * (i + 1)) + "\n";
      block += "  store " + (fields[i] != nullptr ? std::string(fields[i]) : "double " + value) + ", ptr " + at + ", align 8\n";
    }
    return block + "  ret i64 " + std::to_string(~static_cast<int64_t>(step.step)) + "\n";
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

  const RegionHost& host_;
  /** Heads of loops where the watch may end the run. */
  std::vector<int> stops_;
  /** Address of the watch. */
  std::string watch_;
};

}  // namespace

std::string writeRegion(const Region& region, const RegionHost& host) { return RegionWriter(region, host).text(); }

}  // namespace gfn::jit
