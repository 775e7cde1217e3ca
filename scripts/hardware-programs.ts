/**
 * How the programs behind rows of calibrate.csv are run: facts read off the images, which are not part of the project.
 *
 * The inference (`th_infer` of EEMBC's harness) is called twice from start code of ours, as the harness does between its
 * two time stamps, after what start-up code copies and after `init_submitter`; the second call is counted.
 */

/** Bytes of the image that start-up code copies. */
interface Copy {
  readonly to: number;
  readonly from: number;
  readonly bytes: number;
}

export interface HardwareProgram {
  /** `H0157` */
  readonly row: string;
  readonly core: string;
  readonly chip: string;
  /** Where the raw image lies. */
  readonly address: number;
  readonly stack: number;
  /** Addresses of `init_submitter` and `th_infer`. */
  readonly prepare: number;
  readonly infer: number;
  readonly copies: readonly Copy[];
}

type Row = readonly [
  row: string, prepare: number, infer: number, stack: number, ...copies: (readonly [number, number, number])[],
]; // prettier-ignore

function programs(core: string, chip: string, address: number, rows: readonly Row[]): HardwareProgram[] {
  return rows.map(([row, prepare, infer, stack, ...copies]) => ({
    row, core, chip, address, stack, prepare, infer,
    copies: copies.map(([to, from, bytes]) => ({ to, from, bytes })),
  })); // prettier-ignore
}

export const hardwarePrograms: readonly HardwareProgram[] = [
  ...programs("cortex-m0plus", "stm32g0b1", 0x08000000, [
    ["H0149", 0x08023c54, 0x08023c44, 0x20024000, [0x200000c0, 0x0807007c, 408]],
    ["H0150", 0x0802b6ac, 0x0802b69c, 0x20024000, [0x200000c0, 0x080493f8, 408]],
    ["H0151", 0x08023ec0, 0x08023eb0, 0x20024000, [0x200000c0, 0x08034f18, 408]],
    ["H0152", 0x080284b0, 0x080284a0, 0x20024000, [0x200000c0, 0x0806d5bc, 408]],
  ]),
  ...programs("cortex-m4", "stm32l4r5", 0x08000000, [
    ["H0157", 0x08005f3c, 0x08005f60, 0x200a0000, [0x20000000, 0x0804ba38, 476]],
    ["H0158", 0x0800dc10, 0x0800dc34, 0x200a0000, [0x20000000, 0x08025730, 476]],
    ["H0159", 0x08005eb8, 0x08005f04, 0x200a0000, [0x20000000, 0x08010cc8, 476]],
    ["H0160", 0x08009b7c, 0x08009ba0, 0x200a0000, [0x20000000, 0x08048980, 476]],
    ["H0231", 0x08005e2c, 0x08005e50, 0x200a0000, [0x20000000, 0x0804b8d8, 476]],
    ["H0235", 0x08005e2c, 0x08005e50, 0x200a0000, [0x20000000, 0x080096b0, 271376]],
  ]),
  ...programs("cortex-m4", "psoc62", 0x10000000, [
    [
      "H0208",
      0x10004ba0,
      0x10004b90,
      0x080ff800,
      [0x08002000, 0x10002000, 736],
      [0x080022e0, 0x10050d0c, 1608],
    ],
    [
      "H0212",
      0x10004b90,
      0x10004b80,
      0x080ff800,
      [0x08002000, 0x10002000, 736],
      [0x080022e0, 0x1000eabc, 272496],
    ],
  ]),
  ...programs("cortex-m33", "stm32u575", 0x08000000, [
    ["H0161", 0x08009804, 0x08009828, 0x200c0000, [0x20000000, 0x0804f3b8, 476]],
    ["H0162", 0x08011438, 0x0801145c, 0x200c0000, [0x20000000, 0x08029010, 476]],
    ["H0163", 0x08009798, 0x080097e4, 0x200c0000, [0x20000000, 0x08014668, 476]],
    ["H0164", 0x0800d480, 0x0800d4a4, 0x200c0000, [0x20000000, 0x0804c340, 476]],
  ]),
  ...programs("cortex-m7", "stm32f746", 0x08000000, [
    ["H0145", 0x08007df0, 0x08007de4, 0x20050000, [0x200002c8, 0x0804da6c, 1656]],
    ["H0146", 0x0802f1f8, 0x0802f1ec, 0x20050000, [0x200002c8, 0x0804cca4, 1672]],
    ["H0147", 0x08025df8, 0x08025dec, 0x20050000, [0x200002c8, 0x08036b3c, 1672]],
    ["H0148", 0x08029fcc, 0x08029fc0, 0x20050000, [0x200002c8, 0x0806edf8, 1672]],
    ["H0213", 0x08005404, 0x08005428, 0x20050000, [0x20000000, 0x0804ae38, 476]],
    ["H0217", 0x08005404, 0x08005428, 0x20050000, [0x20000000, 0x08008be8, 271376]],
  ]),
  ...programs("cortex-m7", "stm32h7a3", 0x08000000, [
    ["H0153", 0x080078b8, 0x080078dc, 0x24100000, [0x24000000, 0x0804d280, 480]],
  ]),
];
