// Padding of channels-last images: each value is written once, where filling and copying write most of them twice.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>

namespace tfjs {
namespace {

constexpr int64_t kLargestPadding = 0x7fffffff;

// `image` is [batch, channels, height, width], as libtorch names the axes, float32 in channels-last memory.
at::Tensor padImages(const at::Tensor& image, int64_t top, int64_t bottom, int64_t left, int64_t right, double value) {
  TORCH_CHECK(image.dim() == 4 && image.scalar_type() == at::kFloat, "expected a float32 batch of images");
  for (const int64_t padding : {top, bottom, left, right}) {
    TORCH_CHECK(padding >= 0 && padding <= kLargestPadding, "expected padding of 0 to ", kLargestPadding, ", not ",
                padding);
  }
  const at::Tensor x = image.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t batch = x.size(0);
  const int64_t channels = x.size(1);
  const int64_t height = x.size(2);
  const int64_t row = x.size(3) * channels;
  const int64_t before = left * channels;
  const int64_t after = right * channels;
  const int64_t outHeight = top + height + bottom;
  const int64_t outRow = before + row + after;
  at::Tensor y = at::empty({batch, channels, outHeight, left + x.size(3) + right},
                           x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const float* from = x.data_ptr<float>();
  float* to = y.data_ptr<float>();
  const float fill = static_cast<float>(value);
  const int64_t grain = std::max<int64_t>(1, at::internal::GRAIN_SIZE / std::max<int64_t>(1, outRow));
  at::parallel_for(0, batch * outHeight, grain, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      float* out = to + i * outRow;
      const int64_t y0 = i % outHeight - top;
      if (y0 < 0 || y0 >= height) {
        std::fill(out, out + outRow, fill);
        continue;
      }
      const float* in = from + (i / outHeight * height + y0) * row;
      std::fill(out, out + before, fill);
      std::copy(in, in + row, out + before);
      std::fill(out + before + row, out + outRow, fill);
    }
  });
  return y;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(tfjs, library) {
  library.def("pad_images(Tensor image, int top, int bottom, int left, int right, float value) -> Tensor");
}

TORCH_LIBRARY_IMPL(tfjs, CPU, library) { library.impl("pad_images", padImages); }

}  // namespace tfjs
