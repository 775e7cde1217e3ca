/**
 * A kernel as a walk sees it: pieces of straight code with their place, their cycles and the constants they read, in loops.
 *
 * What a compiler would make of it is not known. A statement takes its share of the kernel's cycles by the core's prices for
 * the operations that it is (`loop/cost.ts`), its share of the bytes by their weights, and lies where its text stands.
 */
import type { Core } from "../core/core.ts";
import { chargeStmt, type Charge } from "../loop/cost.ts";
import type { Expr, Kernel, Stmt } from "../loop/ir.ts";
import { operations, type Counts, type Operation } from "../loop/operation.ts";
import { defineBlock, newScope, type Scope } from "../loop/range.ts";
import { assignedIn } from "../loop/walk.ts";
import { openSlots, type Slots, type Value } from "./index-value.ts";
import { readsOf, type Read } from "./reads.ts";

/** Straight code, the constants that it reads first. */
export interface Piece {
  readonly kind: "piece";
  readonly reads: readonly Read[];
  /** At the core's prices. */
  readonly cycles: number;
  /** From the kernel's beginning, and how much: bytes are shared out by it. */
  readonly from: number;
  readonly weight: number;
}

export interface Loop {
  readonly kind: "loop";
  readonly slot: number;
  readonly count: Value;
  readonly body: readonly Step[];
}

export type Step = Piece | Loop;

export interface Steps {
  readonly steps: readonly Step[];
  /** Of all pieces. */
  readonly weight: number;
  /** Values that a walk keeps: `row` is the first. */
  readonly slots: number;
}

/** No operation is more code than this many instructions in place: what costs more cycles is called, or loops. */
const mostInstructions = 30;

/** About the instructions that an operation is. */
const weightOfOne = (operation: Operation, { prices }: Core): number =>
  /^(load|store)/.test(operation) ? 1 : Math.min(prices[operation].cycles, mostInstructions);

/** Of all that was counted. */
export const weightOf = (counts: Counts, core: Core): number =>
  operations.reduce((sum, operation) => sum + counts[operation] * weightOfOne(operation, core), 0);

/** @param addressOf Where a buffer of constants lies. */
export function stepsOf({ body }: Kernel, core: Core, addressOf: (buffer: string) => number): Steps {
  const scope = newScope();
  defineBlock(scope, body, assignedIn(body));
  const maker = new StepMaker(core, scope, addressOf);
  const steps = maker.block(body, "call");
  return { steps, weight: maker.weight, slots: maker.slots.count() };
}

class StepMaker {
  weight = 0;
  readonly slots: Slots;
  readonly #core: Core;
  readonly #scope: Scope;
  readonly #addressOf: (buffer: string) => number;

  constructor(core: Core, scope: Scope, addressOf: (buffer: string) => number) {
    this.#core = core;
    this.#scope = scope;
    this.slots = openSlots(scope);
    this.#addressOf = addressOf;
  }

  /** A block with what calling or turning it costs. A piece ends where constants are read. */
  block(statements: readonly Stmt[], around: "call" | "loop"): readonly Step[] {
    const steps: Step[] = [];
    let open = this.#open([]);
    for (const s of statements) {
      const reads = readsOf(s, this.slots, this.#addressOf);
      if (reads.length > 0) {
        steps.push(open.close());
        open = this.#open(reads);
      }
      chargeStmt(s, this.#scope, open.charge);
      if (s.kind !== "for") continue;
      open.charge("loopExit", 1);
      steps.push(open.close(), this.#loop(s.index, s.count, s.body));
      open = this.#open([]);
    }
    open.charge(around, 1);
    return [...steps, open.close()].filter((step) => step.kind === "loop" || step.weight > 0);
  }

  #loop(index: string, count: Expr, body: readonly Stmt[]): Loop {
    const slot = this.slots.of(index);
    const turns = this.slots.valueOf(count);
    if (!turns) throw new Error(`the count of loop ${index} follows from memory`);
    return { kind: "loop", slot, count: turns, body: this.block(body, "loop") };
  }

  #open(reads: readonly Read[]): { readonly charge: Charge; readonly close: () => Piece } {
    const from = this.weight;
    let cycles = 0;
    const charge: Charge = (operation, times) => {
      cycles += times * this.#core.prices[operation].cycles;
      this.weight += times * weightOfOne(operation, this.#core);
    };
    return { charge, close: () => ({ kind: "piece", reads, cycles, from, weight: this.weight - from }) };
  }
}
