import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a file of this package, found upwards from here: compiled files lie at another depth than sources. */
export function packageFile(name: string): string {
  let folder = new URL("./", import.meta.url);
  while (!existsSync(new URL("package.json", folder))) folder = new URL("../", folder);
  return fileURLToPath(new URL(name, folder));
}

/** The version in package.json. */
export function toolVersion(): string {
  return (JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }).version;
}
