/**
 * How much dearer each family of recipes is than counted operations and prices say, beside the blocked nest, by core:
 * instructions emulated over cycles counted, as geometric means over layers. Written by `scripts/fit-ways.ts`.
 */
export const fitted: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "cortex-m0plus": {
    blocked: 1,
    unrolled: 0.695,
    collapsed: 0.59,
    "window 4x1": 1.007,
    "winograd 4 4": 0.983,
    "winograd 2 4": 0.961,
    "dense 2x2": 0.904,
    "depthwise 2 of 2": 1.083,
  },
  "cortex-m3": {
    blocked: 1,
    unrolled: 1.041,
    collapsed: 0.831,
    "window 4x1": 0.764,
    "winograd 4 4": 0.805,
    "winograd 2 4": 0.765,
    "dense 2x2": 0.663,
    "depthwise 2 of 4": 0.81,
  },
  "cortex-m4": {
    blocked: 1,
    unrolled: 0.875,
    collapsed: 0.626,
    "window 4x2": 0.585,
    "winograd 4 4": 0.566,
    "winograd 2 4": 0.517,
    "dense 4x2": 0.947,
    "dense 4x2 expanded": 0.842,
    "dense 1x4": 0.598,
    "depthwise 2 of 2": 0.696,
    "depthwise 2 of 8": 0.585,
  },
  rv32imc: {
    blocked: 1,
    unrolled: 0.897,
    collapsed: 0.807,
    "window 8x1": 0.796,
    "winograd 4 8": 0.813,
    "winograd 2 8": 0.778,
    "winograd 4 4": 0.713,
    "winograd 2 4": 0.674,
    "dense 4x4": 0.632,
    "depthwise 4 of 4": 0.729,
  },
};
