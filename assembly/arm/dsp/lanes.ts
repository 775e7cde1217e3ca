/**
 * Instructions that see a register as two halves or four bytes. Arm DDI 0403E.e, A7.7; their pseudocode is what the
 * functions say.
 */
import { geFlags, setGe, setQ } from "./flags";

/** What becomes of each lane's sum: bits 6 to 4 of the second halfword. */
const enum Form {
  Signed = 0,
  SignedSaturating = 1,
  SignedHalving = 2,
  Unsigned = 4,
  UnsignedSaturating = 5,
  UnsignedHalving = 6,
}

/** What the lanes are: bits 6 to 4 of the first halfword. */
const enum Shape {
  Add8 = 0,
  Add16 = 1,
  /** Halves of the second operand exchanged; the high lane adds, the low one subtracts. */
  Asx = 2,
  Sub8 = 4,
  Sub16 = 5,
  Sax = 6,
}

/** {S,Q,SH,U,UQ,UH}{ADD8,ADD16,ASX,SUB8,SUB16,SAX}; the forms S and U set GE. */
export function parallel(form: Form, shape: Shape, n: u32, m: u32): u32 {
  if ((form & 3) == 0) setGe(0);
  if ((shape & 3) == 0) {
    let bytes: u32 = 0;
    for (let i: u32 = 0; i < 4; i++) bytes |= lane(form, shape == Shape.Sub8, 8, i, n >>> (8 * i), m >>> (8 * i));
    return bytes;
  }
  const other = shape == Shape.Asx || shape == Shape.Sax ? rotr(m, 16) : m;
  const low = lane(form, shape == Shape.Sub16 || shape == Shape.Asx, 16, 0, n, other);
  return low | lane(form, shape == Shape.Sub16 || shape == Shape.Sax, 16, 1, n >>> 16, other >>> 16);
}

/** One lane's result in its place; its operands are the low bits of `n` and `m`. */
function lane(form: Form, subtracts: bool, bits: u32, index: u32, n: u32, m: u32): u32 {
  const isUnsigned = form >= Form.Unsigned;
  const a = extend(n, bits, isUnsigned);
  const b = extend(m, bits, isUnsigned);
  const sum = subtracts ? a - b : a + b;
  if ((form & 3) == 0) {
    const isGe = isUnsigned && !subtracts ? sum >> bits != 0 : sum >= 0;
    if (isGe) setGe(geFlags() | ((bits == 8 ? 1 : 3) << (index * (bits >>> 3))));
  }
  return (finish(form, sum, bits) & ((1 << bits) - 1)) << (index * bits);
}

// @ts-ignore: decorator
@inline
function extend(value: u32, bits: u32, isUnsigned: bool): i32 {
  const up = value << (32 - bits);
  return isUnsigned ? up >>> (32 - bits) : <i32>up >> (32 - bits);
}

function finish(form: Form, sum: i32, bits: u32): i32 {
  if (form == Form.SignedSaturating) return clamp(sum, -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  if (form == Form.UnsignedSaturating) return clamp(sum, 0, (1 << bits) - 1);
  return (form & 3) == 2 ? sum >> 1 : sum;
}

// @ts-ignore: decorator
@inline
function clamp(value: i32, low: i32, high: i32): i32 {
  return value < low ? low : value > high ? high : value;
}

/** SEL: each byte of `n` where GE is set, else of `m`. */
export function select(n: u32, m: u32): u32 {
  const ge = geFlags();
  const spread = (ge & 1) | ((ge & 2) << 7) | ((ge & 4) << 14) | ((ge & 8) << 21);
  const mask = spread * 0xff;
  return (n & mask) | (m & ~mask);
}

/** USAD8, USADA8: the sum of the bytes' absolute differences, and of `accumulator`. */
export function absoluteDifferences(n: u32, m: u32, accumulator: u32): u32 {
  for (let shift: u32 = 0; shift < 32; shift += 8) {
    const difference = <i32>((n >>> shift) & 0xff) - <i32>((m >>> shift) & 0xff);
    accumulator += difference < 0 ? -difference : difference;
  }
  return accumulator;
}

/** SSAT16: both halves into `bits` bits, signed. */
export function saturateHalves(value: u32, bits: u32): u32 {
  const high = (1 << (bits - 1)) - 1;
  return bothHalves(value, ~high, high);
}

/** USAT16: both halves, which are signed, into `bits` bits, unsigned. */
export function saturateHalvesUnsigned(value: u32, bits: u32): u32 {
  return bothHalves(value, 0, (1 << bits) - 1);
}

function bothHalves(value: u32, low: i32, high: i32): u32 {
  const a = <i32>(<i16>value);
  const b = <i32>value >> 16;
  const first = clamp(a, low, high);
  const second = clamp(b, low, high);
  if (first != a || second != b) setQ();
  return (first & 0xffff) | (second << 16);
}

/** SXTB16 of a value that is already rotated: bytes 0 and 2 to signed halves. */
// @ts-ignore: decorator
@inline
export function signedBytes(value: u32): u32 {
  return (<i32>(<i8>value) & 0xffff) | ((<i32>(<i8>(value >>> 16))) << 16);
}

/** UXTB16. */
// @ts-ignore: decorator
@inline
export function unsignedBytes(value: u32): u32 {
  return value & 0x00ff00ff;
}

/** Adds halves, each for itself: SXTAB16, UXTAB16. */
// @ts-ignore: decorator
@inline
export function addHalves(a: u32, b: u32): u32 {
  return ((a + b) & 0xffff) | ((a & 0xffff0000) + (b & 0xffff0000));
}
