#include "llvm.h"

#include <dlfcn.h>

#include <cmath>
#include <cstring>

#include "../core/cpu.h"

namespace gfn::jit {

namespace {

/** LLVM's opaque pointers. */
using Handle = void*;

/** The functions used, by their names there. */
#define GFN_LLVM_FUNCTIONS(F)                                                          \
  F(Handle, LLVMOrcCreateNewThreadSafeContext, ())                                     \
  F(Handle, LLVMOrcThreadSafeContextGetContext, (Handle))                              \
  F(void, LLVMOrcDisposeThreadSafeContext, (Handle))                                   \
  F(Handle, LLVMOrcCreateNewThreadSafeModule, (Handle, Handle))                        \
  F(Handle, LLVMOrcCreateLLJITBuilder, ())                                             \
  F(void, LLVMOrcLLJITBuilderSetJITTargetMachineBuilder, (Handle, Handle))             \
  F(Handle, LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine, (Handle))           \
  F(Handle, LLVMOrcCreateLLJIT, (Handle*, Handle))                                     \
  F(Handle, LLVMOrcLLJITGetMainJITDylib, (Handle))                                     \
  F(Handle, LLVMOrcJITDylibCreateResourceTracker, (Handle))                            \
  F(Handle, LLVMOrcLLJITAddLLVMIRModuleWithRT, (Handle, Handle, Handle))               \
  F(Handle, LLVMOrcLLJITLookup, (Handle, uint64_t*, const char*))                      \
  F(Handle, LLVMOrcResourceTrackerRemove, (Handle))                                    \
  F(void, LLVMOrcReleaseResourceTracker, (Handle))                                     \
  F(const char*, LLVMOrcLLJITGetDataLayoutStr, (Handle))                               \
  F(Handle, LLVMCreateMemoryBufferWithMemoryRangeCopy, (const char*, size_t, const char*)) \
  F(int, LLVMParseIRInContext, (Handle, Handle, Handle*, char**))                      \
  F(void, LLVMSetDataLayout, (Handle, const char*))                                    \
  F(void, LLVMSetTarget, (Handle, const char*))                                        \
  F(Handle, LLVMRunPasses, (Handle, const char*, Handle, Handle))                      \
  F(Handle, LLVMCreatePassBuilderOptions, ())                                          \
  F(void, LLVMDisposePassBuilderOptions, (Handle))                                     \
  F(char*, LLVMGetErrorMessage, (Handle))                                              \
  F(void, LLVMDisposeErrorMessage, (char*))                                            \
  F(void, LLVMDisposeMessage, (char*))                                                 \
  F(void, LLVMDisposeModule, (Handle))                                                 \
  F(char*, LLVMGetDefaultTargetTriple, ())                                             \
  F(int, LLVMGetTargetFromTriple, (const char*, Handle*, char**))                      \
  F(char*, LLVMGetHostCPUName, ())                                                     \
  F(char*, LLVMGetHostCPUFeatures, ())                                                 \
  F(Handle, LLVMCreateTargetMachine, (Handle, const char*, const char*, const char*, int, int, int))

struct Functions {
#define GFN_FIELD(result, name, parameters) result(*name) parameters = nullptr;
  GFN_LLVM_FUNCTIONS(GFN_FIELD)
#undef GFN_FIELD
};

constexpr int kFirstMajor = 15, kLastMajor = 20;
constexpr const char* kOldest = "15 or older";

/** where[1] = where[0] · where[0] + where[0], rounded once; with all that kernels are written in. */
constexpr const char* kSelfTest = R"(
declare <4 x float> @llvm.fma.v4f32(<4 x float>, <4 x float>, <4 x float>)
define void @kernel(i64 %n, ptr %where) {
  %a = load ptr, ptr %where, align 8
  %second = getelementptr inbounds ptr, ptr %where, i64 %n
  %b = load ptr, ptr %second, align 8
  %x = load <4 x float>, ptr %a, align 1
  %y = call <4 x float> @llvm.fma.v4f32(<4 x float> %x, <4 x float> %x, <4 x float> %x)
  store <4 x float> %y, ptr %b, align 1
  ret void
}
)";

/** Where a major may be, by the loader's search or by name. */
void* openMajor(int major) {
  const std::string n = std::to_string(major);
#if defined(__APPLE__)
  const std::string names[] = {"/opt/homebrew/opt/llvm@" + n + "/lib/libLLVM.dylib", "/usr/local/opt/llvm@" + n + "/lib/libLLVM.dylib"};
#else
  const std::string names[] = {"libLLVM.so." + n + ".1", "libLLVM-" + n + ".so.1", "libLLVM-" + n + ".so", "/usr/lib/llvm-" + n + "/lib/libLLVM.so.1"};
#endif
  for (const std::string& name : names) {
    // Lazily: most of its symbols are never used. Deep binding is not asked for: another copy in the process keeps its own symbols.
    if (void* library = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

bool initializeTarget(void* library) {
#if defined(__x86_64__)
  const char* const names[] = {"LLVMInitializeX86TargetInfo", "LLVMInitializeX86Target", "LLVMInitializeX86TargetMC", "LLVMInitializeX86AsmPrinter"};
#elif defined(__aarch64__)
  const char* const names[] = {"LLVMInitializeAArch64TargetInfo", "LLVMInitializeAArch64Target", "LLVMInitializeAArch64TargetMC",
                               "LLVMInitializeAArch64AsmPrinter"};
#else
  const char* const names[] = {"(no such target)"};
#endif
  for (const char* name : names) {
    auto* initialize = reinterpret_cast<void (*)()>(dlsym(library, name));
    if (initialize == nullptr) return false;
    initialize();
  }
  return true;
}

class Library;

class OwnedCode final : public Code {
 public:
  OwnedCode(Library& library, Handle tracker) : library_(library), tracker_(tracker) {}
  ~OwnedCode() override;

 private:
  Library& library_;
  Handle tracker_;
};

class Library final : public Llvm {
 public:
  bool open(const std::string& path, std::string& why) {
    // Fused products would be calls of a function there, and slower than the loops.
    if (GFN_X86 && cpuLevel() == CpuLevel::Baseline) {
      why = "the vector instructions in use have no fused products";
      return false;
    }
    void* library = nullptr;
    if (!path.empty()) {
      library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    } else {
      for (int major = kLastMajor; major >= kFirstMajor && library == nullptr; major--) library = openMajor(major);
    }
    if (library == nullptr) {
      why = "no LLVM of the majors " + std::to_string(kFirstMajor) + " to " + std::to_string(kLastMajor) + " was found";
      return false;
    }
#define GFN_LOAD(result, name, parameters)                               \
  f.name = reinterpret_cast<result(*) parameters>(dlsym(library, #name)); \
  if (f.name == nullptr) {                                               \
    why = "the library lacks " #name;                                    \
    return false;                                                        \
  }
    GFN_LLVM_FUNCTIONS(GFN_LOAD)
#undef GFN_LOAD
    if (!versionOf(library, why)) return false;
    if (!initializeTarget(library)) {
      why = "it has no code generator for this processor";
      return false;
    }
    return createJit(why) && passesSelfTest(why);
  }

  std::shared_ptr<Code> compile(const std::string& ir, std::string& why) override {
    Handle context = f.LLVMOrcCreateNewThreadSafeContext();
    // Every module has the name `kernel` once: a number makes them different.
    const std::string name = "kernel" + std::to_string(count_++);
    std::string text = ir;
    const size_t at = text.find("@kernel(");
    if (at == std::string::npos) {
      why = "there is no function `kernel`";
      return nullptr;
    }
    text.replace(at + 1, 6, name);
    Handle buffer = f.LLVMCreateMemoryBufferWithMemoryRangeCopy(text.data(), text.size(), "kernel");
    Handle module = nullptr;
    char* message = nullptr;
    if (f.LLVMParseIRInContext(f.LLVMOrcThreadSafeContextGetContext(context), buffer, &module, &message) != 0) {
      why = message == nullptr ? "the code cannot be parsed" : message;
      if (message != nullptr) f.LLVMDisposeMessage(message);
      f.LLVMOrcDisposeThreadSafeContext(context);
      return nullptr;
    }
    f.LLVMSetDataLayout(module, layout_.c_str());
    f.LLVMSetTarget(module, triple_.c_str());
    Handle options = f.LLVMCreatePassBuilderOptions();
    const bool ok = succeeds(f.LLVMRunPasses(module, "function(sroa,early-cse)", machine_, options), why);
    f.LLVMDisposePassBuilderOptions(options);
    if (!ok) {
      f.LLVMDisposeModule(module);
      f.LLVMOrcDisposeThreadSafeContext(context);
      return nullptr;
    }
    Handle tracker = f.LLVMOrcJITDylibCreateResourceTracker(f.LLVMOrcLLJITGetMainJITDylib(jit_));
    auto code = std::make_shared<OwnedCode>(*this, tracker);
    Handle owned = f.LLVMOrcCreateNewThreadSafeModule(module, context);
    f.LLVMOrcDisposeThreadSafeContext(context);
    if (!succeeds(f.LLVMOrcLLJITAddLLVMIRModuleWithRT(jit_, tracker, owned), why)) return nullptr;
    uint64_t address = 0;
    if (!succeeds(f.LLVMOrcLLJITLookup(jit_, &address, name.c_str()), why)) return nullptr;
    code->address = reinterpret_cast<const void*>(address);
    return code;
  }

  void remove(Handle tracker) {
    std::string ignored;
    succeeds(f.LLVMOrcResourceTrackerRemove(tracker), ignored);
    f.LLVMOrcReleaseResourceTracker(tracker);
  }

 private:
  bool versionOf(void* library, std::string& why) {
    auto* get = reinterpret_cast<void (*)(unsigned*, unsigned*, unsigned*)>(dlsym(library, "LLVMGetVersion"));
    unsigned major = 0, minor = 0, patch = 0;
    if (get != nullptr) {
      get(&major, &minor, &patch);
      version = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
    } else {
      // LLVM 15 and older have no such function. (Older ones fail the self-test: they have no pointers without a type.)
      major = 15;
      version = kOldest;
    }
    if (major >= kFirstMajor && major <= kLastMajor) return true;
    why = "LLVM " + version + " is not one of the majors " + std::to_string(kFirstMajor) + " to " + std::to_string(kLastMajor);
    return false;
  }

  bool passesSelfTest(std::string& why) {
    std::string message;
    const std::shared_ptr<Code> code = compile(kSelfTest, message);
    if (code == nullptr) {
      why = "LLVM " + version + " fails the self-test: " + message.substr(0, message.find('\n'));
      return false;
    }
    float x[4] = {0.1f, -3.3f, 1e20f, 1.0000001f}, y[4] = {};
    char* where[2] = {reinterpret_cast<char*>(x), reinterpret_cast<char*>(y)};
    reinterpret_cast<void (*)(int64_t, char**)>(const_cast<void*>(code->address))(1, where);
    bool same = true;
    for (int i = 0; i < 4; i++) same = same && y[i] == std::fma(x[i], x[i], x[i]);
    if (!same) why = "LLVM " + version + " fails the self-test: its products are rounded twice";
    else if (version == kOldest) version = "15";
    return same;
  }

  bool createJit(std::string& why) {
    char* triple = f.LLVMGetDefaultTargetTriple();
    triple_ = triple;
    f.LLVMDisposeMessage(triple);
    Handle target = nullptr;
    char* message = nullptr;
    if (f.LLVMGetTargetFromTriple(triple_.c_str(), &target, &message) != 0) {
      why = message == nullptr ? "it does not know this machine" : message;
      if (message != nullptr) f.LLVMDisposeMessage(message);
      return false;
    }
    char* cpu = f.LLVMGetHostCPUName();
    char* all = f.LLVMGetHostCPUFeatures();
    std::string features = all;
    // A lower level of vector instructions was asked for, or the processor's 512-bit set is not whole.
    if (GFN_X86 && cpuLevel() != CpuLevel::Avx512) features += ",-avx512f";
    constexpr int kLevel = 2, kPic = 2, kSmallModel = 3;
    machine_ = f.LLVMCreateTargetMachine(target, triple_.c_str(), cpu, features.c_str(), kLevel, kPic, kSmallModel);
    Handle own = f.LLVMCreateTargetMachine(target, triple_.c_str(), cpu, features.c_str(), kLevel, kPic, kSmallModel);
    f.LLVMDisposeMessage(cpu);
    f.LLVMDisposeMessage(all);
    if (machine_ == nullptr || own == nullptr) {
      why = "it has no code generator for this processor";
      return false;
    }
    Handle builder = f.LLVMOrcCreateLLJITBuilder();
    f.LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(builder, f.LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(own));
    if (!succeeds(f.LLVMOrcCreateLLJIT(&jit_, builder), why)) return false;
    layout_ = f.LLVMOrcLLJITGetDataLayoutStr(jit_);
    return true;
  }

  bool succeeds(Handle error, std::string& why) {
    if (error == nullptr) return true;
    char* message = f.LLVMGetErrorMessage(error);
    why = message;
    f.LLVMDisposeErrorMessage(message);
    return false;
  }

  Functions f;
  Handle machine_ = nullptr, jit_ = nullptr;
  std::string triple_, layout_;
  int64_t count_ = 0;
};

OwnedCode::~OwnedCode() { library_.remove(tracker_); }

}  // namespace

std::unique_ptr<Llvm> Llvm::load(const std::string& path, std::string& why) {
  auto library = std::make_unique<Library>();
  if (!library->open(path, why)) return nullptr;
  return library;
}

}  // namespace gfn::jit
