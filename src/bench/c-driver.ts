/**
 * The few lines of C around a generated engine: an exported door for Wasm, and a `main` for the host that answers
 * frames on stdin with results on stdout. They use only what `NAME.h` promises.
 */
import type { Port, Program } from "../loop/program.ts";
import type { Layout } from "../backend/assemblyscript.ts";

/** C files by name. */
export type CFiles = Readonly<Record<string, string>>;

export interface CPort {
  /** `int8_t`, `uint8_t` or `float` */
  readonly type: string;
  readonly rows: number;
  /** Elements of one row. */
  readonly rowLength: number;
  readonly rowBytes: number;
}

/** What a driver must know of an engine: its prefix, and the shape of what goes in and comes out. */
export interface CEngine {
  readonly name: string;
  readonly inputs: readonly CPort[];
  readonly outputs: readonly CPort[];
}

/** The engine that `printC` prints for `program`. */
export function cEngineOf(program: Pick<Program, "name" | "inputs" | "outputs">): CEngine {
  return { name: program.name, inputs: program.inputs.map(cPort), outputs: program.outputs.map(cPort) };
}

const cTypes = { i8: "int8_t", u8: "uint8_t", f32: "float" } as const;
const typeBytes = { i8: 1, u8: 1, f32: 4 } as const;

function cPort({ type, rows, rowLength }: Port): CPort {
  return { type: cTypes[type], rows, rowLength, rowBytes: rowLength * typeBytes[type] };
}

const portBytes = (port: CPort): number => port.rows * port.rowBytes;

/**
 * Buffers, and the calls as both drivers need them. The row that completes an inference fetches the result; rows of several
 * inputs come in the order of the program's calls.
 */
function shared({ name, inputs, outputs }: CEngine): string {
  const frames = inputs.map((_, i) => `frame_${i}`);
  const results = outputs.map((_, i) => `result_${i}`).join(", ");
  const declare = (prefix: string, port: CPort, i: number, length: number): string =>
    `static ${port.type} ${prefix}_${i}[${length}];\n`;
  return [
    `#include "${name}.h"\n\n`,
    ...inputs.map((port, i) => declare("frame", port, i, port.rows * port.rowLength)),
    ...inputs.map((port, i) => declare("row", port, i, port.rowLength)),
    ...outputs.map((port, i) => declare("result", port, i, port.rows * port.rowLength)),
    `\nstatic void run(void) { ${name}_run(${frames.join(", ")}, ${results}); }\n`,
    ...inputs.map(
      (_, i) =>
        `static void push_${i}(void) { if (${name}_push_row(row_${i}) == 1) ${name}_result(${results}); }\n`,
    ),
  ].join("");
}

/** `driver.c` for Wasm: exports `run`, `begin`, `push_row_I` and the addresses of the buffers. */
export function wasmDriver(engine: CEngine): CFiles {
  const door = (result: string, name: string, body: string): string =>
    `__attribute__((export_name("${name}"))) ${result} bench_${name}(void) { ${body} }\n`;
  const address = (name: string): string => door("const void *", `address_of_${name}`, `return ${name};`);
  const text = [
    shared(engine),
    "\n",
    door("void", "run", "run();"),
    door("void", "begin", `${engine.name}_begin();`),
    ...engine.inputs.map((_, i) => door("void", `push_row_${i}`, `push_${i}();`)),
    ...engine.inputs.flatMap((_, i) => [address(`frame_${i}`), address(`row_${i}`)]),
    ...engine.outputs.map((_, i) => address(`result_${i}`)),
  ].join("");
  return { "driver.c": text };
}

/** Where `wasmDriver` put its buffers, for `instantiateEngine`. */
export function wasmDriverLayout(engine: CEngine): (instance: WebAssembly.Instance) => Layout {
  return ({ exports }) => {
    const address = (name: string): number => (exports[`address_of_${name}`] as () => number)();
    return {
      constants: [],
      frames: engine.inputs.map((port, i) => ({ address: address(`frame_${i}`), bytes: portBytes(port) })),
      rows: engine.inputs.map((port, i) => ({ address: address(`row_${i}`), bytes: port.rowBytes })),
      outputs: engine.outputs.map((port, i) => ({ address: address(`result_${i}`), bytes: portBytes(port) })),
      exports: { run: "run", begin: "begin", pushRow: engine.inputs.map((_, i) => `push_row_${i}`) },
    };
  };
}

/**
 * `driver.c` for the host: reads frames from stdin until it ends and writes each result to stdout. With the argument
 * `push` it feeds rows, else it calls `run`.
 */
export function hostDriver(engine: CEngine): CFiles {
  const read = engine.inputs.map((_, i) => `fread(frame_${i}, sizeof frame_${i}, 1, stdin) == 1`);
  const write = engine.outputs.map((_, i) => `        fwrite(result_${i}, sizeof result_${i}, 1, stdout);\n`);
  const feeds = engine.inputs.map(
    (
      _,
      i,
    ) => `    memcpy(row_${i}, frame_${i} + y[${i}]++ * (sizeof row_${i} / sizeof row_${i}[0]), sizeof row_${i});
    push_${i}();
`,
  );
  const rows = engine.inputs.reduce((sum, port) => sum + port.rows, 0);
  const next = feeds.length > 1 ? `${engine.name}_next_input()` : "0";
  const text = `#include <stdio.h>
#include <string.h>
${shared(engine)}
static size_t y[${feeds.length}];

${feeds.map((feed, i) => `static void feed_${i}(void)\n{\n${feed}}\n`).join("")}
int main(int argc, char **argv)
{
    int by_rows = argc > 1 && strcmp(argv[1], "push") == 0;
    while (${read.join(" && ")}) {
        if (by_rows) {
            int pushed;
            memset(y, 0, sizeof y);
            ${engine.name}_begin();
            for (pushed = 0; pushed < ${rows}; ++pushed) {
                switch (${next}) {
${feeds.map((_, i) => `                case ${i}:\n                    feed_${i}();\n                    break;\n`).join("")}                default:
                    return 1;
                }
            }
        } else {
            run();
        }
${write.join("")}    }
    return 0;
}
`;
  return { "driver.c": text };
}
