/** APSR's Q, and GE, which parallel additions leave for SEL. */
import { REGISTER_FILE } from "../../machine/layout";

const Q: u32 = REGISTER_FILE + 0x184;
const GE: u32 = REGISTER_FILE + 0x188;

export function setQ(): void {
  store<u32>(Q, 1);
}
export function qFlag(): u32 {
  return load<u32>(Q);
}
export function setQTo(bit: u32): void {
  store<u32>(Q, bit);
}
export function geFlags(): u32 {
  return load<u32>(GE);
}
export function setGe(bits: u32): void {
  store<u32>(GE, bits);
}
