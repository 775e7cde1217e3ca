/**
 * Runs the compiled test files with Node's own runner: `npm test` all but `test/devices`, `npm run test:devices` only
 * those. (Node 20's `--test` takes no globs.) Arguments are words that a file's path must contain.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "test");
const devices = process.argv.includes("--devices");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.js"))
  .filter((path) => path.startsWith("devices") === devices)
  .filter((path) => words.every((word) => path.includes(word)))
  .sort()
  .map((path) => relative(process.cwd(), join(root, path)));

if (files.length === 0) {
  process.stderr.write(`no test file matches ${words.join(" ")}\n`);
  process.exit(1);
}
// Node leaves one core idle unless told not to; on two cores that would be half of them.
const concurrency = `--test-concurrency=${availableParallelism()}`;
const { status } = spawnSync(process.execPath, ["--test", concurrency, "--test-reporter=spec", ...files], {
  stdio: "inherit",
});
process.exit(status ?? 1);
