/**
 * runOp(...inputs, ...outputs) → status: one op at once. The words in shared memory say which, see encodeOp in
 * runtime/src/plan/encode.ts; the arguments are the typed arrays.
 */
#include "environment.h"

namespace gfn::addon {

namespace {

/** MAX_TENSORS in runtime/src/plan/encode.ts. */
constexpr int kMaxTensors = 64;

/** Reads one op's words; -1 ends everything that follows. */
struct Reader {
  const int32_t* words;
  int64_t count;
  int64_t at = 0;
  bool ok = true;
  int32_t next() {
    if (at >= count) {
      ok = false;
      return -1;
    }
    return words[at++];
  }
};

bool readView(Reader& reader, napi_env env, napi_value value, View& view) {
  const int32_t dtype = reader.next();
  const int32_t rank = reader.next();
  if (!reader.ok || dtype < 0 || dtype >= kDTypes || rank < 0 || rank > kMaxRank) return false;
  view.dtype = static_cast<DType>(dtype);
  view.rank = rank;
  int64_t size = 1;
  for (int axis = 0; axis < rank; axis++) {
    const int64_t d = reader.next();
    if (d < 0 || __builtin_mul_overflow(size, d, &size)) return false;
    view.dims[axis] = d;
  }
  view.size = size;
  int64_t bytes = 0;
  return reader.ok && !__builtin_mul_overflow(size, sizeOf(view.dtype), &bytes) && memoryOf(env, value, bytes, view.data);
}

}  // namespace

napi_value runOp(napi_env env, napi_callback_info info) {
  napi_value argv[kMaxTensors];
  size_t argc = kMaxTensors;
  Environment* state = environmentOf(env, info, argc, argv);
  if (state == nullptr) return refuse(env, "runOp was called outside of its environment.");
  static const KernelRow* kernels = nullptr;
  static int kernelCount = 0;
  if (kernels == nullptr) kernels = kernelTable(&kernelCount);
  try {
    Reader reader = {state->words(), kWordBytes / 4};
    const int32_t kernel = reader.next();
    const int32_t nIn = reader.next();
    const int32_t nOut = reader.next();
    if (kernel < 0 || kernel >= kernelCount) return refuse(env, "runOp: there is no such kernel.");
    if (nIn < 0 || nOut < 0 || nIn > kMaxTensors || nOut > kMaxTensors || static_cast<size_t>(nIn) + static_cast<size_t>(nOut) != argc) {
      return refuse(env, "runOp: another number of arrays than the words say.");
    }
    if (argc > kMaxTensors) return refuse(env, "runOp: too many arrays.");
    View views[kMaxTensors];
    for (size_t i = 0; i < argc; i++) {
      if (!readView(reader, env, argv[i], views[i])) return refuse(env, "runOp: an array does not match its words.");
    }
    const int32_t wordCount = reader.next();
    if (!reader.ok || wordCount < 0 || wordCount > reader.count - reader.at) return refuse(env, "runOp: wrong attribute words.");
    const Attrs attrs = {reader.words + reader.at, wordCount, state->numbers(), static_cast<int>(kNumberBytes / 8)};
    Failure failure = {};
    const bool ok = kernels[kernel].run({views, nIn, views + nIn, nOut, attrs}, failure);
    return intValue(env, ok ? 0 : state->report(failure, -1));
  } catch (const std::exception& e) {
    return refuse(env, e.what());
  }
}

}  // namespace gfn::addon
