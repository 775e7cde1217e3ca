/**
 * Rings that turn together.
 *
 * While rows stream, every tensor's rows move through its ring at a speed: bytes for each row of the input. Lay
 * several rings over one region, all with that region's size and all with one speed, and seen from a point that turns
 * along nothing moves: rows alive together stay clear of each other for good once they are clear in one round, and the
 * slot one ring leaves is where the next one's new row comes. A region need then be little larger than the rows alive
 * together, where rings of their own must each keep room for the most rows they ever hold.
 *
 * Speeds are made equal by `step` (a tensor with half as many rows moves two slots a row) and `pitch` (rows a little
 * further apart than they are long). Phases are found by depth-first search.
 */
import type { Interval } from "../lifetimes.ts";
import { meetingsOf, mostAlive, type Meeting } from "./meetings.ts";
import { greatestCommonDivisor, phasesOf, type Member } from "./phases.ts";
import type { LaidOut, Layout, Strip } from "./strip.ts";

/** Limits of the search. */
const maxMultiple = 8;
const maxSlack = 3;

export interface TurningOptions {
  /** Nothing this large or larger is of use. */
  readonly limit: number;
  /** Nodes of all searches for phases. */
  readonly visits: number;
  /** So many ways are enough. */
  readonly enough: number;
  /** Looks for more ways to turn the same strips, and at every speed. */
  readonly isThorough: boolean;
}

/** Ways to lay strips over one region, those that promise the smallest arena first. */
export function turnings(
  strips: readonly Strip[],
  { limit, visits, enough, isThorough }: TurningOptions,
): readonly (readonly LaidOut[])[] {
  const meet = memo(strips);
  const attempts = regionsOf(strips).filter(({ bound }) => bound < limit);
  const solved = new Set<readonly Member[]>();
  const found: (readonly LaidOut[])[] = [];
  const budget = { visits, solutions: isThorough ? 8 : 3 };
  for (const { members, slot, slots, speed } of attempts) {
    if (budget.visits <= 0 || found.length >= enough) break;
    if (solved.has(members)) continue;
    const solutions = phasesOf(members, slots * slot, speed, meet, budget);
    if (solutions.length > 0 && !isThorough) solved.add(members);
    for (const solution of solutions) {
      const unit = solution.map(({ pitch }) => pitch).reduce(leastCommonMultiple);
      for (let turn = 0; turn < slots * slot; turn += unit) found.push(rotated(members, solution, turn));
    }
  }
  return found;
}

/** A region to try. */
interface Region {
  readonly members: readonly Member[];
  /** Bytes of the longest row, and how many of them the region holds. */
  readonly slot: number;
  readonly slots: number;
  /** Bytes by which rows move for each row of the graph's input. */
  readonly speed: number;
  /** Bytes of the region and of what is alive beside it: a smaller arena needs luck. */
  readonly bound: number;
}

/** By bound, and of equals the one with the most members. */
function regionsOf(strips: readonly Strip[]): readonly Region[] {
  const moving = strips
    .map((strip, number) => ({ strip, number, life: lifeOf(strip) }))
    .filter(({ strip }) => strip.mayTurn && strip.rows.length > strip.height)
    .sort((a, b) => a.life.first - b.life.first);
  const regions = together(moving).flatMap((some) =>
    memberSets(some).flatMap((members) => regionsFor(strips, members)),
  );
  return regions.sort((a, b) => a.bound - b.bound || b.members.length - a.members.length);
}

function regionsFor(strips: readonly Strip[], members: readonly Member[]): readonly Region[] {
  const slot = Math.max(...members.map(({ strip }) => strip.rowBytes));
  const speed = Math.max(...members.map(({ strip }) => strip.rowBytes * strip.pace));
  const least = Math.ceil(mostAlive(members.map(({ strip }) => strip)) / slot);
  const beside = mostAliveBeside(strips, members);
  // With rows of one length a multiple of the speed only names the slots anew.
  const multiples = members.every(({ strip }) => strip.rowBytes === slot) ? 1 : maxMultiple;
  return Array.from({ length: maxSlack }, (_, more) => least + more).flatMap((slots) =>
    Array.from({ length: multiples }, (_, m) => ({
      members,
      slot,
      slots,
      speed: speed * (m + 1),
      bound: slots * slot + beside,
    })),
  );
}

interface Moving extends Member {
  readonly life: Interval;
}

function memo(strips: readonly Strip[]): (a: number, b: number) => readonly Meeting[] {
  const known = new Map<number, readonly Meeting[]>();
  return (a, b) => {
    const key = a * strips.length + b;
    const meetings = known.get(key) ?? meetingsOf(strips, a, b);
    known.set(key, meetings);
    return meetings;
  };
}

function lifeOf({ rows }: Strip): Interval {
  const all = rows.flat();
  return { first: Math.min(...all.map((i) => i.first)), last: Math.max(...all.map((i) => i.last)) };
}

/** Strips whose lives overlap, directly or through others: those of one stage. */
function together(moving: readonly Moving[]): readonly (readonly Moving[])[] {
  const groups: { members: Moving[]; last: number }[] = [];
  for (const one of moving) {
    const group = groups.at(-1);
    if (group && one.life.first <= group.last) {
      group.members.push(one);
      group.last = Math.max(group.last, one.life.last);
    } else groups.push({ members: [one], last: one.life.last });
  }
  return groups.map(({ members }) => members);
}

/** All; all but one; only those that hold several rows at once. In each, the ones hardest to fit come first. */
function memberSets(some: readonly Moving[]): readonly (readonly Moving[])[] {
  const tall = some.filter(({ strip }) => strip.height > 1);
  const all = [...tall, ...some.filter(({ strip }) => strip.height === 1)];
  const sets = [all, ...all.map((one) => all.filter((other) => other !== one)), tall];
  return sets.filter((members) => members.length > 1);
}

/** Most bytes of other strips while a region is in use. */
function mostAliveBeside(strips: readonly Strip[], members: readonly Member[]): number {
  const others = strips.filter((_, number) => !members.some((member) => member.number === number));
  const lives = members.map(({ strip }) => lifeOf(strip));
  return mostAlive(
    others,
    Math.min(...lives.map(({ first }) => first)),
    Math.max(...lives.map(({ last }) => last)),
  );
}

function rotated(members: readonly Member[], layouts: readonly Layout[], bytes: number): readonly LaidOut[] {
  return members.map(({ strip, number }, m) => {
    const layout = layouts[m]!;
    const phase = (layout.phase + bytes / layout.pitch) % layout.rows;
    return { strip, number, layout: { ...layout, phase } };
  });
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}
