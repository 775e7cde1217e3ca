import type { Arguments, Option, OptionName } from "./arguments.ts";

/** What a command prints: one text for people, one value for programs. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
  /** Of the process, if not 0. */
  readonly exitCode?: number;
}

/** One verb of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly OptionName[];
  /** Options that mean something else to this command than to the others. */
  readonly own?: Readonly<Partial<Record<OptionName, Option>>>;
  /** Further lines of its help. */
  readonly notes: readonly string[];
  readonly run: (typed: Arguments, commandLine: string) => Promise<Result>;
}
