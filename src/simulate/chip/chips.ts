/** Every chip that programs can be simulated on, by id. */
import { CompileError } from "../../error.ts";
import type { SimulatedCore } from "../core/core.ts";
import type { Chip } from "./chip.ts";
import { fe310Reset, fe310Slow } from "./fe310.ts";
import { mps2, mps2An505 } from "./mps2.ts";
import { rp2350 } from "./rp2350.ts";
import { testbench } from "./testbench.ts";
import { virt } from "./virt.ts";

export const chips: readonly Chip[] = [testbench, virt, mps2, mps2An505, rp2350, fe310Reset, fe310Slow];

export function findChip(id: string, core: SimulatedCore): Chip {
  const found = chips.find((chip) => chip.id === id);
  if (found === undefined)
    throw new CompileError(`--chip ${id}: no such chip; one of ${chips.map((chip) => chip.id).join(", ")}`);
  if (found.cores !== undefined && !found.cores.includes(core.id))
    throw new CompileError(`--chip ${id}: has no ${core.id}; its cores are ${found.cores.join(", ")}`);
  return found;
}
