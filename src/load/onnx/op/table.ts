/** All operators by the name ONNX gives them, and advice for the others. */
import { fail, refuse } from "../../aten/operator.ts";
import { arrayInput, integerAttribute, type OnnxOperator } from "../call.ts";
import { elementTypeOf, type ElementType } from "../tensor-proto.ts";
import type { OnnxValue } from "../value.ts";
import { activations } from "./activation.ts";
import { arithmetics } from "./arithmetic.ts";
import { convolutions } from "./convolution.ts";
import { castArray, knownOperators } from "./known.ts";
import { linears } from "./linear.ts";
import { normalizations } from "./normalization.ts";
import { pads } from "./pad.ts";
import { poolings } from "./pooling.ts";
import { quantizers } from "./quantization.ts";
import { quantizedLayers } from "./quantized-layer.ts";
import { reductions } from "./reduction.ts";
import { resizes } from "./resize.ts";
import { shapes } from "./shape.ts";
import { shuffles } from "./depth-to-space.ts";
import { structures } from "./structure.ts";

const narrowTypes: Partial<Record<ElementType, string>> = { f16: "float16", bf16: "bfloat16" };

/** Bytes stay the bytes they are; real numbers are float32 whatever they were. */
const cast: OnnxOperator = {
  run: (call): OnnxValue => {
    const type = elementTypeOf(integerAttribute(call, "to", 0), call.operation);
    const value = call.inputs[0];
    if (value?.kind === "array") return castArray(call, value, type);
    if (value?.kind !== "activation") return fail(call, "has no input");
    const isByte = call.context.quantizations.typeOf(value.tensor)?.dtype === type;
    const narrow = narrowTypes[type];
    if (narrow) call.context.note(`activations that the file casts to ${narrow} are computed in float32`);
    if (isByte || narrow || type === "f32" || type === "f64") return value;
    return refuse(call, `converting activations to ${type} is not supported`);
  },
};

const castLike: OnnxOperator = {
  fold: (call, [input]) => castArray(call, input!, arrayInput(call, 1, "type").type),
};

const operators: ReadonlyMap<string, OnnxOperator> = new Map(
  [
    knownOperators,
    convolutions,
    linears,
    normalizations,
    activations,
    arithmetics,
    poolings,
    reductions,
    shapes,
    structures,
    pads,
    resizes,
    shuffles,
    quantizers,
    quantizedLayers,
    { Cast: cast, CastLike: castLike },
  ].flatMap((family) => Object.entries(family)),
);

const microsoft = /^QLinear(?!Conv$|MatMul$)|^QGemm$/;

/** ONNX's own operators, and those of ONNX Runtime that quantised networks have. */
export function findOnnxOperator(domain: string, opType: string): OnnxOperator | undefined {
  const isKnown = domain === "" || (domain === "com.microsoft" && microsoft.test(opType));
  return isKnown ? operators.get(opType) : undefined;
}

const alternatives: readonly (readonly [RegExp, string])[] = [
  [/^(LSTM|GRU|RNN)$/, "use convolutions over time"],
  [/^(Gelu|Selu|Celu|Mish|Softplus|Softsign|ThresholdedRelu|Erf)$/, "use ReLU, SiLU or hardswish"],
  [/Normalization$|^LRN$/, "use BatchNorm2d"],
  [
    /^(MatMulInteger|ConvInteger|DynamicQuantizeLinear|DynamicQuantize)/,
    "quantise statically: activations are quantised once, not per run",
  ],
  [/Attention|Einsum/, "use convolutions"],
  [/^(If|Loop|Scan)$/, "export with torch.onnx.export from a trace, which has no control flow"],
  [/^(ArgMax|ArgMin|TopK|NonMaxSuppression)$/, "end the network before it, and choose in your own code"],
  [
    /^(Abs|Exp|Log|Sqrt|Pow|Reciprocal|Erf|Sin|Cos|Floor|Ceil|Round|Sign|Mod)$/,
    "is supported on constants only; compute it in your own code",
  ],
  [/^(MaxUnpool|MaxRoiPool|LpPool|GlobalLpPool|RoiAlign|GridSample)$/, "use max or average pooling"],
  [/^SpaceToDepth$/, "use a convolution with stride"],
];

export function suggestOnnxAlternative(opType: string): string {
  const found = alternatives.find(([pattern]) => pattern.test(opType));
  return found?.[1] ?? "rewrite that part with Conv, Gemm, BatchNormalization, Relu, pooling or Add";
}
