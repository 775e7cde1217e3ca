/** The register file: 32 words, and one more that writes of x0 go to. */
import { REGISTER_FILE } from "../machine/layout";
import { RD, RS1, RS2 } from "../machine/code";

// @ts-ignore: decorator
@inline
export function rs1(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RS1), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function rs2(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RS2), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function setRd(entry: u32, value: u32): void {
  store<u32>(load<u8>(entry, RD), value, REGISTER_FILE);
}

export function register(index: u32): u32 {
  return load<u32>(index * 4, REGISTER_FILE);
}

export function setRegister(index: u32, value: u32): void {
  if (index) store<u32>(index * 4, value, REGISTER_FILE);
}

/** Offsets of ra and t0: jumps that link to them are calls, jumps to them returns. */
const RA: u32 = 4;
const T0: u32 = 20;

// @ts-ignore: decorator
@inline
export function isLink(offset: u32): bool {
  return offset == RA || offset == T0;
}
