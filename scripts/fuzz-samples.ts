/** The undamaged files that the fuzzer starts from, each with the input's shape that its network takes. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "fflate";
import type { LoadOptions } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";
import { newFile, oldFile, tensor, ints } from "../test/load/exported-files.ts";
import { loadOutcome } from "../test/support/load-outcome.ts";
import { floatModel, quantizedModel } from "../test/support/onnx-samples.ts";
import { packageRoot } from "../test/support/package-root.ts";

export interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly options: LoadOptions;
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
  const inputShape = recorded ?? advisedShape(bytes);
  return { name, bytes, options: { fileName: "m", ...(inputShape ? { inputShape } : {}) } };
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
  return [
    sampleOf("float.onnx", floatModel),
    sampleOf("quantised.onnx", quantizedModel),
    sampleOf("float.onnx.gz", gzipSync(floatModel, { mtime: 0 })),
    sampleOf("old.pt2", oldFile(exported)),
    sampleOf("new.pt2", newFile(exported)),
  ];
}
