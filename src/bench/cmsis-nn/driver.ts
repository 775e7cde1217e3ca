/**
 * A C program that runs an int8 network with CMSIS-NN's public int8 functions: the same integers as our engine, layer by
 * layer, whole tensors planned by lifetime. Its bytes are all signed: what is u8 here is i8 with 128 less.
 */
import { elements } from "../../backend/c-weights.ts";
import type { Planned } from "../../compile.ts";
import { CompileError } from "../../error.ts";
import { byteTypeOf } from "../../graph/byte-type.ts";
import { tensorOf } from "../../graph/build.ts";
import type { Graph, Tensor } from "../../graph/graph.ts";
import type { EngineFiles } from "../device/build.ts";
import { callOf, type LayerCall } from "./layer.ts";

/** Bytes of the network's own types: a frame and the result the evaluator gives for it. */
export interface ByteSample {
  readonly input: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
}

/**
 * Files as an engine's, but for the self-test, which returns how many bytes differ from the evaluator's and, in its high 16
 * bits, by how much at most.
 */
export function printDriver({ graph, plan }: Planned, sample: ByteSample): EngineFiles {
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1)
    throw new CompileError(`${graph.name}: the CMSIS-NN driver runs networks of one input and one output`);
  if ([...graph.tensors.values()].some(({ dtype }) => dtype === "i16"))
    throw new CompileError(
      `${graph.name}: the CMSIS-NN driver has no activations of 16 bits; use --activations int8`,
    );
  const [input, output] = [tensorOf(graph, graph.inputs[0]!), tensorOf(graph, graph.outputs[0]!)];
  const at = (name: string): string => `(arena + ${plan.rings.get(name)!.offset})`;
  const calls = graph.nodes.map((node, i) => callOf(graph, node, `n${i}`, at));
  return {
    [`${graph.name}.h`]: header(graph.name),
    [`${graph.name}.c`]: driver(graph, calls, plan.arenaBytes, [
      `memcpy(${at(input.name)}, frame, ${lengthOf(input)});`,
      `memcpy(out, ${at(output.name)}, ${lengthOf(output)});`,
    ]),
    [`${graph.name}_weights.c`]: weights(graph.name, calls),
    [`${graph.name}_selftest.c`]: selfTest(graph, calls, sample),
  };
}

const lengthOf = ({ shape }: Tensor): number => shape.h * shape.w * shape.c;

function header(name: string): string {
  return `#ifndef ${name.toUpperCase()}_H
#define ${name.toUpperCase()}_H

#include "arm_nnfunctions.h"
#include "arm_nnsupportfunctions.h"
#include <string.h>

/* Working memory, more than any layer asks for. */
#define SCRATCH_BYTES 65536
extern int8_t ${name}_scratch[SCRATCH_BYTES];
void ${name}_prepare(void);
int ${name}_run(const int8_t *frame, int8_t *out);
int ${name}_selftest(void);
int32_t ${name}_scratch_bytes(void);

#endif
`;
}

function driver(
  { name }: Graph,
  calls: readonly LayerCall[],
  arenaBytes: number,
  [take, give]: readonly [string, string],
): string {
  const trace = (kernel: number): string => `    TRACE(${kernel});\n`;
  const lines = calls.map(({ text }, i) => `${trace(i + 1)}${text}`);
  const sums = calls.flatMap(({ sums: count }, i) =>
    count === undefined ? [] : [`static int32_t n${i}_sums[${count}];\n`],
  );
  return `#include "${name}.h"
#ifdef ${name.toUpperCase()}_TRACE
#define TRACE(kernel) ${name.toUpperCase()}_TRACE(kernel)
#else
#define TRACE(kernel) ((void)0)
#endif

static int8_t arena[${arenaBytes}] __attribute__((aligned(16)));
#define scratch ${name}_scratch
${declarations(calls)}
/* With MVE, fully connected layers want the sums of their weights, made once. */
#ifdef ARM_MATH_MVEI
${sums.join("")}#define SUMS(sums) ((void *)(sums))
#else
#define SUMS(sums) NULL
#endif

void ${name}_prepare(void)
{
#ifdef ARM_MATH_MVEI
${calls.flatMap(({ prepare }) => prepare ?? []).join("")}#endif
}

int ${name}_run(const int8_t *frame, int8_t *out)
{
    int32_t failed = 0;
${trace(0)}    ${take}
${lines.join("")}${trace(calls.length + 1)}    ${give}
    return failed != 0 ? -1 : 0;
}
`;
}

function constantsOf(calls: readonly LayerCall[]) {
  return calls.flatMap(({ constants }) => constants);
}

function declarations(calls: readonly LayerCall[]): string {
  return constantsOf(calls)
    .map(({ name, type, data }) => `extern const ${type} ${name}[${data.length}];\n`)
    .join("");
}

function weights(name: string, calls: readonly LayerCall[]): string {
  const arrays = constantsOf(calls).map(
    ({ name: array, type, data }) =>
      `const ${type} ${array}[${data.length}] __attribute__((aligned(4))) = {\n${elements(false, data)}};\n`,
  );
  return `#include "${name}.h"\n\n${declarations(calls)}\n${arrays.join("\n")}`;
}

function selfTest(graph: Graph, calls: readonly LayerCall[], { input, expected }: ByteSample): string {
  const { name } = graph;
  const array = (tensor: string, values: ArrayLike<number>): string => {
    const { dtype } = byteTypeOf(tensorOf(graph, tensor));
    const bytes = Array.from(values, (value) => (dtype === "u8" ? value - 128 : value));
    return `[${bytes.length}] = {\n${elements(false, bytes)}};\n`;
  };
  const sizes = calls.flatMap(({ scratchBytes }) => scratchBytes ?? []);
  return `#include "${name}.h"

int8_t ${name}_scratch[SCRATCH_BYTES] __attribute__((aligned(16)));
static const int8_t frame${array(graph.inputs[0]!, input)}static const int8_t expected${array(graph.outputs[0]!, expected)}static int8_t out[sizeof expected];

/* The most working memory that any layer asks for. */
int32_t ${name}_scratch_bytes(void)
{
    int32_t most = 0;
${sizes.map((size) => `    {\n${size}        most = MAX(most, bytes);\n    }\n`).join("")}    return most;
}

int ${name}_selftest(void)
{
    int32_t differing = 0;
    int32_t worst = 0;
    ${name}_prepare();
    if (${name}_scratch_bytes() > SCRATCH_BYTES || ${name}_run(frame, out) != 0) {
        return -1;
    }
    for (int32_t i = 0; i < (int32_t)sizeof expected; ++i) {
        const int32_t distance = out[i] < expected[i] ? expected[i] - out[i] : out[i] - expected[i];
        differing += distance != 0;
        worst = MAX(worst, distance);
    }
    return worst << 16 | differing;
}
`;
}
