/** LDREX and STREX on one core: a store goes through if nothing but stores happened since a load of its address. */
import { IMMEDIATE, SUB } from "../machine/code";
import { Stop, refuse } from "../machine/stop";
import { slowLoad, slowStore } from "./access";
import { rm, rn, setRd } from "./registers";

let isReserved: bool = false;
let reserved: u32 = 0;

export function clearReservation(): void {
  isReserved = false;
}

function addressOf(entry: u32): u32 {
  const address = rn(entry) + load<u32>(entry, IMMEDIATE);
  if (address & (<u32>load<u8>(entry, SUB) - 1)) refuse(Stop.Misaligned, address, load<u8>(entry, SUB));
  return address;
}

export function loadExclusive(entry: u32): void {
  const address = addressOf(entry);
  setRd(entry, slowLoad(address, load<u8>(entry, SUB)));
  isReserved = true;
  reserved = address;
}

export function storeExclusive(entry: u32): void {
  const address = addressOf(entry);
  const holds = isReserved && reserved == address;
  const bytes = <u32>load<u8>(entry, SUB);
  isReserved = false;
  if (holds) slowStore(address, bytes, bytes == 4 ? rm(entry) : rm(entry) & ((1 << (bytes * 8)) - 1));
  setRd(entry, holds ? 0 : 1);
}
