/** Why a run stopped, and where. The host turns it into a sentence. */
export const enum Stop {
  None,
  /** The program wrote its exit code to a device, or asked for exit by semihosting. */
  Exit,
  /** So many instructions were allowed and have run. */
  Budget,
  /** Nothing is mapped at `stopAddress`; `stopValue` bytes were to be loaded. */
  Load,
  /** Nothing writable is mapped at `stopAddress`; `stopValue` bytes were to be stored. */
  Store,
  /** No instruction can be fetched from `stopAddress`. */
  Fetch,
  /** `stopValue` is not an instruction of this core. */
  Instruction,
  /** The core takes an exception for an access of `stopValue` bytes at `stopAddress`, and has no handler. */
  Misaligned,
  /** An exception of cause `stopValue`, and no handler is installed. */
  Exception,
  /** Register `stopValue` of the control and status registers is not modelled. */
  Register,
  /** A jump to itself or a wait for an interrupt: nothing will happen any more. */
  Idle,
  /** A service that semihosting does not offer: `stopValue`. */
  Semihosting,
  /** Interrupts are enabled, `stopValue` says which, and none is modelled. */
  Interrupts,
}

export let stop: u32 = Stop.None;
export let stopAddress: u32 = 0;
export let stopValue: u32 = 0;

/** Ends the run after the instruction that is being executed. The first reason stays. */
export function refuse(reason: u32, address: u32, value: u32): void {
  if (stop != Stop.None) return;
  stop = reason;
  stopAddress = address;
  stopValue = value;
}

/** Lets a run that used up its budget go on. */
export function resume(): void {
  if (stop == Stop.Budget) stop = Stop.None;
}
