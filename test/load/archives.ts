/** Archives made in the test: pickles assembled from values, TorchScript files written as text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { packageRoot } from "../support/package-root.ts";

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(packageRoot(), "test/fixtures/torchscript", name)));
}

/** A module of the archive: its class, as in `__torch__ Net`, and its attributes. */
export interface Module {
  readonly type: string;
  readonly state: Readonly<Record<string, Saved>>;
}

/** A float tensor, all of one storage. */
export interface Weight {
  readonly size: readonly number[];
  readonly numbers: readonly number[];
}

/** Arrays are tuples. */
export type Saved = null | boolean | number | string | Module | Weight | readonly Saved[];

/** The opcodes of one value; tensors are added to `storages`. */
export function pickleValue(value: Saved, storages: Uint8Array[] = []): Uint8Array {
  if (value === null) return op("N");
  if (typeof value === "boolean") return op(value ? "\x88" : "\x89");
  if (typeof value === "number") return Number.isInteger(value) ? integer(value) : float(value);
  if (typeof value === "string") return text(value);
  if ("type" in value) {
    const [module, name] = value.type.split(" ");
    const items = Object.entries(value.state).map(([key, item]) =>
      joined(text(key), pickleValue(item, storages)),
    );
    return joined(op(`c${module}\n${name}\n)\x81}(`), ...items, op("ub"));
  }
  if ("numbers" in value) {
    storages.push(new Uint8Array(Float32Array.from(value.numbers).buffer));
    const key = String(storages.length - 1);
    const stride = value.size.map((_, axis) => value.size.slice(axis + 1).reduce((a, b) => a * b, 1));
    const id = joined(
      op("("),
      text("storage"),
      op("ctorch\nFloatStorage\n"),
      text(key),
      text("cpu"),
      integer(value.numbers.length),
      op("tQ"),
    );
    const rest = [integer(0), pickleValue(value.size), pickleValue(stride), op("\x89N")];
    return joined(op("ctorch._utils\n_rebuild_tensor_v2\n("), id, ...rest, op("tR"));
  }
  return joined(op("("), ...value.map((item) => pickleValue(item, storages)), op("t"));
}

export function pickle(...parts: readonly Uint8Array[]): Uint8Array {
  return joined(op("\x80\x02"), ...parts, op("."));
}

/** Opcodes written as Latin-1 text. */
export function op(opcodes: string): Uint8Array {
  return Uint8Array.from(opcodes, (character) => character.charCodeAt(0));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function integer(value: number): Uint8Array {
  return joined(op("J"), new Uint8Array(Int32Array.of(value).buffer));
}

function float(value: number): Uint8Array {
  return joined(op("G"), new Uint8Array(Float64Array.of(value).buffer).reverse());
}

function text(value: string): Uint8Array {
  const bytes = strToU8(value);
  return joined(op("X"), new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes);
}

/** A TorchScript file whose root is `__torch__ Net` with this code and state, and these constants. */
export function archive(
  code: string,
  state: Module["state"] = {},
  constants: readonly Saved[] = [],
): Uint8Array {
  const storages: Uint8Array[] = [];
  const data = pickle(pickleValue({ type: "__torch__ Net", state }, storages));
  const constantStorages: Uint8Array[] = [];
  const entries: Record<string, Uint8Array> = {
    "net/data.pkl": data,
    "net/constants.pkl": pickle(pickleValue(constants, constantStorages)),
    "net/code/__torch__.py": strToU8(code),
    "net/version": strToU8("3\n"),
  };
  storages.forEach((bytes, key) => (entries[`net/data/${key}`] = bytes));
  constantStorages.forEach((bytes, key) => (entries[`net/constants/${key}`] = bytes));
  return zipSync(entries, { level: 0 });
}

/** A module with this body of `forward`, its lines indented by four spaces. */
export function forward(...lines: readonly string[]): string {
  return [
    "class Net(Module):",
    "  def forward(self: __torch__.Net,",
    "    x: Tensor) -> Tensor:",
    ...lines.map((line) => `    ${line}`),
    "",
  ].join("\n");
}
