import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "./package-root.ts";

/** Compares with `test/golden/NAME`; with UPDATE=1 in the environment, writes it. Review the difference in the diff. */
export function assertGolden(name: string, text: string): void {
  const file = join(packageRoot(), "test", "golden", name);
  if (process.env["UPDATE"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(
    text,
    readFileSync(file, "utf8"),
    `differs from test/golden/${name}; UPDATE=1 npm test renews it`,
  );
}
