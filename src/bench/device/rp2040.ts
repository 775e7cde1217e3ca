/**
 * Images on `rp2040js`: a Cortex-M0+ as the RP2040 has it, with the manual's cycles at zero wait states, as code has them that
 * runs from RAM or from a warm cache.
 */
import { RP2040 } from "rp2040js";
import type { Image } from "./build.ts";
import { type Emulation, stepThrough } from "./emulation.ts";

const flashAddress = 0x10000000;
const ramAddress = 0x20000000;
const thumbBreakpoint = { semihosting: 0xab, writeText: 0x04, exit: 0x20 } as const;

export function emulateRp2040(image: Image, mostInstructions: number): Emulation {
  const chip = new RP2040();
  for (const { address, bytes } of image.elf.segments) {
    if (address >= ramAddress) chip.sram.set(bytes, address - ramAddress);
    else chip.flash.set(bytes, address - flashAddress);
  }
  const { core } = chip;
  core.VTOR = flashAddress;
  core.SP = chip.flashView.getUint32(0, true);
  core.PC = chip.flashView.getUint32(4, true) & ~1;
  let console = "";
  let ended = false;
  chip.onBreak = (code) => {
    const [operation, argument] = core.registers as unknown as readonly [number, number];
    if (code !== thumbBreakpoint.semihosting || operation === thumbBreakpoint.exit) ended = true;
    else if (operation === thumbBreakpoint.writeText) console += textAt(chip, argument);
  };
  const counts = stepThrough(
    image,
    {
      codeAddress: flashAddress,
      at: () => core.PC,
      step: () => core.executeInstruction(),
      ended: () => ended,
    },
    mostInstructions,
  );
  return { console, ...counts };
}

function textAt(chip: RP2040, address: number): string {
  let text = "";
  for (let at = address; ; at++) {
    const byte = chip.readUint8(at);
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
}
