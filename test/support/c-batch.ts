/**
 * Many generated engines in one program: one translation unit an engine, with the few lines that run it, and a table.
 *
 * An engine's frame, row and result are arrays of exactly their size, so that a sanitizer sees an access beyond them.
 */
import { cFilesOf } from "../../src/bench/build-engine.ts";
import { cEngineOf, type CFiles } from "../../src/bench/c-driver.ts";
import type { Trial } from "./trial.ts";

const header = `#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct engine {
    int (*drive)(int push); /* 0 when the result is there */
    void *frame;
    size_t frame_bytes;
    void *result;
    size_t result_bytes;
    int frames; /* how many there are to run */
};

extern const struct engine *const engines[];
extern const int engine_count;
`;

/** Engines `p0`, `p1`, …, and the table of them. Of equal weights only the first engine's are compiled. */
export function engineUnits(trials: readonly Trial[]): CFiles {
  const owners = new Map<string, string>();
  const units = trials.map((trial, i) => unit(trial, `p${i}`, owners));
  const names = trials.map((_, i) => `p${i}_engine`);
  const table = `#include "engine.h"
${names.map((name) => `extern const struct engine ${name};\n`).join("")}
const struct engine *const engines[] = {${names.map((name) => `&${name}`).join(", ")}};
const int engine_count = ${names.length};
`;
  return Object.assign({ "engine.h": header, "table.c": table }, ...units) as CFiles;
}

/** `owners` has the first engine of each text of weights. */
function unit({ program, frames }: Trial, name: string, owners: Map<string, string>): CFiles {
  const files = cFilesOf({ ...program, name });
  const weights = files[`${name}_weights.c`]!;
  const anonymous = weights.replaceAll(`${name}_`, "_");
  const owner = owners.get(anonymous);
  if (owner === undefined) owners.set(anonymous, name);
  const text = [
    ...(owner === undefined
      ? []
      : program.constants.map(({ buffer }) => `#define ${name}_${buffer.name} ${owner}_${buffer.name}\n`)),
    files[`${name}.c`]!,
    owner === undefined ? weights : "",
    door({ program, name, frames }),
  ];
  return { [`${name}.h`]: files[`${name}.h`]!, [`${name}.c`]: text.join("\n") };
}

function door({ program, name, frames }: Pick<Trial, "program" | "frames"> & { name: string }): string {
  const { inputs, outputs } = cEngineOf(program);
  const [input, output] = [inputs[0]!, outputs[0]!];
  return `#include "engine.h"

static ${input.type} door_frame[${input.rows * input.rowLength}];
static ${output.type} door_result[${output.rows * output.rowLength}];

static int door_drive(int push)
{
    int y;
    memset(door_result, 0x5a, sizeof door_result);
    if (!push) {
        return ${name}_run(door_frame, door_result);
    }
    ${name}_begin();
    for (y = 0; y < ${input.rows}; ++y) {
        ${input.type} row[${input.rowLength}];
        memcpy(row, door_frame + y * ${input.rowLength}, sizeof row);
        if (${name}_push_row(row) != (y == ${input.rows - 1})) {
            return 1;
        }
    }
    ${name}_result(door_result);
    return 0;
}

extern const struct engine ${name}_engine;
const struct engine ${name}_engine = {
    door_drive, door_frame, sizeof door_frame, door_result, sizeof door_result, ${frames.length}};
`;
}

/** Exports `drive`, `frame_of` and `result_of`, each of an engine's number. */
export const wasmDoor: CFiles = {
  "driver.c": `#include "engine.h"
#define EXPORT(name) __attribute__((export_name(#name)))
EXPORT(drive) int drive(int i, int push) { return engines[i]->drive(push); }
EXPORT(frame_of) void *frame_of(int i) { return engines[i]->frame; }
EXPORT(result_of) void *result_of(int i) { return engines[i]->result; }
`,
};

/** Reads the frames of all engines from stdin, in order; writes the result of each, of `run` and of rows pushed. */
export const hostDoor: CFiles = {
  "driver.c": `#include "engine.h"
#include <stdio.h>

int main(void)
{
    int i, f, push;
    for (i = 0; i < engine_count; ++i) {
        const struct engine *e = engines[i];
        for (f = 0; f < e->frames; ++f) {
            if (fread(e->frame, e->frame_bytes, 1, stdin) != 1) {
                return 1;
            }
            for (push = 0; push < 2; ++push) {
                if (e->drive(push) != 0) {
                    fprintf(stderr, "p%d.c: refused a frame or a row\\n", i);
                    return 1;
                }
                fwrite(e->result, e->result_bytes, 1, stdout);
            }
        }
    }
    return 0;
}
`,
};
