#include "convolution-parts.h"

namespace gfn {

namespace {

/** Products and sums below which oneDNN's call and the packing cost more than its kernels win. */
constexpr double kLeastWork = 4e6;
/** Of the convolution itself: below so many channels our own loops are as fast, but for two or more over long rows. */
constexpr int64_t kManyChannels = 16, kLongRow = 16;
/** Parts at most, and what a part has at least. */
constexpr int64_t kParts = 32;
constexpr double kPartWork = 2e6;
constexpr int64_t kPartRows = 4;
/** So many images are not cut into rows, whose first, inner and last parts need primitives of their own. */
constexpr int64_t kManyImages = 8;
/** Channels of a part; below a number of places for each channel of the result, parts are cut by channels. */
constexpr int64_t kPartChannels = 64;
constexpr int64_t kChannelPlaces = 16;
/** Of a gradient of the filter: its sums are written and added per part. A few parts may be smaller. */
constexpr int64_t kFilterParts = 16;
constexpr double kFilterPlaces = 3072, kFewFilterPlaces = 768;
constexpr double kFewFilterParts = 4;
constexpr double kFilterBytes = 32 << 20;

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t spanOf(const WindowAxis& axis) { return (axis.size - 1) * axis.dilation + 1; }

WindowAxis trimmed(WindowAxis axis) {
  axis.after = std::max<int64_t>(0, (axis.places - 1) * axis.stride + spanOf(axis) - axis.before - axis.length);
  return axis;
}

/** Every place sees a pixel. */
bool placesSee(const WindowAxis& axis) {
  if (axis.before >= spanOf(axis) || axis.after >= spanOf(axis)) return false;
  if (axis.dilation == 1) return true;
  for (int64_t place = 0; place < axis.places; place++) {
    int64_t cell = 0;
    const auto outside = [&] {
      const int64_t at = place * axis.stride + cell * axis.dilation - axis.before;
      return at < 0 || at >= axis.length;
    };
    while (cell < axis.size && outside()) cell++;
    if (cell == axis.size) return false;
  }
  return true;
}

void cutRows(Cut& cut, int64_t parts) {
  const Convolution& c = cut.whole;
  if (c.images >= std::min(parts, kManyImages)) {
    cut.images = divideUp(c.images, parts);
    cut.parts = divideUp(c.images, cut.images);
    return;
  }
  const bool ofInput = cut.sum == ConvolutionSum::Input;
  const WindowAxis& axis = c.*cut.axis;
  const int64_t all = ofInput ? axis.length + axis.before % axis.stride : axis.places;
  const int64_t step = ofInput ? axis.stride : 1;
  cut.images = 1;
  cut.rows = divideUp(std::max(divideUp(all, divideUp(parts, c.images)), std::min(all, kPartRows)), step) * step;
  cut.rowParts = divideUp(all, cut.rows);
  cut.parts = c.images * cut.rowParts;
}

/** Rows [start, end) of x and places [first, last) of part `index` of one image. */
struct Rows {
  int64_t start, end, first, last;
};

Rows rowsOf(const Cut& cut, int64_t index) {
  const WindowAxis& axis = cut.whole.*cut.axis;
  const int64_t reach = spanOf(axis) - 1;
  if (cut.sum != ConvolutionSum::Input) {
    const int64_t first = index * cut.rows;
    const int64_t last = std::min(axis.places, first + cut.rows);
    return {std::max<int64_t>(0, first * axis.stride - axis.before), std::min(axis.length, (last - 1) * axis.stride + reach + 1 - axis.before), first,
            last};
  }
  // Cuts lie where places begin, so that a part never lacks rows before its first place.
  const int64_t shift = axis.before % axis.stride;
  const int64_t start = index == 0 ? 0 : index * cut.rows - shift;
  const int64_t end = index == cut.rowParts - 1 ? axis.length : (index + 1) * cut.rows - shift;
  // All places that see one of the rows.
  const int64_t first = divideUp(std::max<int64_t>(0, start + axis.before - reach), axis.stride);
  return {start, end, first, std::min(axis.places, (end - 1 + axis.before) / axis.stride + 1)};
}

}  // namespace

bool cutOf(ConvolutionSum sum, int axes, const Convolution& given, Cut& cut) {
  cut = {};
  cut.sum = sum;
  cut.axes = axes;
  cut.whole = given;
  Convolution& c = cut.whole;
  c.z = trimmed(c.z);
  c.y = trimmed(c.y);
  c.x = trimmed(c.x);
  const double places = static_cast<double>(c.images) * static_cast<double>(c.places());
  const double weights = static_cast<double>(c.weights());
  if (places * weights < kLeastWork || !placesSee(c.z) || !placesSee(c.y) || !placesSee(c.x)) return false;
  if (sum == ConvolutionSum::Output && c.channels < kManyChannels && (c.channels == 1 || c.x.places < kLongRow)) return false;

  cut.rowParts = 1;
  cut.images = c.images;
  const int64_t results = sum == ConvolutionSum::Input ? c.channels : c.outputs;
  if (results >= 2 * kPartChannels && places < static_cast<double>(kChannelPlaces * results)) {
    cut.byChannels = true;
    cut.channels = divideUp(divideUp(results, kParts), kPartChannels) * kPartChannels;
    cut.parts = divideUp(results, cut.channels);
    return true;
  }
  const bool plane = c.z.length == 1 && c.z.places == 1, line = plane && c.y.length == 1 && c.y.places == 1;
  cut.axis = line ? &Convolution::x : plane ? &Convolution::y : &Convolution::z;
  cut.xRow = c.channels * (line ? 1 : c.x.length) * (plane ? 1 : c.y.length);
  cut.yRow = c.outputs * (line ? 1 : c.x.places) * (plane ? 1 : c.y.places);
  double parts = std::min<double>(kParts, places * weights / kPartWork);
  if (sum == ConvolutionSum::Filter) {
    const double worth = std::max(places / kFilterPlaces, std::min(places / kFewFilterPlaces, kFewFilterParts));
    parts = std::min({parts, worth, static_cast<double>(kFilterParts), kFilterBytes / (4 * weights)});
  }
  cutRows(cut, std::max<int64_t>(1, static_cast<int64_t>(parts)));
  return true;
}

bool partOf(const Cut& cut, int64_t index, Part& part) {
  const Convolution& c = cut.whole;
  part = {{cut.sum, cut.axes, c, c.channels, c.outputs}, 0, 0, 0};
  Convolution& own = part.shape.form;
  if (cut.byChannels) {
    const bool ofInput = cut.sum == ConvolutionSum::Input;
    const int64_t first = index * cut.channels;
    (ofInput ? part.x : part.y) = first;
    part.filter = ofInput ? first * c.outputs : first;
    (ofInput ? own.channels : own.outputs) = std::min(cut.channels, (ofInput ? c.channels : c.outputs) - first);
    return true;
  }
  const int64_t image = index / cut.rowParts * cut.images;
  own.images = std::min(cut.images, c.images - image);
  part.x = image * c.pixels() * c.channels;
  part.y = image * c.places() * c.outputs;
  if (cut.rowParts == 1) return true;
  const Rows rows = rowsOf(cut, index % cut.rowParts);
  WindowAxis& axis = own.*cut.axis;
  axis.before += rows.start - rows.first * axis.stride;
  if (rows.start >= rows.end || rows.first >= rows.last || axis.before < 0) return false;
  axis.length = rows.end - rows.start;
  axis.places = rows.last - rows.first;
  axis = trimmed(axis);
  part.x += rows.start * cut.xRow;
  part.y += rows.first * cut.yRow;
  return true;
}

}  // namespace gfn
