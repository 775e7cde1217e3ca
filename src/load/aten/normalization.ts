/** `batch_norm` with its saved statistics. */
import { isValue } from "../value.ts";
import type { Operator, OperatorCall } from "./operator.ts";
import { activation, flag, float, vector } from "./arguments.ts";
import { channelsAt } from "./forms.ts";
import { emit, fail, refuse, required } from "./operator.ts";

export const trainingAdvice = "was recorded in training mode: call model.eval() before torch.jit.trace";

export const normalizations: Readonly<Record<string, Operator>> = {
  batch_norm: {
    parameters: {
      input: required,
      weight: null,
      bias: null,
      running_mean: null,
      running_var: null,
      training: false,
      momentum: 0.1,
      eps: 1e-5,
      cudnn_enabled: true,
    },
    run: (call) => {
      const input = activation(call, "input");
      const hasStatistics =
        isValue(call.args.running_mean, "constant") && isValue(call.args.running_var, "constant");
      if (flag(call, "training") || !hasStatistics) {
        return refuse(call, `normalises by the statistics of a batch: the model ${trainingAdvice}`);
      }
      const channels = input.shape[1] ?? fail(call, `its input ${input.shape.join("x")} has no channels`);
      const body = { kind: "batchNorm", ...readVectors(call, channels), eps: float(call, "eps") } as const;
      return emit(call, body, [channelsAt(call, input, 1)]);
    },
  },
};

/** Each (C). */
function readVectors(
  call: OperatorCall,
  channels: number,
): Record<"weight" | "bias" | "mean" | "variance", Float32Array> {
  return {
    weight: vector(call, "weight", channels, 1),
    bias: vector(call, "bias", channels, 0),
    mean: vector(call, "running_mean", channels, 0),
    variance: vector(call, "running_var", channels, 1),
  };
}
