/**
 * The loop-nest IR: the only description of a kernel in this house.
 *
 * Meaning. A kernel runs its statements in order, once for a given value of its parameter `row`. Integer arithmetic
 * is 32-bit two's complement and wraps; `/` and `%` are those of non-negative operands; `>>` is arithmetic. Float arithmetic is IEEE single
 * precision, one rounding an operation, never contracted. Loads of `i8`, `i16` sign-extend to i32 and of `u8`
 * zero-extend; stores keep the low bits. `For` evaluates its count once, on entry, and runs its body with the index
 * 0, 1, … count − 1; a count of 0 or less runs it not at all. Counts may use `row` and outer indices, never values
 * loaded from memory: every trip count is known once the row is. `let` declares a name once, visible to the end of
 * its block; `assign` changes it. Names are unique in a kernel. Buffers never alias unless the layout gave them the
 * same bytes; a kernel may rely on no overlap except that of a store after all loads of the bytes it writes.
 *
 * A `select` evaluates both of its branches, so both must be in bounds. Names a lowering gives do not end in `_` and
 * digits: that is how a rewrite names its copies (`acc_1` is a copy of `acc`, and `ox_2` still a loop called `ox`).
 *
 * Vectors are values of several lanes. `widen` loads `lanes` adjacent bytes and sign- or zero-extends each to 16 bits, or
 * loads as many 16-bit elements as they are;
 * `widen` of 4 bytes, not constants, keeps them as they are, packed into an i32, the first the lowest byte.
 * `widen` of 16 bytes gives an i8x16 of them, those of u8 less 128; of 4 i32 an i32x4; and of 4 bytes that are `wide`, each
 * extended to 32 bits. An i8x16 is stored to bytes, to those of u8 plus 128; an i32x4 to i32, or to bytes, of each lane the
 * lowest; and so is an i16x8, its lanes `pitch` elements apart.
 * `dot` multiplies lane by lane, exactly, and adds adjacent pairs to i32 lanes (an i16x2 gives an i32: Arm's SMLAD
 * without the accumulate; an i16x8 gives an i32x4: Wasm's i32x4.dot_i16x8_s). `sum` adds all lanes.
 */

/** Element type of a buffer in memory. */
export type ElementType = "i8" | "u8" | "i16" | "i32" | "f32";

/** Type of a value in a register. */
export type ValueType = "i32" | "f32" | "i16x2" | "i16x8" | "i32x4" | "i8x16";

/**
 * A named run of elements. `space` says who owns the bytes, never where they are:
 * `arena` is planned memory, `constant` is flash, `input` is the row being pushed, `output` the caller's result.
 */
export interface Buffer {
  readonly name: string;
  readonly type: ElementType;
  /** In elements. */
  readonly length: number;
  readonly space: "arena" | "constant" | "input" | "output";
  /** Of constants that are indices: the greatest there is, so that what they point at can be proven to be there. */
  readonly most?: number;
}

/**
 * `min`, `max` and the four operations for i32 and f32; `/ % << >> & ^ <` for i32 only (`<` gives 0 or 1). `+%`, `-%` and `*%` are
 * `+`, `-` and `*` of i32 whose exact result may well leave 32 bits: a reader whose own sums must not spells them otherwise.
 */
export type BinaryOp =
  "+" | "-" | "*" | "/" | "%" | "<<" | ">>" | "&" | "^" | "min" | "max" | "<" | "+%" | "-%" | "*%";

/**
 * - `requantize(acc, multiplier, shift)`: TensorFlow Lite's MultiplyByQuantizedMultiplier, double rounding: i32.
 * - `requantizeNearest(acc, multiplier, shift)`: the same with single rounding, halves up: i32.
 * - `dot(a, b)`: i16xN, i16xN gives i32x(N/2), an i32 for N = 2.
 * - `sum(v)`: i32x4 gives i32.
 * - `splat(x)`: i32 gives an i16x8 of its low 16 bits; `splat2(x)` an i16x2. `zero()`: an i32x4 of zeros.
 * - `addLanes(a, b)`, `subLanes(a, b)`: lane by lane, both of one vector type, wrapping.
 * - `requantizeOnce(acc, multiplier, shift)`: floor((acc × multiplier + 2^30 + 2^(30 − shift)) / 2^(31 − shift)) in 64 bits,
 *   shift in [−31, −1]: `requantize` wherever that is not negative, and not above 0 elsewhere. i32.
 * - `evens(word)`, `odds(word)`: an i16x2 of the bytes 0 and 2, or 1 and 3, of an i32, sign-extended; byte 0 is the low one.
 * - `halves(word)`: an i16x2 of the low and the high half of an i32; `wordOf(v)`: that i32 of an i16x2.
 * - `oddsUnsigned(word)`: the bytes 1 and 3, zero-extended; the even ones are `halves(word & 0x00ff00ff)`.
 * - `pack2(low, high)`: an i16x2 of the low 16 bits of two i32; `tops2(low, high)`: of their high 16 bits.
 * - `dot16(a, b)`: the sum of the sixteen products of two i8x16: i32. `splat16(x)`: an i8x16 of the low byte of x.
 * - `four(a, b, c, d)`: an i32x4. `maxLanes(a, b)`: the greater of two i32x4 or i8x16, lane by lane.
 * - `scaled4(sums, multipliers, shifts, zero, low, high)`: `requantize` lane by lane, plus zero, limited to [low, high]: i32x4.
 *   `scaledOnce4`: the same of `requantizeOnce`.
 * - `splat4(x)`: an i32x4 of an i32. `mulAdd4(sums, x, factor)`: sums + x × factor, an i32, lane by lane, wrapping.
 * - `shifted4(x, by, low, high)`: x >> by, limited to [low, high], lane by lane; `by`, `low` and `high` are constants.
 * - `bitsOf(x)`: the 32 bits of an f32 as an i32. `fromBits(x)`: the f32 of these bits; never those of a NaN.
 */
export type IntrinsicName =
  | "requantize"
  | "requantizeNearest"
  | "dot"
  | "sum"
  | "splat"
  | "splat2"
  | "zero"
  | "addLanes"
  | "subLanes"
  | "requantizeOnce"
  | "evens"
  | "odds"
  | "oddsUnsigned"
  | "halves"
  | "wordOf"
  | "pack2"
  | "tops2"
  | "dot16"
  | "splat16"
  | "four"
  | "maxLanes"
  | "scaled4"
  | "scaledOnce4"
  | "splat4"
  | "mulAdd4"
  | "shifted4"
  | "bitsOf"
  | "fromBits";

export type Expr =
  | { readonly kind: "const"; readonly type: "i32" | "f32"; readonly value: number }
  | { readonly kind: "var"; readonly type: ValueType; readonly name: string }
  | { readonly kind: "load"; readonly buffer: Buffer; readonly index: Expr }
  | {
      readonly kind: "widen";
      readonly buffer: Buffer;
      readonly index: Expr;
      readonly lanes: 2 | 4 | 8 | 16;
      /** Of four bytes: as an i32x4. */
      readonly wide?: true;
    }
  | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "select"; readonly condition: Expr; readonly then: Expr; readonly else: Expr }
  | { readonly kind: "intrinsic"; readonly name: IntrinsicName; readonly args: readonly Expr[] };

export type Stmt =
  | { readonly kind: "for"; readonly index: string; readonly count: Expr; readonly body: readonly Stmt[] }
  | { readonly kind: "let"; readonly name: string; readonly value: Expr }
  | { readonly kind: "assign"; readonly name: string; readonly value: Expr }
  | {
      readonly kind: "store";
      readonly buffer: Buffer;
      readonly index: Expr;
      readonly value: Expr;
      /** Of an i16x8: elements from where one lane goes to where the next does. */
      readonly pitch?: number;
    }
  /** Copies `count` elements between buffers of one element size; the ranges do not overlap. */
  | {
      readonly kind: "copy";
      readonly to: Buffer;
      readonly toIndex: Expr;
      readonly from: Buffer;
      readonly fromIndex: Expr;
      readonly count: number;
    };

/** One row of one layer: a function of `row`, the number of the step (see `graph/rows.ts`). */
export interface Kernel {
  readonly name: string;
  /** The node (or graph input) it belongs to: reports sum by it. */
  readonly layer: string;
  readonly body: readonly Stmt[];
  /** Of kernels written alike, of which a compiler makes alike code: what it costs is fitted by it. */
  readonly family?: string;
  /** Its statements stand in an order in which registers suffice, which a compiler had better keep. */
  readonly ordered?: boolean;
}
