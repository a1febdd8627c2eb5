#include "allocator.h"

#include <c10/core/Allocator.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>

namespace tfjs {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPage = 4096;
// Smaller blocks are the C library's business: it keeps them itself.
constexpr size_t kSmallestCached = 64 * 1024;
// A cached block may serve a request down to 7/8 of its size, so that little is wasted.
constexpr size_t wasteLimit(size_t size) { return size + size / 8; }

// A block starts with its size; the tensor's memory follows.
constexpr size_t kHeader = kAlignment;

size_t& sizeOf(void* block) { return *static_cast<size_t*>(block); }

class BlockCache {
 public:
  void* take(size_t bytes) {
    size_t size = bytes + kHeader;
    const std::lock_guard<std::mutex> lock(mutex_);
    void* block = nullptr;
    if (size >= kSmallestCached) {
      size = (size + kPage - 1) / kPage * kPage;
      const auto found = blocks_.lower_bound(size);
      if (found != blocks_.end() && found->first <= wasteLimit(size)) {
        block = found->second;
        cached_ -= found->first;
        blocks_.erase(found);
      }
    }
    if (block == nullptr) {
      // What the cache holds fits nobody: growing beyond the peak would only add to the process's size.
      if (allocated_ + cached_ + size > peak_) shrinkTo(peak_ > allocated_ + size ? peak_ - allocated_ - size : 0);
      block = allocate(size);
      if (block == nullptr) {
        shrinkTo(0);
        block = allocate(size);
      }
      TORCH_CHECK(block != nullptr, "can't allocate memory: ", bytes, " bytes were asked for while ", allocated_,
                  " bytes were in use");
      sizeOf(block) = size;
    }
    allocated_ += sizeOf(block);
    peak_ = std::max(peak_, allocated_);
    reportedPeak_ = std::max(reportedPeak_, allocated_);
    return block;
  }

  void give(void* block) {
    const size_t size = sizeOf(block);
    const std::lock_guard<std::mutex> lock(mutex_);
    allocated_ -= size;
    if (size < kSmallestCached) {
      std::free(block);
      return;
    }
    blocks_.emplace(size, block);
    cached_ += size;
  }

  AllocatorStatistics statistics() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {allocated_, reportedPeak_, cached_};
  }

  void resetPeak() {
    const std::lock_guard<std::mutex> lock(mutex_);
    reportedPeak_ = allocated_;
  }

  void clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    shrinkTo(0);
    peak_ = allocated_;
  }

 private:
  static void* allocate(size_t size) {
    void* data = nullptr;
    return posix_memalign(&data, kAlignment, size) == 0 ? data : nullptr;
  }

  // Frees the largest blocks first: they are the fewest, and the least likely to fit.
  void shrinkTo(size_t bytes) {
    while (cached_ > bytes && !blocks_.empty()) {
      const auto largest = std::prev(blocks_.end());
      cached_ -= largest->first;
      std::free(largest->second);
      blocks_.erase(largest);
    }
  }

  std::mutex mutex_;
  std::multimap<size_t, void*> blocks_;
  size_t allocated_ = 0;
  size_t cached_ = 0;
  size_t peak_ = 0;
  size_t reportedPeak_ = 0;
};

// Never destroyed: tensors may outlive every other static object.
BlockCache& cache() {
  static BlockCache* const instance = new BlockCache;
  return *instance;
}

void giveBack(void* data) {
  if (data != nullptr) cache().give(static_cast<char*>(data) - kHeader);
}

// No `override`: libtorch 2.x took the const from allocate() and made copy_data() abstract, and this compiles with all.
class CachingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) const { return make(bytes); }
  c10::DataPtr allocate(size_t bytes) { return make(bytes); }
  c10::DeleterFnPtr raw_deleter() const override { return &giveBack; }
  void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }

 private:
  static c10::DataPtr make(size_t bytes) {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0) return {nullptr, nullptr, &giveBack, cpu};
    void* const data = static_cast<char*>(cache().take(bytes)) + kHeader;
    return {data, data, &giveBack, cpu};
  }
};

}  // namespace

void installAllocator() {
  static CachingAllocator* const allocator = [] {
    const auto created = new CachingAllocator;
    c10::SetAllocator(c10::DeviceType::CPU, created, 1);
    return created;
  }();
  (void)allocator;
}

AllocatorStatistics allocatorStatistics() { return cache().statistics(); }
void resetAllocatorPeak() { cache().resetPeak(); }
void releaseAllocatorCache() { cache().clear(); }

}  // namespace tfjs
