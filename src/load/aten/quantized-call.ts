/** What operators on quantised tensors share: the quantisation of their operands and of their result. */
import type { ByteType } from "../../graph/byte-type.ts";
import type { NodeBody } from "../graph-builder.ts";
import { byteType } from "../quantized/int8-graph.ts";
import { describeValue } from "../value.ts";
import type { Activation } from "../value.ts";
import { activation, scalar } from "./arguments.ts";
import { fail, place } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";

/** The quantisation of an operand. */
export function bytesOf(call: OperatorCall, name: string): ByteType {
  const type = call.context.builder.byteTypeOf(activation(call, name));
  return type ?? fail(call, `${name} is not quantised; quantise the whole network`);
}

/** The quantisation `scale` and `zero_point` say; numbers may be saved as tensors of one element. */
export function outputType(call: OperatorCall, { dtype }: Pick<ByteType, "dtype">): ByteType {
  const [scale, zeroPoint] = ["scale", "zero_point"].map(
    (name) =>
      scalar(call, name) ?? fail(call, `${name} is ${describeValue(call.args[name])}, expected a number`),
  ) as [number, number];
  return byteType(place(call), dtype, scale, zeroPoint);
}

/** Adds a node whose output has this quantisation. */
export function emitBytes(
  call: OperatorCall,
  body: NodeBody,
  inputs: readonly Activation[],
  type: ByteType,
): Activation {
  return call.context.builder.emit({ ...call, place: place(call) }, body, inputs, undefined, type);
}
