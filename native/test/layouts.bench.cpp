/**
 * Convolutions by oneDNN over images as we keep them (NHWC) and in layouts of its choice ("any"), without the reorders that those would
 * need at a chain's ends. Needs oneDNN 2 with its headers (libdnnl-dev); from native/:
 *
 *   g++ -O2 -std=c++20 test/layouts.bench.cpp -ldnnl -o /tmp/layouts && OMP_NUM_THREADS=1 /tmp/layouts
 *
 * Milliseconds of processor time on one thread, the least of many runs, and NHWC's share of the speed.
 */
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

namespace {

using dnnl::memory;
using Tag = memory::format_tag;

struct Shape {
  int64_t images, channels, length, outputs, size, stride, before, after;
  int64_t places() const { return (length + before + after - size) / stride + 1; }
};

double now() {
  timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
}

const dnnl::engine engine(dnnl::engine::kind::cpu, 0);

memory filled(const memory::desc& layout) {
  memory all(layout, engine);
  auto* const data = static_cast<float*>(all.get_data_handle());
  for (size_t i = 0; i < layout.get_size() / sizeof(float); i++) data[i] = static_cast<float>(i * 37 % 101) / 50 - 1;
  return all;
}

double least(const dnnl::primitive& primitive, const std::unordered_map<int, memory>& operands) {
  dnnl::stream stream(engine);
  double best = 1e9;
  for (int round = 0; round < 60; round++) {
    const double start = now();
    primitive.execute(stream, operands);
    best = std::min(best, now() - start);
  }
  return best;
}

/** Forward, gradient of x, gradient of the filter. */
std::vector<double> timesOf(const Shape& s, Tag tag) {
  const auto layout = [](memory::dims dims, Tag order) { return memory::desc(std::move(dims), memory::data_type::f32, order); };
  const memory::desc x = layout({s.images, s.channels, s.length, s.length}, tag), y = layout({s.images, s.outputs, s.places(), s.places()}, tag);
  const memory::desc filter = layout({s.outputs, s.channels, s.size, s.size}, Tag::any);
  const memory::dims strides{s.stride, s.stride}, before{s.before, s.before}, after{s.after, s.after};
  const auto direct = dnnl::algorithm::convolution_direct;
  const dnnl::convolution_forward::primitive_desc forward({dnnl::prop_kind::forward_training, direct, x, filter, y, strides, before, after}, engine);
  const dnnl::convolution_backward_data::primitive_desc toX({direct, x, filter, y, strides, before, after}, engine, forward);
  const dnnl::convolution_backward_weights::primitive_desc toFilter({direct, x, filter, y, strides, before, after}, engine, forward);
  return {least(dnnl::convolution_forward(forward), {{DNNL_ARG_SRC, filled(forward.src_desc())},
                                                     {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                                                     {DNNL_ARG_DST, filled(forward.dst_desc())}}),
          least(dnnl::convolution_backward_data(toX), {{DNNL_ARG_DIFF_SRC, filled(toX.diff_src_desc())},
                                                       {DNNL_ARG_WEIGHTS, filled(toX.weights_desc())},
                                                       {DNNL_ARG_DIFF_DST, filled(toX.diff_dst_desc())}}),
          least(dnnl::convolution_backward_weights(toFilter), {{DNNL_ARG_SRC, filled(toFilter.src_desc())},
                                                               {DNNL_ARG_DIFF_WEIGHTS, filled(toFilter.diff_weights_desc())},
                                                               {DNNL_ARG_DIFF_DST, filled(toFilter.diff_dst_desc())}})};
}

}  // namespace

int main() {
  const char* const names[] = {"forward", "gradient of x", "gradient of the filter"};
  for (const Shape& s : {Shape{32, 64, 28, 64, 3, 1, 1, 1}, Shape{8, 128, 28, 128, 3, 1, 1, 1}, Shape{32, 32, 13, 64, 3, 1, 0, 0},
                         Shape{1, 3, 224, 64, 7, 2, 2, 3}}) {
    const std::vector<double> ours = timesOf(s, Tag::nhwc), theirs = timesOf(s, Tag::any);
    std::printf("%ldx%ldx%ldx%ld, window %ld, %ld outputs, stride %ld\n", s.images, s.length, s.length, s.channels, s.size, s.outputs, s.stride);
    for (size_t i = 0; i < 3; i++) std::printf("  %-24s NHWC %8.3f   any %8.3f   %4.0f %%\n", names[i], ours[i], theirs[i], 100 * theirs[i] / ours[i]);
  }
}
