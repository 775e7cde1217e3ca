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
const errorNumber = 0x13;
const commandLine = 0x15;
const heapInformation = 0x16;
const exit = 0x18;
const exitExtended = 0x20;
const applicationExit = 0x20026;
const failed = -1;
/** What `:tt` opens to: standard input, output and error are one console. */
const console = 1;

/** The program's memory, by byte or word, and what lies around it. */
export interface SemihostingHost extends Board {
  readonly peek: (address: number, bytes: 1 | 4) => number;
  readonly poke: (address: number, bytes: 1 | 4, value: number) => void;
}
type Peek = SemihostingHost["peek"];

/** The operation's result, or undefined for one that is not offered. */
export function semihosting(operation: number, argument: number, board: SemihostingHost): number | undefined {
  const { peek, poke } = board;
  switch (operation) {
    case open:
      return textAt(peek(argument, 4), peek) === ":tt" ? console : failed;
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
      const length = peek(argument + 8, 4);
      for (let i = 0; i < length; i++) board.write(peek(from + i, 1));
      return 0;
    }
    case read:
      return peek(argument + 8, 4); // all of it is left to be read: the input has ended
    case seek:
    case commandLine:
      return failed;
    case heapInformation:
      for (let i = 0; i < 4; i++) poke(peek(argument, 4) + 4 * i, 4, 0); // not known
      return 0;
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

function textAt(address: number, peek: Peek): string {
  return String.fromCharCode(...bytesAt(address, peek));
}

function bytesAt(address: number, peek: Peek): number[] {
  const bytes: number[] = [];
  for (let byte = peek(address, 1); byte !== 0; byte = peek(address + bytes.length, 1)) bytes.push(byte);
  return bytes;
}
