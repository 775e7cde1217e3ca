/** What the few known constructors of a PyTorch pickle mean; every other one becomes an inert object. */
import { globalName } from "./pickle-value.ts";
import type { PickleGlobal, PickleStorage, PickleTensor } from "./pickle-value.ts";
import type { PickleValue, TensorQuantization } from "./pickle-value.ts";

type Fail = (reason: string) => never;

/** The value `type(*args)` stands for; `isCall` tells a function call (REDUCE) from an instance (NEWOBJ). */
export function callGlobal(
  type: PickleGlobal,
  args: readonly PickleValue[],
  isCall: boolean,
  fail: Fail,
): PickleValue {
  switch (globalName(type)) {
    case "collections.OrderedDict":
      return { kind: "dict", entries: new Map() };
    case "torch._utils._rebuild_tensor_v2":
      return rebuildTensor(args, fail);
    case "torch._utils._rebuild_qtensor":
      return { ...rebuildTensor(args, fail), quantization: readQuantization(args[4], fail) };
    case "torch._utils._rebuild_parameter":
    case "torch.jit._pickle.build_intlist":
    case "torch.jit._pickle.build_tensorlist":
    case "torch.jit._pickle.build_doublelist":
    case "torch.jit._pickle.build_boollist":
    case "torch.jit._pickle.restore_type_tag":
    case "torch.Size":
    case "__builtin__.set":
    case "builtins.set":
      return args[0] ?? null;
    default:
      return { kind: "object", type, isCall, state: null };
  }
}

function rebuildTensor(args: readonly PickleValue[], fail: Fail): PickleTensor {
  const storage = expectStorage(args[0], fail);
  const offset = expectCount(args[1], fail);
  const size = expectCounts(args[2], fail);
  const stride = expectCounts(args[3], fail);
  if (size.length !== stride.length) fail(`a tensor has ${size.length} sizes but ${stride.length} strides`);
  return { kind: "tensor", storage, offset, size, stride };
}

/** `(per_tensor_affine, scale, zero_point)` or `(per_channel_affine, scales, zero_points, axis)`. */
function readQuantization(value: PickleValue | undefined, fail: Fail): TensorQuantization {
  const isTuple = typeof value === "object" && value !== null && value.kind === "tuple";
  const [scheme, scale, zeroPoint, axis] = isTuple ? value.items : [];
  const isScheme = typeof scheme === "object" && scheme !== null && scheme.kind === "global";
  const name = isScheme ? scheme.name : "unknown";
  if (name === "per_tensor_affine" && typeof scale === "number" && typeof zeroPoint === "number") {
    return { scale, zeroPoint };
  }
  if (name === "per_channel_affine" && isTensor(scale) && isTensor(zeroPoint)) {
    return { scale, zeroPoint, axis: expectCount(axis, fail) };
  }
  return fail(`a tensor's quantisation is ${name}, expected per_tensor_affine or per_channel_affine`);
}

function isTensor(value: PickleValue | undefined): value is PickleTensor {
  return typeof value === "object" && value !== null && value.kind === "tensor";
}

function expectStorage(value: PickleValue | undefined, fail: Fail): PickleStorage {
  const isStorage = typeof value === "object" && value !== null && value.kind === "storage";
  return isStorage ? value : fail("a tensor has no storage");
}

function expectCounts(value: PickleValue | undefined, fail: Fail): number[] {
  const isSequence =
    typeof value === "object" && value !== null && (value.kind === "tuple" || value.kind === "list");
  if (!isSequence || value.items.length > 16) return fail("a tensor's sizes or strides are not a short list");
  return value.items.map((item) => expectCount(item, fail));
}

function expectCount(value: PickleValue | undefined, fail: Fail): number {
  const isCount = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return isCount ? value : fail("a tensor's size, stride or offset is not a count");
}
