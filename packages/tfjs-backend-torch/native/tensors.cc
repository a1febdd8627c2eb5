#include "tensors.h"

#include <algorithm>
#include <utility>

namespace tfjs {

Handle TensorTable::add(at::Tensor tensor) {
  hold(tensor);
  ++count_;
  if (free_.empty()) {
    tensors_.push_back(std::move(tensor));
    return static_cast<Handle>(tensors_.size() - 1);
  }
  const Handle handle = free_.back();
  free_.pop_back();
  tensors_[handle] = std::move(tensor);
  return handle;
}

const at::Tensor& TensorTable::get(int64_t handle) const {
  TORCH_CHECK(handle >= 0 && handle < static_cast<int64_t>(tensors_.size()) && tensors_[handle].defined(),
              "tensor ", handle, " does not exist or was disposed");
  return tensors_[handle];
}

void TensorTable::release(int64_t handle) {
  drop(get(handle));
  tensors_[handle].reset();
  free_.push_back(static_cast<Handle>(handle));
  --count_;
}

void TensorTable::replace(int64_t handle, at::Tensor tensor) {
  drop(get(handle));
  hold(tensor);
  tensors_[handle] = std::move(tensor);
}

bool TensorTable::holds(int64_t handle, const at::Tensor& tensor) const {
  return handle >= 0 && handle < static_cast<int64_t>(tensors_.size()) && tensors_[handle].is_same(tensor);
}

bool TensorTable::isExclusive(int64_t handle) const {
  const at::Tensor& tensor = get(handle);
  return tensor.has_storage() && tensor.use_count() == 1 && tensor.storage().use_count() == 1;
}

void TensorTable::hold(const at::Tensor& tensor) {
  if (!tensor.has_storage()) return;
  StorageUse& use = storages_[tensor.storage().unsafeGetStorageImpl()];
  if (use.handles++ == 0) {
    use.bytes = tensor.storage().nbytes();
    bytes_ += use.bytes;
    peakBytes_ = std::max(peakBytes_, bytes_);
  }
}

void TensorTable::drop(const at::Tensor& tensor) {
  if (!tensor.has_storage()) return;
  const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
  if (found == storages_.end() || --found->second.handles > 0) return;
  bytes_ -= found->second.bytes;
  storages_.erase(found);
}

}  // namespace tfjs
