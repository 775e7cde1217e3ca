import { parseArgs } from "node:util";
import { CompileError } from "../error.ts";

/** One option of the command line; flags take no value. */
export interface Option {
  readonly value?: string;
  readonly help: string;
}

/** All options there are; each command names those it takes. */
export const options = {
  input: { value: "1xCxHxW", help: "input shape as PyTorch says it; of several inputs 1x3x8x8,1x4" },
  arch: { value: "FILE.json", help: "architecture, for a file that holds weights only; see FEATURES.md" },
  dtype: { value: "int8|f32", help: "arithmetic of the engine (int8)" },
  plan: { value: "NAME", help: "memory strategy (stream); `pingpool plan --help` lists them" },
  frame: { value: "resident|pushed", help: "whole frame in the arena, or rows as they come (resident)" },
  schedule: { value: "NAME", help: "how loops are written (blocked)" },
  core: { value: "NAME", help: "choose for this core how every layer is computed, instead of --schedule" },
  "flash-budget": {
    value: "BYTES",
    help: "with --core: bytes its constants and kernels may take (as many as help)",
  },
  "ram-budget": {
    value: "BYTES",
    help: "with --core: bytes its arena may take (without it, less is taken where that costs 5 % at most)",
  },
  "weights-in-ram": {
    value: "auto|LAYERS",
    help: "copy constants to the arena before each inference: of layers named, or with --core those that gain, within --ram-budget",
  },
  calib: {
    value: "FILE|FOLDER",
    help: "calibration inputs: .npy, .npz, a folder of PNG and JPEG; A.npy,B.npy of two inputs",
  },
  ranges: { value: "min-max|percentile|mse|auto", help: "int8 ranges; auto measures each tensor (min-max)" },
  equalise: { help: "int8: scale channels that two layers share to one reach" },
  weights: {
    value: "8|4|1|LIST|auto:GOAL",
    help: "bits of a weight, where fewer make a layer smaller (8); of some layers: fc1=4,fc2=1; by layer: auto:30k, auto:25dB",
  },
  activations: {
    value: "int8|int16|auto",
    help: "16 bits for inner activations, all or where noise at the output asks for them (int8)",
  },
  prune: { value: "PART", help: "int8: of linear layers' weights set this part to 0, e.g. 0.9 (0)" },
  data: { value: "FILE|FOLDER", help: "inputs to run, likewise (the calibration inputs)" },
  labels: { value: "FILE.npy", help: "classes of --data; of a folder with a folder a class by its name" },
  accuracy: { help: "print float and int8 accuracy on labelled data" },
  expect: { value: "FILE.npy", help: "PyTorch's outputs for --data, to compare the float network with" },
  name: { value: "NAME", help: "prefix of everything generated (the file's name)" },
  out: { value: "FOLDER", help: "where to write (./NAME-engine, or reports/)" },
  ram: { value: "BYTES", help: "RAM the part has; k and M allowed (512k)" },
  flash: { value: "BYTES", help: "flash the part has (4M)" },
  devices: { help: "run engines on emulated cores too" },
  device: { value: "NAMES", help: "emulated cores to run on, separated by commas (all)" },
  "cmsis-nn": { value: "FOLDER", help: "a checkout of CMSIS-NN to run beside our engine" },
  clang: { help: "build with clang too" },
  chip: { value: "NAME", help: "memories, clock and devices around the core (testbench, of Arm cores mps2)" },
  entry: { value: "ADDR", help: "where the program begins, instead of where its file says" },
  address: { value: "ADDR", help: "where a raw binary lies" },
  memory: {
    value: "ADDR:BYTES",
    help: "RAM without wait states there, e.g. 0x80000000:8M; several with commas",
  },
  limit: { value: "COUNT", help: "stop after so many instructions; k, M and G allowed" },
  untimed: { help: "only run it: no cycles, three times as fast" },
  quick: { help: "fewer timing samples; with --devices only the engines chosen for each core, and CMSIS-NN" },
  html: { value: "FILE", help: "also write a page with a flame picture there" },
  json: { help: "print the result as JSON" },
  help: { help: "show this" },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

/** What was typed, after the command's name. */
export interface Arguments {
  readonly files: readonly string[];
  readonly values: Readonly<Partial<Record<OptionName, string>>>;
  readonly flags: ReadonlySet<OptionName>;
}

/** Reads a command's arguments; an option it does not take is the user's fault. */
export function readArguments(
  argv: readonly string[],
  allowed: readonly OptionName[],
  own: Readonly<Partial<Record<OptionName, Option>>> = {},
): Arguments {
  const known: Record<string, { type: "string" | "boolean" }> = {};
  for (const name of [...allowed, "json", "help"] as const)
    known[name] = { type: "value" in (own[name] ?? options[name]) ? "string" : "boolean" };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: known,
      allowPositionals: true,
      strict: true,
    });
    const entries = Object.entries(values) as [OptionName, string | boolean][];
    return {
      files: positionals,
      values: Object.fromEntries(entries.filter(([, value]) => typeof value === "string")),
      flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    };
  } catch (error) {
    const known = [...new Set([...allowed, "json"])].map((name) => `--${name}`).join(", ");
    throw new CompileError(`${(error as Error).message.split(". ")[0] ?? ""}; this command takes ${known}`);
  }
}

/** One of a list of words, or a sentence that lists them. */
export function choose<Word extends string>(
  option: string,
  given: string | undefined,
  words: readonly Word[],
  otherwise: Word,
): Word {
  if (given === undefined) return otherwise;
  const found = words.find((word) => word === given);
  if (found === undefined)
    throw new CompileError(`--${option} ${given}: unknown; one of ${words.join(", ")}`);
  return found;
}

/** `1x1x32x32`, or of several inputs `1x1x32x32,1x4`, as numbers. */
export function readShapes(text: string): readonly (readonly number[])[] {
  return text.split(",").map(readShape);
}

function readShape(text: string): readonly number[] {
  const sizes = text.split(/[x×]/).map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1) || sizes.length > 4)
    throw new CompileError(`--input ${text}: expected batch x channels x height x width, e.g. 1x3x32x32`);
  return sizes;
}

/** `512k`, `2M` or plain bytes. */
export function readBytes(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const match = /^(\d+(?:\.\d+)?)\s*([kKmM]?)i?[bB]?$/.exec(text);
  if (!match)
    throw new CompileError(`--${option} ${text}: expected a number of bytes, e.g. 20480, 20k or 2M`);
  const unit = { "": 1, k: 1024, m: 1024 * 1024 }[match[2]!.toLowerCase() as "" | "k" | "m"];
  return Math.floor(Number(match[1]) * unit);
}

/** `0x40000000` or a decimal number: an address of 32 bits. */
export function readAddress(option: string, text: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (!(value < 2 ** 32)) throw new CompileError(`--${option} ${text}: expected an address, e.g. 0x40000000`);
  return value;
}

/** `5000`, `0x1000`, or in binary thousands, millions and milliards `64k`, `8M`, `2G`. */
export function readCount(option: string, text: string): number {
  const match = /^(0x[0-9a-f]+|\d+)([kKmMgG]?)$/i.exec(text);
  if (!match) throw new CompileError(`--${option} ${text}: expected a number, e.g. 5000, 64k or 8M`);
  const unit = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[match[2]!.toLowerCase() as "" | "k" | "m" | "g"];
  return Number(match[1]) * unit;
}
