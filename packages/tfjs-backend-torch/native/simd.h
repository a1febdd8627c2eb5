// A function compiled once for each instruction set, the best of which the machine takes when the addon loads.
#pragma once

// AddressSanitizer is not ready yet when the choice is made.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define TFJS_SIMD __attribute__((noinline, target_clones("avx512f", "avx2", "default"), optimize("tree-vectorize")))
#else
#define TFJS_SIMD __attribute__((noinline))
#endif

// Before a loop whose steps do not depend on each other, although its input and output may be the same memory.
#if defined(__clang__)
#define TFJS_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define TFJS_INDEPENDENT _Pragma("GCC ivdep")
#else
#define TFJS_INDEPENDENT
#endif
