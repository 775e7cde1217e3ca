/** What became of every file of the model zoo as Markdown. */
import { markdownTable } from "./generated.ts";

export interface ZooRow {
  readonly network: string;
  readonly file: string;
  readonly container: string;
  /** What was measured, or the refusal. */
  readonly result: string;
}

export interface BadRow {
  readonly file: string;
  /** What is wrong with it, in the folder's own words. */
  readonly what: string;
  /** Our answers, one a way of asking. */
  readonly answers: readonly string[];
}

export function renderZoo(rows: readonly ZooRow[], bad: readonly BadRow[]): string {
  const files = markdownTable(
    ["network", "file", "container", "result"],
    rows.map((row, i) => [
      rows[i - 1]?.network === row.network ? "" : row.network,
      row.file,
      row.container,
      row.result,
    ]),
  );
  const broken = markdownTable(
    ["file", "what it is", "answer"],
    bad.map(({ file, what, answers }) => [file, what, answers.join("; then: ")]),
  );
  return `${files}\n\n### Broken, hostile, unsupported and odd files\n\n${broken}`;
}
