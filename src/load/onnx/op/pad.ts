/** Borders of any dimensions: constant, reflected or repeated. Negative pads cut off. */
import { channelsAt, conform } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { axisAt } from "../../layout.ts";
import type { Axis } from "../../layout.ts";
import type { Activation } from "../../value.ts";
import {
  activationInput,
  dimensionOf,
  floatAttribute,
  integersOf,
  notAcrossBatch,
  optionalArray,
  scalarInput,
  textAttribute,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { OnnxValue } from "../value.ts";
import { take } from "./structure.ts";
import { paddingOf, type Ends } from "./window.ts";

export const pads: Readonly<Record<string, OnnxOperator>> = { Pad: { run: pad } };

const modes: Readonly<Record<string, "constant" | "reflect" | "replicate">> = {
  constant: "constant",
  reflect: "reflect",
  edge: "replicate",
};

function pad(given: OnnxCall): OnnxValue {
  const call = { ...given, operation: "pad" };
  const input = activationInput(call, 0);
  const mode = modes[textAttribute(call, "mode", "constant")];
  if (!mode)
    return refuse(
      call,
      `mode ${textAttribute(call, "mode", "")} is not supported; use constant, reflect or replicate`,
    );
  const value = call.opset < 11 ? floatAttribute(call, "value", 0) : (scalarInput(call, 2, "value") ?? 0);
  const ends = readEnds(call, input.shape.length);
  const cut = ends.reduce<OnnxValue>(
    (current, pair, dim) => (current.kind === "activation" ? trim(call, current, dim, pair) : current),
    input,
  );
  const grown = ends.flatMap(([before, after], dim) => (before > 0 || after > 0 ? [dim] : []));
  for (const dim of grown) notAcrossBatch(call, dim);
  if (cut.kind !== "activation" || grown.length === 0) return cut;
  const most = ends.map(([before, after]): Ends => [Math.max(before, 0), Math.max(after, 0)]);
  const border = (current: Activation, dims: readonly number[]): Activation =>
    grow(call, current, dims, most, { mode, value });
  return grown.length <= 2 ? border(cut, grown) : grown.reduce((current, dim) => border(current, [dim]), cut);
}

/** [before, after] of every dimension. */
function readEnds(call: OnnxCall, rank: number): readonly Ends[] {
  const given = integersOf(call, 1, "pads") ?? call.node.attributes.get("paddings")?.integers ?? [];
  const axes = optionalArray(call, 3, "axes");
  const dims = axes ? Array.from(axes.data, (dim) => dimensionOf(call, dim, rank)) : [...Array(rank).keys()];
  const isFit =
    given.length === 2 * dims.length &&
    given.every((amount) => Number.isSafeInteger(amount) && Math.abs(amount) < 1 << 16);
  if (!isFit) fail(call, `pads ${dims.length} dimensions by [${given.slice(0, 16).join(", ")}]`);
  const ends = Array.from({ length: rank }, (): Ends => [0, 0]);
  dims.forEach((dim, index) => (ends[dim] = [given[index]!, given[dims.length + index]!]));
  return ends;
}

function trim(call: OnnxCall, input: Activation, dim: number, [before, after]: Ends): OnnxValue {
  const start = Math.max(-before, 0);
  return take(call, input, dim, { start, step: 1, count: input.shape[dim]! - start - Math.max(-after, 0) });
}

interface Border {
  readonly mode: "constant" | "reflect" | "replicate";
  readonly value: number;
}

/** One node for up to two dimensions, brought to rows and columns where they are not. */
function grow(
  call: OnnxCall,
  input: Activation,
  dims: readonly number[],
  ends: readonly Ends[],
  border: Border,
): Activation {
  const at = inSpace(call, input, dims);
  const along = (axis: Axis): Ends => ends[dims.find((dim) => at.axes[dim] === axis) ?? -1] ?? [0, 0];
  return emit(call, { kind: "pad", padding: paddingOf([along("h"), along("w")]), ...border }, [at]);
}

function inSpace(call: OnnxCall, input: Activation, dims: readonly number[]): Activation {
  let axes = [...input.axes];
  for (const dim of dims)
    axes = axes.with(
      dim,
      axisAt({ shape: input.shape, axes }, dim) ??
        fail(call, `pads ${input.shape.join("x")}; use at most 3 dimensions longer than 1`),
    );
  const named = conform(call, input, axes);
  if (!dims.some((dim) => axes[dim] === "c")) return named;
  const other = axes.findIndex((axis, dim) => !dims.includes(dim) && (axis === "h" || axis === "w"));
  if (other >= 0) return channelsAt(call, named, other);
  const free = (["h", "w"] as const).find((axis) => !axes.includes(axis))!;
  return conform(
    call,
    named,
    axes.map((axis) => (axis === "c" ? free : axis)),
  );
}
