/** The public header of an engine: sizes as macros, quantisation helpers, and the functions to call. */
import type { Port, Program } from "../loop/program.ts";
import { cType, floatLiteral } from "./c-kernel.ts";

/** Pointer parameters of the functions that take frames or give results, one a port. */
export function portParameters(ports: readonly Port[], name: string, constant: boolean): string {
  const word = constant ? "const " : "";
  return ports.map((p, i) => `${word}${cType[p.type]} *${portName(ports, name, i)}`).join(", ");
}

export function portName(ports: readonly Port[], name: string, index: number): string {
  return ports.length === 1 ? name : `${name}${index}`;
}

/** Type of the pointer `push_row` takes: that of the inputs if they agree. */
export function rowPointer(program: Program): string {
  const types = new Set(program.inputs.map((p) => cType[p.type]));
  return types.size === 1 ? `const ${[...types][0]!} *row` : "const void *row";
}

export function printHeader(
  program: Program,
  comment: string,
  constantBytes: number,
  selfTest: boolean,
): string {
  const { name } = program;
  const upper = name.toUpperCase();
  const ports = [
    ...program.inputs.map((p, i) => portMacros(upper, portName(program.inputs, "INPUT", i), p)),
    ...program.outputs.map((p, i) => portMacros(upper, portName(program.outputs, "OUTPUT", i), p)),
  ];
  const isSeveral = program.inputs.length > 1;
  const several = isSeveral ? `, each of the input that\n   ${name}_next_input tells` : "";
  return `${comment}#ifndef ${upper}_H
#define ${upper}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read-write memory for activations. */
#define ${upper}_ARENA_BYTES ${program.arenaBytes}
#define ${upper}_ARENA_ALIGNMENT ${program.arenaAlignment}
/* Read-only memory for weights, biases and multipliers. */
#define ${upper}_WEIGHT_BYTES ${constantBytes}

${ports.join("\n")}
${quantizers(program)}#ifdef ${upper}_EXTERNAL_ARENA
/* Memory of ${upper}_ARENA_BYTES bytes, aligned to ${upper}_ARENA_ALIGNMENT, to be used until the next call of this function. */
void ${name}_use_arena(void *memory);
#endif

/* One inference on a whole frame. Returns 0, or -1 if there is no arena. */
int ${name}_run(${portParameters(program.inputs, "frame", true)}, ${portParameters(program.outputs, "out", false)});

/* Row by row: begin, then push every row from the top down${several}. ${name}_push_row returns 1 when the
   result is ready, 0 when it needs more rows, -1 if it was not begun or has no arena. */
void ${name}_begin(void);
int ${name}_push_row(${rowPointer(program)});
${isSeveral ? `/* Which input the next row is of, counted from 0; -1 when no more rows are needed. */\nint ${name}_next_input(void);\n` : ""}void ${name}_result(${portParameters(program.outputs, "out", false)});
${selfTest ? `\n/* Runs a recorded input both ways; 0 if the expected output came out. */\nint ${name}_selftest(void);\n` : ""}
#ifdef __cplusplus
}
#endif

#endif
`;
}

function portMacros(upper: string, port: string, p: Port): string {
  const define = (suffix: string, value: number | string): string =>
    `#define ${upper}_${port}_${suffix} ${value}\n`;
  return [
    `/* ${p.name}: ${p.shape.h}x${p.shape.w}x${p.shape.c}, rows of height x width x channels. */\n`,
    define("HEIGHT", p.shape.h),
    define("WIDTH", p.shape.w),
    define("CHANNELS", p.shape.c),
    define("ROWS", p.rows),
    define("ROW_LENGTH", p.rowLength),
    define("LENGTH", p.rows * p.rowLength),
    ...(p.scale === undefined ? [] : [define("SCALE", floatLiteral(p.scale))]),
    ...(p.zeroPoint === undefined
      ? []
      : [define("ZERO_POINT", p.zeroPoint < 0 ? `(${p.zeroPoint})` : p.zeroPoint)]),
  ].join("");
}

/** real = scale × (q − zero point), for each quantised port. */
function quantizers(program: Program): string {
  const of = (ports: readonly Port[], word: "input" | "output"): string[] =>
    ports.flatMap((p, i) => {
      if (p.scale === undefined) return [];
      const port = portName(ports, word, i);
      const suffix = ports.length === 1 ? "" : `_${i}`;
      const macro = `${program.name}_${port}`.toUpperCase();
      return word === "input"
        ? [quantizer(`${program.name}_quantize${suffix}`, macro, p)]
        : [dequantizer(`${program.name}_dequantize${suffix}`, macro, p)];
    });
  return [...of(program.inputs, "input"), ...of(program.outputs, "output")]
    .map((text) => `${text}\n`)
    .join("");
}

function quantizer(name: string, macro: string, p: Port): string {
  const [low, high] = p.type === "u8" ? [0, 255] : [-128, 127];
  return `/* Nearest byte to a real input, halves away from zero, limited to ${low} and ${high}. */
static inline ${cType[p.type]} ${name}(float real)
{
    const float scaled = real / ${macro}_SCALE;
    const float limited = scaled > -1024.0f ? (scaled < 1024.0f ? scaled : 1024.0f) : -1024.0f;
    const int32_t whole = (int32_t)limited;
    const float rest = limited - (float)whole;
    const int32_t q = whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0) + ${macro}_ZERO_POINT;
    return (${cType[p.type]})(q < ${low} ? ${low} : (q > ${high} ? ${high} : q));
}
`;
}

function dequantizer(name: string, macro: string, p: Port): string {
  return `/* The real output a byte stands for. */
static inline float ${name}(${cType[p.type]} q)
{
    return (float)((int32_t)q - ${macro}_ZERO_POINT) * ${macro}_SCALE;
}
`;
}
