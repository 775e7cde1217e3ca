/**
 * Exact placement by branch and bound over pairs.
 *
 * A node of the search is a list of decisions "b lies at least w bytes behind a". The lowest offsets that obey them
 * all (longest paths, rounded up to each shape's alignment) are a lower bound on every placement below that node. If
 * those offsets clash nowhere they are a placement; else a clashing pair has its distance inside a forbidden
 * interval, must get out of it on one side or the other, and the search tries both.
 */
import type { Table } from "./differences.ts";
import { alignUp, extent, type Offsets, type Shape } from "./shape.ts";

/** `to` lies at least `by` bytes behind `from`; negative: at most −by bytes before it. */
interface Decision {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

export interface ExactPlacement {
  readonly offsets: Offsets;
  /** The search saw everything it had to: no placement needs fewer bytes. */
  readonly complete: boolean;
}

/** The best placement found within `budget` search nodes, never worse than `start`. */
export function placeExactly(
  shapes: readonly Shape[],
  table: Table,
  start: Offsets,
  floor: number,
  budget: number,
): ExactPlacement {
  const sizes = shapes.map((shape) => shape.bytes);
  const decisions: Decision[] = [];
  let best = { offsets: start, bytes: extent(shapes, start) };
  let visited = 0;

  /** Raises offsets until `decision` and all before it hold; undefined if that needs as many bytes as the best has. */
  const raise = (offsets: readonly number[], decision: Decision): readonly number[] | undefined => {
    const raised = [...offsets];
    const line = [decision];
    for (let next = line.pop(); next; next = line.pop()) {
      const { to } = next;
      const least = alignUp(raised[next.from]! + next.by, shapes[to]!.alignment);
      if (least <= raised[to]!) continue;
      if (least + sizes[to]! >= best.bytes) return undefined;
      raised[to] = least;
      line.push(...(to === decision.from ? [decision] : []), ...decisions.filter((d) => d.from === to));
    }
    return raised;
  };

  const search = (offsets: readonly number[]): void => {
    if (++visited > budget || best.bytes <= floor) return;
    const clash = worstClash(shapes.length, table, offsets);
    if (!clash) {
      const bytes = extent(shapes, offsets);
      if (bytes < best.bytes) best = { offsets, bytes };
      return;
    }
    const branches = clash
      .map((decision) => ({ decision, offsets: raise(offsets, decision) }))
      .filter((branch) => branch.offsets !== undefined)
      .map((branch) => ({ ...branch, bytes: extent(shapes, branch.offsets!) }))
      .sort((a, b) => a.bytes - b.bytes);
    for (const branch of branches) {
      if (branch.bytes >= best.bytes) continue;
      decisions.push(branch.decision);
      search(branch.offsets!);
      decisions.pop();
    }
  };

  if (best.bytes > floor) search(shapes.map(() => 0));
  return { offsets: best.offsets, complete: visited <= budget };
}

/** The two ways out of the clash that is furthest from either. */
function worstClash(
  count: number,
  table: Table,
  offsets: readonly number[],
): readonly [Decision, Decision] | undefined {
  let worst: readonly [Decision, Decision] | undefined;
  let depth = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const distance = offsets[b]! - offsets[a]!;
      for (const { low, high } of table[a]![b]!) {
        if (distance <= low || distance >= high) continue;
        const out = Math.min(distance - low, high - distance);
        if (out <= depth) continue;
        depth = out;
        worst = [
          { from: a, to: b, by: high },
          { from: b, to: a, by: -low },
        ];
      }
    }
  }
  return worst;
}
