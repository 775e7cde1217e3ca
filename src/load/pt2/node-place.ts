/** Where in the module tree a node of a `torch.export` program comes from, for its name. */
import type { Caller } from "../value.ts";

/** Of one program: nodes of one call of a module share its caller. */
export class NodePlaces {
  readonly #callers = new Map<string, Caller>();

  /**
   * @param stack `key,path,class` of every module around the node, outermost first, separated by semicolons.
   * @param weight The first saved tensor the node reads: its owner names the node where the stack does not.
   */
  callerOf(stack: string, weight: string | undefined): Caller {
    const [, path = "", type = ""] = (stack.split(";").at(-1) ?? "").split(",");
    const own = cleanPath(path);
    if (own === "" && weight?.includes(".") === true)
      return { module: { path: weight.slice(0, weight.lastIndexOf(".")), isLeaf: true }, call: {} };
    const known = this.#callers.get(stack);
    if (known) return known;
    const isLeaf = /(^|\.)torch\.nn\.modules\.(?!container\b)/.test(type);
    const caller = { module: { path: own, isLeaf }, call: {} };
    this.#callers.set(stack, caller);
    return caller;
  }
}

/** `L['self'].features[0]` and `L__self__` are how tracing wrote paths at times. */
function cleanPath(path: string): string {
  return path
    .replace(/^L\['self'\]|^L__self__?/, "")
    .replace(/\._modules\['([^']*)'\]/g, ".$1")
    .replace(/\[['"]?([^\]'"]*)['"]?\]/g, ".$1")
    .replace(/^\./, "");
}
