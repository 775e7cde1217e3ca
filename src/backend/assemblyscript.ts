/**
 * A program as one AssemblyScript module with a fixed memory layout, for asc with `--runtime stub`.
 *
 * The module holds no data: the host copies constants and the call table to the addresses given here. Exports: `run`
 * (frames in place, results left in place), `begin` and `pushRow` (1 when the results are there), and every kernel as
 * `kernel_NAME(row)`. It imports `./intrinsics`, which is `assembly/intrinsics.ts`.
 */
import type { Buffer } from "../loop/ir.ts";
import type { Port, Program } from "../loop/program.ts";
import { elementBytes } from "../loop/type-of.ts";
import { printKernel, type Home } from "./assemblyscript-kernel.ts";
import { buffersOf, splitCalls } from "./text.ts";

/** A run of bytes in the module's memory. */
export interface Region {
  readonly address: number;
  readonly bytes: number;
}

/** What the host needs to know to use the module. */
export interface Layout {
  /** To be copied in once: constants and the call table. */
  readonly constants: readonly { readonly address: number; readonly data: ArrayBufferView }[];
  /** One an input: where `run` reads its whole frame. */
  readonly frames: readonly Region[];
  /** One an input: where `pushRow` reads the row pushed. */
  readonly rows: readonly Region[];
  /** One an output. */
  readonly outputs: readonly Region[];
  readonly exports: { readonly run: string; readonly begin: string; readonly pushRow: readonly string[] };
}

export interface PrintedModule {
  readonly source: string;
  /** The memory must be at least this large. */
  readonly memoryBytes: number;
  readonly layout: Layout;
  /** Address of every constant and arena buffer, by name. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly arenaAddress: number;
  readonly inputAddress: number;
  readonly outputAddress: number;
}

export function printAssemblyScript(program: Program): PrintedModule {
  const places = layOut(program);
  const { layout, table, addresses } = places;
  const outputs = program.kernels.flatMap((k) => buffersOf(k).filter((b) => b.space === "output"));
  const home = (buffer: Buffer): Home => {
    switch (buffer.space) {
      case "arena":
      case "constant":
        return { address: addresses.get(buffer.name)! };
      case "input":
        return { address: 0, pointer: "source" };
      case "output":
        return { address: layout.outputs[outputs.findIndex((b) => b.name === buffer.name)]!.address };
    }
  };
  const kernels = program.kernels.map((kernel) => printKernel(kernel, home));
  return {
    source: `import { addLanes2, bytes4, dot16, dot2, evens, four, lanes2, mulAdd4, odds, oddsUnsigned, requantize, requantizeNearest, requantizeOnce, scaled4, scaledOnce4, shifted4, storeApart, storeBytes4, subLanes2, sum, tops2 } from "./intrinsics";

/** Where the input kernels find the next row. */
let source: usize = ${layout.rows[0]!.address};

${kernels.join("\n")}
${printDriver(program, layout, table)}`,
    memoryBytes: places.memoryBytes,
    layout,
    addresses,
    arenaAddress: places.arenaAddress,
    inputAddress: layout.frames[0]!.address,
    outputAddress: layout.outputs[0]!.address,
  };
}

/** The first kilobyte stays unused, so that no buffer is at address 0. */
const firstAddress = 1024;

function layOut(program: Program) {
  let end = firstAddress;
  const take = (bytes: number): number => {
    const address = Math.ceil(end / 16) * 16;
    end = address + bytes;
    return address;
  };
  const region = (bytes: number): Region => ({ address: take(bytes), bytes });
  const portBytes = (port: Port): number => port.rows * port.rowLength * elementBytes[port.type];
  const constants = program.constants.map(({ buffer, data }) => ({
    name: buffer.name,
    address: take(data.byteLength),
    data,
  }));
  const calls = callTable(program);
  const table = take(calls.byteLength);
  const arenaAddress = take(program.arenaBytes);
  const layout: Layout = {
    constants: [
      ...constants.map(({ address, data }) => ({ address, data })),
      { address: table, data: calls },
    ],
    frames: program.inputs.map((port) => region(portBytes(port))),
    rows: program.inputs.map((port) => region(port.rowLength * elementBytes[port.type])),
    outputs: program.outputs.map((port) => region(portBytes(port))),
    exports: { run: "run", begin: "begin", pushRow: program.inputs.map(() => "pushRow") },
  };
  const arena = [...program.offsets].map(([name, offset]) => [name, arenaAddress + offset] as const);
  const addresses = new Map([...constants.map(({ name, address }) => [name, address] as const), ...arena]);
  return { layout, table, addresses, arenaAddress, memoryBytes: end };
}

/** One i32 a call: kernel × 2^16 + row. */
function callTable(program: Program): Int32Array {
  return Int32Array.from(splitCalls(program).work, ({ kernel, row }) => kernel * 65536 + row);
}

function printDriver(program: Program, layout: Layout, table: number): string {
  const { work, results } = splitCalls(program);
  const isInput = program.inputKernels.map((k) => `kernel == ${k}`).join(" || ");
  const cases = program.kernels.map((k, i) => `    case ${i}:\n      kernel_${k.name}(row);\n      break;\n`);
  const sources = program.inputs.map((port, i) => {
    const rowBytes = port.rowLength * elementBytes[port.type];
    const { address } = layout.frames[i]!;
    return `    if (kernel == ${program.inputKernels[i]!}) source = ${address} + usize(row * ${rowBytes});\n`;
  });
  const rows = program.inputs.map(
    (_, i) => `  if (kernel == ${program.inputKernels[i]!}) source = ${layout.rows[i]!.address};\n`,
  );
  return `const END: usize = ${table + 4 * work.length};
let at: usize = ${table};

function callKernel(kernel: i32, row: i32): void {
  switch (kernel) {
${cases.join("")}  }
}

/** Runs all that can run before the next row; 1 when nothing is left and the results have been handed out. */
function advance(): i32 {
  while (at < END) {
    const call = load<i32>(at);
    const kernel = call >> 16;
    if (${isInput}) return 0;
    callKernel(kernel, call & 0xffff);
    at += 4;
  }
${results.map((c) => `  callKernel(${c.kernel}, ${c.row});\n`).join("")}  return 1;
}

export function begin(): void {
  at = ${table};
  advance();
}

export function pushRow(): i32 {
  if (at >= END) return -1;
  const call = load<i32>(at);
  const kernel = call >> 16;
${rows.join("")}  callKernel(kernel, call & 0xffff);
  at += 4;
  return advance();
}

export function run(): void {
  begin();
  while (at < END) {
    const call = load<i32>(at);
    const kernel = call >> 16;
    const row = call & 0xffff;
${sources.join("")}    callKernel(kernel, row);
    at += 4;
    advance();
  }
}
`;
}
