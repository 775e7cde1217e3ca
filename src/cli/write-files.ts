import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
