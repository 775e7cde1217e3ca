/** The undamaged files that the fuzzer starts from, each with what opens it: a model, an architecture, an array. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import type { LoadOptions } from "../src/load/load-model.ts";
import { readNpy, writeNpy } from "../src/load/npy.ts";
import { readNumpy } from "../src/load/npz.ts";
import { newFile, oldFile, tensor, ints } from "../test/load/exported-files.ts";
import { loadOutcome, outcome } from "../test/support/load-outcome.ts";
import { floatModel, quantizedModel } from "../test/support/onnx-samples.ts";
import { packageRoot } from "../test/support/package-root.ts";

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is wrong with these bytes in the file's place, if anything is. */
  readonly open: (bytes: Uint8Array) => string | undefined;
}

const isModel = /\.(pt|pth|pt2|onnx|ts|gz)$/;

/** Files, and the model files directly in folders; without any, those of the project and some made here. */
export function readSamples(paths: readonly string[]): readonly Sample[] {
  const root = packageRoot();
  const own = ["models", "test/fixtures/torchscript", "test/fixtures/quantized"].map((path) =>
    join(root, path),
  );
  const files = (paths.length > 0 ? paths : own).flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => isModel.test(name))
          .toSorted()
          .map((name) => join(path, name))
      : [path],
  );
  const read = files.map((file) =>
    sampleOf(basename(file), new Uint8Array(readFileSync(file)), recordedShape(file)),
  );
  return paths.length > 0 ? read : [...read, ...made()];
}

function sampleOf(name: string, bytes: Uint8Array, recorded?: readonly number[]): Sample {
  if (/\.np[yz]$/.test(name)) return arraySample(name, bytes);
  const inputShape = recorded ?? advisedShape(bytes);
  const options: LoadOptions = { fileName: "m", ...(inputShape ? { inputShape } : {}) };
  return { name, bytes, open: (damaged) => loadOutcome(damaged, options) };
}

function arraySample(name: string, bytes: Uint8Array): Sample {
  return { name, bytes, open: (damaged) => outcome(name, () => readNumpy(damaged)) };
}

/** Architecture files, read with weights that fit two of them: what fits none is refused once it is read. */
function architectures(): readonly Sample[] {
  const folder = join(packageRoot(), "test/fixtures");
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(folder, path)));
  return readdirSync(join(folder, "architectures"))
    .toSorted()
    .map((name) => {
      const weights = read(
        `torchscript/${name === "stock.json" ? "stock.checkpoint.pth" : "checkpoint.pth"}`,
      );
      const open = (damaged: Uint8Array): string | undefined =>
        loadOutcome(weights, { fileName: "m", arch: new TextDecoder().decode(damaged) });
      return { name, bytes: read(`architectures/${name}`), open };
    });
}

/** `chain.frozen.pt` is recorded by `chain.input.npy`, a bundled model by its `.check-input.npy`. */
function recordedShape(file: string): readonly number[] | undefined {
  const parts = basename(file).split(".");
  const stems = parts.map((_, n) => parts.slice(0, parts.length - n).join("."));
  const names = [...stems.flatMap((stem) => [`${stem}.input.npy`, `${stem}.check-input.npy`]), "input.npy"];
  const found = names.map((name) => join(dirname(file), name)).find((name) => existsSync(name));
  return found === undefined ? undefined : readNpy(new Uint8Array(readFileSync(found))).shape;
}

/** What the refusal of a file without a shape says to type. */
function advisedShape(bytes: Uint8Array): readonly number[] | undefined {
  const advice = /--input (\d+(?:x\d+)+)/.exec(loadOutcome(bytes, { fileName: "m" }) ?? "");
  return advice?.[1]!.split("x").map(Number);
}

function made(): readonly Sample[] {
  const exported = {
    nodes: [
      {
        target: "torch.ops.aten.conv2d.default",
        inputs: { input: tensor("x"), weight: tensor("p_w"), stride: ints(1, 1), padding: ints(1, 1) },
        output: "c",
      },
      { target: "torch.ops.aten.relu.default", inputs: { self: tensor("c") }, output: "y" },
    ],
    weights: { w: { size: [1, 1, 3, 3], numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9] } },
    input: [1, 1, 4, 4],
  };
  const array = writeNpy({ shape: [2, 1, 3], dtype: "f4", data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  return [
    ...architectures(),
    arraySample("one.npy", array),
    arraySample("one.npz", zipSync({ "one.npy": array })),
    sampleOf("float.onnx", floatModel),
    sampleOf("quantised.onnx", quantizedModel),
    sampleOf("float.onnx.gz", gzipSync(floatModel, { mtime: 0 })),
    sampleOf("old.pt2", oldFile(exported)),
    sampleOf("new.pt2", newFile(exported)),
  ];
}
