/**
 * Helpers on vectors of 16 bytes and of four words: the Helium instructions of Armv8.1-M where the compiler has them
 * (ACLE, `arm_mve.h`), elsewhere loops that mean the same.
 */
const bytes = (
  name: string,
  type: string,
  flip: string,
): string => `static inline bytes16 vector_${name}(const ${type} *p)
{
#if defined(__ARM_FEATURE_MVE)
    return ${name === "i8" ? "vldrbq_s8(p)" : "vreinterpretq_s8_u8(veorq_u8(vldrbq_u8(p), vdupq_n_u8(128)))"};
#else
    bytes16 v;
    for (int i = 0; i < 16; ++i) v.lane[i] = (int8_t)(p[i]${flip});
    return v;
#endif
}
`;

const storeBytes = (
  name: string,
  type: string,
): string => `static inline void store4_${name}(${type} *p, words4 v)
{
#if defined(__ARM_FEATURE_MVE)
    ${name === "i8" ? "vstrbq_s32(p, v)" : "vstrbq_u32(p, vreinterpretq_u32_s32(v))"};
#else
    for (int i = 0; i < 4; ++i) p[i] = (${type})v.lane[i];
#endif
}
`;

const halves = (name: string, type: string): string => `static inline halves8 widen8_${name}(const ${type} *p)
{
#if defined(__ARM_FEATURE_MVE)
    return ${name === "i8" ? "vldrbq_s16(p)" : "vreinterpretq_s16_u16(vldrbq_u16(p))"};
#else
    halves8 v;
    for (int i = 0; i < 8; ++i) v.lane[i] = p[i];
    return v;
#endif
}
`;

const wideBytes = (name: string, type: string): string => `/* Four bytes, each extended to 32 bits. */
static inline words4 wide_${name}(const ${type} *p)
{
#if defined(__ARM_FEATURE_MVE)
    return ${name === "i8" ? "vldrbq_s32(p)" : "vreinterpretq_s32_u32(vldrbq_u32(p))"};
#else
    const words4 v = {{p[0], p[1], p[2], p[3]}};
    return v;
#endif
}
`;

export const vectorHelpers = {
  bytes16: `#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
typedef int8x16_t bytes16;
#else
typedef struct { int8_t lane[16]; } bytes16;
#endif
`,
  words4: `#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
typedef int32x4_t words4;
#else
typedef struct { int32_t lane[4]; } words4;
#endif
`,
  halves8: `#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
typedef int16x8_t halves8;
#else
typedef struct { int16_t lane[8]; } halves8;
#endif
`,
  widen8_i8: halves("i8", "int8_t"),
  widen8_u8: halves("u8", "uint8_t"),
  splat: `static inline halves8 splat(int32_t x)
{
#if defined(__ARM_FEATURE_MVE)
    return vdupq_n_s16((int16_t)x);
#else
    halves8 v;
    for (int i = 0; i < 8; ++i) v.lane[i] = (int16_t)x;
    return v;
#endif
}
`,
  subLanes8: `static inline halves8 subLanes8(halves8 a, halves8 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vsubq_s16(a, b);
#else
    for (int i = 0; i < 8; ++i) a.lane[i] = (int16_t)(a.lane[i] - b.lane[i]);
    return a;
#endif
}
`,
  storeApart_i8: `/* The low bytes of eight lanes, each pitch elements behind the one before. */
static inline void storeApart_i8(int8_t *p, halves8 v, int32_t pitch)
{
#if defined(__ARM_FEATURE_MVE)
    vstrbq_scatter_offset_s16(p, vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pitch), v);
#else
    for (int i = 0; i < 8; ++i) p[i * pitch] = (int8_t)v.lane[i];
#endif
}
`,
  vector_i8: bytes("i8", "int8_t", ""),
  vector_u8: `/* Sixteen bytes less 128. */
${bytes("u8", "uint8_t", " - 128")}`,
  vector_i32: `static inline words4 vector_i32(const int32_t *p)
{
#if defined(__ARM_FEATURE_MVE)
    return vldrwq_s32(p);
#else
    words4 v;
    for (int i = 0; i < 4; ++i) v.lane[i] = p[i];
    return v;
#endif
}
`,
  store16_i8: `static inline void store16_i8(int8_t *p, bytes16 v)
{
#if defined(__ARM_FEATURE_MVE)
    vstrbq_s8(p, v);
#else
    for (int i = 0; i < 16; ++i) p[i] = v.lane[i];
#endif
}
`,
  store16_u8: `/* Sixteen bytes, 128 added. */
static inline void store16_u8(uint8_t *p, bytes16 v)
{
#if defined(__ARM_FEATURE_MVE)
    vstrbq_u8(p, veorq_u8(vreinterpretq_u8_s8(v), vdupq_n_u8(128)));
#else
    for (int i = 0; i < 16; ++i) p[i] = (uint8_t)(v.lane[i] + 128);
#endif
}
`,
  store4_i32: `static inline void store4_i32(int32_t *p, words4 v)
{
#if defined(__ARM_FEATURE_MVE)
    vstrwq_s32(p, v);
#else
    for (int i = 0; i < 4; ++i) p[i] = v.lane[i];
#endif
}
`,
  store4_i8: storeBytes("i8", "int8_t"),
  store4_u8: storeBytes("u8", "uint8_t"),
  splat16: `static inline bytes16 splat16(int32_t x)
{
#if defined(__ARM_FEATURE_MVE)
    return vdupq_n_s8((int8_t)x);
#else
    bytes16 v;
    for (int i = 0; i < 16; ++i) v.lane[i] = (int8_t)x;
    return v;
#endif
}
`,
  dot16_add: `/* acc + the sum of sixteen products. */
static inline int32_t dot16_add(int32_t acc, bytes16 a, bytes16 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vmladavaq_s8(acc, a, b);
#else
    for (int i = 0; i < 16; ++i) acc += (int32_t)a.lane[i] * b.lane[i];
    return acc;
#endif
}
`,
  four: `static inline words4 four(int32_t a, int32_t b, int32_t c, int32_t d)
{
#if defined(__ARM_FEATURE_MVE)
    words4 v = vuninitializedq_s32();
    v = vsetq_lane_s32(a, v, 0);
    v = vsetq_lane_s32(b, v, 1);
    v = vsetq_lane_s32(c, v, 2);
    return vsetq_lane_s32(d, v, 3);
#else
    const words4 v = {{a, b, c, d}};
    return v;
#endif
}
`,
  addLanes4: `static inline words4 addLanes4(words4 a, words4 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vaddq_s32(a, b);
#else
    for (int i = 0; i < 4; ++i) a.lane[i] = (int32_t)((uint32_t)a.lane[i] + (uint32_t)b.lane[i]);
    return a;
#endif
}
`,
  dot16: `static inline int32_t dot16(bytes16 a, bytes16 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vmladavq_s8(a, b);
#else
    int32_t sum = 0;
    for (int i = 0; i < 16; ++i) sum += (int32_t)a.lane[i] * b.lane[i];
    return sum;
#endif
}
`,
  maxLanes16: `static inline bytes16 maxLanes16(bytes16 a, bytes16 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vmaxq_s8(a, b);
#else
    for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
#endif
}
`,
  maxLanes: `static inline words4 maxLanes(words4 a, words4 b)
{
#if defined(__ARM_FEATURE_MVE)
    return vmaxq_s32(a, b);
#else
    for (int i = 0; i < 4; ++i) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
#endif
}
`,
  wide_i8: wideBytes("i8", "int8_t"),
  wide_u8: wideBytes("u8", "uint8_t"),
  splat4: `static inline words4 splat4(int32_t x)
{
#if defined(__ARM_FEATURE_MVE)
    return vdupq_n_s32(x);
#else
    const words4 v = {{x, x, x, x}};
    return v;
#endif
}
`,
  mulAdd4: `/* sums + x * factor, lane by lane. */
static inline words4 mulAdd4(words4 sums, words4 x, int32_t factor)
{
#if defined(__ARM_FEATURE_MVE)
    return vmlaq_n_s32(sums, x, factor);
#else
    for (int i = 0; i < 4; ++i)
        sums.lane[i] = (int32_t)((uint32_t)sums.lane[i] + (uint32_t)x.lane[i] * (uint32_t)factor);
    return sums;
#endif
}
`,
  shifted4: `/* x >> by, limited to [low, high]; by is a constant. */
#if defined(__ARM_FEATURE_MVE)
#define shifted4(x, by, low, high) vminq_s32(vmaxq_s32(vshrq_n_s32(x, by), vdupq_n_s32(low)), vdupq_n_s32(high))
#else
static inline words4 shifted4(words4 x, int32_t by, int32_t low, int32_t high)
{
    for (int i = 0; i < 4; ++i) {
        const int32_t y = shift_right(x.lane[i], by);
        x.lane[i] = y < low ? low : y > high ? high : y;
    }
    return x;
}
#endif
`,
  scaled4: `/* requantize, lane by lane, plus zero, limited to [low, high]. */
static inline words4 scaled4(words4 acc, words4 multiplier, words4 shift, int32_t zero, int32_t low, int32_t high)
{
#if defined(__ARM_FEATURE_MVE)
    const words4 none = vdupq_n_s32(0);
    const words4 right = vminq_s32(shift, none);
    words4 x = vqrdmulhq_s32(vshlq_s32(acc, vmaxq_s32(shift, none)), multiplier);
    x = vqaddq_s32(x, vshrq_n_s32(vandq_s32(x, right), 31)); /* halves away from zero */
    x = vaddq_n_s32(vrshlq_s32(x, right), zero);
    return vminq_s32(vmaxq_s32(x, vdupq_n_s32(low)), vdupq_n_s32(high));
#else
    for (int i = 0; i < 4; ++i) {
        const int32_t x = requantize(acc.lane[i], multiplier.lane[i], shift.lane[i]) + zero;
        acc.lane[i] = x < low ? low : x > high ? high : x;
    }
    return acc;
#endif
}
`,
  scaledOnce4: `/* requantizeOnce, lane by lane, plus zero, limited to [low, high]. */
static inline words4 scaledOnce4(words4 acc, words4 multiplier, words4 shift, int32_t zero, int32_t low, int32_t high)
{
#if defined(__ARM_FEATURE_MVE)
    const words4 x = vrshlq_s32(vqrdmulhq_s32(acc, multiplier), shift);
    return vminq_s32(vmaxq_s32(zero == 0 ? x : vaddq_n_s32(x, zero), vdupq_n_s32(low)), vdupq_n_s32(high));
#else
    for (int i = 0; i < 4; ++i) {
        const int32_t x = requantizeOnce(acc.lane[i], multiplier.lane[i], shift.lane[i]) + zero;
        acc.lane[i] = x < low ? low : x > high ? high : x;
    }
    return acc;
#endif
}
`,
} as const;
