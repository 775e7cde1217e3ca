/** Loops, as machine code shows them: a jump back, and all between it and where it leads. */
import type { ProgramSymbol } from "./image.ts";
import type { Cycles, InstructionCount, Reason } from "./simulation.ts";
import { reasons } from "./simulation.ts";
import { placeName } from "./symbols.ts";

export interface LoopCount {
  readonly name: string;
  /** Of the first instruction, and of the last jump back. */
  readonly from: number;
  readonly to: number;
  /** Times its first instruction ran. */
  readonly turns: number;
  readonly instructions: number;
  /** Of the loop without the loops inside it and without functions it calls. */
  readonly ownCycles: number;
  readonly cycles: Cycles;
}

/** The loops that ran, most cycles of their own first. */
export function findLoops(
  counts: readonly InstructionCount[],
  symbols: readonly ProgramSymbol[],
): LoopCount[] {
  const sorted = [...counts].sort((a, b) => a.address - b.address);
  const ends = new Map<number, number>();
  for (const { address, kind, taken, target } of sorted) {
    const isJump = kind === "branch" || kind === "jump";
    if (isJump && taken > 0 && target !== undefined && target <= address)
      ends.set(target, Math.max(ends.get(target) ?? 0, address));
  }
  const loops = [...ends].map(([from, to]) => ({ from, to })).sort((a, b) => a.to - a.from - (b.to - b.from));
  const owners = ownersOf(sorted, loops);
  return loops
    .map((loop, i) =>
      countLoop(
        loop,
        sorted.filter((_, at) => owners[at] === i),
        symbols,
      ),
    )
    .filter(({ ownCycles }) => ownCycles > 0)
    .sort((a, b) => b.ownCycles - a.ownCycles);
}

/** The innermost loop of each instruction; `loops` are sorted by size. */
function ownersOf(
  sorted: readonly InstructionCount[],
  loops: readonly { readonly from: number; readonly to: number }[],
): (number | undefined)[] {
  const owners: (number | undefined)[] = sorted.map(() => undefined);
  for (const [i, { from, to }] of loops.entries()) {
    for (let at = lowerBound(sorted, from); at < sorted.length && sorted[at]!.address <= to; at++)
      owners[at] ??= i;
  }
  return owners;
}

function lowerBound(sorted: readonly InstructionCount[], address: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.address < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countLoop(
  { from, to }: { readonly from: number; readonly to: number },
  own: readonly InstructionCount[],
  symbols: readonly ProgramSymbol[],
): LoopCount {
  const cycles: Record<Reason, number> = { issue: 0, hazard: 0, control: 0, busy: 0, fetch: 0, data: 0 };
  for (const count of own) for (const reason of reasons) cycles[reason] += count.cycles[reason];
  return {
    name: placeName(from, symbols),
    from,
    to,
    turns: own.find(({ address }) => address === from)?.executed ?? 0,
    instructions: cycles.issue,
    ownCycles: reasons.reduce((sum, reason) => sum + cycles[reason], 0),
    cycles,
  };
}
