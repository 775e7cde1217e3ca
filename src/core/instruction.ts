/**
 * Prices made of instructions: a timing table says what a manual says of each, a composition says which a compiler
 * emits for one counted operation. The sentence that explains a price is built from the same numbers as the price.
 */
import type { Price } from "./core.ts";

/** One line of a manual's table. */
export interface Row {
  readonly cycles: number;
  /** Manual and table, or the reasoning where there is none. */
  readonly source: string;
}

export type Timing<Instruction extends string> = Readonly<Record<Instruction, Row>>;

/** How often each instruction stands in a sequence. */
export type Sequence<Instruction extends string> = Readonly<Partial<Record<Instruction, number>>>;

export function row(cycles: number, source: string): Row {
  return { cycles, source };
}

/** The price of a sequence; `why` says what it does, in words. */
export function compose<Instruction extends string>(
  timing: Timing<Instruction>,
  sequence: Sequence<Instruction>,
  why: string,
): Price {
  const parts = (Object.keys(sequence) as Instruction[]).map((name) => ({
    name,
    count: sequence[name]!,
    row: timing[name],
  }));
  const cycles = parts.reduce((sum, part) => sum + part.count * part.row.cycles, 0);
  const terms = parts.map((part) => `${part.count} × ${part.name} (${part.row.cycles})`);
  const sources = [...new Set(parts.map((part) => part.row.source))];
  return {
    cycles: Math.round(cycles * 1000) / 1000,
    source: `${why}: ${terms.join(" + ")}; ${sources.join("; ")}`,
  };
}
