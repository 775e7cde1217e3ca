/** What became of every file of the model zoo as Markdown, and the place it has in a document: between two comments. */

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

const begin = "<!-- Written by check-zoo.js --write; do not edit. -->";
const end = "<!-- End of what check-zoo.js wrote. -->";

export function renderZoo(rows: readonly ZooRow[], bad: readonly BadRow[]): string {
  const files = table(
    ["network", "file", "container", "result"],
    rows.map((row, i) => [
      rows[i - 1]?.network === row.network ? "" : row.network,
      row.file,
      row.container,
      row.result,
    ]),
  );
  const broken = table(
    ["file", "what it is", "answer"],
    bad.map(({ file, what, answers }) => [file, what, answers.join("; then: ")]),
  );
  return `${files}\n\n### Broken, hostile, unsupported and odd files\n\n${broken}`;
}

/** The document with `content` between the comments; undefined where it has no such place. */
export function withZoo(document: string, content: string): string | undefined {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) return undefined;
  return `${document.slice(0, from + begin.length)}\n\n${content}\n\n${document.slice(to)}`;
}

/** Aligned, as the formatter of the project's documents has it. */
function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = [head, ...body].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [first, ...others] = rows.map(line);
  return [first, line(widths.map((width) => "-".repeat(width))), ...others].join("\n");
}
