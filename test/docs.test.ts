/** What the documentation says is so: the RAM table, the commands, the files. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { withFigures } from "../scripts/readme-figures.ts";
import { CompileError } from "../src/error.ts";
import { fusePool } from "../src/pass/fuse-pool.ts";
import type { FramePolicy, Strategy } from "../src/plan/plan.ts";
import { planMemory } from "../src/plan/plan-memory.ts";
import { strategies } from "../src/plan/strategy.ts";
import type { DeviceSummary } from "../src/report/device-summary.ts";
import { codeIn, linkedFiles, tableWith } from "./support/markdown.ts";
import { bundledNames, prepareModel, readModel } from "./support/models.ts";
import { packageRoot } from "./support/package-root.ts";
import { pingpool } from "./support/pingpool.ts";

const root = packageRoot();
const read = (name: string): string => readFileSync(join(root, name), "utf8");
const readme = read("README.md");
const texts = [...readdirSync(root).filter((name) => name.endsWith(".md")), "models/README.md"];

/** Which plan each column of README's RAM table is of, by its heading. */
const columns: readonly (readonly [string, Strategy, FramePolicy])[] = [
  ["every layer its own buffer", "naive", "resident"],
  ["the paper", "paper", "resident"],
  ["frame in the arena", "stream", "resident"],
  ["rows pushed", "stream", "pushed"],
];

test("README's RAM table holds what the plans take, and what is cited", () => {
  const [headings, ...rows] = tableWith(readme, "int8 working memory");
  const column = (word: string): number => headings!.findIndex((heading) => heading.includes(word));
  const bytes = (text: string): number => Number(text.replace(/,| B$/g, ""));
  const models = bundledNames.map((name) => ({ name, title: readModel(name).sidecar.title! }));
  assert.deepEqual(
    rows.map(([label]) => models.find(({ title }) => label!.startsWith(title))?.name),
    models.map(({ name }) => name),
  );
  for (const [i, row] of rows.entries()) {
    const { name } = models[i]!;
    const model = readModel(name);
    const { graph } = prepareModel(model, "int8");
    for (const [heading, strategy, frame] of columns) {
      const planned = strategies[strategy].fusePool ? fusePool(graph) : graph;
      const shown = row[column(heading)]!;
      if (shown === "does not apply")
        assert.throws(() => planMemory(planned, { strategy, frame }), CompileError, `${name}, ${heading}`);
      else
        assert.equal(
          bytes(shown),
          planMemory(planned, { strategy, frame }).arenaBytes,
          `${name}, ${heading}`,
        );
    }
    const published = model.sidecar.cited?.find(({ title }) => title.startsWith("CMSIS-NN"));
    const shown = row[column("CMSIS-NN")]!;
    assert.equal(shown === "-" ? undefined : bytes(shown), published?.arenaBytes, name);
  }
});

test("README's figures are those of the devices' file and of what was held against the truth", () => {
  const summary = JSON.parse(read("reports/data/devices.json")) as DeviceSummary;
  assert.equal(withFigures(readme, summary), readme, "run node dist/scripts/readme-figures.js --write");
});

test("README lists the commands there are, and names no other", () => {
  const help = pingpool("--help").stdout;
  const commands = [...help.matchAll(/^ {2}(\w+) +\S/gm)].map((match) => match[1]!);
  assert.ok(commands.includes("compile"));
  const listed = tableWith(readme, "what it does").slice(1);
  assert.deepEqual(
    listed.map(([command]) => /pingpool (\w+)/.exec(command!)![1]).sort(),
    [...commands].sort(),
  );
  const named = texts.flatMap((name) => codeIn(read(name))).flatMap((code) => commandOf(code) ?? []);
  assert.deepEqual(
    named.filter((command) => !commands.includes(command)),
    [],
  );
});

const commandOf = (code: string): string | undefined => /^(?:npx )?pingpool ([a-z]+)/.exec(code)?.[1];

test("every option shown with a command is one that it takes", () => {
  const shown = texts.flatMap((name) => codeIn(read(name))).filter((code) => commandOf(code) !== undefined);
  assert.ok(shown.length > 0);
  for (const code of shown) {
    const help = pingpool(commandOf(code)!, "--help").stdout;
    for (const [option] of code.matchAll(/--[a-z-]+/g)) assert.match(help, new RegExp(`${option}\\b`), code);
  }
});

test("every npm script named exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const name of texts) {
    const named = [...read(name).matchAll(/npm (?:run ([\w:]+)|(test)\b)/g)].map(
      ([, run, test]) => run ?? test!,
    );
    assert.deepEqual(
      named.filter((script) => !(script in scripts)),
      [],
      name,
    );
  }
});

test("every file linked or named in full exists", () => {
  for (const name of texts) {
    const full = codeIn(read(name)).filter((code) =>
      /^(src|test|scripts|models|devices|assembly)\/[\w./-]+$/.test(code),
    );
    const linked = linkedFiles(read(name)).map((target) => join(dirname(name), target));
    assert.deepEqual(
      [...full, ...linked].filter((file) => !existsSync(join(root, file))),
      [],
      name,
    );
  }
});

test("ARCHITECTURE lists the rooms there are", () => {
  const rooms = tableWith(read("ARCHITECTURE.md"), "must never know").slice(1);
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const named = rooms.map(([room]) => room!.replace(/[`/]/g, ""));
  assert.deepEqual([...named, "cli"].sort(), folders.map(({ name }) => name).sort());
});
