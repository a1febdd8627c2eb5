// A function compiled once for each instruction set, the best of which the machine takes when the addon loads.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define TFJS_SIMD __attribute__((noinline, target_clones("avx512f", "avx2", "default"), optimize("tree-vectorize")))
#else
#define TFJS_SIMD __attribute__((noinline))
#endif
