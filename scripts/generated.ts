/** Parts of documents that scripts write: between two comments that name the script. */

/** The document with `content` in the place of `script`; undefined where it has no such place. */
export function withGenerated(document: string, script: string, content: string): string | undefined {
  const begin = `<!-- Written by ${script} --write; do not edit. -->`;
  const end = `<!-- End of what ${script} wrote. -->`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) return undefined;
  return `${document.slice(0, from + begin.length)}\n\n${content}\n\n${document.slice(to)}`;
}

/** Aligned, as the formatter of the project's documents has it. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = [head, ...body].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const [first, ...others] = rows.map(line);
  return [first, line(widths.map((width) => "-".repeat(width))), ...others].join("\n");
}
