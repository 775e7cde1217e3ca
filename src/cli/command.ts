import type { Arguments, OptionName } from "./arguments.ts";

/** What a command prints: one text for people, one value for programs. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
}

/** One verb of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly OptionName[];
  /** Further lines of its help. */
  readonly notes: readonly string[];
  readonly run: (typed: Arguments, commandLine: string) => Promise<Result>;
}
