/** Files and cases of TensorFlow.js's tests that are left out, each with the reason. Whatever is not listed counts. */
const inside = "tests the inside of TensorFlow.js: its engine, flags or registry";
const browser = "needs a browser";

const handlers = "saves and loads through TensorFlow.js's registry of handlers, of which most are a browser's";

export const notOurs = {
  "io/": handlers,
  "platforms/": inside,
  "backends/": inside,
  "browser_util_test.js": browser,
  "device_util_test.js": browser,
  "debug_mode_test.js": inside,
  "engine_test.js": inside,
  "environment_test.js": inside,
  "flags_test.js": inside,
  "globals_test.js": inside,
  "hash_util_test.js": inside,
  "jasmine_util_test.js": inside,
  "kernel_registry_test.js": inside,
  "profiler_test.js": inside,
  "tape_test.js": inside,
  "tensor_util_test.js": inside,
  "test_util_test.js": inside,
  "types_test.js": inside,
  "util_test.js": inside,
  "version_test.js": inside,
  "axis_util_test.js": inside,
  "broadcast_util_test.js": inside,
  "concat_util_test.js": inside,
  "conv_util_test.js": inside,
  "dropout_util_test.js": inside,
  "reduce_util_test.js": inside,
  "selu_util_test.js": inside,
  "slice_util_test.js": inside,
  "rand_util_test.js": inside,
  "from_pixels_test.js": browser,
  "to_pixels_test.js": browser,
};
