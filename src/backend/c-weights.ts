/** The file of constants: weights, biases, multipliers, one array a buffer, in the program's order. */
import type { ConstantData, Program } from "../loop/program.ts";
import type { ElementType } from "../loop/ir.ts";
import { cType, floatLiteral, intLiteral } from "./c-kernel.ts";
import { elementBytes } from "../loop/type-of.ts";

export function constantBytes(program: Program): number {
  return program.constants.reduce((sum, { buffer }) => sum + buffer.length * elementBytes[buffer.type], 0);
}

/**
 * Where constants lie, as a qualifier: on AVR flash is an address space of its own, whose first 64 KB short pointers reach.
 * What interrupt vectors and other constants leave of them is taken to be 1 KB less.
 */
export function printFlash(program: Program): string {
  const space = constantBytes(program) <= 63 * 1024 ? "__flash" : "__memx";
  return `#ifndef FLASH
#ifdef __AVR__
#define FLASH ${space}
#else
#define FLASH
#endif
#endif
`;
}

/** No object may be larger where int has 16 bits. */
const largestObject = 32767;

const isLarge = ({ buffer }: ConstantData): boolean =>
  buffer.length * elementBytes[buffer.type] > largestObject;

/** `extern` declarations; C++ gives constants internal linkage without them. */
export function declareConstants(program: Program): string {
  return program.constants
    .map((constant) => {
      const { type, name, length } = constant.buffer;
      return `extern const FLASH ${cType[type]} ${program.name}_${name}[${isLarge(constant) ? "" : length}];\n`;
    })
    .join("");
}

export function printWeights(program: Program, comment: string): string {
  const arrays = program.constants.map((constant) => array(program.name, constant));
  return `${comment}#include "${program.name}.h"

${printFlash(program)}
#ifdef __cplusplus
extern "C" {
#endif

${declareConstants(program)}
${program.constants.some(isLarge) ? words : ""}${arrays.join("\n")}
#ifdef __cplusplus
}
#endif
`;
}

function array(prefix: string, constant: ConstantData): string {
  const { buffer, data } = constant;
  const name = `${prefix}_${buffer.name}`;
  const define = (initialiser: string): string =>
    `const FLASH ${cType[buffer.type]} ${name}[${buffer.length}] = {${initialiser}};\n`;
  const text = elements(buffer.type === "f32", data);
  if (!isLarge(constant) || buffer.type === "f32") return define(`\n${text}`);
  const macro = `${name.toUpperCase()}_ELEMENTS`;
  return `#define ${macro} \\
${text.replace(/,\n$/, "\n").replace(/\n(?!$)/g, " \\\n")}#ifdef __AVR__
${assembled(name, buffer.type, macro)}#else
${define(macro)}#endif
`;
}

/** An array too large for C on AVR, made by the assembler of the same elements. */
function assembled(name: string, type: Exclude<ElementType, "f32">, elementsMacro: string): string {
  const directive = { i8: ".byte", u8: ".byte", i16: ".short", i32: ".long" }[type];
  const head = `.section .progmem.data.${name},\\"a\\",@progbits\\n\\t.balign 2\\n\\t.global ${name}\\n${name}:`;
  return `__asm__("${head}\\n\\t${directive} " WORDS(${elementsMacro}) "\\n\\t.text");
`;
}

const words = `/* The text of its arguments. */
#define WORDS(...) WORDS_OF(__VA_ARGS__)
#define WORDS_OF(...) #__VA_ARGS__

`;

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
