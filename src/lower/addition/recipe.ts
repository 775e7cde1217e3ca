/** The recipe of an int8 sum or difference of two tensors of one shape. */
import { tensorOf } from "../../graph/build.ts";
import type { Add, Graph, Node, Sub } from "../../graph/graph.ts";
import type { Recipe } from "../recipe.ts";
import { formOf } from "./form.ts";
import { lowerAddition, type AdditionOptions } from "./lower-addition.ts";

/** The recipe, or why there is none for the node. */
export function additionRecipe(graph: Graph, node: Node, options: AdditionOptions): Recipe | string {
  if (node.kind !== "add" && node.kind !== "sub") return `${node.name} is a ${node.kind}`;
  const sum: Add | Sub = node;
  const tensors = [...node.inputs, node.output].map((name) => tensorOf(graph, name));
  const [left, right, output] = tensors as [(typeof tensors)[0], (typeof tensors)[0], (typeof tensors)[0]];
  if (!sum.requantize || tensors.some(({ dtype }) => dtype !== "i8" && dtype !== "u8"))
    return `${node.name} is not int8`;
  if (right.shape.h * right.shape.w * right.shape.c < left.shape.h * left.shape.w * left.shape.c)
    return `${node.name} repeats its right operand`;
  const form = formOf(sum, [left, right, output]);
  if (!form) return `${node.name} has no linear form that gives every byte`;
  const name = options.lanes === 4 ? "sums by vectors" : "linear sums";
  return {
    name,
    family: name,
    scratchBytes: 0,
    rowsPerStep: 1,
    lower: (_, [a, b], to) => lowerAddition(sum, [a!, b!], to, form, options),
  };
}
