/** Every way to lower a network, and which of them come up when not all can. */
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import { strategies } from "../../src/plan/strategy.ts";
import { schedules, type ScheduleName } from "../../src/lower/schedule.ts";
import type { Dtype, Way } from "./engines.ts";

/** What C and AssemblyScript both write. */
export const scalarSchedules: readonly ScheduleName[] = (Object.keys(schedules) as ScheduleName[]).filter(
  (name) => name !== "v128",
);

/** All plans × frames × schedules there are for a type; C has no v128. */
export function waysOf(dtype: Dtype, language: "any" | "C" = "any"): readonly Way[] {
  const vectors = language === "any" && dtype === "int8" ? (["v128"] as const) : [];
  const modelled = dtype === "int8" ? (["cmsis-like"] as const) : [];
  const frames: readonly FramePolicy[] = ["resident", "pushed"];
  return (Object.keys(strategies) as Strategy[]).flatMap((strategy) =>
    frames.flatMap((frame) =>
      [...scalarSchedules, ...vectors, ...modelled].map((schedule): Way => ({ strategy, frame, schedule })),
    ),
  );
}

/** One of each plan and frame, schedules in turn, beginning with schedule number `turn`. */
export function waysInTurn(ways: readonly Way[], turn: number): readonly Way[] {
  const names = [...new Set(ways.map(({ schedule }) => schedule))];
  const plans = [...new Set(ways.map(planName))];
  return plans.map((plan, i) =>
    ways.find((way) => planName(way) === plan && way.schedule === names[(i + turn) % names.length])!,
  );
}

const planName = ({ strategy, frame }: Way): string => `${strategy} ${frame}`;

/** A stride that visits every index of a list of `length` before any twice, and jumps far. */
function strideFor(length: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let stride = Math.floor(length * 0.38);
  while (gcd(stride, length) !== 1) stride++;
  return stride;
}

/** The share of turn number `turn`: `count` of `all`, so that over the turns all come up alike. */
export function share<T>(all: readonly T[], turn: number, count: number): readonly T[] {
  const stride = strideFor(all.length);
  const size = Math.min(count, all.length);
  return Array.from({ length: size }, (_, i) => all[((turn * size + i) * stride) % all.length]!);
}
