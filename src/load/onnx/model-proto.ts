/**
 * The parts of ONNX's ModelProto that a network needs, by the field numbers of onnx.proto. Graphs inside nodes (If,
 * Loop, Scan) are not read: such nodes are refused by name.
 */
import { CompileError } from "../../error.ts";
import {
  damaged,
  integerOf,
  messageOf,
  pushFloats,
  pushIntegers,
  readFields,
  textOf,
  type Field,
} from "./protobuf.ts";
import { readTensorProto, type TensorProto } from "./tensor-proto.ts";

export interface ModelProto {
  readonly producer: string;
  /** Operator set by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphProto;
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** Initializers are listed here too by writers before IR version 4. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** An empty name is an input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  readonly float?: number;
  readonly integer?: number;
  readonly text?: string;
  readonly tensor?: TensorProto;
  readonly floats: readonly number[];
  readonly integers: readonly number[];
}

export interface ValueInfo {
  readonly name: string;
  /** ONNX's number for the element type; 0 where it is no tensor. */
  readonly elementType: number;
  /** A number, or the name of one that is not fixed; undefined where the rank is open too. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Enough for any network that fits a microcontroller, and little enough that a hostile file cannot fill the memory. */
const mostItems = 100_000;
const mostNumbers = 1 << 16;

export function readModelProto(bytes: Uint8Array): ModelProto {
  let producer = "";
  let graph: GraphProto | undefined;
  const opsets = new Map<string, number>();
  readFields(bytes, "ONNX model", (field) => {
    if (field.number === 2) producer = textOf(field, "producer_name");
    else if (field.number === 7) graph = readGraph(messageOf(field, "graph"));
    else if (field.number === 8) readOpset(messageOf(field, "opset_import"), opsets);
  });
  if (!graph)
    throw new CompileError("ONNX model without a graph; the file is damaged, download or save it again");
  return { producer, opsets, graph };
}

function readOpset(message: Uint8Array, opsets: Map<string, number>): void {
  let domain = "";
  let version = 0;
  readFields(message, "opset_import", (field) => {
    if (field.number === 1) domain = textOf(field, "opset_import");
    else if (field.number === 2) version = integerOf(field, "opset_import");
  });
  if (opsets.size >= 100) throw damaged("opset_import", 0, "over 100 operator sets");
  opsets.set(domain === "ai.onnx" ? "" : domain, version);
}

function readGraph(message: Uint8Array): GraphProto {
  const graph = {
    nodes: [] as NodeProto[],
    initializers: [] as TensorProto[],
    inputs: [] as ValueInfo[],
    outputs: [] as ValueInfo[],
  };
  readFields(message, "graph", (field) => {
    const place = `graph field ${field.number}`;
    if (field.number === 1)
      push("nodes", graph.nodes, readNode(messageOf(field, place), `node ${graph.nodes.length}`));
    else if (field.number === 5)
      push("initializers", graph.initializers, readTensorProto(messageOf(field, place), place));
    else if (field.number === 11) push("inputs", graph.inputs, readValueInfo(messageOf(field, place)));
    else if (field.number === 12) push("outputs", graph.outputs, readValueInfo(messageOf(field, place)));
  });
  return graph;
}

function readNode(message: Uint8Array, place: string): NodeProto {
  const node = { name: "", opType: "", domain: "" };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  readFields(message, place, (field) => {
    if (field.number === 1) push("inputs of a node", inputs, textOf(field, place));
    else if (field.number === 2) push("outputs of a node", outputs, textOf(field, place));
    else if (field.number === 3) node.name = textOf(field, place);
    else if (field.number === 4) node.opType = textOf(field, place);
    else if (field.number === 5) readAttribute(messageOf(field, place), place, attributes);
    else if (field.number === 7) node.domain = textOf(field, place).replace(/^ai\.onnx$/, "");
  });
  return { ...node, inputs, outputs, attributes };
}

function readAttribute(message: Uint8Array, place: string, into: Map<string, Attribute>): void {
  let name = "";
  const single: { float?: number; integer?: number; text?: string; tensor?: TensorProto } = {};
  const floats: number[] = [];
  const integers: number[] = [];
  const inside = `${place}, attribute`;
  readFields(message, inside, (field) => {
    if (field.number === 1) name = textOf(field, inside);
    else if (field.number === 2) pushFloats(field, 4, inside, (value) => (single.float = value));
    else if (field.number === 3) single.integer = integerOf(field, inside);
    else if (field.number === 4) single.text = textOf(field, inside);
    else if (field.number === 5) single.tensor = readTensorProto(messageOf(field, inside), inside);
    else if (field.number === 7) pushFloats(field, 4, inside, (value) => pushNumber(floats, value, inside));
    else if (field.number === 8) pushIntegers(field, inside, (value) => pushNumber(integers, value, inside));
  });
  if (into.size >= 1000) throw damaged(place, 0, "over 1000 attributes");
  into.set(name, { ...single, floats, integers });
}

function readValueInfo(message: Uint8Array): ValueInfo {
  let name = "";
  let elementType = 0;
  let shape: (number | string)[] | undefined;
  const inTensorType = (field: Field): void => {
    if (field.number === 1) elementType = integerOf(field, name);
    else if (field.number === 2) shape = readShape(messageOf(field, name), name);
  };
  readFields(message, "graph input", (field) => {
    if (field.number === 1) name = textOf(field, "graph input");
    else if (field.number === 2) {
      readFields(messageOf(field, name), name, (type) => {
        if (type.number === 1) readFields(messageOf(type, name), name, inTensorType);
      });
    }
  });
  return { name, elementType, shape };
}

function readShape(message: Uint8Array, place: string): (number | string)[] {
  const shape: (number | string)[] = [];
  readFields(message, place, (field) => {
    if (field.number !== 1) return;
    let extent: number | string = "?";
    readFields(messageOf(field, place), place, (dimension) => {
      if (dimension.number === 1) extent = integerOf(dimension, place);
      else if (dimension.number === 2) extent = textOf(dimension, place);
    });
    if (shape.length >= 32) throw damaged(place, 0, "over 32 dimensions");
    shape.push(typeof extent === "number" && extent < 1 ? "?" : extent);
  });
  return shape;
}

function push<Item>(what: string, items: Item[], item: Item): void {
  if (items.length >= mostItems)
    throw new CompileError(`ONNX graph with over ${mostItems} ${what}; not a network for a microcontroller`);
  items.push(item);
}

function pushNumber(numbers: number[], value: number, place: string): void {
  if (numbers.length >= mostNumbers) throw damaged(place, 0, `over ${mostNumbers} numbers`);
  numbers.push(value);
}
