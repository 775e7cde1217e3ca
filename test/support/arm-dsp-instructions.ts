/** The whole DSP extension of ARMv7E-M. */
import type { Choices, Maker } from "./arm-instructions.ts";
import { instruction } from "./arm-instructions.ts";

const parallel = ["s", "q", "sh", "u", "uq", "uh"].flatMap((form) =>
  ["add8", "add16", "asx", "sub8", "sub16", "sax"].map((shape) => form + shape),
);
const corners = ["bb", "bt", "tb", "tt"];
const products = [
  ...["usad8", "smuad", "smuadx", "smusd", "smusdx", "smmul", "smmulr", "smulwb", "smulwt"],
  ...corners.map((which) => `smul${which}`),
];
const accumulations = [
  ...[
    "usada8",
    "smlad",
    "smladx",
    "smlsd",
    "smlsdx",
    "smmla",
    "smmlar",
    "smmls",
    "smmlsr",
    "smlawb",
    "smlawt",
  ],
  ...corners.map((which) => `smla${which}`),
];
const longs = ["smlald", "smlaldx", "smlsld", "smlsldx", "umaal", ...corners.map((which) => `smlal${which}`)];
const extensions = ["sxtab", "sxtab16", "sxtah", "uxtab", "uxtab16", "uxtah"];

export function dspInstructions({ numbers, pick, rd, rs, several }: Choices): Maker[] {
  const rotation = (): string[] => pick([[], ["ror #8"], ["ror #16"], ["ror #24"]]);
  return [
    () => instruction(pick(parallel), rd(), rs(), rs()),
    () => instruction(pick(parallel), rd(), rs(), rs()),
    () => instruction("sel", rd(), rs(), rs()),
    () => instruction(pick(products), rd(), rs(), rs()),
    () => instruction(pick(accumulations), rd(), rs(), rs(), rs()),
    () => instruction(pick(accumulations), rd(), rs(), rs(), rs()),
    () => instruction(pick(longs), ...several(2), rs(), rs()),
    () => instruction(pick(["qadd", "qsub", "qdadd", "qdsub"]), rd(), rs(), rs()),
    () => instruction("ssat16", rd(), `#${numbers.int(1, 16)}`, rs()),
    () => instruction("usat16", rd(), `#${numbers.int(0, 15)}`, rs()),
    () => instruction("pkhbt", rd(), rs(), rs(), ...pick([[], [`lsl #${numbers.int(1, 31)}`]])),
    () => instruction("pkhtb", rd(), rs(), rs(), `asr #${numbers.int(1, 32)}`),
    () => instruction(pick(["sxtb16", "uxtb16"]), rd(), rs(), ...rotation()),
    () => instruction(pick(extensions), rd(), rs(), rs(), ...rotation()),
    () => instruction("msr", "APSR_nzcvqg", rs()),
    () => instruction("mrs", rd(), "apsr"),
  ];
}
