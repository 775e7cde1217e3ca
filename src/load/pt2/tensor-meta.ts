/** What a `torch.export` file says of a tensor: element type, sizes and strides; the numbers are bytes of a record. */
import { CompileError } from "../../error.ts";
import type { PickleTensor, StorageType } from "../pickle-value.ts";
import { countIn, listIn, objectIn } from "./json.ts";
import type { Json } from "./json.ts";

/** torch/_export/serde/schema.py, `ScalarType`: not the numbers that PyTorch's code uses elsewhere. */
const storageTypes: Readonly<Record<number, StorageType>> = {
  1: "ByteStorage",
  2: "CharStorage",
  3: "ShortStorage",
  4: "IntStorage",
  5: "LongStorage",
  6: "HalfStorage",
  7: "FloatStorage",
  8: "DoubleStorage",
  12: "BoolStorage",
  13: "BFloat16Storage",
};

/** The tensor of `tensor_meta` whose numbers are the bytes of `record`. */
export function tensorOf(meta: Json | undefined, record: string, place: string): PickleTensor {
  const { dtype, sizes, strides, storage_offset: offset } = objectIn(meta, place);
  const type = typeof dtype === "number" ? storageTypes[dtype] : undefined;
  if (!type)
    throw new CompileError(
      `${place}: has element type ${String(dtype)}, which is not supported; use float32`,
    );
  const counts = (value: Json | undefined): readonly number[] =>
    listIn(value, place).map((item) => countIn(item, place));
  const size = counts(sizes);
  const stride = counts(strides);
  if (size.length !== stride.length || size.length > 16)
    throw new CompileError(`${place}: has ${size.length} sizes but ${stride.length} strides`);
  return {
    kind: "tensor",
    storage: { kind: "storage", type, key: record, record },
    offset: countIn(offset ?? 0, place),
    size,
    stride,
  };
}
