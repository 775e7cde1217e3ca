/** Pointwise convolutions and linear layers with weights of 4 bits, packed: random sizes, channels, strides, blocks. */
import { denseRecipe } from "../../src/lower/dense/recipe.ts";
import { denseOptions, denseText } from "../support/dense-networks.ts";
import { recipeSuite } from "../support/recipe-suite.ts";

recipeSuite({
  text: denseText,
  bits: 4,
  way(numbers) {
    const chosen = { ...denseOptions(numbers, [1, 2]), packed: true };
    return {
      what: JSON.stringify(chosen),
      recipe: (graph, node) => denseRecipe(graph, node, chosen),
    };
  },
  count: 60,
  share: 0.7,
});
