/** Semihosting as far as programs that print and end need it. Arm, Semihosting for AArch32 and AArch64, 2.0. */
import type { Board } from "./device.ts";

const open = 0x01;
const close = 0x02;
const writeCharacter = 0x03;
const writeText = 0x04;
const write = 0x05;
const isError = 0x08;
const isTerminal = 0x09;
const read = 0x06;
const seek = 0x0a;
const length = 0x0c;
const errorNumber = 0x13;
const commandLine = 0x15;
const heapInformation = 0x16;
const exit = 0x18;
const exitExtended = 0x20;
const applicationExit = 0x20026;
const failed = -1;
/** What `:tt` opens to: standard input, output and error are one console. */
const console = 1;
/**
 * The file `:semihosting-features`, read by pieces: its magic number, that exits may carry codes, and that `:tt` opens
 * to standard output and error too.
 */
const features = 2;
const featureBytes = [0x53, 0x48, 0x46, 0x42, 3];

/** The program's memory, by byte or word, and what lies around it. */
export interface SemihostingHost extends Board {
  /** RAM that the program's file leaves free: its heap grows up from there, its stack down. */
  readonly spare: { readonly from: number; readonly to: number };
  /** Where the next byte of `:semihosting-features` is read. */
  readonly place: { next: number };
  readonly peek: (address: number, bytes: 1 | 4) => number;
  readonly poke: (address: number, bytes: 1 | 4, value: number) => void;
}
type Peek = SemihostingHost["peek"];

/** The operation's result, or undefined for one that is not offered. */
export function semihosting(operation: number, argument: number, board: SemihostingHost): number | undefined {
  const { peek, poke } = board;
  switch (operation) {
    case open:
      return openFile(textAt(peek(argument, 4), peek), board);
    case close:
      return 0;
    case writeCharacter:
      board.write(peek(argument, 1));
      return 0;
    case writeText:
      for (const byte of bytesAt(argument, peek)) board.write(byte);
      return 0;
    case write: {
      const from = peek(argument + 4, 4);
      const bytes = peek(argument + 8, 4);
      for (let i = 0; i < bytes; i++) board.write(peek(from + i, 1));
      return 0;
    }
    case read:
      return readFile(argument, board);
    case seek:
      if (peek(argument, 4) !== features) return failed;
      board.place.next = peek(argument + 4, 4);
      return 0;
    case commandLine:
      return failed;
    case heapInformation: {
      const { from, to } = board.spare;
      for (const [i, bound] of [from, to, to, from].entries()) poke(peek(argument, 4) + 4 * i, 4, bound);
      return 0;
    }
    case length:
      return peek(argument, 4) === features ? featureBytes.length : 0;
    case errorNumber:
    case isError:
      return 0;
    case isTerminal:
      return 1;
    case exit:
      board.exit(argument === applicationExit ? 0 : 1);
      return 0;
    case exitExtended:
      board.exit(peek(argument, 4) === applicationExit ? peek(argument + 4, 4) | 0 : 1);
      return 0;
    default:
      return undefined;
  }
}

function openFile(name: string, { place }: SemihostingHost): number {
  place.next = 0;
  if (name === ":tt") return console;
  return name === ":semihosting-features" ? features : failed;
}

/** Gives how many of the bytes asked for are left to be read: of standard input, which has ended, all. */
function readFile(argument: number, { peek, poke, place }: SemihostingHost): number {
  const wanted = peek(argument + 8, 4);
  if (peek(argument, 4) !== features) return wanted;
  const bytes = featureBytes.slice(place.next, place.next + wanted);
  for (const [i, byte] of bytes.entries()) poke(peek(argument + 4, 4) + i, 1, byte);
  place.next += bytes.length;
  return wanted - bytes.length;
}

function textAt(address: number, peek: Peek): string {
  return String.fromCharCode(...bytesAt(address, peek));
}

function bytesAt(address: number, peek: Peek): number[] {
  const bytes: number[] = [];
  for (let byte = peek(address, 1); byte !== 0; byte = peek(address + bytes.length, 1)) bytes.push(byte);
  return bytes;
}
