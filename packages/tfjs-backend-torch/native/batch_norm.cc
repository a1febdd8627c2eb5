// Batch normalisation of channels-last tensors, fused with an addition and a clamp (ReLU, ReLU6) that follow it.
//
// Separate operators would run over memory three times, and memory is the cost of such layers; these run over it once.
// A tensor is taken as rows of `channels` values; rows are grouped so that the inner loop is long even for few channels.
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

constexpr int64_t kInner = 256;        // values that the inner loop runs over, at least
constexpr int64_t kGroupsPerSum = 32;  // groups summed in float32 before they are added up in float64

struct Rows {
  int64_t channels;
  int64_t width;   // values in a group of rows
  int64_t size;    // values in all
  int64_t groups;  // the last group may be shorter

  explicit Rows(const at::Tensor& x) {
    TORCH_CHECK(x.scalar_type() == at::kFloat && x.is_contiguous() && x.dim() >= 1 && x.numel() > 0,
                "expected a float32 tensor in row-major order with at least one value");
    channels = x.size(-1);
    width = channels * std::max<int64_t>(1, kInner / channels);
    size = x.numel();
    groups = (size + width - 1) / width;
  }
  int64_t count() const { return size / channels; }
  // How many groups a thread takes at least.
  int64_t grain() const { return std::max<int64_t>(1, at::internal::GRAIN_SIZE / width); }
};

bool hasRows(const at::Tensor& tensor, int64_t count) { return tensor.dim() == 2 && tensor.size(0) >= count; }

// The values of each channel, repeated over the width of a group.
std::vector<float> tiled(const at::Tensor& perChannel, const Rows& rows) {
  TORCH_CHECK(perChannel.numel() == rows.channels, "expected one value for each of ", rows.channels, " channels");
  const at::Tensor values = perChannel.to(at::kFloat).contiguous();
  const float* data = values.data_ptr<float>();
  std::vector<float> result(rows.width);
  for (int64_t i = 0; i < rows.width; ++i) result[i] = data[i % rows.channels];
  return result;
}

// Sums over groups [first, last), in float64, of two values for each channel: the loop `sum` adds a group's values to
// float32 accumulators of the group's width.
template <typename Sum>
std::vector<double> channelSums(const Rows& rows, Sum sum) {
  const int64_t channels = rows.channels;
  std::vector<std::vector<double>> parts(at::get_num_threads());
  at::parallel_for(0, rows.groups, rows.grain(), [&](int64_t first, int64_t last) {
    std::vector<double>& part = parts[at::get_thread_num()];
    part.resize(2 * channels);
    std::vector<float> sums(2 * rows.width);
    for (int64_t group = first; group < last; group += kGroupsPerSum) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      const int64_t from = group * rows.width;
      const int64_t to = std::min({(group + kGroupsPerSum) * rows.width, last * rows.width, rows.size});
      sum(from, to, sums.data(), sums.data() + rows.width);
      for (int64_t i = 0; i < rows.width; ++i) {
        part[i % channels] += sums[i];
        part[channels + i % channels] += sums[rows.width + i];
      }
    }
  });
  std::vector<double> total(2 * channels);
  for (const std::vector<double>& part : parts) {
    for (size_t i = 0; i < part.size(); ++i) total[i] += part[i];
  }
  return total;
}

// Sums of x - pivot and of its square. A pivot near the mean keeps the difference of the two exact enough.
TFJS_SIMD void sumMoments(const float* __restrict x, const float* __restrict pivot, int64_t size, int64_t width,
                          float* __restrict sums, float* __restrict squares) {
  for (; size > 0; size -= width, x += width) {
    const int64_t length = std::min(size, width);
    for (int64_t i = 0; i < length; ++i) {
      const float d = x[i] - pivot[i];
      sums[i] += d;
      squares[i] += d * d;
    }
  }
}

inline float clampTo(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

// y may be x itself.
TFJS_SIMD void affineRows(const float* x, const float* __restrict scale, const float* __restrict shift, int64_t size,
                          int64_t width, float low, float high, float* y) {
  for (; size > 0; size -= width, x += width, y += width) {
    const int64_t length = std::min(size, width);
    TFJS_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) y[i] = clampTo(x[i] * scale[i] + shift[i], low, high);
  }
}

TFJS_SIMD void affineSumRows(const float* x, const float* __restrict scale, const float* __restrict shift,
                             const float* other, const float* __restrict otherScale, int64_t size, int64_t width,
                             float low, float high, float* y) {
  for (; size > 0; size -= width, x += width, other += width, y += width) {
    const int64_t length = std::min(size, width);
    TFJS_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      y[i] = clampTo(x[i] * scale[i] + shift[i] + other[i] * otherScale[i], low, high);
    }
  }
}

// Sums of the gradient that passes the clamp, and of its product with x - mean.
TFJS_SIMD void sumGradients(const float* __restrict dy, const float* __restrict x, const float* __restrict scale,
                            const float* __restrict shift, const float* __restrict mean, int64_t size, int64_t width,
                            float low, float high, float* __restrict sums, float* __restrict products) {
  for (; size > 0; size -= width, x += width, dy += width) {
    const int64_t length = std::min(size, width);
    for (int64_t i = 0; i < length; ++i) {
      const float y = x[i] * scale[i] + shift[i];
      const float g = (y > low && y <= high) ? dy[i] : 0.0f;
      sums[i] += g;
      products[i] += g * (x[i] - mean[i]);
    }
  }
}

// dx = scale * gradient + slope * x + constant.
TFJS_SIMD void gradientRows(const float* __restrict dy, const float* __restrict x, const float* __restrict scale,
                            const float* __restrict shift, const float* __restrict slope,
                            const float* __restrict constant, int64_t size, int64_t width, float low, float high,
                            float* __restrict dx) {
  for (; size > 0; size -= width, x += width, dy += width, dx += width) {
    const int64_t length = std::min(size, width);
    for (int64_t i = 0; i < length; ++i) {
      const float y = x[i] * scale[i] + shift[i];
      const float g = (y > low && y <= high) ? dy[i] : 0.0f;
      dx[i] = g * scale[i] + x[i] * slope[i] + constant[i];
    }
  }
}

// What normalising by the batch's own moments takes, as rows of [5, channels]: mean, biased variance,
// 1 / sqrt(variance + epsilon), and the scale and shift that map x to its normalised value times gamma plus beta.
at::Tensor statistics(const at::Tensor& input, const at::Tensor& gamma, const at::Tensor& beta, double epsilon) {
  const at::Tensor x = input.contiguous();
  const Rows rows(x);
  const int64_t channels = rows.channels;
  TORCH_CHECK(gamma.numel() == channels && beta.numel() == channels, "expected one gamma and beta for each channel");
  const float* data = x.data_ptr<float>();
  std::vector<float> pivot(rows.width);
  for (int64_t i = 0; i < rows.width; ++i) pivot[i] = data[i % channels];
  const std::vector<double> sums =
      channelSums(rows, [&](int64_t from, int64_t to, float* differences, float* squares) {
        sumMoments(data + from, pivot.data(), to - from, rows.width, differences, squares);
      });
  const at::Tensor gammas = gamma.to(at::kFloat).contiguous();
  const at::Tensor betas = beta.to(at::kFloat).contiguous();
  at::Tensor result = at::empty({5, channels}, x.options());
  float* out = result.data_ptr<float>();
  for (int64_t c = 0; c < channels; ++c) {
    const double shifted = sums[c] / rows.count();
    const double mean = pivot[c] + shifted;
    const double variance = std::max(0.0, sums[channels + c] / rows.count() - shifted * shifted);
    const double inverseDeviation = 1 / std::sqrt(variance + epsilon);
    const double scale = gammas.data_ptr<float>()[c] * inverseDeviation;
    out[c] = static_cast<float>(mean);
    out[channels + c] = static_cast<float>(variance);
    out[2 * channels + c] = static_cast<float>(inverseDeviation);
    out[3 * channels + c] = static_cast<float>(scale);
    out[4 * channels + c] = static_cast<float>(betas.data_ptr<float>()[c] - mean * scale);
  }
  return result;
}

// clamp(x * scale + shift [+ other [* otherScale + otherShift]]); the last two rows of the coefficients are scale and
// shift by channel. With `reuse` the result may take over the memory of x, if nobody else holds it.
at::Tensor affine(const at::Tensor& input, const at::Tensor& coefficients, const c10::optional<at::Tensor>& other,
                  const c10::optional<at::Tensor>& otherCoefficients, double low, double high, bool reuse) {
  const at::Tensor x = input.contiguous();
  TORCH_CHECK(hasRows(coefficients, 2) && (!otherCoefficients.has_value() || hasRows(*otherCoefficients, 2)),
              "expected coefficients of at least two rows");
  const at::Tensor scale = coefficients.select(0, -2);
  const at::Tensor shift = coefficients.select(0, -1);
  const Rows rows(x);
  at::Tensor y = reuse && x.storage().use_count() == 1 ? x.alias() : at::empty_like(x);
  const std::vector<float> a = tiled(scale, rows);
  const float* from = x.data_ptr<float>();
  float* to = y.data_ptr<float>();
  if (!other.has_value()) {
    const std::vector<float> b = tiled(shift, rows);
    at::parallel_for(0, rows.groups, rows.grain(), [&](int64_t first, int64_t last) {
      const int64_t at = first * rows.width;
      affineRows(from + at, a.data(), b.data(), std::min(last * rows.width, rows.size) - at, rows.width, low, high,
                 to + at);
    });
    return y;
  }
  TORCH_CHECK(other->sizes() == x.sizes() && other->scalar_type() == at::kFloat,
              "expected float32 tensors of one shape");
  const at::Tensor second = other->contiguous();
  const std::vector<float> b =
      tiled(otherCoefficients.has_value() ? at::add(shift, otherCoefficients->select(0, -1)) : shift, rows);
  const std::vector<float> c = otherCoefficients.has_value() ? tiled(otherCoefficients->select(0, -2), rows)
                                                             : std::vector<float>(rows.width, 1.0f);
  const float* secondData = second.data_ptr<float>();
  at::parallel_for(0, rows.groups, rows.grain(), [&](int64_t first, int64_t last) {
    const int64_t at = first * rows.width;
    affineSumRows(from + at, a.data(), b.data(), secondData + at, c.data(),
                  std::min(last * rows.width, rows.size) - at, rows.width, low, high, to + at);
  });
  return y;
}

// The gradient of clamp(batchNorm(x)) for training, whose mean and variance depend on x.
std::tuple<at::Tensor, at::Tensor, at::Tensor> backward(const at::Tensor& gradient, const at::Tensor& input,
                                                        const at::Tensor& statistics, double low, double high) {
  const at::Tensor x = input.contiguous();
  const at::Tensor dy = gradient.contiguous();
  TORCH_CHECK(dy.sizes() == x.sizes() && dy.scalar_type() == at::kFloat, "expected the gradient in the input's shape");
  const Rows rows(x);
  TORCH_CHECK(hasRows(statistics, 5), "expected the five rows of the statistics");
  const std::vector<float> m = tiled(statistics.select(0, 0), rows);
  const std::vector<float> s = tiled(statistics.select(0, 2), rows);
  const std::vector<float> a = tiled(statistics.select(0, 3), rows);
  const std::vector<float> b = tiled(statistics.select(0, 4), rows);
  const float* xs = x.data_ptr<float>();
  const float* dys = dy.data_ptr<float>();
  const std::vector<double> sums = channelSums(rows, [&](int64_t from, int64_t to, float* gradients, float* products) {
    sumGradients(dys + from, xs + from, a.data(), b.data(), m.data(), to - from, rows.width, low, high, gradients,
                 products);
  });
  at::Tensor dGamma = at::empty({rows.channels}, x.options());
  at::Tensor dBeta = at::empty({rows.channels}, x.options());
  std::vector<float> slope(rows.width);
  std::vector<float> constant(rows.width);
  for (int64_t i = 0; i < rows.width; ++i) {
    const int64_t c = i % rows.channels;
    const double dGammaOf = sums[rows.channels + c] * s[c];
    if (i < rows.channels) {
      dBeta.data_ptr<float>()[c] = static_cast<float>(sums[c]);
      dGamma.data_ptr<float>()[c] = static_cast<float>(dGammaOf);
    }
    const double along = a[c] * s[c] * dGammaOf / rows.count();
    slope[i] = static_cast<float>(-along);
    constant[i] = static_cast<float>(along * m[c] - a[c] * sums[c] / rows.count());
  }
  at::Tensor dx = at::empty_like(x);
  float* to = dx.data_ptr<float>();
  at::parallel_for(0, rows.groups, rows.grain(), [&](int64_t first, int64_t last) {
    const int64_t at = first * rows.width;
    gradientRows(dys + at, xs + at, a.data(), b.data(), slope.data(), constant.data(),
                 std::min(last * rows.width, rows.size) - at, rows.width, low, high, to + at);
  });
  return {dx, dGamma, dBeta};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(tfjs, library) {
  library.def("batch_norm_statistics(Tensor x, Tensor gamma, Tensor beta, float epsilon) -> Tensor");
  library.def(
      "affine(Tensor x, Tensor coefficients, Tensor? other, Tensor? other_coefficients, float low, float high, "
      "bool reuse) -> Tensor");
  library.def(
      "batch_norm_backward(Tensor dy, Tensor x, Tensor statistics, float low, float high) -> "
      "(Tensor, Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(tfjs, CPU, library) {
  library.impl("batch_norm_statistics", statistics);
  library.impl("affine", affine);
  library.impl("batch_norm_backward", backward);
}

}  // namespace tfjs
