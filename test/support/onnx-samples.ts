/** Two small ONNX files that use most of the reader, for tests that damage them. */
import { bytesOf, floats, int64s, node, onnx } from "./onnx.ts";

/** A float network with a batch norm, a computed reshape and a softmax. */
export const floatModel = onnx({
  nodes: [
    node("Conv x w b -> c", { pads: [1, 1, 1, 1] }),
    node("BatchNormalization c b b b v -> n", { epsilon: { float: 1e-3 } }),
    node("LeakyRelu n -> a"),
    node("MaxPool a -> p", { kernel_shape: [2, 2], strides: [2, 2] }),
    node("Shape p -> s"),
    node("Gather s zero -> s0"),
    node("Unsqueeze s0 axes -> s1"),
    node("Concat s1 rest -> t", { axis: 0 }),
    node("Reshape p t -> f"),
    node("Gemm f g -> h", { transB: 1 }),
    node("Softmax h -> y"),
  ],
  weights: [
    floats(
      "w",
      [2, 1, 3, 3],
      Array.from({ length: 18 }, (_, i) => i / 9 - 1),
    ),
    floats("b", [2], [0.1, -0.1]),
    floats("v", [2], [1, 2]),
    floats(
      "g",
      [3, 8],
      Array.from({ length: 24 }, (_, i) => i / 12 - 1),
    ),
    int64s("zero", [0], []),
    int64s("axes", [0]),
    int64s("rest", [-1]),
  ],
  inputs: [["x", ["N", 1, 4, 4]]],
  outputs: [["y", ["N", 3]]],
});

/** A convolution between QuantizeLinear and DequantizeLinear. */
export const quantizedModel = onnx({
  nodes: [
    node("QuantizeLinear x s z -> q"),
    node("DequantizeLinear q s z -> r"),
    node("DequantizeLinear wq ws wz -> w", { axis: 0 }),
    node("Conv r w -> c"),
    node("Relu c -> a"),
    node("QuantizeLinear a s z -> o"),
    node("DequantizeLinear o s z -> y"),
  ],
  weights: [
    floats("s", [], [0.02]),
    bytesOf("z", [], [128]),
    bytesOf("wq", [2, 1, 2, 2], [1, -2, 3, -4, 5, -6, 7, -8], "i8"),
    floats("ws", [2], [0.1, 0.2]),
    bytesOf("wz", [2], [0, 0], "i8"),
  ],
});
