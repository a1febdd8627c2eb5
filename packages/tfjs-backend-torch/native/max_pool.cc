// Maximum pooling of channels-last images whose windows do not overlap, and its gradient.
//
// libtorch keeps the place of each maximum as an int64 and scatters the gradient by it. Without overlap the place within
// the window, a single byte, is enough, and the gradient is written in the order of memory.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "simd.h"

namespace tfjs {
namespace {

constexpr int64_t kLargestWindow = 256;  // values, as many as a byte tells apart
constexpr int64_t kLargestSize = 0x7fffffff;

// Images of [batch, height, width, channels] and the windows that lie on them without overlap. The first starts `top`
// rows above the image and `left` columns before it; the last may reach beyond it, or leave some of it out.
struct Windows {
  int64_t batch, height, width, channels;
  int64_t rows, columns;  // of a window
  int64_t top, left;
  int64_t outHeight, outWidth;

  Windows(at::IntArrayRef shape, at::IntArrayRef window, at::IntArrayRef before, at::IntArrayRef size) {
    TORCH_CHECK(shape.size() == 4 && window.size() == 2 && before.size() == 2 && size.size() == 2,
                "expected [batch, height, width, channels] and two values for height and width");
    batch = shape[0], height = shape[1], width = shape[2], channels = shape[3];
    rows = window[0], columns = window[1];
    top = before[0], left = before[1];
    outHeight = size[0], outWidth = size[1];
    for (const int64_t length : shape) {
      TORCH_CHECK(length >= 0 && length <= kLargestSize, "expected images of 0 to ", kLargestSize, " along an axis");
    }
    TORCH_CHECK(rows > 0 && columns > 0 && rows <= kLargestWindow && columns <= kLargestWindow &&
                    rows * columns <= kLargestWindow, "expected a window of 1 to ",
                kLargestWindow, " values");
    // Each window holds at least one value of the image.
    TORCH_CHECK(top >= 0 && top < rows && left >= 0 && left < columns && outHeight > 0 && outWidth > 0 &&
                    outHeight <= kLargestSize && outWidth <= kLargestSize &&
                    (outHeight - 1) * rows - top < height && (outWidth - 1) * columns - left < width,
                "expected windows that meet the image");
  }
  int64_t rowSize() const { return width * channels; }
  int64_t outRowSize() const { return outWidth * channels; }
  // How many rows of windows a thread takes at least.
  int64_t grain() const {
    return std::max<int64_t>(1, at::internal::GRAIN_SIZE / std::max<int64_t>(1, rows * rowSize()));
  }
};

// Goes along a row of the image and keeps the larger of each window's maximum so far and the row's values, with its
// place; the places of the row start at `place`. The first of equal values stays, and NaN is passed over, as TensorFlow.js does.
TFJS_SIMD void keepLarger(const float* __restrict x, const Windows& windows, int32_t place, float* __restrict maxima,
                          int32_t* __restrict places) {
  const int64_t channels = windows.channels;
  int64_t column = windows.left;
  const int64_t end = std::min(windows.left + windows.width, windows.outWidth * windows.columns);
  for (int64_t at = windows.left; at < end; ++at, x += channels) {
    const int32_t here = place + static_cast<int32_t>(column);
    for (int64_t i = 0; i < channels; ++i) {
      const bool larger = x[i] > maxima[i];
      maxima[i] = larger ? x[i] : maxima[i];
      places[i] = larger ? here : places[i];
    }
    if (++column == windows.columns) column = 0, maxima += channels, places += channels;
  }
}

TFJS_SIMD void narrow(const int32_t* __restrict places, int64_t size, uint8_t* __restrict out) {
  for (int64_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(places[i]);
}

TFJS_SIMD void widen(const uint8_t* __restrict places, int64_t size, int32_t* __restrict out) {
  for (int64_t i = 0; i < size; ++i) out[i] = places[i];
}

// Goes along a row of the image's gradient, and writes each window's where the place of its maximum is in this row.
TFJS_SIMD void passToMaxima(const float* __restrict dy, const int32_t* __restrict places, const Windows& windows,
                            int32_t place, float* __restrict dx) {
  const int64_t channels = windows.channels;
  int64_t column = windows.left;
  const int64_t end = std::min(windows.left + windows.width, windows.outWidth * windows.columns);
  for (int64_t at = windows.left; at < end; ++at, dx += channels) {
    const int32_t here = place + static_cast<int32_t>(column);
    for (int64_t i = 0; i < channels; ++i) dx[i] = places[i] == here ? dy[i] : 0.0f;
    if (++column == windows.columns) column = 0, dy += channels, places += channels;
  }
  std::fill(dx, dx + (windows.left + windows.width - end) * channels, 0.0f);
}

// The maximum of each window and its place within the window, row by row.
std::tuple<at::Tensor, at::Tensor> maxPool(const at::Tensor& input, at::IntArrayRef window, at::IntArrayRef before,
                                           at::IntArrayRef size) {
  TORCH_CHECK(input.scalar_type() == at::kFloat, "expected float32 images");
  const at::Tensor x = input.contiguous();
  const Windows windows(x.sizes(), window, before, size);
  const int64_t channels = windows.channels;
  const int64_t outRow = windows.outRowSize();
  at::Tensor y = at::empty({windows.batch, windows.outHeight, windows.outWidth, channels}, x.options());
  at::Tensor places = at::empty_like(y, x.options().dtype(at::kByte));
  const float* from = x.data_ptr<float>();
  float* to = y.data_ptr<float>();
  uint8_t* placesTo = places.data_ptr<uint8_t>();
  at::parallel_for(0, windows.batch * windows.outHeight, windows.grain(), [&](int64_t first, int64_t last) {
    std::vector<int32_t> found(outRow);
    for (int64_t i = first; i < last; ++i) {
      const float* image = from + i / windows.outHeight * windows.height * windows.rowSize();
      const int64_t y0 = i % windows.outHeight * windows.rows - windows.top;
      float* maxima = to + i * outRow;
      std::fill(maxima, maxima + outRow, -INFINITY);
      std::fill(found.begin(), found.end(), 0);
      for (int64_t row = std::max<int64_t>(0, -y0); row < std::min(windows.rows, windows.height - y0); ++row) {
        keepLarger(image + (y0 + row) * windows.rowSize(), windows, static_cast<int32_t>(row * windows.columns), maxima,
                   found.data());
      }
      narrow(found.data(), outRow, placesTo + i * outRow);
    }
  });
  return {y, places};
}

// The gradient of the images, of `shape`: each window's at the place of its maximum, and 0 elsewhere.
at::Tensor maxPoolBackward(const at::Tensor& gradient, const at::Tensor& places, at::IntArrayRef shape,
                           at::IntArrayRef window, at::IntArrayRef before) {
  const at::Tensor dy = gradient.contiguous();
  TORCH_CHECK(dy.dim() == 4 && dy.scalar_type() == at::kFloat, "expected the float32 gradient of images");
  TORCH_CHECK(places.sizes() == dy.sizes() && places.scalar_type() == at::kByte && places.is_contiguous(),
              "expected the places of the maxima in the gradient's shape");
  const Windows windows(shape, window, before, dy.sizes().slice(1, 2));
  TORCH_CHECK(dy.size(0) == windows.batch && dy.size(3) == windows.channels, "expected the gradient of the images");
  const int64_t channels = windows.channels;
  const int64_t outRow = windows.outRowSize();
  at::Tensor dx = at::empty(shape, dy.options());
  const float* from = dy.data_ptr<float>();
  const uint8_t* placesFrom = places.data_ptr<uint8_t>();
  float* to = dx.data_ptr<float>();
  at::parallel_for(0, windows.batch * windows.outHeight, windows.grain(), [&](int64_t first, int64_t last) {
    std::vector<int32_t> found(outRow);
    for (int64_t i = first; i < last; ++i) {
      float* image = to + i / windows.outHeight * windows.height * windows.rowSize();
      const int64_t outY = i % windows.outHeight;
      const int64_t y0 = outY * windows.rows - windows.top;
      const float* gradients = from + i * outRow;
      widen(placesFrom + i * outRow, outRow, found.data());
      for (int64_t row = std::max<int64_t>(0, -y0); row < std::min(windows.rows, windows.height - y0); ++row) {
        passToMaxima(gradients, found.data(), windows, static_cast<int32_t>(row * windows.columns),
                     image + (y0 + row) * windows.rowSize());
      }
      if (outY == windows.outHeight - 1 && y0 + windows.rows < windows.height) {
        std::fill(image + (y0 + windows.rows) * windows.rowSize(), image + windows.height * windows.rowSize(), 0.0f);
      }
    }
  });
  return dx;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(tfjs, library) {
  library.def("max_pool(Tensor x, int[] window, int[] before, int[] size) -> (Tensor, Tensor)");
  library.def("max_pool_backward(Tensor dy, Tensor places, int[] shape, int[] window, int[] before) -> Tensor");
}

TORCH_LIBRARY_IMPL(tfjs, CPU, library) {
  library.impl("max_pool", maxPool);
  library.impl("max_pool_backward", maxPoolBackward);
}

}  // namespace tfjs
