/**
 * A rising table of places as arithmetic on its index. An address may follow from indices alone, never from memory, so
 * that it can be proved: resizing computes the places it reads.
 */
import { add, c, div, less, max, min, mul, sub } from "../loop/build.ts";
import type { Expr } from "../loop/ir.ts";

/** places[i] = clamp(floor((i × step + offset) / divisor), places[0], places.at(-1)). */
interface Line {
  readonly step: number;
  readonly offset: number;
  readonly divisor: number;
}

const divisors: readonly number[] = [
  ...Array.from({ length: 32 }, (_, i) => i + 1),
  2 ** 10,
  2 ** 15,
  2 ** 20,
];

/** `places[at]` for a table that never falls. Where no line runs through its steps, one comparison a step. */
export function staircase(places: readonly number[], at: Expr): Expr {
  const first = places[0]!;
  const last = places.at(-1)!;
  if (first === last) return c(first);
  for (const divisor of divisors) {
    for (const step of stepsFor(places, divisor)) {
      const line = lineThrough(places, step, divisor);
      if (line) return onLine(line, places, at);
    }
  }
  const rises = places.flatMap((place, i) => (i > 0 && place > places[i - 1]! ? [i] : []));
  return rises.reduce((sum, i) => add(sum, mul(less(i - 1, at), places[i]! - places[i - 1]!)), c(first));
}

/** Slopes worth trying: of small divisors all there are, of large ones the nearest to the table's own. */
function stepsFor(places: readonly number[], divisor: number): readonly number[] {
  const from = places.lastIndexOf(places[0]!);
  const to = places.indexOf(places.at(-1)!);
  const slope = (places.at(-1)! - places[0]!) / Math.max(1, to - from);
  const slack = divisor > 32 ? 2 : Math.ceil((divisor * 2) / (places.length - 1));
  const middle = Math.round(slope * divisor);
  const steps = Array.from({ length: 2 * slack + 1 }, (_, i) => middle - slack + i);
  return steps.filter((step) => step > 0 && step * places.length < 2 ** 30);
}

function lineThrough(places: readonly number[], step: number, divisor: number): Line | undefined {
  let least = -Infinity;
  let most = Infinity;
  places.forEach((place, i) => {
    if (place > places[0]!) least = Math.max(least, place * divisor - i * step);
    if (place < places.at(-1)!) most = Math.min(most, (place + 1) * divisor - 1 - i * step);
  });
  return least > most ? undefined : { step, divisor, offset: Math.min(Math.max(0, least), most) };
}

function onLine({ step, offset, divisor }: Line, places: readonly number[], at: Expr): Expr {
  const first = places[0]!;
  const last = places.at(-1)!;
  const numerator = offset < 0 ? max(sub(mul(at, step), -offset), 0) : add(mul(at, step), offset);
  const place = div(numerator, divisor);
  const raised = Math.floor(Math.max(offset, 0) / divisor) < first ? max(place, first) : place;
  const highest = Math.floor(((places.length - 1) * step + offset) / divisor);
  return highest > last ? min(raised, last) : raised;
}
