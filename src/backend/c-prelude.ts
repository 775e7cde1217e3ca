/** The C helpers kernels call, each printed only if a kernel needs it: compilers warn of unused functions. */
import type { Expr, Kernel } from "../loop/ir.ts";
import { lanesOf, typeOf } from "../loop/type-of.ts";
import { visitExprs, visitStmts } from "../loop/walk.ts";
import { helperNameOf, isAddedDot, isAddedProduct, loaderOf, wrapping } from "./c-kernel.ts";
import { laneHelpers } from "./c-lanes.ts";
import { vectorHelpers } from "./c-vectors.ts";

const order = `/* Kernels whose statements keep to the registers as they stand: GCC's own order would spill what it loads early. */
#if defined(__GNUC__) && !defined(__clang__)
#define IN_ORDER __attribute__((optimize("no-schedule-insns", "no-tree-ter", "no-gcse")))
#else
#define IN_ORDER
#endif
#if defined(__GNUC__)
#define KEEP(pointer) __asm__("" : "+r"(pointer))
#else
#define KEEP(pointer) (void)(pointer)
#endif
`;

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
  add_wrapping: `static inline int32_t add_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}
`,
  sub_wrapping: `static inline int32_t sub_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}
`,
  mul_wrapping: `static inline int32_t mul_wrapping(int32_t a, int32_t b)
{
#if defined(__GNUC__) && defined(__thumb__) && !defined(__thumb2__)
    /* Hides a large factor from GCC, which would write its MULS as a score of shifts and sums. */
    if (b < -255 || b > 255) {
        __asm__("" : "+r"(b));
    }
#endif
    return (int32_t)((uint32_t)a * (uint32_t)b);
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
  requantizeNearest: `/* round(acc * multiplier * 2^(shift - 31)), halves up, rounded once: CMSIS-NN's arm_nn_requantize with single rounding. */
static inline int32_t requantizeNearest(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int64_t product = (int64_t)acc * multiplier;
    const int32_t right = 30 - shift;
    const int64_t twice = (-1 >> 1) == -1 || product >= 0 ? product >> right : ~(~product >> right);
    return shift_right((int32_t)twice + 1, 1);
}
`,
  requantizeOnce: `/* floor((acc * multiplier + 2^30 + 2^(30 - shift)) / 2^(31 - shift)): requantize, where that is not negative. */
static inline int32_t requantizeOnce(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t right = -1 - shift;
#if defined(__thumb__) && !defined(__thumb2__)
    /* No long multiply: halves by halves, none of the sums leaving 32 bits. */
    const int32_t high = acc >> 16;
    const int32_t factor = multiplier >> 16;
    const uint32_t low = (uint32_t)acc & 0xffffu;
    const uint32_t rest = (uint32_t)multiplier & 0xffffu;
    const int32_t middle = high * (int32_t)rest + (int32_t)((low * rest) >> 16);
    const uint32_t upper = low * (uint32_t)factor + ((uint32_t)middle & 0xffffu);
    const uint32_t half = (uint32_t)2 << right; /* times 2^30, as the other half: their words are added */
    const uint32_t carry = ((upper & 0xffffu) + 0x4000u + ((half & 3u) << 14)) >> 16;
    return (high * factor + (middle >> 16) + (int32_t)((upper >> 16) + carry + (half >> 2))) >> right;
#elif defined(__thumb2__) && defined(__GNUC__)
    const uint32_t half = ((uint32_t)2 << right) + 1u; /* times 2^30 */
    uint32_t low = half << 30;
    int32_t high = (int32_t)(half >> 2);
    __asm__("smlal %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(acc), "r"(multiplier));
    return high >> right;
#else
    const int64_t half = (int64_t)(((uint32_t)2 << right) + 1u) * 1073741824;
    const int64_t product = (int64_t)acc * multiplier + half;
    return shift_right((int32_t)((-1 >> 1) == -1 || product >= 0 ? product >> 32 : ~(~product >> 32)), right);
#endif
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
  ...laneHelpers,
  ...vectorHelpers,
} as const;

type Helper = keyof typeof helpers;

const needs: Partial<Record<Helper, readonly Helper[]>> = {
  requantize: ["shift_right"],
  requantizeOnce: ["shift_right"],
  requantizeNearest: ["shift_right"],
  scaled4: ["requantize", "shift_right"],
  scaledOnce4: ["requantizeOnce", "shift_right"],
  shifted4: ["shift_right"],
};

function helperOf({ op, left }: Extract<Expr, { kind: "binary" }>): string {
  if (op === "+%" || op === "-%" || op === "*%") return wrapping[op];
  return op === ">>" ? "shift_right" : `${op}_${typeOf(left)}`;
}

/** The helpers that the kernels of `program` use, in an order in which C accepts them. */
/** @param kernels As they are printed: those that share a function once, as that function. */
export function printPrelude(kernels: readonly Kernel[]): string {
  const used = new Set<Helper>();
  const use = (name: string): void => {
    if (name in helpers) used.add(name as Helper);
    for (const needed of needs[name as Helper] ?? []) use(needed);
  };
  const added = new Set<Expr>();
  for (const kernel of kernels) {
    visitExprs(kernel.body, (e) => {
      if (e.kind === "binary" && isAddedDot(e)) {
        added.add(e.right);
        use(e.right.kind === "intrinsic" && e.right.name === "dot16" ? "dot16_add" : "dot_add");
      }
      if (e.kind === "binary" && isAddedProduct(e)) {
        added.add(e);
        use(e.op === "+" ? "mul_add_exact" : "mul_add");
      }
      if (e.kind === "widen") use(loaderOf(e));
      if (e.kind === "intrinsic" && !added.has(e)) use(helperNameOf(e));
      if (e.kind === "binary" && !added.has(e)) use(helperOf(e));
      if (typeOf(e) === "i16x2") use("lanes2");
      if (typeOf(e) === "i8x16") use("bytes16");
      if (typeOf(e) === "i16x8") use("halves8");
      if (typeOf(e) === "i32x4") use("words4");
    });
    visitStmts(kernel.body, (s) => {
      const lanes = s.kind === "store" ? lanesOf(typeOf(s.value)) : 1;
      if (s.kind === "store" && s.pitch !== undefined) use(`storeApart_${s.buffer.type}`);
      else if (s.kind === "store" && lanes > 1) use(`store${lanes}_${s.buffer.type}`);
    });
  }
  const inOrder = kernels.some(({ ordered }) => ordered) ? `${order}\n` : "";
  const names = (Object.keys(helpers) as Helper[]).filter((name) => used.has(name));
  const acle = used.has("dot") ? "#if defined(__ARM_FEATURE_DSP)\n#include <arm_acle.h>\n#endif\n\n" : "";
  return acle + inOrder + names.map((name) => `${helpers[name]}\n`).join("");
}
