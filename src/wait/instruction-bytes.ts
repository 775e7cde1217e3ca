/** Written by `node dist/scripts/check-waits.js --write`. */

/** Bytes of an instruction by type and core, the mean of all that the simulated engines of `truth/waits.ts` executed. */
export const instructionBytes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  int8: {
    "cortex-m0plus": 2,
    "cortex-m3": 3.65,
    "cortex-m33": 3.47,
    "cortex-m4": 3.49,
    "cortex-m7": 3.47,
    e31: 3.32,
    "hazard3-rp2350": 3.27,
  },
  f32: {
    "cortex-m0plus": 2.03,
    "cortex-m3": 3.08,
    "cortex-m33": 3.88,
    "cortex-m4": 3.88,
    "cortex-m7": 3.85,
    e31: 3.95,
    "hazard3-rp2350": 3.95,
  },
};
