/** Files made to exhaust whoever reads them: each small, each with a size, a depth or a count that a seed chooses. */
import { gzipSync, strToU8, unzipSync, zipSync } from "fflate";
import { archive, forward, joined, op, pickle, pickleValue } from "../test/load/archives.ts";
import { newFile, tensor } from "../test/load/exported-files.ts";
import { floats, int64s, message, node, onnx, varint, type TestNode } from "../test/support/onnx.ts";
import type { Random } from "../test/support/random.ts";

type Bomb = (random: Random) => Uint8Array;

/** The input that bombs are loaded with, which their networks take. */
export const bombShape = [1, 1, 4, 4];

const large = ({ int }: Random): number => 2 ** int(8, 16);
const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

const inSave = (data: Uint8Array): Uint8Array => zipSync({ "m/data.pkl": data, "m/version": strToU8("3\n") });

const inScript = (data: Uint8Array): Uint8Array =>
  zipSync({
    "m/data.pkl": data,
    "m/constants.pkl": pickle(op(")")),
    "m/code/__torch__.py": strToU8(forward("return x")),
    "m/version": strToU8("3\n"),
  });

const inEither = (data: Uint8Array, { int }: Random): Uint8Array =>
  int(0, 1) === 0 ? inSave(data) : inScript(data);

const storage = (key: string, numel: number): Uint8Array =>
  joined(
    op("("),
    pickleValue("storage"),
    op("ctorch\nFloatStorage\n"),
    pickleValue(key),
    pickleValue("cpu"),
    op("J"),
    int32(numel),
    op("tQ"),
  );

/** Zeros where a pickle, code or a weight belongs. */
const zipBomb: Bomb = ({ int }) => {
  const level = int(1, 9) as 1;
  const zeros = new Uint8Array(2 ** int(16, 25));
  const side = Math.floor(Math.sqrt(zeros.length / 4));
  const network = unzipSync(
    archive(forward("y = torch.conv2d(x, self.weight)", "return y"), {
      weight: { size: [1, 1, 4, 4], numbers: [side] },
    }),
  );
  const name = Object.keys(network)[int(0, Object.keys(network).length - 1)]!;
  return zipSync({ ...network, [name]: zeros }, { level });
};

const gzipBomb: Bomb = ({ int }) => {
  const once = gzipSync(new Uint8Array(2 ** int(10, 26)).fill(int(0, 1) === 0 ? 0 : 8));
  return int(0, 2) === 0 ? gzipSync(once) : once;
};

/** 2^n leaves, if it were a tree. */
const sharedTuples: Bomb = (random) =>
  inEither(joined(op("\x80\x02N"), op("q\x00h\x00\x86".repeat(random.int(10, 4000))), op(".")), random);

const deepPickle: Bomb = (random) => {
  const depth = large(random);
  const nests = [`N${"\x85".repeat(depth)}`, `${"(".repeat(depth)}N${"t".repeat(depth)}`];
  const more = [
    `${"]".repeat(depth)}${"a".repeat(depth - 1)}`,
    `${"}K\x01".repeat(depth)}}${"s".repeat(depth)}`,
  ];
  return inEither(op(`\x80\x02${[...nests, ...more][random.int(0, 3)]!}.`), random);
};

const pickleLengths: Bomb = (random) => {
  const code = "X T B \x8b \x8d \x8e r j J".split(" ")[random.int(0, 8)]!;
  return inEither(joined(op("\x80\x02N"), op(code), int32(random.int(-9, 2 ** 31 - 1)), op("abc.")), random);
};

const pollution: Bomb = (random) => {
  const key = ["__proto__", "constructor", "prototype", "toString"][random.int(0, 3)]!;
  const inner = joined(op("}("), pickleValue("polluted"), pickleValue(1), op("u"));
  const dict = joined(op("}("), pickleValue(key), inner, op("u"));
  const made = random.int(0, 1) === 0 ? dict : joined(op("c__torch__\nNet\n)\x81"), dict, op("b"));
  const text = `{"${key}":{"polluted":1}}`;
  const json = zipSync({ "m/archive_format": strToU8("pt2"), "m/models/model.json": strToU8(text) });
  return random.int(0, 2) === 0 ? json : inEither(pickle(made), random);
};

/** One number seen as billions, by a stride of nothing; or a storage far larger than its record. */
const hugeTensor: Bomb = (random) => {
  const { int } = random;
  const size = Array.from({ length: int(1, 4) }, () => 2 ** int(4, 30));
  const sizes = joined(op("("), ...size.map((extent) => joined(op("J"), int32(extent))), op("t"));
  const strides = joined(op("("), ...size.map(() => pickleValue(int(0, 1))), op("t"));
  const view = joined(
    op("ctorch._utils\n_rebuild_tensor_v2\n("),
    storage("0", 2 ** int(0, 30)),
    pickleValue(0),
  );
  const isScript = int(0, 2) > 0;
  const dict = joined(
    op("}("),
    pickleValue(isScript ? "weight" : "0.weight"),
    view,
    sizes,
    strides,
    op("\x89NtRu"),
  );
  const data = isScript ? joined(op("c__torch__\nNet\n)\x81"), dict, op("b")) : dict;
  const uses = ["torch.conv2d(x, self.weight)", "torch.linear(x, self.weight)", "torch.add(x, self.weight)"];
  const code = forward(`y = ${uses[int(0, 2)]!}`, "return y");
  return zipSync({
    "m/data.pkl": pickle(data),
    "m/data/0": new Uint8Array(4),
    "m/version": strToU8("3\n"),
    ...(isScript ? { "m/code/__torch__.py": strToU8(code), "m/constants.pkl": pickle(op(")")) } : {}),
  });
};

const script: Bomb = (random) => {
  const n = large(random);
  const nested = (open: string, close: string): string => `${open.repeat(n)}1${close.repeat(n)}`;
  const doubling = Array.from({ length: random.int(8, 60) }, (_, i) => `l${i + 1} = torch.add(l${i}, l${i})`);
  const lists = Array.from({ length: random.int(8, 60) }, (_, i) => `l${i + 1} = [l${i}, l${i}]`);
  const ifs = Array.from({ length: Math.min(n, 4000) }, (_, i) => `${" ".repeat(i % 900)}if True:`);
  const bodies: readonly (readonly string[])[] = [
    [`y = ${nested("[", "]")}`, "return x"],
    [`y = ${nested("(", ")")}`, "return x"],
    [`y = ${nested("torch.relu(", ")")}`, "return y"],
    [`y = ${"-".repeat(n)}1`, "return x"],
    [`y = [${"1, ".repeat(n)}]`, "return x"],
    [`y = x${".a".repeat(n)}`, "return y"],
    ["return (self).forward(x, )"],
    ["l0 = x", ...doubling, `return l${doubling.length}`],
    ["l0 = x", ...lists, `return l${lists.length}`],
    ["while True:", "  y = x", "return x"],
    [`for i in range(${n}${n}):`, "  x = torch.relu(x)", "return x"],
    [...ifs, "return x"],
    [`y = torch.reshape(x, [${"1, ".repeat(n)}-1])`, "return y"],
    [`y = torch.pad(x, [${n}, ${n}, ${n}, ${n}])`, "return y"],
    [`y = torch.upsample_nearest2d(x, [${n}, ${n}], None)`, "return y"],
    [`return torch.cat([${"x, ".repeat(n)}], 1)`],
    Array.from({ length: n }, () => "x = torch.relu(x)"),
  ];
  return archive(forward(...bodies[random.int(0, bodies.length - 1)]!));
};

const repeated = (count: number, type: string, attributes = {}): readonly TestNode[] =>
  Array.from({ length: count }, (_, i) => node(`${type.replaceAll("@", `x${i}`)} -> x${i + 1}`, attributes));

const onnxBomb: Bomb = (random) => {
  const { int } = random;
  const wide = [2 ** int(4, 32), 2 ** int(4, 32)];
  const count = 2 ** int(3, 12);
  const nodes: readonly (readonly TestNode[])[] = [
    [node("ConstantOfShape wide -> y")],
    [node("Expand x0 wide -> y")],
    [node("Tile x0 wide -> y")],
    [node("Pad x0 wide4 -> y")],
    [node("Resize x0 _ _ wide4 -> y", { mode: "nearest" })],
    [node("ConstantOfShape wide -> x0"), ...repeated(count, "Identity @")],
    repeated(count, "Concat @ @", { axis: 0 }),
    repeated(count, "Concat @ @", { axis: 1 }),
    repeated(count, "Add @ @"),
    repeated(count, "Relu @"),
    [node("Conv x0 w -> y", { pads: [wide[0]!, 0, 0, 0], strides: [1, 1], dilations: [1, wide[1]!] })],
    [node("MaxPool x0 -> y", { kernel_shape: wide, pads: [...wide, ...wide] })],
    [node("Split x0 -> y")],
  ];
  const chosen = nodes[int(0, nodes.length - 1)]!;
  const result = chosen.at(-1)!.outputs[0]!;
  const isConstant = int(0, 2) === 0;
  const image = int(0, 4) === 0 ? [1, 1, ...wide] : bombShape;
  return onnx({
    nodes: isConstant ? [...chosen, node(`Add x ${result} -> sum`)] : chosen,
    weights: [
      int64s("wide", wide),
      int64s("wide4", [0, 0, ...wide]),
      floats("w", [1, 1, 1, 1], [1]),
      ...(isConstant ? [int64s("x0", [2], [1])] : []),
    ],
    inputs: [[isConstant ? "x" : "x0", image]],
    outputs: [[isConstant ? "sum" : result, []]],
  });
};

/** Messages within messages: a subgraph's attribute holds a graph whose node holds a subgraph. */
const nestedOnnx: Bomb = ({ int }) => {
  let graph = message(1, new Uint8Array());
  for (let depth = 2 ** int(3, 9); depth > 0; --depth) graph = message(1, message(5, message(6, graph)));
  return joined(varint(1, 8), message(2, strToU8("m")), message(7, graph));
};

const nestedJson: Bomb = (random) => {
  const depth = large(random);
  const nest = ["[".repeat(depth) + "]".repeat(depth), `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`];
  return zipSync({
    "m/archive_format": strToU8("pt2"),
    "m/models/model.json": strToU8(`{"graph_module":${nest[random.int(0, 1)]!}}`),
  });
};

const hugeExport: Bomb = (random) => {
  const sides = [2 ** random.int(4, 40), 2 ** random.int(4, 40)];
  const count = 2 ** random.int(2, 10);
  const nodes = Array.from({ length: count }, (_, i) => ({
    target: "torch.ops.aten.relu.default",
    inputs: { self: tensor(i === 0 ? "x" : `y${i}`) },
    output: `y${i + 1}`,
  }));
  return newFile({ nodes, weights: { w: { size: sides, numbers: [1] } }, input: [1, 1, ...sides] });
};

export const bombs: Readonly<Record<string, Bomb>> = {
  zipBomb,
  gzipBomb,
  sharedTuples,
  deepPickle,
  pickleLengths,
  pollution,
  hugeTensor,
  script,
  onnxBomb,
  nestedOnnx,
  nestedJson,
  hugeExport,
};
