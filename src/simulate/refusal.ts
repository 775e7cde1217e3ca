/** Why a run could not go on, in a sentence that names the place. */
import type { SimulatedCore } from "./core/core.ts";
import type { SimulatorExports, Stop } from "./exports.ts";
import { hex } from "./hex.ts";
import type { ProgramSymbol } from "./image.ts";
import { codeSymbols, placeName } from "./symbols.ts";

const causes: Readonly<Record<number, string>> = {
  3: "a breakpoint (ebreak)",
  11: "an environment call (ecall)",
};

export function refusal(
  stop: Stop,
  exported: SimulatorExports,
  core: SimulatedCore,
  symbols: readonly ProgramSymbol[],
): string {
  const address = Number(exported.stopAddress.value) >>> 0;
  const value = Number(exported.stopValue.value) >>> 0;
  const pc = exported.programCounter() >>> 0;
  const name = placeName(pc, codeSymbols(symbols));
  const where = name === hex(pc) ? name : `${hex(pc)} (${name})`;
  switch (stop) {
    case "load":
      return `${where}: load of ${value} bytes at ${hex(address)}, where neither memory nor a modelled device answers`;
    case "store":
      return `${where}: store of ${value} bytes at ${hex(address)}, where neither writable memory nor a modelled device answers`;
    case "fetch":
      return `${hex(address)}: no memory to fetch an instruction from; jumped to from near ${where}`;
    case "instruction":
      return `${where}: instruction ${hex(value, value > 0xffff ? 8 : 4)} is not one of ${core.id}'s (${core.architecture}), or is not modelled`;
    case "misaligned":
      return `${where}: misaligned access of ${hex(address)}; ${core.id} takes an exception, and the program has no handler`;
    case "exception":
      return `${where}: ${causes[value] ?? `exception ${value}`}, and the program has no handler`;
    case "register":
      return `${where}: control and status register ${hex(value, 3)} is not modelled for ${core.id}`;
    case "semihosting":
      return `${where}: semihosting operation ${hex(value, 2)} is not modelled`;
    case "none":
    case "exit":
    case "budget":
    case "idle":
      throw new Error(`a run that stopped with ${stop} is a result`);
  }
}
