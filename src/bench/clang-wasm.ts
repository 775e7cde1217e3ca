/**
 * Compiles C to Wasm with `@yowasp/clang`, which is clang itself as Wasm: a C compiler on a machine that has only npm.
 *
 * It is a development dependency of 100 MB, so it is imported on first use and may be absent. Its first call costs about a
 * second, later ones under half. Nothing is written to disk.
 */
import type { CFiles } from "./c-driver.ts";

export interface ClangWasm {
  /** `clang 22.0.0 (@yowasp/clang)` */
  readonly version: string;
  /**
   * Compiles all `.c` files to one module without imports, with every function marked `export_name` exported. Throws an
   * `Error` carrying clang's stderr.
   */
  readonly compile: (files: CFiles, flags?: readonly string[]) => Promise<Uint8Array>;
}

/** Fast code, the flags of the comparison with AssemblyScript. */
export const fastFlags: readonly string[] = ["-std=c99", "-O3", "-mbulk-memory", "-ffp-contract=off"];
/** The same, and lanes of 128 bits where clang finds them. */
export const fastSimdFlags: readonly string[] = [...fastFlags, "-msimd128"];
/** Every undefined behaviour that clang can see is a Wasm trap (`RuntimeError: unreachable`). */
export const undefinedTrapFlags: readonly string[] = [
  ...["-std=c99", "-O1", "-ffp-contract=off"],
  ...["-fsanitize=undefined", "-fsanitize-trap=undefined"],
];

/** The compiler, or null where `@yowasp/clang` is not installed. */
export async function loadClangWasm(): Promise<ClangWasm | null> {
  const yowasp = await importClang();
  if (yowasp === null) return null;
  return {
    version: await clangVersion(yowasp),
    compile: async (files, flags = fastFlags) => {
      const sources = Object.keys(files).filter((name) => name.endsWith(".c"));
      // No start files and no entry, but libc stays on the line: memcpy comes from it and nothing else is linked.
      const args = [...flags, "-nostartfiles", "-Wl,--no-entry", ...sources, "-o", "module.wasm"];
      const { files: made, stderr } = await runClang(yowasp, args, { ...files });
      const wasm = made["module.wasm"];
      if (!(wasm instanceof Uint8Array)) throw new Error(`clang refused ${sources.join(", ")}\n${stderr}`);
      return wasm;
    },
  };
}

type Yowasp = typeof import("@yowasp/clang");

async function importClang(): Promise<Yowasp | null> {
  try {
    return await import("@yowasp/clang");
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}

interface ClangRun {
  readonly files: Readonly<Record<string, unknown>>;
  readonly stderr: string;
}

async function runClang(yowasp: Yowasp, args: string[], files: Record<string, string>): Promise<ClangRun> {
  const decoder = new TextDecoder();
  let stderr = "";
  const write = (bytes: Uint8Array | null): void => {
    if (bytes) stderr += decoder.decode(bytes, { stream: true });
  };
  try {
    const made = await yowasp.commands.clang(args, files, {
      stdout: write,
      stderr: write,
      fetchProgress: () => undefined, // its own would print to the console
    });
    return { files: made ?? {}, stderr };
  } catch (error) {
    if (error instanceof yowasp.Exit) return { files: {}, stderr };
    throw error;
  }
}

async function clangVersion(yowasp: Yowasp): Promise<string> {
  const { stderr } = await runClang(yowasp, ["--version"], {});
  return `clang ${/version (\S+)/.exec(stderr)?.[1] ?? ""} (@yowasp/clang)`;
}
