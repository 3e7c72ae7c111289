// Swift takes the square root of a vector lane by lane, through a call of the C library.
typedef double vector_double2 __attribute__((ext_vector_type(2)));
typedef double vector_double4 __attribute__((ext_vector_type(4)));
typedef double vector_double8 __attribute__((ext_vector_type(8)));

static inline vector_double2 vector_square_root2(vector_double2 x) {
    return __builtin_elementwise_sqrt(x);
}

static inline vector_double4 vector_square_root4(vector_double4 x) {
    return __builtin_elementwise_sqrt(x);
}

static inline vector_double8 vector_square_root8(vector_double8 x) {
    return __builtin_elementwise_sqrt(x);
}

/// How wide the vectors are that this processor and its kernel can use, in bits: 0, 256 or 512.
static inline int vector_bits(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq") ? 512 : 256;
#else
    return 0;
#endif
}
