import { hex } from "./hex.ts";
import type { ProgramSymbol } from "./image.ts";

/** The function that holds `address`: the nearest one before it, unless its size says that it ended earlier. */
export function functionAt(address: number, symbols: readonly ProgramSymbol[]): ProgramSymbol | undefined {
  let best: ProgramSymbol | undefined;
  for (const symbol of symbols) {
    const start = symbol.kind === "function" ? symbol.address & ~1 : symbol.address;
    const isCode = symbol.kind === "function" || (symbol.kind === "other" && symbol.bytes === 0);
    if (!isCode || start >>> 0 > address) continue;
    if (symbol.bytes > 0 && address >= (start >>> 0) + symbol.bytes) continue;
    if (best === undefined || isBetter(symbol, best)) best = symbol;
  }
  return best;
}

/** Later, and of two at one address the one that says it is a function. */
function isBetter(symbol: ProgramSymbol, best: ProgramSymbol): boolean {
  if (symbol.address !== best.address) return symbol.address > best.address;
  return symbol.kind === "function" && best.kind !== "function";
}

/** `main+0x1c`, or the address where no symbol is near. */
export function placeName(address: number, symbols: readonly ProgramSymbol[]): string {
  const symbol = functionAt(address, symbols);
  if (symbol === undefined) return hex(address);
  const offset = address - (symbol.address & ~1);
  return offset === 0 ? symbol.name : `${symbol.name}+${hex(offset, 1)}`;
}
