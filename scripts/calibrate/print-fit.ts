/** The text of the files of `src/core/fits/`: one family a line. */
import type { Coefficients, CoreFit, FamilyFit } from "../../src/core/coefficients.ts";

export function printFit({ core, compiler, kernels, networks, families }: CoreFit): string {
  const lines = Object.entries(families)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, fit]) => `    ${JSON.stringify(family)}: ${printFamily(fit)},\n`);
  return `/** Written by \`npm run calibrate -- --write\`. */
import type { CoreFit } from "../coefficients.ts";

// prettier-ignore
export const ${nameOf(core)}: CoreFit = {
  core: ${JSON.stringify(core)},
  compiler: ${JSON.stringify(compiler)},
  kernels: ${kernels},
  networks: ${networks},
  families: {
${lines.join("")}  },
};
`;
}

function printFamily({ cycles, instructions, codeBytes, ...about }: FamilyFit): string {
  const parts = [
    ...Object.entries(about).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    ...Object.entries({ cycles, instructions, codeBytes }).flatMap(([key, of]) =>
      of ? [`${key}: ${printNumbers(of)}`] : [],
    ),
  ];
  return `{ ${parts.join(", ")} }`;
}

const printNumbers = (of: Coefficients): string =>
  `{ ${Object.entries(of)
    .filter(([, value]) => value !== 0)
    .map(([operation, value]) => `${operation}: ${value}`)
    .join(", ")} }`;

/** `hazard3-rp2350` as a name: `hazard3Rp2350`. */
export const nameOf = (core: string): string =>
  core.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The list of them all. */
export function printFits(cores: readonly string[]): string {
  return `/** Every core that estimates are fitted for, by the simulated core's id. Written by \`npm run calibrate -- --write\`. */
import type { CoreFit } from "../coefficients.ts";
${cores.map((core) => `import { ${nameOf(core)} } from "./${core}.ts";\n`).join("")}
// prettier-ignore
export const fits: ReadonlyMap<string, CoreFit> = new Map(
  [${cores.map(nameOf).join(", ")}].map((fit) => [fit.core, fit]),
);
`;
}
