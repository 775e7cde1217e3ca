/** What layers of an ONNX file are called: by their module where the exporter wrote it into the node's name. */
import type { NodeProto } from "./model-proto.ts";

/**
 * The module path of `/features/features.0/Conv` (PyTorch repeats the path so far in each part), of `/block/conv1/Conv`,
 * or of a plain name; empty for names that only number the operator, such as `Conv_12`.
 */
export function pathOf({ name, opType }: NodeProto): string {
  const parts = name.split("/").filter((part) => part !== "");
  const modules = parts.length > 1 ? parts.slice(0, -1) : parts.filter((part) => !part.startsWith(opType));
  return modules.reduce((path, part) => {
    if (path === "" || part === path || part.startsWith(`${path}.`)) return part;
    return `${path}.${part}`;
  }, "");
}

/** `GlobalAveragePool` as `global_average_pool`. */
export function operationName(opType: string): string {
  return opType.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}
