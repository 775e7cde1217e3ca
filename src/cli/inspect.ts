import { basename } from "node:path";
import { macs, parameters } from "../graph/count.ts";
import { describe } from "../graph/describe.ts";
import { isQuantized } from "../graph/byte-type.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Port } from "../load/load-model.ts";
import { CompileError } from "../error.ts";
import { compile, prepare } from "../compile.ts";
import { schedules } from "../lower/schedule.ts";
import { scheduled } from "../lower/scheduled.ts";
import { optimize } from "../pass/passes.ts";
import type { Arguments } from "./arguments.ts";
import { oneFile } from "./choices.ts";
import type { Command, Result } from "./command.ts";
import { readModelFile, type ModelFile } from "./model-file.ts";
import { readBytesOf } from "./read-file.ts";
import { grouped, table } from "./table.ts";

/** `pingpool inspect`: what a model file holds, layer by layer, before anything is planned. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "print what a model file holds: layers, shapes, parameters, MACs, ranges, and what is in the way",
  usage: "pingpool inspect MODEL.pt [--input 1xCxHxW]",
  options: ["input", "arch", "calib", "name"],
  notes: ["", "Where the file cannot be read, all that is in the way is listed, and the exit code is 1."],
  run(typed) {
    const path = oneFile(typed, "inspect");
    const file = readOrRefuse(path, typed);
    if (file instanceof CompileError) return Promise.resolve(inTheWay(path, file));
    const graph = optimize(file.graph, { fusePool: true });
    const layers = layersOf(graph);
    const total = (key: "macs" | "parameters"): number => layers.reduce((sum, layer) => sum + layer[key], 0);
    const json = {
      model: file.path,
      sha256: file.sha256,
      bytes: file.bytes,
      name: graph.name,
      inputs: file.inputs.map(({ name, shape }) => ({ name, shape })),
      outputs: file.outputs.map(({ name, shape }) => ({ name, shape })),
      parameters: total("parameters"),
      macs: total("macs"),
      layers,
      compiles: { f32: obstacles(file, "f32"), int8: obstacles(file, "int8") },
      notes: file.notes,
    };
    const rows = layers.map(({ path, what, output, parameters, macs: count, weights }) => [
      path,
      what,
      output.join("x"),
      grouped(parameters),
      grouped(count),
      weights ? `${rounded(weights.min)} .. ${rounded(weights.max)}` : "",
    ]);
    const text = [
      `${file.path}: ${grouped(file.bytes)} bytes, ${portsInWords("input", json.inputs)}, ${portsInWords("output", json.outputs)}, ${grouped(json.parameters)} parameters, ${grouped(json.macs)} MACs`,
      "",
      table([["layer", "what", "output HxWxC", "parameters", "MACs", "weights"], ...rows]),
      ...Object.entries(json.compiles).flatMap(([dtype, found]) =>
        found.map((problem) => `in the way of ${dtype}: ${problem}`),
      ),
      ...file.notes.map((note) => `note: ${note}`),
    ].join("\n");
    return Promise.resolve({ json, text });
  },
};

/** The model, or why it cannot be read; a file that is not there is no model. */
function readOrRefuse(path: string, typed: Arguments): ModelFile | CompileError {
  readBytesOf(path);
  try {
    return readModelFile(path, typed);
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
}

function inTheWay(path: string, { problems }: CompileError): Result {
  const found = problems.map((problem) => problem.replace(`${basename(path)}: `, ""));
  const count = problems.length === 1 ? "one thing is" : `${problems.length} things are`;
  return {
    json: { model: path, inTheWay: found },
    text: [`${path}: ${count} in the way`, ...found.map((problem) => `- ${problem}`)].join("\n"),
    exitCode: 1,
  };
}

/** Why the network would not compile with the usual plan; nothing where it does. */
function obstacles({ graph, calibration }: ModelFile, dtype: "f32" | "int8"): readonly string[] {
  if (dtype === "f32" && isQuantized(graph)) return [];
  try {
    const prepared = prepare(graph, dtype, calibration.slice(0, 1));
    compile(prepared, {
      strategy: "stream",
      frame: "resident",
      fusePool: true,
      recipes: scheduled(schedules.blocked),
    });
    return [];
  } catch (error) {
    if (error instanceof CompileError) return error.problems;
    throw error;
  }
}

/** Three digits are enough to see a layer that is out of proportion. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `input 1x3x32x32`, or with several: `inputs image 1x3x8x8, state 1x4`. */
function portsInWords(word: string, ports: readonly Pick<Port, "name" | "shape">[]): string {
  if (ports.length === 1) return `${word} ${ports[0]!.shape.join("x")}`;
  return `${word}s ${ports.map(({ name, shape }) => `${name} ${shape.join("x")}`).join(", ")}`;
}

function layersOf(graph: Graph) {
  return graph.nodes.map((node) => {
    const { shape } = graph.tensors.get(node.output)!;
    return {
      path: node.name,
      what: describe(node, graph.tensors.get(node.output)),
      output: [shape.h, shape.w, shape.c],
      parameters: parameters(node),
      macs: macs(graph, node),
      ...rangeOf(node),
    };
  });
}

/** Least and greatest weight; bytes in a quantised network. */
function rangeOf(node: Node): { readonly weights?: { readonly min: number; readonly max: number } } {
  if (!("weight" in node) || !("shape" in node.weight)) return {};
  let [min, max] = [Infinity, -Infinity];
  for (const value of node.weight.data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { weights: { min, max } };
}
