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

/** Of Arm cores, as `assembly/arm/cause.ts` numbers them. */
const armCauses: Readonly<Record<number, string>> = {
  256: "division by zero, which the program made a fault (CCR.DIV_0_TRP); handlers of faults are not modelled",
  257: "jump to an even address: Arm code, which no Cortex-M has",
  258: "breakpoint (bkpt) that is no semihosting call",
  259: "floating point while CPACR keeps coprocessors 10 and 11 off",
  260: "return from an exception that is not running, or to no valid state",
  261: "the program asks for a reset (AIRCR), which is not modelled",
  262: "exception without a handler in the vector table",
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
      return `${where}: instruction ${hex(value, value > 0xffff ? 8 : 4)} is not one of ${core.id}'s (${core.architecture}), or is not modelled${absentRegister(core, value)}`;
    case "misaligned":
      return core.set === "arm"
        ? `${where}: misaligned access of ${value} bytes at ${hex(address)}, a fault on ${core.id}; handlers of faults are not modelled`
        : `${where}: misaligned access of ${hex(address)}; ${core.id} takes an exception, and the program has no handler`;
    case "exception":
      if (core.set === "arm") return `${where}: ${armCauses[value] ?? `exception ${value}`}`;
      return `${where}: ${causes[value] ?? `exception ${value}`}, and the program has no handler`;
    case "register":
      if (core.set === "arm")
        return `${where}: special register ${value} is not one of ${core.id}'s, or is not modelled`;
      return `${where}: control and status register ${hex(value, 3)} is not modelled for ${core.id}`;
    case "semihosting":
      return `${where}: semihosting operation ${hex(value, 2)} is not modelled`;
    case "interrupts":
      return `${where}: the program enables interrupts (mie ${hex(value)}); none is modelled for ${core.set === "riscv" ? "RISC-V" : core.id}, so it would wait for them in vain`;
    case "none":
    case "exit":
    case "budget":
    case "idle":
      throw new Error(`a run that stopped with ${stop} is a result`);
  }
}

/** Of RV32E, which registers beyond its sixteen a 32-bit instruction has where others have theirs. */
function absentRegister({ parameters }: SimulatedCore, word: number): string {
  if (parameters["REGISTERS"]?.value !== 16 || (word & 3) !== 3) return "";
  const names = [7, 15, 20].map((at) => (word >>> at) & 31).filter((register) => register > 15);
  return names.length === 0
    ? ""
    : `; RV32E has registers x0 to x15, and this may name ${names.map((register) => `x${register}`).join(", ")}`;
}
