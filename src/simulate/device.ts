/** Memory-mapped devices: what lies outside memory and answers loads and stores. */

/** What a device may do to the run, and what it may know of it. */
export interface Board {
  /** Sends one byte to the console. */
  readonly write: (byte: number) => void;
  /** Ends the run with the program's exit code. */
  readonly exit: (code: number) => void;
  /** Cycles so far. */
  readonly cycles: () => bigint;
}

export interface Device {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** 1, 2 or 4 bytes at `offset`, zero-extended; undefined if nothing there can be read. */
  readonly load: (offset: number, bytes: number, board: Board) => number | undefined;
  /** False if nothing there can be written. */
  readonly store: (offset: number, bytes: number, value: number, board: Board) => boolean;
}

/**
 * The test bench that open cores are simulated in: console byte at 0, exit code at 4, low word of the cycle counter at
 * 8, and at 16 which counters the core has: 0 user-mode ones only, 1 machine-mode ones.
 */
export function testBench(coreType: 0 | 1): Device {
  return {
    name: "test bench",
    address: 0xf0000000,
    bytes: 20,
    load: (offset, _bytes, { cycles }) =>
      offset === 8 ? Number(cycles() & 0xffffffffn) : offset === 16 ? coreType : undefined,
    store: (offset, _bytes, value, { write, exit }) => {
      if (offset === 0) write(value & 0xff);
      else if (offset === 4) exit(value | 0);
      return offset === 0 || offset === 4;
    },
  };
}

/** A serial port as far as programs that only print need it: always ready, sends what is stored to one register. */
export interface SerialPort {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** Offset of the register whose low byte is sent. */
  readonly transmit: number;
  /** What registers read, by offset: the bits that say that a byte may be sent. Others read 0. */
  readonly status: Readonly<Record<number, number>>;
}

/** Stores to other registers (baud rate, enable bits) change nothing. */
export function serialPort({ name, address, bytes, transmit, status }: SerialPort): Device {
  return {
    name,
    address,
    bytes,
    load: (offset) => status[offset] ?? 0,
    store: (offset, _bytes, value, { write }) => {
      if (offset === transmit) write(value & 0xff);
      return true;
    },
  };
}
