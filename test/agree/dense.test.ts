/** Pointwise convolutions and linear layers: random sizes, channels, strides, blocks. */
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import { denseOptions, denseText } from "../support/dense-networks.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

recipeSuite({
  text: denseText,
  way(numbers) {
    const chosen = denseOptions(numbers, [1, 2, 16]);
    return {
      what: JSON.stringify(chosen),
      recipe: (graph, node) => denseRecipe(graph, node, chosen),
    };
  },
  count: 100,
  share: 0.8,
});
