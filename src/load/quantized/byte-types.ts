/**
 * Which tensors of a graph under construction are bytes, and what the bytes stand for. A network is either all float
 * or all bytes: quantising a tensor that only moves the input's values makes the input itself bytes, and what comes
 * behind a dequantise stays in bytes.
 */
import { CompileError } from "../../error.ts";
import type { ByteType } from "../../graph/byte-type.ts";
import type { NodeBody } from "../graph-builder.ts";
import { keepBytes } from "./keep-bytes.ts";

export class ByteTypes {
  readonly #types = new Map<number, ByteType>();
  /** Of float nodes whose output holds only values of their input. */
  readonly #movedFrom = new Map<number, number>();

  typeOf(tensor: number): ByteType | undefined {
    return this.#types.get(tensor);
  }

  /** The node as it is on these inputs: in bytes where they are. `channels` are the first input's. */
  adapt(
    body: NodeBody,
    inputs: readonly number[],
    channels: number,
    place: string,
  ): { body: NodeBody; type: ByteType | undefined } {
    const types = inputs.map((input) => this.#types.get(input));
    if (types.every((type) => type === undefined)) return { body, type: undefined };
    const known = types.filter((type) => type !== undefined);
    const kept = known.length === types.length ? keepBytes(body, known, channels) : undefined;
    if (kept) return kept;
    throw new CompileError(
      `${place}: computes in float what was quantised; quantise the whole network, or save the float model`,
    );
  }

  /** Takes note of a node's output; a float one may still be made bytes by a quantise that follows. */
  add(body: NodeBody, type: ByteType | undefined, inputs: readonly number[], output: number): void {
    if (type) this.#types.set(output, type);
    else if (movers.has(body.kind) && inputs.length === 1) this.#movedFrom.set(output, inputs[0]!);
  }

  /**
   * Makes a float tensor bytes, and what it was moved from, back to one of `graphInputs`.
   *
   * @returns whether that is where it came from.
   */
  settle(tensor: number, type: ByteType, graphInputs: readonly number[]): boolean {
    const path = [tensor];
    for (let at = this.#movedFrom.get(tensor); at !== undefined; at = this.#movedFrom.get(at)) path.push(at);
    if (!graphInputs.includes(path.at(-1)!)) return false;
    for (const each of path) if (!this.#types.has(each)) this.#types.set(each, type);
    return true;
  }

  /** @throws CompileError naming the first of these nodes that is float in a network of bytes. */
  refuseMixture(nodes: readonly { readonly place: string; readonly tensors: readonly number[] }[]): void {
    const isFloat = (tensor: number): boolean => !this.#types.has(tensor);
    const float = nodes.find(({ tensors }) => tensors.some(isFloat));
    if (!float || nodes.every(({ tensors }) => tensors.every(isFloat))) return;
    throw new CompileError(
      `${float.place}: computes in float and other layers in bytes; quantise the whole network, or save the float model`,
    );
  }
}

/** What holds only values of its input. */
const movers: ReadonlySet<NodeBody["kind"]> = new Set([
  "flatten",
  "identity",
  "reshape",
  "transpose",
  "slice",
  "maxPool2d",
]);
