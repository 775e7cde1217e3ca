/** The A extension on one hart: a reservation is lost only by a store conditional. */
import { IMMEDIATE } from "../machine/code";
import { Stop, stop } from "../machine/stop";
import { slowLoad, slowStore, trapAddress } from "./access";
import { maximum, minimum } from "./arithmetic";
import { rs1, rs2, setRd } from "./registers";

export const LR: u32 = 2;
export const SC: u32 = 3;

let reserved: bool = false;
/** Whether the last SC.W went to memory, as one without a reservation does not. */
export let isAttempted: bool = false;
let reservation: u32 = 0;

/** Executes LR.W, SC.W or an AMO, begun at `now`. */
export function atomic(entry: u32, now: u64): void {
  const address = rs1(entry);
  const operation = load<u32>(entry, IMMEDIATE);
  const operand = rs2(entry);
  if (operation == SC) return storeConditional(entry, address, operand, now);
  const old = slowLoad(entry, address, 4, now);
  if (stop != Stop.None || trapAddress) return;
  if (operation == LR) {
    reserved = true;
    reservation = address;
  } else {
    slowStore(entry, address, 4, combine(operation, old, operand), now);
  }
  setRd(entry, old);
}

function storeConditional(entry: u32, address: u32, value: u32, now: u64): void {
  const holds = reserved && reservation == address;
  isAttempted = reserved;
  reserved = false;
  if (holds) slowStore(entry, address, 4, value, now);
  if (!trapAddress) setRd(entry, holds ? 0 : 1);
}

function combine(operation: u32, old: u32, operand: u32): u32 {
  switch (operation) {
    case 0:
      return old + operand;
    case 1:
      return operand;
    case 4:
      return old ^ operand;
    case 8:
      return old | operand;
    case 12:
      return old & operand;
    case 16:
      return minimum(old, operand);
    case 20:
      return maximum(old, operand);
    case 24:
      return min<u32>(old, operand);
  }
  return max<u32>(old, operand);
}
