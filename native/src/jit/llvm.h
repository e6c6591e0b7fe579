/**
 * LLVM by its C API, loaded when first needed: nothing of it is needed to build or to start. Majors 15 to 20 are known; whatever is
 * missing or does not fit leaves graphfn on its own loops. All functions are for one thread at a time.
 */
#pragma once
#include <memory>
#include <string>

namespace gfn::jit {

/** Machine code; freed with the last holder. */
class Code {
 public:
  virtual ~Code() = default;
  /** Of the function `kernel`. */
  const void* address = nullptr;
};

class Llvm {
 public:
  /** Null: `why` says it in a sentence's part ("it was not found"). `path`: one library instead of the usual places, or empty. */
  static std::unique_ptr<Llvm> load(const std::string& path, std::string& why);
  virtual ~Llvm() = default;

  /** Such as "19.1.7". */
  std::string version;
  /** Code of a module with a function `kernel`. Null: `why` is LLVM's message. */
  virtual std::shared_ptr<Code> compile(const std::string& ir, std::string& why) = 0;
};

}  // namespace gfn::jit
