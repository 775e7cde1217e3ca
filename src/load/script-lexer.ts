/** Splits serialized TorchScript into tokens, with Python's indentation as `indent` and `dedent`. */
import { CompileError } from "../error.ts";

export interface Token {
  readonly kind: "name" | "number" | "string" | "symbol" | "newline" | "indent" | "dedent" | "end";
  /** The text as written; for a string its value. */
  readonly text: string;
  readonly line: number;
}

const blank = /[ \t]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)j?/y;
const stringText = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/y;
const symbol = /->|[()[\]{},.:=\-*@]/y;
const deepestIndent = 100;

export function lexScript(text: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let depth = 0; // of brackets: inside them a line end means nothing
  text.split("\n").forEach((source, index) => {
    const line = index + 1;
    const width = match(blank, source, 0).length;
    if (width === source.length || source[width] === "#") return;
    if (depth === 0) changeIndent(tokens, indents, width, line, file);
    depth = lexLine(tokens, source, { width, depth, line, file });
    if (depth === 0) tokens.push({ kind: "newline", text: "", line });
  });
  const line = tokens.at(-1)?.line ?? 1;
  for (; indents.length > 1; indents.pop()) tokens.push({ kind: "dedent", text: "", line });
  tokens.push({ kind: "end", text: "", line });
  return tokens;
}

function changeIndent(tokens: Token[], indents: number[], width: number, line: number, file: string): void {
  if (width > indents.at(-1)!) {
    if (indents.length >= deepestIndent) throw new CompileError(`${file}:${line}: nested too deeply`);
    indents.push(width);
    tokens.push({ kind: "indent", text: "", line });
  }
  while (width < indents.at(-1)!) {
    indents.pop();
    tokens.push({ kind: "dedent", text: "", line });
  }
  if (width !== indents.at(-1)) throw new CompileError(`${file}:${line}: indentation fits no block`);
}

interface LineStart {
  readonly width: number;
  readonly depth: number;
  readonly line: number;
  readonly file: string;
}

/** Returns the depth of brackets at the end of the line. */
function lexLine(tokens: Token[], source: string, { width, depth, line, file }: LineStart): number {
  let at = width;
  while (at < source.length && source[at] !== "#") {
    const token = lexToken(source, at);
    if (!token) throw new CompileError(`${file}:${line}: cannot read ${source.slice(at, at + 12)}`);
    tokens.push({ kind: token.kind, text: token.value, line });
    if (token.kind === "symbol" && "([{".includes(token.value)) ++depth;
    if (token.kind === "symbol" && ")]}".includes(token.value)) depth = Math.max(0, depth - 1);
    at += token.length;
    at += match(blank, source, at).length;
  }
  return depth;
}

function lexToken(
  source: string,
  at: number,
): { kind: Token["kind"]; value: string; length: number } | undefined {
  const name = match(word, source, at);
  if (name !== "") return { kind: "name", value: name, length: name.length };
  const digits = match(number, source, at);
  if (digits !== "") return { kind: "number", value: digits, length: digits.length };
  const quoted = match(stringText, source, at);
  if (quoted !== "") return { kind: "string", value: unescape(quoted.slice(1, -1)), length: quoted.length };
  const mark = match(symbol, source, at);
  return mark === "" ? undefined : { kind: "symbol", value: mark, length: mark.length };
}

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return escapes[code] ?? code;
  });
}
