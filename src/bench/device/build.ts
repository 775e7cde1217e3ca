/** From C files to an image for a board: compiled one by one, linked with the start-up code of `devices/`. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CompileError } from "../../error.ts";
import { type Elf, readElf } from "./elf.ts";
import { boardFile, execute, lastingFolder, versionOf } from "./execute.ts";
import type { Device } from "./list.ts";

/** An engine as C text by file name, as `printC` gives it: `NAME.h`, `NAME.c`, `NAME_weights.c`, `NAME_selftest.c`. */
export type EngineFiles = Readonly<Record<string, string>>;

/** What runs on a board: an engine and, where it calls one, a library outside this package. */
export interface DeviceProgram {
  readonly files: EngineFiles;
  readonly library?: Library;
}

/** C sources on disk that an engine calls, and that lend it working memory: see `ENGINE_SCRATCH` in `devices/main.c`. */
export interface Library {
  readonly sources: readonly string[];
  readonly includes: readonly string[];
}

/** A compiler and how hard it tries. */
export interface Build {
  readonly compiler: "gcc" | "clang";
  readonly optimisation: "-O1" | "-O2" | "-O3" | "-Os";
  /**
   * Whether kernels are marked (see `devices/mark.h`), to count each. A mark is no instruction, but compilers inline
   * a little less across it: whole inferences are counted without.
   */
  readonly marked?: boolean;
  /** Beside the optimisation. */
  readonly flags?: readonly string[];
  /** Without the self-test: one inference, whose bytes nobody compares. */
  readonly inferOnly?: boolean;
}

export interface Image {
  readonly path: string;
  readonly elf: Elf;
}

/** The command and first line of `--version` of the compiler that a build uses. */
export function compilerOf(device: Device, { compiler }: Build): { command: string; version?: string } {
  const command = compiler === "gcc" ? `${device.target}-gcc` : "clang";
  const version = versionOf(command);
  return { command, ...(version !== undefined && { version }) };
}

/** Compiles and links in `folder`. Throws an `Error` with the compiler's words where either fails. */
export async function buildImage(
  program: DeviceProgram,
  device: Device,
  build: Build,
  folder: string,
): Promise<Image> {
  for (const [name, text] of Object.entries(program.files)) writeFileSync(join(folder, name), text);
  const objects = [
    ...(await compileEngine(program, device, build, folder)),
    ...(await compileLibrary(program, device, build)),
    ...(await compileBoard(program, device, build, folder)),
  ];
  const path = join(folder, "image.elf");
  const { failed, output } = await execute(
    `${device.target}-gcc`,
    [
      ...device.linkFlags,
      ...device.libraryFlags,
      ...objects,
      ...["-Wl,--gc-sections", "-T", boardFile(device.linkerScript)],
      ...Object.entries(device.symbols).map(([symbol, value]) => `-Wl,--defsym=${symbol}=${value}`),
      ...["-o", path],
    ],
    { folder },
  );
  if (/will not fit in region|overflowed by/.test(output))
    throw new CompileError(`${device.name}: the engine does not fit: ${firstLineWith("region", output)}`);
  if (failed) throw new Error(`${device.name}: linking failed\n${output}`);
  return { path, elf: readElf(readFileSync(path)) };
}

const firstLineWith = (word: string, text: string): string =>
  text
    .split("\n")
    .find((line) => line.includes(word))!
    .trim();

async function compileEngine(
  { files, library }: DeviceProgram,
  device: Device,
  build: Build,
  folder: string,
): Promise<readonly string[]> {
  const flags = [
    ...(await compilerFlags(device, build)),
    ...includes(library),
    ...(build.marked
      ? ["-include", boardFile("mark.h"), `-D${trace(files)}(kernel)=DEVICE_MARK(kernel)`]
      : []),
  ];
  const sources = engineSources(files);
  const objects = sources.map((_, i) => `engine_${i}.o`);
  const { command } = compilerOf(device, build);
  for (const [i, source] of sources.entries())
    await run(command, folder, [...flags, "-c", source, "-o", objects[i]!]);
  return objects;
}

/** A library is the same for every network: its objects are made once a process. */
async function compileLibrary(
  { library }: DeviceProgram,
  device: Device,
  build: Build,
): Promise<readonly string[]> {
  if (!library) return [];
  const { command } = compilerOf(device, build);
  const flags = [...(await compilerFlags(device, build)), ...includes(library)];
  const key = JSON.stringify([command, flags, library.sources]);
  const compiled = libraries.get(key) ?? compileObjects(command, flags, library.sources);
  libraries.set(key, compiled);
  return compiled;
}

const libraries = new Map<string, Promise<readonly string[]>>();

async function compileObjects(
  command: string,
  flags: readonly string[],
  sources: readonly string[],
): Promise<readonly string[]> {
  const folder = lastingFolder();
  const objects = sources.map((source) => join(folder, `${basename(source, ".c")}.o`));
  for (const [i, source] of sources.entries())
    await run(command, folder, [...flags, "-c", source, "-o", objects[i]!]);
  return objects;
}

const includes = (library: Library | undefined): readonly string[] =>
  (library?.includes ?? []).map((path) => `-I${path}`);

async function compileBoard(
  { files, library }: DeviceProgram,
  device: Device,
  build: Build,
  folder: string,
): Promise<readonly string[]> {
  const { selftest, run: call } = entryPoints(files);
  const flags = [
    ...device.flags,
    ...device.libraryFlags,
    ...includes(library),
    ...["-Os", "-std=gnu99", `-I${folder}`, `-DENGINE_SELFTEST_FILE="${selftest}.c"`],
    ...[`-DENGINE_SELFTEST=${selftest}`, `-DENGINE_RUN=${call}`],
    ...(build.inferOnly ? ["-DENGINE_INFER_ONLY"] : []),
    ...(library ? [`-DENGINE_SCRATCH=${engineName(files)}_scratch_bytes`] : []),
  ];
  const sources = ["main.c", device.startup];
  for (const source of sources)
    await run(`${device.target}-gcc`, folder, [
      ...flags,
      ...["-c", boardFile(source), "-o", boardObject(source)],
    ]);
  return sources.map(boardObject);
}

/** The linker script knows them by this name. */
const boardObject = (source: string): string => `board_${source.replace(/\.c$/, ".o")}`;

async function compilerFlags(device: Device, build: Build): Promise<readonly string[]> {
  return [
    ...(await coreFlags(device, build)),
    ...[build.optimisation, "-std=gnu99", "-ffp-contract=off", "-ffunction-sections", "-fdata-sections"],
    ...(build.flags ?? []),
  ];
}

async function coreFlags(device: Device, build: Build): Promise<readonly string[]> {
  if (build.compiler === "gcc") return [...device.flags, ...device.libraryFlags];
  const folders = await libraryFolders(device);
  return [
    `--target=${device.clangTarget ?? device.target}`,
    ...device.flags,
    ...folders.map((path) => `-isystem${path}`),
  ];
}

/** Where GCC finds the C library's headers; its own it keeps below `lib/gcc`, and clang has its own too. */
async function libraryFolders(device: Device): Promise<readonly string[]> {
  const flags = [...device.linkFlags, ...device.libraryFlags, "-E", "-v", "-xc", "/dev/null"];
  const { output } = await execute(`${device.target}-gcc`, flags);
  const listed = /#include <\.\.\.> search starts here:\n([^]*?)End of search list/.exec(output)?.[1] ?? "";
  return listed
    .split("\n")
    .map((line) => line.trim())
    .filter((path) => path !== "" && !/\/lib\/gcc\/[^/]+\/[^/]+\/include(-fixed)?$/.test(path));
}

async function run(command: string, folder: string, args: readonly string[]): Promise<void> {
  const { failed, output } = await execute(command, args, { folder });
  if (/size of array .* is too large/.test(output))
    throw new CompileError(`the engine does not fit: ${firstLineWith("too large", output)}`);
  if (failed) throw new Error(`${command} failed\n${output}`);
}

function engineSources(files: EngineFiles): readonly string[] {
  return Object.keys(files).filter((name) => name.endsWith(".c") && !isSelfTest(name));
}

const isSelfTest = (name: string): boolean => name.endsWith("_selftest.c");

function engineName(files: EngineFiles): string {
  const file = Object.keys(files).find(isSelfTest);
  if (file === undefined) throw new Error("an engine without a self-test cannot run on a device");
  return file.slice(0, -"_selftest.c".length);
}

const trace = (files: EngineFiles): string => `${engineName(files).toUpperCase()}_TRACE`;

/** The self-test's name, and the call of the engine on its recorded frame: its parameters are named alike. */
function entryPoints(files: EngineFiles): { readonly selftest: string; readonly run: string } {
  const name = engineName(files);
  const parameters = new RegExp(`\\b${name}_run\\(([^)]*)\\)`).exec(files[`${name}.h`] ?? "")?.[1] ?? "";
  const names = parameters.split(",").map((parameter) => /\w+$/.exec(parameter.trim())?.[0] ?? "");
  return { selftest: `${name}_selftest`, run: `${name}_run(${names.join(", ")})` };
}
