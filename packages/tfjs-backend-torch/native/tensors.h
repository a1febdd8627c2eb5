// The tensors that JavaScript holds, each under a small number (its handle).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tfjs {

using Handle = uint32_t;

// Handles count as memory once per storage, so a view costs nothing. Not thread-safe: there is one table for each
// JavaScript environment.
class TensorTable {
 public:
  Handle add(at::Tensor tensor);
  // Throws c10::Error if the handle was released or never given.
  const at::Tensor& get(int64_t handle) const;
  void release(int64_t handle);
  // Puts another tensor of the same meaning (say, in another memory layout) under the handle.
  void replace(int64_t handle, at::Tensor tensor);

  // Whether the tensor is stored under the handle.
  bool holds(int64_t handle, const at::Tensor& tensor) const;

  // Whether no other handle and nothing else shares the tensor's memory, so that it may be changed in place.
  bool isExclusive(int64_t handle) const;

  size_t count() const { return count_; }
  size_t bytes() const { return bytes_; }
  size_t peakBytes() const { return peakBytes_; }
  void resetPeak() { peakBytes_ = bytes_; }

 private:
  struct StorageUse {
    size_t handles = 0;
    size_t bytes = 0;
  };
  void hold(const at::Tensor& tensor);
  void drop(const at::Tensor& tensor);

  std::vector<at::Tensor> tensors_;
  std::vector<Handle> free_;
  std::unordered_map<const void*, StorageUse> storages_;
  size_t count_ = 0;
  size_t bytes_ = 0;
  size_t peakBytes_ = 0;
};

}  // namespace tfjs
