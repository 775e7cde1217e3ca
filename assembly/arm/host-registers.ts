/** Registers as the host numbers them: r0 to r14, and as 16 the address of the vector table. */
import { get, set } from "./registers";
import { setVectorTable, vectorTable } from "./system";

const TABLE: u32 = 16;

export function register(index: u32): u32 {
  return index == TABLE ? vectorTable : get(index);
}

export function setRegister(index: u32, value: u32): void {
  if (index == TABLE) setVectorTable(value);
  else set(index, value);
}
