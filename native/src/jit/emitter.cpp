#include "emitter.h"

namespace gfn::jit {

static thread_local Emitter* current = nullptr;

Emitter& emitter() { return *current; }

Recording::Recording(Emitter& to) : before_(current) { current = &to; }
Recording::~Recording() { current = before_; }

std::string Emitter::fresh(const std::string& instruction) {
  std::string name = "%v" + std::to_string(next_++);
  body_ += "  " + name + " = " + instruction + "\n";
  return name;
}

std::string Emitter::value(const std::string& instruction) {
  const auto found = known_.find(instruction);
  if (found != known_.end()) return found->second;
  return known_[instruction] = fresh(instruction);
}

std::string Emitter::early(const std::string& instruction) {
  std::string name = "%e" + std::to_string(next_++);
  entry_ += "  " + name + " = " + instruction + "\n";
  return name;
}

std::string Emitter::constant(const std::string& type, const std::string& literal) {
  if (lanes == 1) return literal;
  const std::string whole = vector(type);
  std::string& name = constants_[whole + literal];
  if (name.empty()) name = earlySplat(type, literal);
  return name;
}

std::string Emitter::splatBy(std::string (Emitter::*write)(const std::string&), const std::string& type, const std::string& value) {
  const std::string whole = vector(type);
  const std::string first = (this->*write)("insertelement " + whole + " undef, " + type + " " + value + ", i64 0");
  return (this->*write)("shufflevector " + whole + " " + first + ", " + whole + " undef, <" + std::to_string(lanes) + " x i32> zeroinitializer");
}

std::string addressOf(const void* address) { return "inttoptr (i64 " + std::to_string(reinterpret_cast<uintptr_t>(address)) + " to ptr)"; }

const std::string& Emitter::room(const std::string& name, int64_t bytes) {
  std::string& known = rooms_[name + std::to_string(bytes)];
  if (known.empty()) known = early("alloca [" + std::to_string(bytes) + " x i8], align 64");
  return known;
}

void Emitter::block(const std::string& label) {
  body_ += label + ":\n";
  known_.clear();
}

void Emitter::declare(const std::string& declaration) { declared_.emplace(declaration, ""); }

std::string Emitter::text(const std::string& head) const {
  std::string all;
  for (const auto& [declaration, unused] : declared_) all += "declare " + declaration + "\n";
  return all + "define " + head + " \"min-legal-vector-width\"=\"512\" {\nentry:\n" + entry_ + "  br label %start\nstart:\n" + body_ + "}\n";
}

}  // namespace gfn::jit
