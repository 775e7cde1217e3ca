/** BatchNormalization with saved statistics, and what does nothing once training is over. */
import { channelsAt } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { unknownValue } from "../../value.ts";
import {
  activationInput,
  arrayInput,
  floatAttribute,
  floatsOf,
  integerAttribute,
  optionalArray,
  scalarInput,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { OnnxValue } from "../value.ts";

const advice = "was exported in training mode: call model.eval() before torch.onnx.export";

export const normalizations: Readonly<Record<string, OnnxOperator>> = {
  BatchNormalization: { run: normalize },
  Dropout: { run: drop, fold: (_, [input]) => [input!, unknownValue] },
  Identity: { run: passOn, fold: (_, [input]) => input! },
};

/** Five outputs, or training_mode of opset 14, mean that statistics of the batch are used. */
function normalize(given: OnnxCall): OnnxValue | readonly OnnxValue[] {
  const call = { ...given, operation: "batch_norm" };
  const outputs = call.node.outputs.filter((name) => name !== "").length;
  if (integerAttribute(call, "training_mode", 0) === 1 || outputs > 1)
    return refuse(call, `normalises by the statistics of a batch: the model ${advice}`);
  if (integerAttribute(call, "spatial", 1) === 0)
    return refuse(call, "spatial=0 is not supported; normalise per channel");
  const input = activationInput(call, 0);
  if (input.shape.length < 2) fail(call, `its input ${input.shape.join("x")} has no channels`);
  const at = channelsAt(call, input, 1);
  const [weight, bias, mean, variance] = (["scale", "bias", "mean", "variance"] as const).map(
    (name, index) => {
      const array = arrayInput(call, index + 1, name);
      if (array.data.length !== input.shape[1])
        fail(
          call,
          `its ${name} has ${array.data.length} values, its input ${input.shape[1]} channels; check --input`,
        );
      return floatsOf(call, array);
    },
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const eps = floatAttribute(call, "epsilon", 1e-5);
  return emit(call, { kind: "batchNorm", weight, bias, mean, variance, eps }, [at]);
}

function drop(call: OnnxCall): OnnxValue | readonly OnnxValue[] {
  const isTraining =
    call.opset >= 12 &&
    optionalArray(call, 2, "training_mode") !== undefined &&
    scalarInput(call, 2, "training_mode") !== 0;
  const ratio = call.opset >= 12 ? (scalarInput(call, 1, "ratio") ?? 0.5) : 0.5;
  if (isTraining && ratio !== 0) return refuse(call, `active dropout: the model ${advice}`);
  return [passOn(call), unknownValue];
}

function passOn(call: OnnxCall): OnnxValue {
  return call.inputs[0] ?? fail(call, "has no input");
}
