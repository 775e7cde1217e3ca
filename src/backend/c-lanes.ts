/** The C helpers on words of bytes and of two 16-bit lanes, and the sums of products that kernels spend their time on. */

/** Compilers make one load of the copy where the core can load a word from anywhere. */
const wordHelper = (name: string, type: string): string => `/* Four bytes as a word, the first the lowest. */
static inline int32_t word_${name}(const ${type} *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    int32_t word;
    memcpy(&word, p, sizeof word);
    return word;
#else
    const uint32_t low = (uint32_t)(uint8_t)p[0] | ((uint32_t)(uint8_t)p[1] << 8);
    return (int32_t)(low | ((uint32_t)(uint8_t)p[2] << 16) | ((uint32_t)(uint8_t)p[3] << 24));
#endif
}
`;

/** Sums of products on Armv6-M: only moves and additions reach its high registers, so sums are what to keep there. */
const mulAdd = (name: string, why: string, body: string): string => `/* acc + a * b. ${why} */
static inline int32_t ${name}(int32_t acc, int32_t a, int32_t b)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__GNUC__) && !defined(__clang__)
    int32_t product;
    __asm__ volatile("mul %0, %2" : "=l"(product) : "0"(b), "l"(a) : "cc");
    __asm__ volatile("add %0, %1" : "+h"(acc) : "l"(product));
    return acc;
#else
${body}
#endif
}
`;

export const laneHelpers = {
  lanes2: `/* Two 16-bit lanes in one word. */
typedef uint32_t lanes2;
`,
  widen2_i8: `static inline lanes2 widen2_i8(const int8_t *p)
{
    return ((uint32_t)p[0] & 0xffffu) | ((uint32_t)p[1] << 16);
}
`,
  widen2_u8: `static inline lanes2 widen2_u8(const uint8_t *p)
{
    return (uint32_t)p[0] | ((uint32_t)p[1] << 16);
}
`,
  widen2_i16: `static inline lanes2 widen2_i16(const int16_t *p)
{
    return ((uint32_t)p[0] & 0xffffu) | ((uint32_t)p[1] << 16);
}
`,
  word_i8: wordHelper("i8", "int8_t"),
  word_u8: wordHelper("u8", "uint8_t"),
  splat2: `static inline lanes2 splat2(int32_t x)
{
    return ((uint32_t)x & 0xffffu) | ((uint32_t)x << 16);
}
`,
  halves: `static inline lanes2 halves(int32_t word)
{
    return (lanes2)word;
}
`,
  wordOf: `static inline int32_t wordOf(lanes2 lanes)
{
    return (int32_t)lanes;
}
`,
  pack2: `static inline lanes2 pack2(int32_t low, int32_t high)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    lanes2 lanes;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(lanes) : "r"(low), "r"(high));
    return lanes;
#else
    return ((uint32_t)low & 0xffffu) | ((uint32_t)high << 16);
#endif
}
`,
  tops2: `/* The high halves of two words. */
static inline lanes2 tops2(int32_t low, int32_t high)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    lanes2 lanes;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(lanes) : "r"(high), "r"(low));
    return lanes;
#else
    return ((uint32_t)low >> 16) | ((uint32_t)high & 0xffff0000u);
#endif
}
`,
  oddsUnsigned: `/* Bytes 1 and 3 of a word. */
static inline lanes2 oddsUnsigned(int32_t word)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    lanes2 lanes;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return ((uint32_t)word >> 8) & 0x00ff00ffu;
#endif
}
`,
  evens: `/* Bytes 0 and 2 of a word, sign-extended. */
static inline lanes2 evens(int32_t word)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    lanes2 lanes;
    __asm__("sxtb16 %0, %1" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return ((uint32_t)(int8_t)((uint32_t)word & 0xffu) & 0xffffu) | ((uint32_t)(int8_t)(((uint32_t)word >> 16) & 0xffu) << 16);
#endif
}
`,
  odds: `/* Bytes 1 and 3 of a word, sign-extended. */
static inline lanes2 odds(int32_t word)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    lanes2 lanes;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(lanes) : "r"(word));
    return lanes;
#else
    return ((uint32_t)(int8_t)(((uint32_t)word >> 8) & 0xffu) & 0xffffu) | ((uint32_t)(int8_t)((uint32_t)word >> 24) << 16);
#endif
}
`,
  dot_add: `/* acc + dot(a, b). Volatile: GCC would gather the loads between these in front of them, and spill what they load. */
static inline int32_t dot_add(int32_t acc, lanes2 a, lanes2 b)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    int32_t sum;
    __asm__ volatile("smlad %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(acc));
    return sum;
#else
    const uint32_t low = (uint32_t)((int32_t)(int16_t)(a & 0xffffu) * (int16_t)(b & 0xffffu));
    const uint32_t high = (uint32_t)((int32_t)(int16_t)(a >> 16) * (int16_t)(b >> 16));
    return (int32_t)((uint32_t)acc + low + high);
#endif
}
`,
  mul_add: mulAdd(
    "mul_add",
    "Volatile: GCC would add many products up first, and spill.",
    `    uint32_t sum = (uint32_t)acc + (uint32_t)a * (uint32_t)b;
#if defined(__GNUC__)
    __asm__ volatile("" : "+r"(sum));
#endif
    return (int32_t)sum;`,
  ),
  mul_add_exact: mulAdd("mul_add_exact", "In 32 bits.", "    return acc + a * b;"),
  dot: `static inline int32_t dot(lanes2 a, lanes2 b)
{
#if defined(__ARM_FEATURE_DSP)
    return __smuad((int16x2_t)a, (int16x2_t)b);
#else
    return (int32_t)(int16_t)(a & 0xffffu) * (int16_t)(b & 0xffffu) + (int32_t)(int16_t)(a >> 16) * (int16_t)(b >> 16);
#endif
}
`,
  addLanes: `static inline lanes2 addLanes(lanes2 a, lanes2 b)
{
    return ((a + b) & 0xffffu) | (((a >> 16) + (b >> 16)) << 16);
}
`,
  subLanes: `static inline lanes2 subLanes(lanes2 a, lanes2 b)
{
    return ((a - b) & 0xffffu) | (((a >> 16) - (b >> 16)) << 16);
}
`,
} as const;
