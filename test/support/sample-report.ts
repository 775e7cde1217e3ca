import { type Core } from "../../src/core/core.ts";
import { cores } from "../../src/core/cores.ts";
import type { ErrorBar, Measurement, Metric } from "../../src/measurement.ts";
import { lives } from "../../src/plan/lives.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import type {
  AblationReport,
  AccuracyReport,
  CoreReport,
  DeviceEngine,
  DevicesReport,
  LayerReport,
  MapReport,
  ModelReport,
  VariantReport,
} from "../../src/report/data.ts";
import { net } from "./networks.ts";

/**
 * A report like that of LeNet-5: real plans and real prices, everything else invented but of the right size. Not a source of figures.
 */
export function sampleReport(): ModelReport {
  return {
    name: "LeNet-5",
    description:
      "LeNet-5 with max-pooling, trained on MNIST with PyTorch; the weights come with the project.",
    file: { path: "models/lenet5.pt", sha256: "9f".repeat(32), bytes: 256_913 },
    input: "1x1x32x32",
    toolVersion: "0.1.0",
    command: "pingpool bench models/lenet5.pt --input 1x1x32x32",
    environment: "Node v20.20.2, linux x64, assemblyscript 0.28.20",
    notes: ["Batch-norm folded into 0 convolutions.", "Calibrated on 256 training images."],
    layers: sampleLayers(),
    variants: sampleVariants(),
    maps: sampleMaps(),
    ablation: sampleAblation(),
    accuracy: sampleAccuracy(),
    cores: cores.map(coreReport),
    devices: sampleDevices(),
    chosen: ["cortex-m0plus", "cortex-m4"].map((core, i) => ({
      core,
      measurements: [
        ...cyclesOf(5.4 - 4 * i, "chosen").filter((m) => m.core === core),
        { metric: "arenaBytes", value: 2016, how: "counted", variant: "chosen", source: "the plan" },
        { metric: "weightBytes", value: 69_846, how: "counted", variant: "chosen", source: "the kernels" },
      ],
      ways: [["conv1", "winograd F(4,5) 4x1"] as const],
    })),
    tradeOff: {
      measure: "cycles, estimated, within 5.5 % nine times in ten",
      core: "cortex-m4",
      lines: [64_000, 70_000].map((flashBytes, i) => ({
        flashBytes,
        points: [
          { arenaBytes: 1016, constantBytes: 63_594, cycles: 1_130_000 },
          { arenaBytes: 2016 - 256 * i, constantBytes: flashBytes - 100, cycles: 540_000 + i },
        ],
      })),
    },
  };
}

function sampleDevices(): DevicesReport {
  const devices = [
    { id: "cortex-m4", name: "Cortex-M4" },
    { id: "rp2040", name: "RP2040, Cortex-M0+" },
  ];
  const engine = (id: string, title: string, foreign: boolean, mega: number): DeviceEngine => {
    const of = (core: string, metric: Metric, value: number): Measurement => ({
      ...{ metric, value, how: "emulated", variant: id, core },
      source: `${title} on an emulator of ${core}`,
    });
    return {
      ...{ id, title, foreign, what: `${title}, in a sentence.` },
      measurements: devices.flatMap(({ id: core }, i) => [
        of(core, "instructions", mega * 1e6 + i),
        of(core, "codeBytes", 5120 + i),
        of(core, "weightBytes", 63_594),
        of(core, "arenaBytes", 1144),
        of(core, "stackBytes", 292 + i),
        ...(core === "rp2040" ? [of(core, "cycles", mega * 1.4e6)] : []),
      ]),
      layers: devices.flatMap(({ id: core }, i) =>
        ["0", "3"].map((layer) => ({ ...of(core, "instructions", mega * 4e5 + Number(layer) + i), layer })),
      ),
    };
  };
  return {
    devices,
    engines: [
      engine("chosen", "ours, flash free", false, 1.12),
      engine("cmsis-nn", "CMSIS-NN 99f736a", true, 2.15),
    ],
    notes: ["CMSIS-NN 99f736a: 5 output bytes are not the evaluator's, at most by 1"],
  };
}

function counted(metric: Metric, value: number, variant: string): Measurement {
  return { metric, value, how: "counted", variant, source: "the program of this plan" };
}

function coreReport(core: Core): CoreReport {
  const prices = Object.entries(core.prices).map(([operation, price]) => ({ operation, ...price }));
  return { id: core.id, name: core.name, part: core.part, clockHz: core.clockHz, prices };
}

const sampleError: ErrorBar = {
  withinPercent: 4.2,
  mapePercent: 2.3,
  worstPercent: 6.1,
  over: "42 engines of 6 networks",
};

/** Cycles on every core, `mega` million on a Cortex-M4. */
function cyclesOf(mega: number, variant: string): Measurement[] {
  const factors: Readonly<Record<string, number>> = {
    "cortex-m0plus": 2.61,
    "cortex-m3": 1.32,
    "cortex-m7": 0.61,
  };
  return cores.map((core) => ({
    metric: "cycles",
    value: Math.round(mega * 1e6 * (factors[core.id] ?? 1)),
    how: "estimated",
    error: sampleError,
    variant,
    core: core.id,
    source: `GCC 12.2 -O2, ${core.name}`,
  }));
}

function hostRatio(value: number, variant: string): Measurement {
  const interval = { low: value * 0.985, high: value * 1.012, kind: "95 % bootstrap" };
  const source = "interleaved pairs in Wasm, Node v20.20.2";
  return { metric: "ratio", value, how: "measured", variant, interval, source };
}

/** Id, title, int8 bytes of the arena and the floor with a resident frame, what it is. */
const strategies: readonly (readonly [Strategy, string, number, number, string])[] = [
  ["naive", "Naive", 9118, 5728, "Every tensor has its own buffer."],
  ["fused-pool", "Fused pooling", 2814, 2200, "Pooling runs inside the convolution before it."],
  ["ping-pong", "Ping-pong", 7104, 5728, "Two buffers, used in turn."],
  ["paper", "Paper (both)", 2200, 2200, "Fused pooling and ping-pong."],
  ["best-fit", "Best fit", 2200, 2200, "Liveness of whole tensors, layer by layer."],
  ["overlap", "Overlap", 1520, 1496, "Lifetimes of rows, layer by layer."],
  ["stream", "Stream", 1236, 1224, "Stages of rows, depth first."],
];

function sampleVariants(): VariantReport[] {
  const ours = (["int8", "f32"] as const).flatMap((dtype) =>
    (["resident", "pushed"] as const).flatMap((frame) =>
      strategies.map((row, i) => sampleVariant(row, i, dtype, frame)),
    ),
  );
  return [...ours, ...foreignVariants()];
}

function sampleVariant(
  [id, title, arena, floor, what]: (typeof strategies)[number],
  i: number,
  dtype: "int8" | "f32",
  frame: FramePolicy,
): VariantReport {
  const size = dtype === "int8" ? 1 : 4;
  const outside = frame === "pushed" && i < 6 ? 1024 : frame === "pushed" ? 32 : 0;
  const saved = frame === "pushed" ? 208 : 0;
  const measurements: Measurement[] = [
    counted("arenaBytes", (arena - saved) * size, id),
    counted("floorBytes", (floor - saved) * size, id),
    counted("frameBytes", outside * size, id),
    counted("flashBytes", 61_706 * size + 5210 + 96 * i, id),
    counted("weightBytes", 61_706 * size, id),
    counted("codeBytes", 5210 + 96 * i, id),
    counted("operations", 1_403_211 + 12_400 * i, id),
    ...cyclesOf(dtype === "int8" ? 1.92 + 0.02 * i : 4.4, id),
    {
      metric: "latencyNs",
      value: 412_300 + i * 900,
      how: "measured",
      variant: id,
      source: "Wasm, Node v20.20.2",
    },
  ];
  if (id === "stream" && dtype === "int8") measurements.push(hostRatio(0.97, id));
  return { id: `${dtype}-${id}-${frame}`, title, dtype, frame, what, measurements };
}

function foreignVariants(): VariantReport[] {
  const cited: Measurement = {
    metric: "arenaBytes",
    value: 6320,
    how: "cited",
    variant: "cmsis-nn-legacy",
    source: "buffers of the published example, scaled to this network by its own formula",
  };
  return [
    {
      id: "cited-cmsis-nn-legacy",
      title: "CMSIS-NN legacy, as published",
      dtype: "int8",
      frame: "-",
      what: "Buffers as in the published example code.",
      measurements: [cited],
    },
    {
      id: "cmsis-nn-int8-modelled",
      title: "CMSIS-NN int8 (modelled)",
      dtype: "int8",
      frame: "resident",
      what: "Our lowering from CMSIS-NN's published description: im2col of two columns, separate pooling.",
      measurements: [counted("arenaBytes", 6104, "cmsis-nn"), ...cyclesOf(2.31, "cmsis-nn")],
    },
  ];
}

const network =
  "in 32x32x1 | conv 5x5 6 | relu | maxpool 2 | conv 5x5 16 | relu | maxpool 2 | flatten | linear 120 | relu | linear 84 | relu | linear 10";

function sampleMaps(): MapReport[] {
  const graph = net(network, { seed: 1, name: "lenet5" });
  const plans: readonly (readonly [Strategy, FramePolicy])[] = [
    ["naive", "resident"],
    ["overlap", "resident"],
    ["stream", "resident"],
    ["stream", "pushed"],
  ];
  return plans.map(([strategy, frame]) => {
    const plan = planMemory(graph, { strategy, frame });
    const events = plan.events.map((event) => {
      if (event.kind === "input") return `row ${event.row} of ${event.tensor}`;
      return event.kind === "step" ? `${event.node}: row ${event.step}` : "output";
    });
    const { arenaBytes, floorBytes, floorEvent } = plan;
    const title = `${strategy}, ${frame}`;
    return {
      variant: `int8-${strategy}-${frame}`,
      title,
      arenaBytes,
      floorBytes,
      floorEvent,
      events,
      lives: lives(graph, plan),
    };
  });
}

function sampleLayers(): LayerReport[] {
  const rows: readonly (readonly [string, string, string, number, number, number, number])[] = [
    ["features.0", "Conv2d 5×5 + ReLU + MaxPool2d 2×2", "14×14×6", 117_600, 174, 504, 0.62],
    ["features.3", "Conv2d 5×5 + ReLU + MaxPool2d 2×2", "5×5×16", 240_000, 2464, 400, 1.11],
    ["classifier.1", "Linear + ReLU", "1×1×120", 48_000, 48_480, 120, 0.14],
    ["classifier.3", "Linear + ReLU", "1×1×84", 10_080, 10_416, 84, 0.03],
    ["classifier.5", "Linear", "1×1×10", 840, 880, 10, 0.003],
  ];
  return rows.map(([path, what, output, macs, weights, ram, mega]) => ({
    path,
    what,
    output,
    measurements: [
      counted("macs", macs, "stream"),
      counted("weightBytes", weights, "stream"),
      counted("arenaBytes", ram, "stream"),
      ...cyclesOf(mega, "stream"),
    ].map((m) => ({ ...m, layer: path })),
  }));
}

function sampleAblation(): AblationReport[] {
  const rows: readonly (readonly [string, string, string, number, number, number])[] = [
    ["baseline", "Naive", "Every tensor its own buffer, plain loops.", 9118, 4.81, 1],
    ["fuse-pool", "Fuse pooling", "The convolution's full output is never stored.", 2814, 4.93, 0.96],
    ["rows", "Rows instead of tensors", "A row's bytes are free after its last reader.", 1520, 4.93, 1.01],
    ["stream", "Streaming", "Stages of rows, depth first.", 1236, 5.02, 0.99],
    ["hoist", "Hoist addresses", "Index arithmetic leaves the inner loops.", 1236, 2.71, 1.42],
    ["block", "Block output channels", "Four accumulators share each load.", 1236, 1.92, 1.35],
  ];
  const end = rows.at(-1)!;
  const steps = rows.map(([id, title, what, bytes, mega, ratio], i): AblationReport => ({
    id,
    title,
    what,
    switchedOn: [
      counted("arenaBytes", bytes, id),
      counted("operations", Math.round(mega * 7.2e5), id),
      ...cyclesOf(mega, id),
      ...(i === 0 ? [] : [hostRatio(ratio, id)]),
    ],
    removed:
      i === 0
        ? []
        : [
            counted("arenaBytes", i === 4 || i === 5 ? end[3] : end[3] + (rows[i - 1]![3] - bytes), id),
            counted("operations", Math.round((end[4] + (rows[i - 1]![4] - mega)) * 7.2e5), id),
            ...cyclesOf(end[4] + (rows[i - 1]![4] - mega), id),
            hostRatio(1 / ratio, id),
          ],
  }));
  const vectors = [counted("operations", 400_000, "vectors"), hostRatio(4.2, "vectors")];
  const what = "No microcontroller here has them.";
  return [...steps, { id: "vectors", title: "Vectors (host only)", what, switchedOn: vectors, removed: [] }];
}

function sampleAccuracy(): AccuracyReport[] {
  const data = "MNIST test set, 28×28 padded with zeros to 32×32, divided by 255";
  const of = (
    title: string,
    dtype: "f32" | "int8",
    value: number,
    how: Exclude<Measurement["how"], "estimated">,
  ): AccuracyReport => ({
    title,
    dtype,
    samples: 10_000,
    data,
    accuracy: { metric: "accuracy", value, how, variant: dtype, source: `${title}, all test images` },
  });
  return [
    of("float, PyTorch", "f32", 0.9889, "cited"),
    of("float, generated engine", "f32", 0.9889, "measured"),
    of("int8, generated engine", "int8", 0.9884, "measured"),
  ];
}
