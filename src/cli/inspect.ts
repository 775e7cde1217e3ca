import { macs, parameterBytes } from "../graph/count.ts";
import { describe } from "../graph/describe.ts";
import type { Graph } from "../graph/graph.ts";
import type { Port } from "../load/load-model.ts";
import { optimize } from "../pass/passes.ts";
import { oneFile } from "./choices.ts";
import type { Command } from "./command.ts";
import { readModelFile } from "./model-file.ts";
import { grouped, table } from "./table.ts";

/** `pingpool inspect`: what a model file holds, layer by layer, before anything is planned. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "print what a model file holds: layers, shapes, parameters, MACs, notes",
  usage: "pingpool inspect MODEL.pt [--input 1xCxHxW]",
  options: ["input", "calib", "name"],
  notes: [],
  run(typed) {
    const file = readModelFile(oneFile(typed, "inspect"), typed);
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
      notes: file.notes,
    };
    const rows = layers.map(({ path, what, output, parameters, macs: count }) => [
      path,
      what,
      output.join("x"),
      grouped(parameters),
      grouped(count),
    ]);
    const text = [
      `${file.path}: ${grouped(file.bytes)} bytes, ${portsInWords("input", json.inputs)}, ${portsInWords("output", json.outputs)}, ${grouped(json.parameters)} parameters, ${grouped(json.macs)} MACs`,
      "",
      table([["layer", "what", "output HxWxC", "parameters", "MACs"], ...rows]),
      ...file.notes.map((note) => `note: ${note}`),
    ].join("\n");
    return Promise.resolve({ json, text });
  },
};

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
      what: describe(node),
      output: [shape.h, shape.w, shape.c],
      parameters: parameterBytes(node) / 4,
      macs: macs(graph, node),
    };
  });
}
