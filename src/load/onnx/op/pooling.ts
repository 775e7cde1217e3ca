/** Pools over 1 or 2 dimensions, and over the whole image. */
import type { Window } from "../../../graph/graph.ts";
import { spatialInput } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { sideBySide } from "../../aten/pooling.ts";
import type { Activation } from "../../value.ts";
import { unknownValue } from "../../value.ts";
import { activationInput, integerAttribute, type OnnxCall, type OnnxOperator } from "../call.ts";
import type { OnnxValue } from "../value.ts";
import { readWindow } from "./window.ts";

const maxPool: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "max_pool" };
    const { input, kernel } = readPool(call) ?? {};
    if (!input) return refuse(call, "3-D pooling is not supported; use MaxPool2d");
    const window = readWindow(call, input, kernel!);
    return [emit(call, { kind: "maxPool2d", window }, [input]), unknownValue];
  },
};

const averagePool: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "average_pool" };
    const { input, kernel } = readPool(call) ?? {};
    if (!input) return refuse(call, "3-D pooling is not supported; use AvgPool2d");
    const window = readWindow(call, input, kernel!);
    const countIncludePad = integerAttribute(call, "count_include_pad", 0) === 1;
    return countIncludePad && isLopsided(window)
      ? averagePadded(call, input, window)
      : emit(call, { kind: "avgPool2d", window, countIncludePad }, [input]);
  },
};

export const poolings: Readonly<Record<string, OnnxOperator>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: { run: (call) => overAll(call, false) },
  GlobalMaxPool: { run: (call) => overAll(call, true) },
};

function readPool(call: OnnxCall): { input: Activation; kernel: readonly number[] } | undefined {
  const kernel = call.node.attributes.get("kernel_shape")?.integers ?? [];
  if (kernel.length === 0 || kernel.some((extent) => extent < 1))
    return fail(call, "has no kernel_shape; the file is damaged");
  if (kernel.length > 2) return undefined;
  const given = activationInput(call, 0);
  if (given.shape.length !== kernel.length + 2) {
    fail(
      call,
      `has a ${kernel.length}-D kernel and an input of ${given.shape.join("x")}; ` +
        "this is not valid ONNX, perhaps of an unbatched example: export again with a batch dimension",
    );
  }
  return { input: spatialInput(call, given, kernel.length as 1 | 2), kernel };
}

/** The graph takes what goes beyond symmetric padding for the overhang of ceil_mode, which does not count. */
function isLopsided({ padding: { top, bottom, left, right } }: Window): boolean {
  return top !== bottom || left !== right;
}

function averagePadded(call: OnnxCall, input: Activation, window: Window): OnnxValue {
  if (integerAttribute(call, "ceil_mode", 0) === 1)
    return refuse(call, "ceil_mode with uneven padding that counts is not supported; pad before the pool");
  const pad = { kind: "pad", padding: window.padding, mode: "constant", value: 0 } as const;
  const padded = emit({ ...call, operation: "pad" }, pad, [input]);
  const bare = { ...window, padding: { top: 0, bottom: 0, left: 0, right: 0 } };
  return emit(call, { kind: "avgPool2d", window: bare, countIncludePad: false }, [padded]);
}

function overAll(call: OnnxCall, isMax: boolean): OnnxValue {
  const given = activationInput(call, 0);
  const dimensions = given.shape.length - 2;
  if (dimensions !== 1 && dimensions !== 2)
    return refuse(call, `pools ${given.shape.join("x")}; images and signals are supported`);
  const input = spatialInput(call, given, dimensions);
  const [height, width] = [input.shape[2]!, input.shape[3] ?? 1];
  const window = sideBySide([height, width]);
  return emit(
    call,
    isMax ? { kind: "maxPool2d", window } : { kind: "avgPool2d", window, countIncludePad: false },
    [input],
  );
}
