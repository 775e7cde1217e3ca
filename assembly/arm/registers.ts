/** The register file, the flags behind it, and a slot that reads 0 and one that is never read. */
import { REGISTER_FILE } from "../machine/layout";
import { RA, RD, RS1, RS2 } from "../machine/code";

export const SP: u32 = 13;
export const LR: u32 = 14;
/** A number that no register has: reads 0. */
export const NONE: u32 = 23;
/** Where results go that nobody reads. */
export const SINK: u32 = 24;

/** i64: N is bit 63, Z holds if the low word is 0. */
export const NZ: u32 = REGISTER_FILE + 64;
/** u32: 0 or 1. */
export const CARRY: u32 = REGISTER_FILE + 72;
/** u32: V is bit 31. */
export const OVERFLOW: u32 = REGISTER_FILE + 76;

// @ts-ignore: decorator
@inline
export function rd(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RD), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function rn(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RS1), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function rm(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RS2), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function ra(entry: u32): u32 {
  return load<u32>(load<u8>(entry, RA), REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function setRd(entry: u32, value: u32): void {
  store<u32>(load<u8>(entry, RD), value, REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function setRn(entry: u32, value: u32): void {
  store<u32>(load<u8>(entry, RS1), value, REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function setRa(entry: u32, value: u32): void {
  store<u32>(load<u8>(entry, RA), value, REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function get(index: u32): u32 {
  return load<u32>(index * 4, REGISTER_FILE);
}

// @ts-ignore: decorator
@inline
export function set(index: u32, value: u32): void {
  store<u32>(index * 4, value, REGISTER_FILE);
}
