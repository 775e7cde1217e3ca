import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { packageRoot } from "./support/package-root.ts";

/** Which rooms each room may import (itself always). `error` and `measurement` are open to all. */
const arrows: Record<string, readonly string[]> = {
  graph: [],
  load: ["graph"],
  pass: ["graph"],
  plan: ["graph"],
  loop: [],
  lower: ["graph", "plan", "loop"],
  backend: ["loop"],
  core: ["loop", "truth"],
  choose: ["graph", "plan", "loop", "lower", "backend", "core"],
  simulate: [],
  wait: ["loop", "backend", "core", "simulate", "truth"],
  truth: [],
  bench: [
    "graph",
    "pass",
    "plan",
    "loop",
    "lower",
    "backend",
    "core",
    "choose",
    "simulate",
    "truth",
    "report",
    "compile",
  ],
  report: ["plan", "simulate", "truth"],
  cli: [
    "graph",
    "load",
    "pass",
    "plan",
    "loop",
    "lower",
    "backend",
    "core",
    "choose",
    "simulate",
    "wait",
    "truth",
    "bench",
    "report",
    "compile",
  ],
  compile: ["graph", "load", "pass", "plan", "loop", "lower", "backend", "core", "choose"],
  index: ["graph", "load", "pass", "plan", "loop", "lower", "backend", "core", "compile", "report"],
};
/** Rooms that may only import types of another room. */
const typesOnly = new Set(["core loop", "report plan", "bench report"]);
const open = new Set(["error", "measurement"]);

const src = join(packageRoot(), "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
const room = (path: string): string => path.split("/")[0]!.replace(/\.ts$/, "");
const importsOf = (file: string): { type: boolean; target: string }[] =>
  [
    ...readFileSync(join(src, file), "utf8").matchAll(
      /^(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"/gm,
    ),
  ].map((m) => ({ type: m[1] !== undefined, target: posix.normalize(posix.join(dirname(file), m[2]!)) }));

test("imports follow the arrows of ARCHITECTURE.md", () => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = room(file);
    for (const { type, target } of importsOf(file)) {
      const to = room(target);
      if (to === from || open.has(to)) continue;
      if (!(arrows[from] ?? []).includes(to)) wrong.push(`${file}: ${from}/ may not import ${to}/`);
      else if (typesOnly.has(`${from} ${to}`) && !type)
        wrong.push(`${file}: ${from}/ may import only types of ${to}/`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("no file needs itself by way of what it imports", () => {
  const needs = new Map(files.map((file) => [file, importsOf(file).filter(({ type }) => !type)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" > "));
    if (done.has(file) || path.includes(file)) return;
    for (const { target } of needs.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});

test("readers of a program do not know each other", () => {
  const readers = ["c", "assemblyscript", "interpret", "count"];
  const owner = (path: string): string | undefined =>
    readers.find((reader) => path.replace("backend/", "").startsWith(reader));
  const wrong = files
    .filter((file) => file.startsWith("backend/"))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => target.startsWith("backend/"))
        .filter(({ target }) => owner(target) !== undefined && owner(target) !== owner(file))
        .map(({ target }) => `${file} imports ${target}`),
    );
  assert.deepEqual(wrong, []);
});

test("only bench/ and cli touch files, processes and clocks", () => {
  const pure = files.filter((file) => !["bench", "cli"].includes(room(file)));
  const wrong = pure.filter((file) =>
    /from "node:|process\.|Date\.|performance\.|Math\.random/.test(readFileSync(join(src, file), "utf8")),
  );
  assert.deepEqual(wrong, []);
});

test("every room is drawn in ARCHITECTURE.md", () => {
  const text = readFileSync(join(packageRoot(), "ARCHITECTURE.md"), "utf8");
  const rooms = new Set(files.filter((f) => f.includes("/")).map(room));
  assert.deepEqual(
    [...rooms].filter((name) => !text.includes(`\`${name}/\``)),
    [],
  );
});
