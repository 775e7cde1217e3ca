/** The search for phases: rings over one region, all turning at one speed, that never overlap. */
import type { Meeting } from "./meetings.ts";
import { isSound, type Layout, type Strip } from "./strip.ts";

/** A strip and its number. */
export interface Member {
  readonly strip: Strip;
  readonly number: number;
}

/** Rows of two strips that are alive together. */
export type Meet = (a: number, b: number) => readonly Meeting[];

const maxVisits = 1000;
/** Rows may lie this much further apart than they are long. */
const maxPitch = 1.5;

/** What a search may take: nodes, which it uses up, and solutions, after which it stops. */
export interface Budget {
  visits: number;
  readonly solutions: number;
}

/** Layouts of every member in a region of so many bytes, with all rows clear of each other; a few, or none. */
export function phasesOf(
  members: readonly Member[],
  bytes: number,
  speed: number,
  meet: Meet,
  budget: Budget,
): readonly (readonly Layout[])[] {
  const layouts = members.map(({ strip }) => layoutOf(strip, bytes, speed));
  if (!layouts.every((layout) => layout !== undefined)) return [];
  const slowest = Math.min(...members.map(({ strip }) => strip.pace));
  const steps = members.map(({ strip }, m) =>
    equalSteps(strip, layouts[m]!, Math.round(strip.pace / slowest)),
  );
  const clash = clashes(members, layouts, bytes, meet);
  const solutions: (readonly Layout[])[] = [];
  const chosen: Layout[] = [];
  let visits = 0;
  const extend = (m: number): void => {
    if (m === members.length) solutions.push([...chosen]);
    if (m === members.length || ++visits > maxVisits) return;
    const { rows, pitch } = layouts[m]!;
    for (const step of steps[m]!) {
      const blocked = blockedPhases(clash, chosen, { rows, pitch, step, phase: 0 });
      for (let phase = 0; phase < (m === 0 ? 1 : rows); phase++) {
        if (solutions.length === budget.solutions) return;
        if (blocked[phase] === 1) continue;
        chosen[m] = { rows, pitch, step, phase };
        extend(m + 1);
        chosen.length = m;
      }
    }
  };
  extend(0);
  budget.visits -= visits;
  return solutions;
}

/** By phase: whether the next member would overlap one of those before it. */
function blockedPhases(clash: Clash, chosen: readonly Layout[], layout: Layout): Uint8Array {
  const blocked = new Uint8Array(layout.rows);
  chosen.forEach((other, m) => {
    const { table, unit } = clash(m, other, chosen.length, layout);
    const from = table.length - (other.phase * other.pitch) / unit;
    const stride = layout.pitch / unit;
    for (let phase = 0; phase < layout.rows; phase++) {
      if (table[(from + phase * stride) % table.length] === 1) blocked[phase] = 1;
    }
  });
  return blocked;
}

/** A ring as large as the region in which rows move at the given speed; undefined where rows would not fit slots. */
function layoutOf(strip: Strip, bytes: number, speed: number): Layout | undefined {
  const advance = Math.round(speed / strip.pace);
  if (Math.abs(advance * strip.pace - speed) > 1e-6) return undefined;
  const common = greatestCommonDivisor(advance, bytes);
  for (let pitch = strip.rowBytes; pitch <= maxPitch * strip.rowBytes; pitch++) {
    if (common % pitch !== 0 || pitch % strip.alignment !== 0) continue;
    const rows = bytes / pitch;
    return { rows, pitch, step: (advance / pitch) % rows, phase: 0 };
  }
  return undefined;
}

/** Steps that bring a ring to the same slot each time the slowest member moves by one row; the even one first. */
function equalSteps(strip: Strip, layout: Layout, rowsEach: number): readonly number[] {
  const steps = Array.from({ length: layout.rows }, (_, step) => step).filter(
    (step) => (rowsEach * (step - layout.step)) % layout.rows === 0 && isSound(strip, { ...layout, step }),
  );
  return steps.sort((a, b) => Number(b === layout.step) - Number(a === layout.step));
}

/** By the distance of two members' phases, in units of so many bytes: 1 where rows of them ever overlap. */
type Clash = (a: number, la: Layout, b: number, lb: Layout) => { table: Uint8Array; unit: number };

/** Each pair of steps is looked at once. */
function clashes(members: readonly Member[], layouts: readonly Layout[], bytes: number, meet: Meet): Clash {
  const lengths = [...members.map(({ strip }) => strip.rowBytes), ...layouts.map(({ pitch }) => pitch)];
  const unit = lengths.reduce(greatestCommonDivisor);
  const mostRows = Math.max(...layouts.map(({ rows }) => rows));
  const tables = new Map<number, Uint8Array>();
  return (a, la, b, lb) => {
    const key = ((a * members.length + b) * mostRows + la.step) * mostRows + lb.step;
    const known = tables.get(key);
    const table = known ?? clashTable([members[a]!, la], [members[b]!, lb], bytes / unit, unit, meet);
    tables.set(key, table);
    return { table, unit };
  };
}

function clashTable(
  [a, la]: readonly [Member, Layout],
  [b, lb]: readonly [Member, Layout],
  units: number,
  unit: number,
  meet: Meet,
): Uint8Array {
  const mod = (x: number): number => ((x % units) + units) % units;
  const [bytesA, bytesB] = [a.strip.rowBytes / unit, b.strip.rowBytes / unit];
  const table = new Uint8Array(units);
  const seen = new Uint8Array(2 * units);
  for (const { rowA, rowB, mayBeSame } of meet(a.number, b.number)) {
    const same = mod((rowA * la.step * la.pitch - rowB * lb.step * lb.pitch) / unit);
    const isAllowed = mayBeSame && bytesA === bytesB;
    if (seen[2 * same + Number(isAllowed)] === 1) continue;
    seen[2 * same + Number(isAllowed)] = 1;
    for (let d = 1 - bytesB; d < bytesA; d++) if (d !== 0 || !isAllowed) table[mod(same + d)] = 1;
  }
  return table;
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
