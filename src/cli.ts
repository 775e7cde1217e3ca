#!/usr/bin/env node
/**
 * `pingpool`: one command a verb. A user's fault is a sentence and exit code 1, ours a stack and exit code 2.
 * Results go to stdout, progress to stderr.
 */
import { CompileError } from "./error.ts";
import { options, readArguments } from "./cli/arguments.ts";
import type { Command } from "./cli/command.ts";
import { benchCommand } from "./cli/bench.ts";
import { boardsCommand } from "./cli/boards.ts";
import { compileCommand } from "./cli/compile.ts";
import { diffCommand } from "./cli/diff.ts";
import { emulateCommand } from "./cli/emulate.ts";
import { inspectCommand } from "./cli/inspect.ts";
import { planCommand } from "./cli/plan.ts";
import { simulateCommand } from "./cli/simulate.ts";
import { verifyCommand } from "./cli/verify.ts";
import { toolVersion } from "./cli/version.ts";

const commands: readonly Command[] = [
  compileCommand,
  planCommand,
  benchCommand,
  inspectCommand,
  verifyCommand,
  diffCommand,
  emulateCommand,
  simulateCommand,
  boardsCommand,
];

function usage(): string {
  const lines = commands.map((command) => `  ${command.name.padEnd(9)} ${command.summary}`);
  return [
    `pingpool ${toolVersion()}: a trained PyTorch CNN in, a C99 engine for a microcontroller out`,
    "",
    "usage: pingpool COMMAND MODEL.pt [options]",
    "",
    ...lines,
    "",
    "`pingpool COMMAND --help` lists its options. Exit codes: 0 done, 1 your input, 2 our bug.",
  ].join("\n");
}

function commandHelp(command: Command): string {
  const lines = [...command.options, "json" as const].map((name) => {
    const option = command.own?.[name] ?? options[name];
    const left = "value" in option ? `--${name} ${option.value}` : `--${name}`;
    return `  ${left.padEnd(26)} ${option.help}`;
  });
  return [`usage: ${command.usage}`, "", command.summary, "", ...lines, ...command.notes].join("\n");
}

async function main(argv: readonly string[]): Promise<void> {
  const [word, ...rest] = argv;
  if (word === undefined || word === "--help" || word === "help") return void console.log(usage());
  if (word === "--version") return void console.log(toolVersion());
  const command = commands.find(({ name }) => name === word);
  if (!command)
    throw new CompileError(`${word}: unknown command; one of ${commands.map(({ name }) => name).join(", ")}`);
  const typed = readArguments(rest, command.options, command.own);
  if (typed.flags.has("help")) return void console.log(commandHelp(command));
  const result = await command.run(typed, ["pingpool", ...argv].join(" "));
  const text = typed.flags.has("json") ? JSON.stringify(result.json, null, 2) : result.text;
  if (text !== "") console.log(text);
  process.exitCode = result.exitCode ?? 0;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CompileError) {
    console.error(error.problems.map((problem) => `pingpool: ${problem}`).join("\n"));
    process.exitCode = 1;
  } else {
    console.error(error instanceof Error ? error.stack : error);
    console.error("pingpool: this is a bug in pingpool; please report it with the command line");
    process.exitCode = 2;
  }
});
