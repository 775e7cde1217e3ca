import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../error.ts";

/**
 * Writes all files of a folder or none: each goes to a temporary name first and all are renamed at the end, so a full
 * disk or a killed process leaves no half-written engine behind.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const names = Object.keys(files);
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(temporary(name), files[name]!);
    for (const name of names) renameSync(temporary(name), join(folder, name));
  } catch (error) {
    for (const name of names) rmSync(temporary(name), { force: true });
    throw new CompileError(
      `${folder}: cannot be written (${(error as Error).message}); choose another folder with --out`,
    );
  }
}
