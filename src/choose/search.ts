/**
 * The fastest ways that fit budgets.
 *
 * Flash adds up, so picks under a flash budget are a knapsack (`select.ts`). RAM does not: a plan tells. Where the fastest
 * picks need too much, ways that take much memory are forbidden from the top until the plan fits, then allowed again layer by
 * layer, most cycles first, as long as it still does.
 */
import type { Core } from "../core/core.ts";
import { CompileError } from "../error.ts";
import type { Graph } from "../graph/graph.ts";
import { needsKey, planNeeds, type PlanNeeds, type Recipes } from "../lower/recipe.ts";
import { planMemory } from "../plan/plan-memory.ts";
import type { FramePolicy, Plan, Strategy } from "../plan/plan.ts";
import type { Priced } from "./price.ts";
import { codeBytesOf } from "./code.ts";
import {
  constantBytesOf,
  constantsOf,
  cyclesOf,
  flashOf,
  select,
  type Selection,
  type Weight,
} from "./select.ts";

/** Bytes; without a number as many as it takes. */
export interface Budget {
  /** Of constants and of the kernels' code, which is estimated: no compiler has run. */
  readonly flashBytes?: number | undefined;
  /** Of constants alone; then `flashBytes` is not asked. */
  readonly constantBytes?: number | undefined;
  /** Of each layer, beyond one row of its output: a cheap way to less RAM, for which one plan is made. */
  readonly extraBytes?: number | undefined;
  /** Of the arena, working memory included. */
  readonly ramBytes?: number | undefined;
}

export interface ChooseOptions {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
}

export interface Found {
  readonly selection: Selection;
  readonly recipes: Recipes;
  readonly plan: Plan;
  /** Estimated, of the kernels, shared functions once. */
  readonly codeBytes: number;
}

export interface Task {
  readonly graph: Graph;
  readonly core: Core;
  /** By node. */
  readonly priced: ReadonlyMap<string, readonly Priced[]>;
  readonly options: ChooseOptions;
}

/** Picks that may take at most so many bytes beyond a row, layer by layer, and their plan. */
type Pick = (limit: (layer: number) => number) => Found | undefined;

/** What is looked for: bytes of RAM, and of what of the flash. */
interface Bounds {
  readonly ramBytes: number;
  readonly extraBytes: number;
  readonly bytes: number;
  readonly bytesOf: Weight;
}

/** A search within budgets; plans are kept for the next. It throws a `CompileError` where nothing fits. */
export function search(task: Task): (budget: Budget) => Found {
  const finish = finisher(task, false);
  const finishSmall = finisher(task, true);
  return ({ flashBytes = Infinity, constantBytes, ramBytes = Infinity, extraBytes = Infinity }) => {
    const ram = { ramBytes, extraBytes };
    const fastest = within(task, finish, { ...ram, bytes: Infinity, bytesOf: constantsOf })!;
    if (constantBytes !== undefined) {
      if (constantBytesOf(fastest.selection) <= constantBytes) return fastest;
      const found = within(task, finishSmall, { ...ram, bytes: constantBytes, bytesOf: constantsOf });
      if (!found) throw tooLittleFlash(task, constantBytes, "constants", leastBytesOf(task, constantsOf));
      return found;
    }
    if (flashBytes === Infinity || flashTaken(fastest) <= flashBytes) return fastest;
    const alone = within(task, finish, { ...ram, bytes: flashBytes, bytesOf: flashOf });
    const shared = withShared(task, flashBytes, (bytes) =>
      within(task, finishSmall, { ...ram, bytes, bytesOf: flashOf }),
    );
    return alone && cyclesOf(alone.selection) <= cyclesOf(shared.selection) ? alone : shared;
  };
}

const flashTaken = ({ selection, codeBytes }: Found): number => constantBytesOf(selection) + codeBytes;

/** What functions that are shared leave of the flash is spent again, and again. */
function withShared(task: Task, flashBytes: number, find: (bytes: number) => Found | undefined): Found {
  let allowed = flashBytes;
  const least = leastBytesOf(task, flashOf);
  let found = find(allowed) ?? find(least)!;
  if (flashTaken(found) > flashBytes)
    throw tooLittleFlash(task, flashBytes, "constants and kernels", flashTaken(found));
  for (let round = 0; round < mostRounds; round++) {
    allowed += flashBytes - flashTaken(found);
    const next = find(allowed);
    if (!next || flashTaken(next) > flashBytes || cyclesOf(next.selection) >= cyclesOf(found.selection))
      break;
    found = next;
  }
  return found;
}

const mostRounds = 3;

/** The fastest within bounds; undefined where there is too little flash. */
function within(
  task: Task,
  finish: (selection: Selection) => Found,
  { ramBytes, extraBytes, bytes, bytesOf }: Bounds,
): Found | undefined {
  const ways = (limit: (layer: number) => number): Selection | undefined =>
    select(allowed(task, limit), bytes, bytesOf);
  const pick: Pick = (limit) => {
    const selection = ways(limit);
    return selection && finish(selection);
  };
  const fastest = pick(() => extraBytes);
  if (fastest && ramBytes === Infinity && extraBytes === Infinity) {
    const frugal = finish(frugalWays(task, fastest.selection, ways));
    return frugal.plan.arenaBytes < fastest.plan.arenaBytes ? frugal : fastest;
  }
  if (!fastest || fastest.plan.arenaBytes <= ramBytes) return fastest;
  const fits = (limit: (layer: number) => number): Found | undefined => {
    const found = pick(limit);
    return found && found.plan.arenaBytes <= ramBytes ? found : undefined;
  };
  const limit = highestLimit(task, fits);
  if (limit === undefined)
    throw tooLittleRam(
      task,
      ramBytes,
      pick(() => 0),
    );
  return loosened(fastest.selection, limit, fits);
}

/** How many times the fewest cycles are spent, at most, for less RAM where RAM has no budget. */
const patience = 1.05;

/** Where nobody said how much RAM there is: ways that take much memory for little speed are left out. */
function frugalWays(
  task: Task,
  fastest: Selection,
  ways: (limit: (layer: number) => number) => Selection | undefined,
): Selection {
  const limits = limitsOf(task);
  let frugal = fastest;
  let low = -1;
  let high = limits.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const found = ways(() => limits[middle]!);
    if (found && cyclesOf(found) <= patience * cyclesOf(fastest)) [high, frugal] = [middle, found];
    else low = middle;
  }
  return frugal;
}

/** All the bytes beyond a row that ways take, ascending. */
function limitsOf({ priced }: Task): readonly number[] {
  return [...new Set([...priced.values()].flat().map((o) => o.extraBytes))].sort((a, b) => a - b);
}

/** The ways each layer may take; one that has none within its limit keeps the least. */
function allowed({ graph, priced }: Task, limit: (layer: number) => number): readonly (readonly Priced[])[] {
  return graph.nodes.map(({ name }, n) => {
    const options = priced.get(name)!;
    const least = Math.min(...options.map((o) => o.extraBytes));
    return options.filter((o) => o.extraBytes <= Math.max(limit(n), least));
  });
}

/** By halving: a plan that fits under a limit is taken to fit under a lower one. */
function highestLimit(
  task: Task,
  fits: (limit: (layer: number) => number) => Found | undefined,
): number | undefined {
  const limits = limitsOf(task);
  if (!fits(() => limits[0]!)) return undefined;
  let low = 0;
  let high = limits.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(() => limits[middle]!)) low = middle;
    else high = middle;
  }
  return limits[low];
}

/** Lets layers have their fastest way again, those first that gain most. */
function loosened(
  fastest: Selection,
  limit: number,
  fits: (limit: (layer: number) => number) => Found | undefined,
): Found {
  const free = new Set<number>();
  const limitOf = (n: number): number => (free.has(n) ? Infinity : limit);
  let found = fits(limitOf)!;
  const gains = fastest
    .map(({ cycles }, n) => ({ n, gain: found.selection[n]!.cycles - cycles }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || a.n - b.n);
  for (const { n } of gains) {
    free.add(n);
    const trial = fits(limitOf);
    if (trial) found = trial;
    else free.delete(n);
  }
  return found;
}

/** Plans are made once a graph for what they are asked to set aside: cores have many in common. */
const plans = new WeakMap<Graph, Map<string, Plan>>();

function planOnce(graph: Graph, options: ChooseOptions, needs: PlanNeeds): Plan {
  const known = plans.get(graph) ?? new Map<string, Plan>();
  plans.set(graph, known);
  const key = `${options.strategy} ${options.frame} ${needsKey(needs)}`;
  const plan = known.get(key) ?? planMemory(graph, { ...options, ...needs });
  known.set(key, plan);
  return plan;
}

function finisher({ graph, core, options }: Task, sharesCounts: boolean): (selection: Selection) => Found {
  return (selection) => {
    const recipes = { ...recipesOf(graph, core, selection), sharesCounts };
    const plan = planOnce(graph, options, planNeeds(recipes, graph));
    let code: number | undefined;
    return {
      selection,
      recipes,
      plan,
      get codeBytes() {
        return (code ??= codeBytesOf(graph, plan, recipes, selection));
      },
    };
  };
}

/** Picks as recipes, in the order of the graph's nodes. */
function recipesOf(graph: Graph, core: Core, selection: Selection): Recipes {
  const byNode = new Map(graph.nodes.map(({ name }, n) => [name, selection[n]!.recipe]));
  return {
    name: `chosen for ${core.name}`,
    refuses: () => undefined,
    of: (_, node) => byNode.get(node.name)!,
  };
}

const leastBytesOf = ({ priced }: Task, bytesOf: Weight): number =>
  [...priced.values()].reduce((sum, options) => sum + Math.min(...options.map(bytesOf)), 0);

function tooLittleFlash({ graph }: Task, flashBytes: number, what: string, least: number): CompileError {
  return new CompileError(
    `${graph.name}: a flash budget of ${flashBytes} bytes is too small: its ${what} take at least ${least}; ` +
      "raise --flash-budget, or use --dtype int8 or a smaller network",
  );
}

function tooLittleRam({ graph }: Task, ramBytes: number, least: Found | undefined): CompileError {
  const { arenaBytes, strategy, frame } = least!.plan;
  return new CompileError(
    `${graph.name}: a RAM budget of ${ramBytes} bytes is too small: plan ${strategy}, frame ${frame} takes at ` +
      `least ${arenaBytes}; raise --ram-budget, or try --plan stream --frame pushed, a smaller --input or network`,
  );
}
