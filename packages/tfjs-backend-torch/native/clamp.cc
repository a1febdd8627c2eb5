// The gradient of a clamp (ReLU, ReLU6, clip by value) in one pass.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>

#include "simd.h"

namespace tfjs {
namespace {

TFJS_SIMD void passBetween(const float* __restrict dy, const float* __restrict x, int64_t size, float low, float high,
                           float* __restrict dx) {
  for (int64_t i = 0; i < size; ++i) dx[i] = (x[i] > low && x[i] <= high) ? dy[i] : 0.0f;
}

// The gradient where low < x <= high, else 0; with `inclusive` also where x = low.
at::Tensor clampBackward(const at::Tensor& gradient, const at::Tensor& input, double low, double high,
                         bool inclusive) {
  const at::Tensor dy = gradient.contiguous();
  const at::Tensor x = input.contiguous();
  TORCH_CHECK(dy.sizes() == x.sizes() && dy.scalar_type() == at::kFloat && x.scalar_type() == at::kFloat,
              "expected a float32 gradient in the input's shape");
  at::Tensor dx = at::empty_like(dy);
  const float above = inclusive ? std::nextafter(static_cast<float>(low), -INFINITY) : static_cast<float>(low);
  const float* dys = dy.data_ptr<float>();
  const float* xs = x.data_ptr<float>();
  float* to = dx.data_ptr<float>();
  at::parallel_for(0, dy.numel(), at::internal::GRAIN_SIZE, [&](int64_t first, int64_t last) {
    passBetween(dys + first, xs + first, last - first, above, high, to + first);
  });
  return dx;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(tfjs, library) {
  library.def("clamp_backward(Tensor dy, Tensor x, float low, float high, bool inclusive) -> Tensor");
}

TORCH_LIBRARY_IMPL(tfjs, CPU, library) { library.impl("clamp_backward", clampBackward); }

}  // namespace tfjs
