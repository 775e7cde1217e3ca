/** S0 to S31, which are also D0 to D15; an entry names them by their offset here. */
import { REGISTER_FILE } from "../../machine/layout";

export const FLOATS: u32 = REGISTER_FILE + 0x100;

/** The single register that the entry's byte `field` names. */
// @ts-ignore: decorator
@inline
export function single(entry: u32, field: u32): u32 {
  return load<u32>(FLOATS + load<u8>(entry + field));
}

// @ts-ignore: decorator
@inline
export function setSingle(entry: u32, field: u32, value: u32): void {
  store<u32>(FLOATS + load<u8>(entry + field), value);
}

// @ts-ignore: decorator
@inline
export function double(entry: u32, field: u32): u64 {
  return load<u64>(FLOATS + load<u8>(entry + field));
}

// @ts-ignore: decorator
@inline
export function setDouble(entry: u32, field: u32, value: u64): void {
  store<u64>(FLOATS + load<u8>(entry + field), value);
}

/** Of a list of registers: the word `index` places after the one that `RD` names. */
// @ts-ignore: decorator
@inline
export function listed(first: u32, index: u32): u32 {
  return load<u32>(FLOATS + first + index * 4);
}

// @ts-ignore: decorator
@inline
export function setListed(first: u32, index: u32, value: u32): void {
  store<u32>(FLOATS + first + index * 4, value);
}
