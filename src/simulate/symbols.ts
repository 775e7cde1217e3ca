import { hex } from "./hex.ts";
import type { ProgramSymbol } from "./image.ts";

/**
 * Symbols that name code, by address: functions, and labels of assembly. Addresses lose the bit that marks Thumb code;
 * of several at one address the function stays, then the one named first. A label inside a function is left out.
 */
export function codeSymbols(symbols: readonly ProgramSymbol[]): ProgramSymbol[] {
  const sorted = symbols
    .filter(
      ({ kind, name }) =>
        kind === "function" || (kind === "other" && !/^(\.L|_|\$)/.test(name)) || name === "_start",
    )
    .map((symbol) => ({
      ...symbol,
      address: (symbol.kind === "function" ? symbol.address & ~1 : symbol.address) >>> 0,
    }))
    .sort((a, b) => a.address - b.address || Number(b.kind === "function") - Number(a.kind === "function"));
  const kept: ProgramSymbol[] = [];
  let end = 0;
  for (const symbol of sorted) {
    const previous = kept.at(-1);
    if (symbol.address === previous?.address) continue;
    if (symbol.kind === "other" && symbol.address < end) continue;
    kept.push(symbol);
    end = symbol.address + symbol.bytes;
  }
  return kept;
}

/** Of `codeSymbols`, the last one at or before `address`, unless its size says that it ended earlier. */
export function symbolAt(address: number, sorted: readonly ProgramSymbol[]): ProgramSymbol | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  const symbol = sorted[low - 1];
  return symbol !== undefined && (symbol.bytes === 0 || address < symbol.address + symbol.bytes)
    ? symbol
    : undefined;
}

/** `main+0x1c`, or the address where no symbol is near; `sorted` as `codeSymbols` gives them. */
export function placeName(address: number, sorted: readonly ProgramSymbol[]): string {
  const symbol = symbolAt(address, sorted);
  if (symbol === undefined) return hex(address);
  const offset = address - symbol.address;
  return offset === 0 ? symbol.name : `${symbol.name}+${hex(offset, 1)}`;
}
