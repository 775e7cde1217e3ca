/**
 * The C engine around the kernels: arena, call table, `run`, `begin`, `push_row`, `result`.
 *
 * The table holds every kernel call of an inference, neighbours that differ only by one row as one entry. The engine
 * walks it, stopping before each call that needs a pushed row.
 */
import { CompileError } from "../error.ts";
import type { ElementType, Kernel } from "../loop/ir.ts";
import type { Program } from "../loop/program.ts";
import { address, cType, intLiteral, kernelParameters, printKernel, printSharedKernel } from "./c-kernel.ts";
import { portName, portParameters, rowPointer } from "./c-header.ts";
import { printPrelude } from "./c-prelude.ts";
import { shareKernels, type Sharing } from "./c-shared.ts";
import { declareConstants, printFlash } from "./c-weights.ts";
import { elementBytes } from "../loop/type-of.ts";
import { buffersOf, runsOf, splitCalls, touches } from "./text.ts";

export function printEngine(program: Program, comment: string): string {
  const { name } = program;
  const sharing = shareKernels(program);
  const float =
    program.constants.some(({ buffer }) => buffer.type === "f32") ||
    program.inputs.some((p) => p.type === "f32");
  return `${comment}#include "${name}.h"

#include <string.h>
${float ? "\n/* Every product and sum is rounded by itself: compile with -ffp-contract=off where this is not known. */\n#if defined(__clang__)\n#pragma STDC FP_CONTRACT OFF\n#endif\n" : ""}
${printFlash(program)}
#ifdef __cplusplus
extern "C" {
#endif

${declareConstants(program)}
#ifdef __cplusplus
}
#endif

${printTrace(name)}
${kernelAttribute}
${printArena(program)}
${printPrelude(printedKernels(program, sharing))}${printKernels(program, sharing).join("\n")}
${printCalls(program, sharing)}
${printEntries(program)}`;
}

/** Kernels as they are printed: a number that differs among those that share a function is a name there. */
function printedKernels({ kernels }: Program, { served, functions }: Sharing): readonly Kernel[] {
  return kernels.flatMap((kernel, index) => {
    const shared = functions.get(index);
    if (shared) return [shared.kernel];
    return served.has(index) ? [] : [kernel];
  });
}

/** Every kernel that is a function of its own, and one function for kernels that share. */
function printKernels({ name, kernels, offsets }: Program, { served, functions }: Sharing): string[] {
  return kernels.flatMap((kernel, index) => {
    const shared = functions.get(index);
    if (shared) return [printSharedKernel(shared, name)];
    return served.has(index) ? [] : [printKernel(kernel, name, offsets)];
  });
}

/** The call of a kernel for `row`. */
function printCall({ name, kernels, offsets }: Program, { served }: Sharing, index: number): string {
  const call = served.get(index);
  if (!call) return `${name}_${kernels[index]!.name}(row)`;
  const buffers = call.buffers.map((buffer) => address(buffer, name, offsets));
  return `${name}_${kernels[call.leader]!.name}(${["row", ...buffers, ...call.numbers.map(intLiteral)].join(", ")})`;
}

/** A hook before every kernel: on a board it may read a clock, on an emulator it marks the place. */
function printTrace(name: string): string {
  const macro = traceMacro(name);
  return `/* Define it to be told the number of the kernel that runs next, as in call_kernel below. */
#ifndef ${macro}
#define ${macro}(kernel) ((void)0)
#endif
`;
}

/**
 * GCC 12's ivopts may write a store's address as a difference with a null base; ipa-modref then takes the kernel for one that
 * stores nothing, and its call is dropped. (Seen in MobileNetV1's pointwise layers at -O2, on x86-64 and Cortex-M.)
 */
const kernelAttribute = `/* Each kernel by itself: GCC 12 loses stores it has moved when it reasons about a whole file. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
#define KERNEL __attribute__((noipa))
#else
#define KERNEL
#endif
`;

const traceMacro = (name: string): string => `${name.toUpperCase()}_TRACE`;

/** A union, so that buffers of several element types may share bytes. */
function printArena(program: Program): string {
  const { name } = program;
  const upper = name.toUpperCase();
  const types = new Set<ElementType>();
  for (const kernel of program.kernels) {
    for (const b of buffersOf(kernel)) if (b.space === "arena") types.add(b.type);
  }
  const members = [...types].sort().map((type) => {
    const count = Math.max(1, Math.ceil(program.arenaBytes / elementBytes[type]));
    return `    ${cType[type]} ${type}[${count}];\n`;
  });
  return `union arena {
${members.join("")}};

#ifdef ${upper}_EXTERNAL_ARENA
static union arena *arena;
#define ARENA arena

void ${name}_use_arena(void *memory)
{
    arena = (union arena *)memory;
}
#define HAS_ARENA (arena != 0)
#else
static union arena arena;
#define ARENA (&arena)
#define HAS_ARENA 1
#endif
`;
}

function printCalls(program: Program, sharing: Sharing): string {
  const { work } = splitCalls(program);
  const runs = runsOf(work, 255);
  const widest = work.reduce((most, call) => Math.max(most, call.row), 0);
  if (program.kernels.length > 255 || widest > 65535 || runs.length > 65535) {
    throw new CompileError(
      `${program.name}: too large for the C call table (255 layers, 65535 rows); make it smaller`,
    );
  }
  const entries = runs.map(({ kernel, row, count }) => `{${row}, ${kernel}, ${count}}`);
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += 8) lines.push(`    ${entries.slice(i, i + 8).join(", ")},\n`);
  const cases = program.kernels.flatMap((kernel, index) =>
    touches(kernel, "input") || touches(kernel, "output")
      ? []
      : [
          `    case ${index}:\n        ${traceMacro(program.name)}(${index});\n        ${printCall(program, sharing, index)};\n        break;\n`,
        ],
  );
  return `/* What runs in one inference: count calls of a kernel, from row on. */
struct calls {
    uint16_t row;
    uint8_t kernel;
    uint8_t count;
};

#define CALLS ${runs.length}
static const FLASH struct calls calls[CALLS] = {
${lines.join("")}};

static uint16_t at;   /* the entry that runs next */
static uint8_t turn;  /* how many of its calls have run */

static void call_kernel(uint8_t kernel, int32_t row)
{
    switch (kernel) {
${cases.join("")}    default:
        break;
    }
}

static void step(void)
{
    ++turn;
    if (turn == calls[at].count) {
        turn = 0;
        ++at;
    }
}

/* Runs all that can run before the next row. */
static void advance(void)
{
    while (at < CALLS && ${program.inputKernels.map((k) => `calls[at].kernel != ${k}`).join(" && ")}) {
        call_kernel(calls[at].kernel, (int32_t)calls[at].row + turn);
        step();
    }
}
`;
}

function printEntries(program: Program): string {
  const { name, inputs, outputs } = program;
  const { results } = splitCalls(program);
  const outArguments = outputs.map((_, i) => portName(outputs, "out", i));
  const outputKernels = program.kernels.flatMap((kernel, i) => (touches(kernel, "output") ? [i] : []));
  const outIndex = (kernel: number): number => outputKernels.indexOf(kernel);
  return `void ${name}_begin(void)
{
    at = 0;
    turn = 0;
    if (HAS_ARENA) {
        advance();
    }
}

int ${name}_push_row(${rowPointer(program)})
{
    if (!HAS_ARENA || at == CALLS) {
        return -1;
    }
${printTake(program)}    step();
    advance();
    return at == CALLS;
}

${inputs.length > 1 ? printNextInput(program) : ""}void ${name}_result(${portParameters(outputs, "out", false)})
{
${results.map((c) => `    ${traceMacro(name)}(${c.kernel});\n    ${name}_${program.kernels[c.kernel]!.name}(${c.row}, ${outArguments[outIndex(c.kernel)]!});\n`).join("")}}

int ${name}_run(${portParameters(inputs, "frame", true)}, ${portParameters(outputs, "out", false)})
{
    if (!HAS_ARENA) {
        return -1;
    }
    ${name}_begin();
    while (at < CALLS) {
        const int32_t row = (int32_t)calls[at].row + turn;
${printFeed(program)}    }
    ${name}_result(${outArguments.join(", ")});
    return 0;
}
`;
}

function printNextInput({ name, inputKernels }: Program): string {
  const cases = inputKernels.map((kernel, i) => `    case ${kernel}:\n        return ${i};\n`);
  return `int ${name}_next_input(void)
{
    switch (at < CALLS ? (int)calls[at].kernel : -1) {
${cases.join("")}    default:
        return -1;
    }
}

`;
}

function printTake(program: Program): string {
  const cast = (kernel: number): string => {
    const [, pointer] = kernelParameters(program.kernels[kernel]!).split(", ");
    const type = pointer!.slice(0, pointer!.lastIndexOf("*") + 1);
    return rowPointer(program).startsWith("const void") ? `(${type})row` : "row";
  };
  return byInput(program, "    ", (_, kernel) => {
    const call = `${program.name}_${program.kernels[kernel]!.name}((int32_t)calls[at].row + turn, ${cast(kernel)});`;
    return [`${traceMacro(program.name)}(${kernel});`, call];
  });
}

function printFeed(program: Program): string {
  const { inputs, name } = program;
  return byInput(program, "        ", (index) => {
    const length = `${name}_${portName(inputs, "input", index)}_ROW_LENGTH`.toUpperCase();
    return [`${name}_push_row(${portName(inputs, "frame", index)} + row * ${length});`];
  });
}

/** Statements a graph input, chosen by the kernel whose turn it is. */
function byInput(
  program: Program,
  indent: string,
  text: (index: number, kernel: number) => readonly string[],
): string {
  const block = (i: number, kernel: number, deeper: string): string =>
    text(i, kernel)
      .map((line) => `${deeper}${line}\n`)
      .join("");
  const [only] = program.inputKernels;
  if (program.inputKernels.length === 1) return block(0, only!, indent);
  return program.inputKernels
    .map(
      (kernel, i) =>
        `${indent}${i === 0 ? "if" : "else if"} (calls[at].kernel == ${kernel}) {\n${block(i, kernel, `${indent}    `)}${indent}}\n`,
    )
    .join("");
}
