/** Images on `avr8js`: an ATmega2560, 256 KB of flash and 8 KB of RAM, with the manual's cycles. */
import { avrInstruction, CPU } from "avr8js";
import type { Image } from "./build.ts";
import { type Emulation, stepThrough } from "./emulation.ts";

const flashBytes = 256 * 1024;
/** RAM, and the extended I/O registers below it that the package does not count as registers. */
const dataBytes = 8 * 1024 + 0x100;
/** Data addresses of UDR0 and GPIOR0, which `devices/avr.c` writes. */
const register = { console: 0xc6, exit: 0x3e } as const;

export function emulateAvr(image: Image, mostInstructions: number): Emulation {
  const flash = new Uint8Array(flashBytes);
  for (const { address, bytes } of image.elf.segments) if (address < flashBytes) flash.set(bytes, address);
  const cpu = new CPU(new Uint16Array(flash.buffer), dataBytes);
  let console = "";
  let ended = false;
  cpu.writeHooks[register.console] = (value) => {
    console += String.fromCharCode(value);
    return true;
  };
  cpu.writeHooks[register.exit] = () => {
    ended = true;
    return true;
  };
  const counts = stepThrough(
    image,
    {
      codeAddress: 0,
      at: () => 2 * cpu.pc,
      step: () => {
        const before = cpu.cycles;
        avrInstruction(cpu);
        return cpu.cycles - before;
      },
      ended: () => ended,
    },
    mostInstructions,
  );
  return { console, ...counts };
}
