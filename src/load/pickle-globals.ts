/**
 * Which Python names a pickle may mention. Nothing is ever called, so the lists do not protect us from execution;
 * they keep us from quietly accepting a file that would attack whoever opens it with Python.
 */
import { isStorageType } from "./pickle-value.ts";
import type { PickleGlobal } from "./pickle-value.ts";

/** `allowed`: its meaning is known here. `opaque`: kept as a name. `hostile`: the file is refused. */
export type Verdict = "allowed" | "opaque" | "hostile";

const allowed = new Set([
  "collections.OrderedDict",
  "__builtin__.set",
  "builtins.set",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_qtensor",
  "torch.jit._pickle.build_intlist",
  "torch.jit._pickle.build_tensorlist",
  "torch.jit._pickle.build_doublelist",
  "torch.jit._pickle.build_boollist",
  "torch.jit._pickle.restore_type_tag",
  "torch.Size",
]);

/** Inert values of the `torch` module: quantisation schemes, element types, devices. */
const torchConstant =
  /^(per_(tensor|channel)_affine\w*|q?u?int\d+|float\d+|bfloat16|complex\d+|bool|strided|device)$/;

/** Top-level modules whose functions act on the machine or on the interpreter. */
const hostileModules = new Set(
  (
    "posix nt os subprocess sys shutil socket pty runpy importlib imp ctypes pickle _pickle marshal code codeop " +
    "commands webbrowser operator _operator functools types bdb pdb asyncio multiprocessing threading signal platform " +
    "tempfile pathlib io builtins __builtin__ http urllib urllib2 requests ftplib smtplib pip idlelib timeit cProfile " +
    "profile trace inspect gc atexit ssl zipimport"
  ).split(" "),
);

const harmlessBuiltins = new Set(
  "set frozenset slice list dict tuple int float bool str bytes bytearray complex object range".split(" "),
);

/** `strict` is for TorchScript, which needs no names but its own; `torch.save` files hold arbitrary classes. */
export function judgeGlobal(global: PickleGlobal, strict: boolean): Verdict {
  const { module, name } = global;
  if (
    allowed.has(`${module}.${name}`) ||
    (module === "torch" && (isStorageType(name) || torchConstant.test(name)))
  ) {
    return "allowed";
  }
  if (module === "__torch__" || module.startsWith("__torch__.")) return "allowed";
  if (strict || isHostile(module, name)) return "hostile";
  return "opaque";
}

function isHostile(module: string, name: string): boolean {
  const top = module.split(".")[0]!;
  if (top === "builtins" || top === "__builtin__") return !harmlessBuiltins.has(name);
  return hostileModules.has(top) || module === "torch.hub" || name.includes(".");
}
