/**
 * Runs a program as the IR means it, on a real arena of bytes, checking every access: inside its buffer, and of bytes
 * somebody wrote. Slow, exact, and the reader all others are compared with.
 */
import { verifyLayout } from "../loop/verify-layout.ts";
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { Program } from "../loop/program.ts";
import { buffersIn } from "../loop/walk.ts";
import { checkRead } from "./interpret-expr.ts";
import { type Elements, memoryOf } from "./interpret-memory.ts";
import { type Observe, compileKernel } from "./interpret-stmt.ts";

export interface Interpreter {
  /** One inference: whole frames in, whole results out, HWC, in the order of the program's ports. */
  readonly run: (inputs: readonly Elements[]) => readonly Elements[];
  /** Starts an inference row by row; forgets everything in the arena. */
  readonly begin: () => void;
  /** Which input (its port) takes the next row, and which row; undefined when the inference is done. */
  readonly next: () => { readonly input: number; readonly row: number } | undefined;
  /** Gives the next row and runs all that follows from it. */
  readonly pushRow: (row: ArrayLike<number>) => void;
  /** Copies of the results of a finished inference. */
  readonly outputs: () => readonly Elements[];
}

/** `observe` is told of every operation as it runs, in the units of `loop/operation.ts`; it makes everything slower. */
export function createInterpreter(program: Program, observe?: Observe): Interpreter {
  verifyLayout(program);
  const { buffers, clear } = memoryOf(program);
  const kernels = program.kernels.map((kernel) => compileKernel(kernel, buffers, observe));
  const pushed = program.inputKernels.map((k) => buffers.get(inputBuffer(program.kernels[k]!).name)!);
  const results = outputBuffers(program).map((buffer) => buffers.get(buffer.name)!);
  let at = 0;

  const inputAt = (call: number): number => program.inputKernels.indexOf(program.calls[call]!.kernel);
  const advance = (): void => {
    while (at < program.calls.length && inputAt(at) < 0) call();
  };
  const call = (): void => {
    const { kernel, row } = program.calls[at++]!;
    kernels[kernel]!(row);
  };
  const begin = (): void => {
    clear();
    at = 0;
    advance();
  };
  const next = (): { input: number; row: number } | undefined =>
    at < program.calls.length ? { input: inputAt(at), row: program.calls[at]!.row } : undefined;
  const pushRow = (row: ArrayLike<number>): void => {
    const expected = next();
    if (!expected) throw new Error(`${program.name}: a row more than the inference takes`);
    const { data, buffer } = pushed[expected.input]!;
    if (row.length !== data.length)
      throw new Error(`${buffer.name}: ${row.length} elements in a row of ${data.length}`);
    data.set(row);
    call();
    advance();
  };
  const outputs = (): readonly Elements[] => {
    for (const result of results) checkRead(result, 0, result.buffer.length, "(result)");
    return results.map((result) => result.data.slice());
  };
  const run = (inputs: readonly Elements[]): readonly Elements[] => {
    begin();
    for (let want = next(); want; want = next()) {
      const { rowLength } = program.inputs[want.input]!;
      pushRow(inputs[want.input]!.subarray(want.row * rowLength, (want.row + 1) * rowLength));
    }
    return outputs();
  };
  return { run, begin, next, pushRow, outputs };
}

function inputBuffer(kernel: Kernel): Buffer {
  const buffer = buffersIn(kernel.body).find((b) => b.space === "input");
  if (!buffer) throw new Error(`kernel ${kernel.name}: takes a row, but reads no input buffer`);
  return buffer;
}

/** The buffers results are copied to, in the order of the output ports: that in which kernels first name them. */
function outputBuffers(program: Program): readonly Buffer[] {
  const buffers = new Map<string, Buffer>();
  for (const kernel of program.kernels) {
    for (const buffer of buffersIn(kernel.body))
      if (buffer.space === "output") buffers.set(buffer.name, buffer);
  }
  return [...buffers.values()];
}
