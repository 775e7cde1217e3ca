/** The little of Markdown the tests of the documentation need. */

/** Rows of the first table with a heading that contains `word`: cells without marks, the headings first. */
export function tableWith(text: string, word: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|") && line.includes(word));
  if (start < 0) throw new Error(`no table has a heading with "${word}"`);
  const rows = lines.slice(start);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("**", "").trim()),
    );
}

/** Targets of links that are files: relative, without their anchors. */
export function linkedFiles(text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!.replace(/#.*$/, ""));
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** Each line of the code blocks, and each piece of code in running text. */
export function codeIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```.*\n([^]*?)^```/gm)].flatMap((match) => match[1]!.split("\n"));
  const inline = [...text.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  return [...blocks, ...inline].filter((code) => code !== "");
}
