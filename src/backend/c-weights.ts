/** The file of constants: weights, biases, multipliers, one array a buffer, in the program's order. */
import type { ConstantData, Program } from "../loop/program.ts";
import { cType, floatLiteral, intLiteral } from "./c-kernel.ts";
import { elementBytes } from "../loop/type-of.ts";

export function constantBytes(program: Program): number {
  return program.constants.reduce((sum, { buffer }) => sum + buffer.length * elementBytes[buffer.type], 0);
}

/** `extern` declarations; C++ gives constants internal linkage without them. */
export function declareConstants(program: Program): string {
  return program.constants
    .map(
      ({ buffer }) =>
        `extern const ${cType[buffer.type]} ${program.name}_${buffer.name}[${buffer.length}];\n`,
    )
    .join("");
}

export function printWeights(program: Program, comment: string): string {
  const arrays = program.constants.map((constant) => array(program.name, constant));
  return `${comment}#include "${program.name}.h"

#ifdef __cplusplus
extern "C" {
#endif

${declareConstants(program)}
${arrays.join("\n")}
#ifdef __cplusplus
}
#endif
`;
}

function array(prefix: string, { buffer, data }: ConstantData): string {
  return `const ${cType[buffer.type]} ${prefix}_${buffer.name}[${buffer.length}] = {\n${elements(buffer.type === "f32", data)}};\n`;
}

/** The elements of an initialiser, in lines of at most 100 columns. */
export function elements(float: boolean, data: ArrayLike<number>): string {
  const lines: string[] = [];
  let line = "   ";
  for (const value of Array.from(data)) {
    const text = ` ${float ? floatLiteral(value) : intLiteral(value)},`;
    if (line.length + text.length > 100) {
      lines.push(line);
      line = "   ";
    }
    line += text;
  }
  return [...lines, line].map((l) => `${l}\n`).join("");
}
