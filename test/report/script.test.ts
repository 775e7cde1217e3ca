import assert from "node:assert/strict";
import test from "node:test";
import ts from "typescript";
import { pageScript, scatterScript } from "../../src/report/client/script.ts";

test("the pages' scripts use no names but their own, the browser's and chart.js'", () => {
  assert.deepEqual(unknownNames(pageScript()), ["Chart"]);
  assert.deepEqual(unknownNames(scatterScript()), ["Chart"]);
});

/** Names that neither the script nor the browser has, found by the type checker; and everything that is not a program. */
function unknownNames(text: string): string[] {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === "page.js" || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === "page.js"
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram(["page.js"], options, host);
  const source = program.getSourceFile("page.js")!;
  const cannotFind = program.getSemanticDiagnostics(source).filter((d) => d.code === 2304 || d.code === 2552);
  const problems = [...program.getSyntacticDiagnostics(source), ...cannotFind];
  return [...new Set(problems.map((d) => text.slice(d.start, d.start! + d.length!)))].sort();
}
