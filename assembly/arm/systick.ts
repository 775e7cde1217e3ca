/** SysTick: 24 bits, down from the reload value to 0, at the core's clock: a core without a reference clock. Arm DDI 0403E, B3.3. */
import { clock } from "./clock";

const ENABLE: u32 = 1;
const INTERRUPTS: u32 = 2;
const CORE_CLOCK: u32 = 4;
export const NEVER: u64 = 0xffffffffffffffff;

let control: u32 = CORE_CLOCK;
let reload: u32 = 0;
/** When it next reaches 0, while it counts; what it shows while it does not. */
let zeroAt: u64 = NEVER;
let held: u32 = 0;
let hasCounted: bool = false;

/** When it next wants to interrupt. */
export function tickAt(): u64 {
  return control & INTERRUPTS && control & ENABLE ? zeroAt : NEVER;
}

/** Up to now; whether it reached 0 since, and wants to interrupt. */
export function advanceTick(): bool {
  if (clock < zeroAt || !(control & ENABLE)) return false;
  hasCounted = true;
  const period = <u64>reload + 1;
  zeroAt = reload == 0 ? NEVER : zeroAt + ((clock - zeroAt) / period + 1) * period;
  return (control & INTERRUPTS) != 0;
}

function shown(): u32 {
  if (!(control & ENABLE)) return held;
  const left = zeroAt - clock;
  return left > <u64>reload ? 0 : <u32>left;
}

function start(): void {
  if (held) zeroAt = clock + held;
  else zeroAt = reload == 0 ? NEVER : clock + reload + 1;
}

/** Registers at 0, 4, 8 and 12: control, reload, value, calibration. */
export function loadTick(offset: u32): u32 {
  if (offset == 4) return reload;
  if (offset == 8) return shown();
  if (offset == 12) return 0x80000000; // no reference clock
  const word = control | (<u32>hasCounted << 16);
  hasCounted = false;
  return word;
}

export function storeTick(offset: u32, value: u32): void {
  if (offset == 4) reload = value & 0xffffff;
  if (offset == 8) {
    held = 0;
    hasCounted = false;
    if (control & ENABLE) start();
  }
  if (offset != 0) return;
  const wasCounting = (control & ENABLE) != 0;
  if (wasCounting && !(value & ENABLE)) held = shown();
  control = (value & (ENABLE | INTERRUPTS)) | CORE_CLOCK;
  if (!wasCounting && value & ENABLE) start();
}
