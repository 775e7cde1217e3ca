/**
 * Exact dynamic instruction counts of a Wasm module: what the program counter (`backend/count.ts`) is held against.
 *
 * wabt writes the module as text, one instruction a line; a counter is put at the head of every basic block; wabt
 * reads it back. A block's counter times its instructions is how often each ran. Byte loads and stores are the kernels'
 * own; `i32.add` and `i32.mul` include address arithmetic, which the program counter keeps apart.
 */

/** How often each opcode ran (`i32.load8_s`), by opcode. `block`, `loop`, `else`, `end` are not instructions. */
export type InstructionCounts = ReadonlyMap<string, number>;

export interface CountedModule {
  /** The same module with counters; imports and exports as before, and one exported global a block. */
  readonly wasm: Uint8Array;
  /** What ran since `instance` was made, or since `clear`. */
  readonly total: (instance: WebAssembly.Instance) => InstructionCounts;
  /** The same by function name; functions that asc inlined are counted in their caller. */
  readonly byFunction: (instance: WebAssembly.Instance) => ReadonlyMap<string, InstructionCounts>;
  readonly clear: (instance: WebAssembly.Instance) => void;
}

interface Block {
  readonly functionName: string;
  /** Opcodes in it, with how often each is written. */
  readonly opcodes: Map<string, number>;
}

const globalName = (block: number): string => `__block_${block}`;

/** Puts a counter into every basic block of `wasm`. */
export async function instrumentWasm(wasm: Uint8Array): Promise<CountedModule> {
  const { default: loadWabt } = await import("wabt");
  const wabt = await loadWabt();
  const features = { simd: true, bulk_memory: true, sign_extension: true, sat_float_to_int: true };
  // wabt reads the whole underlying buffer of a view: give it one of its own.
  const module = wabt.readWasm(wasm.slice(), { readDebugNames: true, ...features });
  module.generateNames();
  module.applyNames();
  const { text, blocks } = addCounters(module.toText({ foldExprs: false, inlineExport: false }));
  module.destroy();
  const counted = wabt.parseWat("counted.wat", text, features);
  const binary = counted.toBinary({}).buffer;
  counted.destroy();
  return {
    wasm: binary,
    total: (instance) => sum(blocks, counters(instance, blocks.length)),
    byFunction: (instance) => sumByFunction(blocks, counters(instance, blocks.length)),
    clear: (instance) => {
      blocks.forEach((_, block) => {
        counterGlobal(instance, block).value = 0n;
      });
    },
  };
}

/** Loads of one byte, signed or not: the figure on which the program counter must agree exactly. */
export function byteLoads(counts: InstructionCounts): number {
  return (counts.get("i32.load8_s") ?? 0) + (counts.get("i32.load8_u") ?? 0);
}

/** After these a new basic block begins: control may arrive from elsewhere, or may have left. */
const blockEnders = new Set(
  ["loop", "if", "else", "end", "br", "br_if", "br_table", "return", "unreachable"], // prettier-ignore
);
const notInstructions = new Set(["block", "loop", "else", "end"]);

/** Instruments module text with one instruction a line, as wabt writes it unfolded. */
export function addCounters(text: string): { text: string; blocks: readonly Block[] } {
  const blocks: Block[] = [];
  const out: string[] = [];
  let functionName: string | undefined;
  let depth = 0;

  const openBlock = (): void => {
    const global = `$${globalName(blocks.length)}`;
    out.push(`global.get ${global}`, "i64.const 1", "i64.add", `global.set ${global}`);
    blocks.push({ functionName: functionName!, opcodes: new Map() });
  };

  const lines = text
    .replace(/\(;.*?;\)/g, "")
    .trimEnd()
    .split("\n");
  const closing = lines.pop()!;
  if (!closing.endsWith(")")) throw new Error(`module text ends in ${closing}`);
  lines.push(closing.slice(0, -1));

  // A block is opened when its first instruction (or the function's end) is seen, so that `(local …)` lines stay first.
  let pending = false;
  for (const line of lines) {
    const code = line.trim();
    if (functionName === undefined) {
      out.push(line);
      const header = /^\(func \$(\S+?)(?=[\s)]|$)/.exec(code);
      if (!header) continue;
      depth = parenBalance(code);
      if (depth > 0) {
        functionName = header[1]!;
        pending = true;
      }
      continue;
    }
    depth += parenBalance(code);
    const isLast = depth === 0;
    const body = isLast ? code.slice(0, -1) : code;
    if (body !== "" && !body.startsWith("(")) {
      if (pending) openBlock();
      const opcode = body.split(/\s/, 1)[0]!;
      const counts = blocks.at(-1)!.opcodes;
      if (!notInstructions.has(opcode)) counts.set(opcode, (counts.get(opcode) ?? 0) + 1);
      pending = blockEnders.has(opcode);
    }
    out.push(isLast ? `${body})` : body);
    if (isLast) functionName = undefined;
  }
  const globals = blocks.map((_, block) => {
    const name = globalName(block);
    return `(global $${name} (mut i64) (i64.const 0)) (export "${name}" (global $${name}))`;
  });
  return { text: [...out, ...globals, ")"].join("\n"), blocks };
}

function parenBalance(code: string): number {
  let balance = 0;
  for (const character of code) {
    if (character === "(") balance++;
    else if (character === ")") balance--;
  }
  return balance;
}

function counterGlobal(instance: WebAssembly.Instance, block: number): WebAssembly.Global<"i64"> {
  return instance.exports[globalName(block)] as WebAssembly.Global<"i64">;
}

function counters(instance: WebAssembly.Instance, blocks: number): number[] {
  return Array.from({ length: blocks }, (_, block) => Number(counterGlobal(instance, block).value));
}

function sum(blocks: readonly Block[], runs: readonly number[]): Map<string, number> {
  const total = new Map<string, number>();
  blocks.forEach(({ opcodes }, block) => {
    for (const [opcode, written] of opcodes) {
      total.set(opcode, (total.get(opcode) ?? 0) + written * runs[block]!);
    }
  });
  return total;
}

function sumByFunction(blocks: readonly Block[], runs: readonly number[]): Map<string, Map<string, number>> {
  const names = new Set(blocks.map((block) => block.functionName));
  return new Map(
    [...names].map((name) => [
      name,
      sum(
        blocks,
        runs.map((count, block) => (blocks[block]!.functionName === name ? count : 0)),
      ),
    ]),
  );
}
