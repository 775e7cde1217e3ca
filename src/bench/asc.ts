/**
 * Compiles AssemblyScript in memory: sources in, a Wasm module out, no file touched.
 *
 * asc is imported on first use: that and its first, cold compilation cost one to three seconds, each later one 0.2 to
 * 0.5 s. Weights must not be literals in the source (that alone costs over a second): the host copies them in.
 */

export interface AscOptions {
  /** Size of the exported memory, in pages of 64 KiB. */
  readonly pages: number;
  /** The module grows its memory as it needs; otherwise it never does. */
  readonly mayGrow?: boolean;
  /** Keep function names, so that counts by function can be read. */
  readonly keepNames?: boolean;
}

/** AssemblyScript files by name; the entry is `entry`. */
export interface AscSources {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Gives the Wasm binary. Source that asc refuses is our printers' bug, not the user's fault: an `Error` carrying all
 * that asc wrote to stderr.
 */
export async function compileAssemblyScript(sources: AscSources, options: AscOptions): Promise<Uint8Array> {
  const asc = await import("assemblyscript/asc");
  const stderr = asc.createMemoryStream();
  let binary: Uint8Array | undefined;
  const { error } = await asc.main(ascArguments(sources.entry, options), {
    stdout: asc.createMemoryStream(),
    stderr,
    readFile: (name) => sources.files[name] ?? null,
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) {
    throw new Error(`asc refused ${sources.entry}\n${stderr.toString()}${error?.message ?? ""}`);
  }
  return binary;
}

function ascArguments(entry: string, { pages, mayGrow, keepNames }: AscOptions): string[] {
  return [
    entry,
    ...["--outFile", "module.wasm"],
    ...["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"],
    ...["--initialMemory", String(pages), ...(mayGrow ? [] : ["--maximumMemory", String(pages)])],
    ...(keepNames ? ["--debug"] : []),
  ];
}
