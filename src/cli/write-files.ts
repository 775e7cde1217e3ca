import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CompileError } from "../error.ts";

/**
 * Writes all files of a folder or none: each goes to a temporary name first and all are renamed at the end, so a full
 * disk or a killed process leaves no half-written engine behind.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const temporary = new Map<string, string>();
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, `.${name}.${process.pid}`);
      temporary.set(name, path);
      writeFileSync(path, text);
    }
    for (const [name, path] of temporary) renameSync(path, join(folder, name));
  } catch (error) {
    for (const path of temporary.values()) rmSync(path, { force: true });
    throw new CompileError(
      `${folder}: cannot be written (${(error as Error).message}); choose another folder with --out`,
    );
  }
}

/** Writes one file that the option `--option` names, whole or not at all; a pipe or a terminal as it comes. */
export function writeFile(path: string, text: string, option: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
    writeFileSync(isFile ? temporary : path, text);
    if (isFile) renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CompileError(
      `${path}: cannot be written (${(error as Error).message}); choose another --${option}`,
    );
  }
}
