/**
 * A Wasm module as an `Engine`: the AssemblyScript and the C engine differ only in where things lie.
 *
 * The module exports `memory`, `run()`, `begin()` and, per input, a function that takes the row at the frame's address.
 */
import type { Layout, Region } from "../backend/assemblyscript.ts";
import type { Engine } from "./engine.ts";

export interface WasmEngine extends Engine {
  readonly instance: WebAssembly.Instance;
  /** Any exported function, by name: one kernel of a module built with its kernels exported. */
  readonly call: (name: string, ...args: number[]) => number;
}

type Exported = (...args: number[]) => number;

/** Instantiates `wasm` (which imports nothing), compiling it if it is not yet, and copies its constants in. */
export function instantiateEngine(
  name: string,
  wasm: Uint8Array | WebAssembly.Module,
  layout: Layout | ((instance: WebAssembly.Instance) => Layout),
): WasmEngine {
  const module = wasm instanceof Uint8Array ? new WebAssembly.Module(wasm.slice()) : wasm;
  const instance = new WebAssembly.Instance(module);
  const { constants, frames, rows, outputs, exports } =
    typeof layout === "function" ? layout(instance) : layout;
  const memory = (): Uint8Array => new Uint8Array((instance.exports["memory"] as WebAssembly.Memory).buffer);
  const find = (exported: string): Exported => {
    const found = instance.exports[exported];
    if (typeof found !== "function") throw new Error(`${name}: the module exports no function ${exported}`);
    return found as Exported;
  };
  for (const { address, data } of constants) {
    memory().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  }
  const run = find(exports.run);
  const begin = find(exports.begin);
  const pushes = exports.pushRow.map(find);

  const load = (frame: Uint8Array): void => {
    const expected = total(frames);
    if (frame.length !== expected)
      throw new Error(`${name}: frame of ${frame.length} bytes, not ${expected}`);
    let from = 0;
    for (const { address, bytes } of frames) {
      memory().set(frame.subarray(from, from + bytes), address);
      from += bytes;
    }
  };
  const result = (): Uint8Array => {
    const copy = new Uint8Array(total(outputs));
    let to = 0;
    for (const { address, bytes } of outputs) {
      copy.set(memory().subarray(address, address + bytes), to);
      to += bytes;
    }
    return copy;
  };
  return {
    name,
    instance,
    load,
    result,
    invoke: () => {
      run();
    },
    run: (frame) => {
      load(frame);
      run();
      return result();
    },
    begin: () => {
      begin();
    },
    pushRow: (row, input = 0) => {
      const { address, bytes } = rows[input]!;
      if (row.length !== bytes) throw new Error(`${name}: row of ${row.length} bytes, not ${bytes}`);
      memory().set(row, address);
      pushes[input]!();
    },
    call: (exported, ...args) => find(exported)(...args),
  };
}

function total(regions: readonly Region[]): number {
  return regions.reduce((bytes, region) => bytes + region.bytes, 0);
}
