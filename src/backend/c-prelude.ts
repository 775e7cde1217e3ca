/** The C helpers kernels call, each printed only if a kernel needs it: compilers warn of unused functions. */
import type { Program } from "../loop/program.ts";
import { typeOf } from "../loop/type-of.ts";
import { visitExprs } from "../loop/walk.ts";

const helpers = {
  min_i32: `static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}
`,
  max_i32: `static inline int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}
`,
  min_f32: `static inline float min_f32(float a, float b)
{
    return a < b ? a : b;
}
`,
  max_f32: `static inline float max_f32(float a, float b)
{
    return a > b ? a : b;
}
`,
  shift_right: `/* Arithmetic shift; the second form is for compilers whose >> of negative numbers is not one. */
static inline int32_t shift_right(int32_t a, int32_t n)
{
    return (-1 >> 1) == -1 || a >= 0 ? a >> n : ~(~a >> n);
}
`,
  requantize: `/* round(acc * multiplier * 2^(shift - 31)): TensorFlow Lite's MultiplyByQuantizedMultiplier, rounded twice. */
static inline int32_t requantize(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = left - shift;
    const int64_t product = (int64_t)(acc * ((int32_t)1 << left)) * multiplier + ((int64_t)1 << 30);
    const int32_t high = (int32_t)((-1 >> 1) == -1 || product >= 0 ? product >> 31 : ~(~product >> 31));
    const int32_t mask = (int32_t)(((uint32_t)1 << right) - 1u);
    const int32_t quotient = shift_right(high, right);
    return quotient + ((high & mask) > shift_right(mask, 1) + (high < 0) ? 1 : 0);
}
`,
  bitsOf: `/* The bits of a float; compilers make a move of the copy. */
static inline int32_t bitsOf(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
`,
  fromBits: `static inline float fromBits(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
`,
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
  splat2: `static inline lanes2 splat2(int32_t x)
{
    return ((uint32_t)x & 0xffffu) | ((uint32_t)x << 16);
}
`,
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

type Helper = keyof typeof helpers;

const needs: Partial<Record<Helper, readonly Helper[]>> = { requantize: ["shift_right"] };

/** The helpers that the kernels of `program` use, in an order in which C accepts them. */
export function printPrelude(program: Program): string {
  const used = new Set<Helper>();
  const use = (name: string): void => {
    if (name in helpers) used.add(name as Helper);
    for (const needed of needs[name as Helper] ?? []) use(needed);
  };
  for (const kernel of program.kernels) {
    visitExprs(kernel.body, (e) => {
      if (e.kind === "widen") use(`widen${e.lanes}_${e.buffer.type}`);
      if (e.kind === "intrinsic") use(e.name);
      if (e.kind === "binary") use(e.op === ">>" ? "shift_right" : `${e.op}_${typeOf(e.left)}`);
      if (typeOf(e) === "i16x2") use("lanes2");
    });
  }
  const names = (Object.keys(helpers) as Helper[]).filter((name) => used.has(name));
  const acle = used.has("dot") ? "#if defined(__ARM_FEATURE_DSP)\n#include <arm_acle.h>\n#endif\n\n" : "";
  return acle + names.map((name) => `${helpers[name]}\n`).join("");
}
