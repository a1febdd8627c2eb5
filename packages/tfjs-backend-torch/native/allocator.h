// Memory for CPU tensors that is kept for the next step instead of being given back to the system.
//
// A training step allocates the same sizes again and again. The C library gives large blocks back to the kernel at
// once, so each step pays for mapping and zeroing its pages anew; a cache of freed blocks does not.
#pragma once

#include <cstddef>

namespace tfjs {

struct AllocatorStatistics {
  size_t allocated;      // bytes in use by tensors and by operators' temporaries
  size_t peakAllocated;
  size_t cached;         // bytes kept for reuse
};

// Makes this libtorch's allocator of CPU tensors. Calling it again changes nothing.
void installAllocator();
AllocatorStatistics allocatorStatistics();
void resetAllocatorPeak();
// Gives the cached blocks back to the system.
void releaseAllocatorCache();

}  // namespace tfjs
