/** Statements of the IR as JavaScript closures, and what runs in them counted if somebody watches. */
import { chargeStmt } from "../loop/cost.ts";
import type { Expr, Kernel, Stmt, ValueType } from "../loop/ir.ts";
import type { Operation } from "../loop/operation.ts";
import { type Scope, defineBlock, newScope } from "../loop/range.ts";
import { elementBytes, lanesOf, typeOf } from "../loop/type-of.ts";
import { assignedIn, visitStmts } from "../loop/walk.ts";
import { type Machine, checkRead, compileLanes, compileNumber, registerLanes } from "./interpret-expr.ts";
import { type Memory, allDefined } from "./interpret-memory.ts";

/** Told of every operation as it runs. */
export type Observe = (layer: string, operation: Operation, times: number) => void;

type Run = () => void;

/** A kernel as a function of its row. */
export function compileKernel(
  kernel: Kernel,
  buffers: ReadonlyMap<string, Memory>,
  observe: Observe | undefined,
): (row: number) => void {
  const machine = machineOf(kernel, buffers);
  const scope = newScope();
  defineBlock(scope, kernel.body, assignedIn(kernel.body));
  const tell = observe && ((operation: Operation, times: number) => observe(kernel.layer, operation, times));
  const body = compileBlock(kernel.body, { machine, scope, tell });
  const slot = machine.slot("row");
  return (row) => {
    tell?.("call", 1);
    machine.ints[slot] = row;
    body();
  };
}

/** One register a name. */
function machineOf(kernel: Kernel, buffers: ReadonlyMap<string, Memory>): Machine {
  const slots = new Map<string, number>();
  const types = new Map<string, ValueType>([["row", "i32"]]);
  visitStmts(kernel.body, (s) => {
    if (s.kind === "for") types.set(s.index, "i32");
    if (s.kind === "let") types.set(s.name, typeOf(s.value));
  });
  for (const name of types.keys()) slots.set(name, slots.size);
  return {
    kernel: kernel.name,
    ints: new Int32Array(slots.size),
    floats: new Float32Array(slots.size),
    vectors: [...types.values()].map((type) => new Int32Array(registerLanes[type])),
    slot: (name) => slots.get(name)!,
    memory: (name) => buffers.get(name)!,
  };
}

interface Compiling {
  readonly machine: Machine;
  readonly scope: Scope;
  readonly tell: ((operation: Operation, times: number) => void) | undefined;
}

function compileBlock(block: readonly Stmt[], compiling: Compiling): Run {
  const steps = block.map((s) => observed(s, compileStmt(s, compiling), compiling));
  if (steps.length === 1) return steps[0]!;
  if (steps.length === 2) {
    const [first, second] = steps;
    return () => {
      first!();
      second!();
    };
  }
  return () => {
    for (const step of steps) step();
  };
}

function observed(s: Stmt, run: Run, { scope, tell }: Compiling): Run {
  if (!tell) return run;
  const charges: [Operation, number][] = [];
  chargeStmt(s, scope, (operation, times) => charges.push([operation, times]));
  return () => {
    for (const [operation, times] of charges) tell(operation, times);
    run();
  };
}

function compileStmt(s: Stmt, compiling: Compiling): Run {
  const { machine } = compiling;
  switch (s.kind) {
    case "for":
      return compileLoop(s, compiling);
    case "let":
    case "assign":
      return compileSet(s.name, s.value, machine);
    case "store":
      return compileStore(s, machine);
    case "copy":
      return compileCopy(s, machine);
  }
}

function compileLoop(s: Extract<Stmt, { kind: "for" }>, compiling: Compiling): Run {
  const { machine, tell } = compiling;
  const { ints } = machine;
  const count = compileNumber(s.count, machine);
  const body = compileBlock(s.body, compiling);
  const slot = machine.slot(s.index);
  return () => {
    const turns = count();
    tell?.("loopExit", 1);
    for (let i = 0; i < turns; i++) {
      tell?.("loop", 1);
      ints[slot] = i;
      body();
    }
  };
}

function compileSet(name: string, value: Expr, m: Machine): Run {
  const slot = m.slot(name);
  const type = typeOf(value);
  if (type !== "i32" && type !== "f32") {
    const lanes = compileLanes(value, m);
    const vector = m.vectors[slot]!;
    return () => vector.set(lanes());
  }
  if (type === "i32") return compileSetInt(name, value, slot, m);
  const { floats } = m;
  const number = compileNumber(value, m);
  return () => {
    floats[slot] = number();
  };
}

/** `acc = acc + a × b` in one closure: it is what runs most. */
function compileSetInt(name: string, value: Expr, slot: number, m: Machine): Run {
  const { ints } = m;
  const isSum =
    value.kind === "binary" && value.op === "+" && value.left.kind === "var" && value.left.name === name;
  if (isSum && value.right.kind === "binary" && value.right.op === "*") {
    const a = compileNumber(value.right.left, m);
    const b = compileNumber(value.right.right, m);
    return () => {
      ints[slot] = ints[slot]! + Math.imul(a(), b());
    };
  }
  const number = compileNumber(value, m);
  return () => {
    ints[slot] = number();
  };
}

function compileStore(s: Extract<Stmt, { kind: "store" }>, m: Machine): Run {
  if (lanesOf(typeOf(s.value)) > 1) return compileStoreLanes(s, m);
  const index = compileNumber(s.index, m);
  const value = compileNumber(s.value, m);
  const { data, defined, buffer } = m.memory(s.buffer.name);
  const whole = allDefined[elementBytes[buffer.type]];
  return () => {
    const i = index();
    if (i < 0 || i >= data.length) throw outside(m, buffer.name, i, data.length);
    data[i] = value();
    defined![i] = whole;
  };
}

function compileStoreLanes(s: Extract<Stmt, { kind: "store" }>, m: Machine): Run {
  const index = compileNumber(s.index, m);
  const value = compileLanes(s.value, m);
  const { data, defined, buffer } = m.memory(s.buffer.name);
  const whole = allDefined[elementBytes[buffer.type]];
  const { pitch = 1 } = s;
  const more = lanesOf(typeOf(s.value)) === 16 && buffer.type === "u8" ? 128 : 0;
  return () => {
    const i = index();
    const lanes = value();
    if (i < 0 || i + (lanes.length - 1) * pitch >= data.length) throw outside(m, buffer.name, i, data.length);
    lanes.forEach((lane, n) => {
      data[i + n * pitch] = lane + more;
      defined![i + n * pitch] = whole;
    });
  };
}

function compileCopy(s: Extract<Stmt, { kind: "copy" }>, m: Machine): Run {
  const toIndex = compileNumber(s.toIndex, m);
  const fromIndex = compileNumber(s.fromIndex, m);
  const to = m.memory(s.to.name);
  const from = m.memory(s.from.name);
  const whole = allDefined[elementBytes[s.to.type]];
  return () => {
    const start = fromIndex();
    const target = toIndex();
    checkRead(from, start, s.count, m.kernel);
    if (target < 0 || target + s.count > to.data.length) throw outside(m, s.to.name, target, to.data.length);
    to.data.set(from.data.subarray(start, start + s.count), target);
    to.defined!.fill(whole, target, target + s.count);
  };
}

function outside(m: Machine, buffer: string, index: number, length: number): Error {
  return new Error(`kernel ${m.kernel}: writes ${buffer}[${index}] of ${length} elements`);
}
