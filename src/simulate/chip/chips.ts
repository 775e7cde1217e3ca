/** Every chip that programs can be simulated on, by id. */
import { CompileError } from "../../error.ts";
import type { SimulatedCore } from "../core/core.ts";
import type { Chip } from "./chip.ts";
import { ch32v002, ch32v003 } from "./ch32.ts";
import { fe310Reset, fe310Slow } from "./fe310.ts";
import { mps2, mps2An505 } from "./mps2.ts";
import { nrf52840, nrf5340 } from "./nrf.ts";
import { psoc62 } from "./psoc62.ts";
import { rp2040 } from "./rp2040.ts";
import { rp2350 } from "./rp2350.ts";
import { stm32f103 } from "./stm32f103.ts";
import { stm32f746, stm32h743, stm32h7a3 } from "./stm32f7h7.ts";
import { stm32g0b1 } from "./stm32g0b1.ts";
import { stm32l4r5 } from "./stm32l4r5.ts";
import { stm32u575 } from "./stm32u575.ts";
import { testbench } from "./testbench.ts";
import { virt } from "./virt.ts";

export const chips: readonly Chip[] = [
  testbench,
  virt,
  mps2,
  mps2An505,
  rp2040,
  rp2350,
  stm32f103,
  stm32l4r5,
  stm32f746,
  stm32h743,
  stm32h7a3,
  stm32g0b1,
  stm32u575,
  nrf52840,
  nrf5340,
  psoc62,
  fe310Reset,
  fe310Slow,
  ch32v003,
  ch32v002,
];

export function findChip(id: string, core: SimulatedCore): Chip {
  const found = chips.find((chip) => chip.id === id);
  if (found === undefined)
    throw new CompileError(`--chip ${id}: no such chip; one of ${chips.map((chip) => chip.id).join(", ")}`);
  if (found.cores !== undefined && !found.cores.includes(core.id))
    throw new CompileError(`--chip ${id}: has no ${core.id}; its cores are ${found.cores.join(", ")}`);
  return found;
}
