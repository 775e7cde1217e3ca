/** The text of a file of `src/truth/`: what was compared, one row a line. */
import { format } from "prettier";
import type { Comparisons } from "../src/truth/comparison.ts";

export async function printComparisons(name: string, { rows, ...about }: Comparisons): Promise<string> {
  const lines = rows.map(
    ({ core, program, truth, found }) => `  [${[core, program].map(quoted).join(", ")}, ${truth}, ${found}],`,
  );
  return format(
    `/** Written by \`${about.writtenBy}\`. */
import { rowsOf, type Comparisons } from "./comparison.ts";

export const ${name}: Comparisons = {
${Object.entries(about)
  .map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`)
  .join("\n")}
  rows: rowsOf([
${lines.join("\n")}
  ]),
};
`,
    { parser: "typescript", printWidth: 110 },
  );
}

const quoted = (text: string): string => JSON.stringify(text);
