/**
 * How much dearer each family of recipes is than counted operations and prices say, beside the blocked nest, by core:
 * instructions emulated over cycles counted, as geometric means over layers. Written by `scripts/fit-ways.ts`.
 */
export const fitted: Readonly<Record<string, Readonly<Record<string, number>>>> = {};
