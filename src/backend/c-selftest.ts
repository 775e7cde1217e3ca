/** A recorded input and its expected output as a C file: what to run first on a new board. */
import type { Port, Program } from "../loop/program.ts";
import { cType } from "./c-kernel.ts";
import { elements } from "./c-weights.ts";
import { portName } from "./c-header.ts";

/** Elements of all inputs, and of all outputs, one after another in port order. */
export interface Sample {
  readonly input: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
}

export function printSelfTest(program: Program, comment: string, sample: Sample): string {
  const { name, inputs, outputs } = program;
  const length = (port: string): string => `${name}_${port}_length`.toUpperCase();
  const actual = outputs.map((p, i) => {
    const out = portName(outputs, "out", i);
    return `static ${cType[p.type]} ${out}[${length(portName(outputs, "output", i))}];\n`;
  });
  const check = outputs.map((_, i) => {
    const suffix = portName(outputs, "", i);
    return `    for (i = 0; i < ${length(`output${suffix}`)}; ++i) {
        if (!same(out${suffix}[i], expected${suffix}[i])) {
            return 0;
        }
    }
`;
  });
  const frames = inputs.map((_, i) => portName(inputs, "frame", i)).join(", ");
  const outs = outputs.map((_, i) => portName(outputs, "out", i)).join(", ");
  return `${comment}#include "${name}.h"

${constants(inputs, "frame", sample.input)}${constants(outputs, "expected", sample.expected)}${actual.join("")}
${sameFunction(outputs)}
static int matches(void)
{
    int32_t i;
${check.join("")}    return 1;
}

int ${name}_selftest(void)
{
    if (${name}_run(${frames}, ${outs}) != 0 || !matches()) {
        return 1;
    }
${inputs.length === 1 ? pushRows(name, outs) : pushEach(program, outs)}    return 0;
}

#ifdef ${name.toUpperCase()}_SELFTEST_MAIN
int main(void)
{
    return ${name}_selftest();
}
#endif
`;
}

/** Rows of several inputs, in the order the engine asks for them. */
function pushEach({ name, inputs }: Program, outs: string): string {
  const counters = inputs.map((_, i) => `    int32_t row${i} = 0;\n`);
  const cases = inputs.map((_, i) => {
    const length = `${name}_INPUT${i}_ROW_LENGTH`.toUpperCase();
    return `        case ${i}:
            done = ${name}_push_row(frame${i} + row${i}++ * ${length});
            break;
`;
  });
  return `    int done = 0;
${counters.join("")}    ${name}_begin();
    while (done == 0) {
        switch (${name}_next_input()) {
${cases.join("")}        default:
            return 2;
        }
    }
    ${name}_result(${outs});
    if (done != 1 || !matches()) {
        return 3;
    }
`;
}

function pushRows(name: string, outs: string): string {
  const upper = `${name}_INPUT`.toUpperCase();
  return `    ${name}_begin();
    for (int32_t row = 0; row < ${upper}_ROWS; ++row) {
        if (${name}_push_row(frame + row * ${upper}_ROW_LENGTH) != (row == ${upper}_ROWS - 1)) {
            return 2;
        }
    }
    ${name}_result(${outs});
    if (!matches()) {
        return 3;
    }
`;
}

/** Bytes are compared exactly; floats within 1e-5, since a compiler may contract a × b + c unless told not to. */
function sameFunction(outputs: readonly Port[]): string {
  const float = outputs.some((p) => p.type === "f32");
  const type = float ? "float" : "int32_t";
  const test = float
    ? `    const float difference = a > b ? a - b : b - a;
    const float size = b < 0.0f ? -b : b;
    return difference <= 1e-5f * (size > 1.0f ? size : 1.0f);`
    : "    return a == b;";
  return `static int same(${type} a, ${type} b)
{
${test}
}
`;
}

function constants(ports: readonly Port[], name: string, values: ArrayLike<number>): string {
  let start = 0;
  return ports
    .map((p, i) => {
      const length = p.rows * p.rowLength;
      const slice = Array.from(values).slice(start, start + length);
      start += length;
      return `static const ${cType[p.type]} ${portName(ports, name, i)}[${length}] = {\n${elements(p.type === "f32", slice)}};\n`;
    })
    .join("");
}
