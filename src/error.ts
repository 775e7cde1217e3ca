/**
 * The one error class for faults that are not ours: a file, an option or a network the user gave us.
 *
 * The command line prints its message alone and exits with 1; any other error is our bug: it prints its stack and
 * exits with 2. A message says where, what was found and what to do: lower case after the place, no full stop.
 */
export class CompileError extends Error {
  override readonly name = "CompileError";
  /** Every problem found, one sentence each; the message joins them line by line. */
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[]) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"));
    this.problems = list;
  }
}
