/**
 * The steps from a patch that is multiplied output by output to Winograd, each a switch of one kernel: what each buys on an
 * emulated core.
 */
import type { Features } from "../../core/core.ts";
import type { Recipes } from "../../lower/recipe.ts";
import { schedules } from "../../lower/schedule.ts";
import { scheduled } from "../../lower/scheduled.ts";
import type { WindowOptions } from "../../lower/window/options.ts";
import { windowed } from "../../lower/window/recipe.ts";
import { winogradRecipe } from "../../lower/winograd/recipe.ts";
import { tilesFor } from "../../choose/tiles.ts";

export interface Rung {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly recipes: Recipes;
}

/** Each rung keeps what the ones before it switched on. */
const switches: readonly (Omit<Rung, "recipes"> & { readonly on: Partial<WindowOptions> })[] = [
  {
    id: "patch",
    title: "patch",
    what: "A patch of the input is expanded once for all channels; every output is summed and requantised by itself.",
    on: {},
  },
  {
    id: "share-weights",
    title: "+ weights shared",
    what: "A word of weights serves several columns.",
    on: { reuse: "weights" },
  },
  {
    id: "slide",
    title: "+ sliding window",
    what: "Every element of the patch serves all columns it meets, too.",
    on: { reuse: "window" },
  },
  {
    id: "pool-sums",
    title: "+ maximum before requantising",
    what: "The pooling window's maximum is taken of sums, one of which is requantised.",
    on: { poolOnSums: true },
  },
  {
    id: "round-once",
    title: "+ one rounding",
    what: "What a ReLU follows is rounded once, where that gives the same bytes.",
    on: { roundOnce: true },
  },
];

/** The ladder with the tile of a kind of core. */
export function ladder(features: Features): readonly Rung[] {
  const { window, winograd } = tilesFor(features);
  const others = scheduled(schedules.blocked);
  let options: WindowOptions = { ...window[0]!, reuse: "nothing", poolOnSums: false, roundOnce: false };
  const windows = switches.map(({ on, ...rung }): Rung => {
    options = { ...options, ...on };
    return { ...rung, recipes: { ...windowed(options, others), name: rung.id } };
  });
  const last = windows.at(-1)!.recipes;
  const fast = winograd[0]!;
  const later: Rung = {
    id: "winograd",
    title: `+ Winograd, ${fast.m} rows a step`,
    what: "Exact integer Winograd along y where it is proven to fit: fewer products, more bytes of weights.",
    recipes: {
      name: "winograd",
      refuses: () => undefined,
      of(graph, node) {
        const recipe = winogradRecipe(graph, node, fast);
        return typeof recipe === "string" ? last.of(graph, node) : recipe;
      },
    },
  };
  return [...windows, later];
}
