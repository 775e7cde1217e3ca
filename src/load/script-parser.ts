/** Parses one file of serialized TorchScript by recursive descent; `evaluator.ts` gives it meaning. */
import { CompileError } from "../error.ts";
import type {
  ClassDefinition,
  Expr,
  FunctionDefinition,
  Keyword,
  Parameter,
  ScriptFile,
  Stmt,
} from "./script-ast.ts";
import { lexScript } from "./script-lexer.ts";
import type { Token } from "./script-lexer.ts";

const deepestNesting = 200;

export function parseScript(text: string, file: string): ScriptFile {
  return new Parser(lexScript(text, file), file).file();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #file: string;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens;
    this.#file = file;
  }

  file(): ScriptFile {
    const classes = new Map<string, ClassDefinition>();
    const functions = new Map<string, FunctionDefinition>();
    while (this.#next.kind !== "end") {
      if (this.#isName("class")) {
        const definition = this.#class();
        classes.set(definition.name, definition);
      } else if (this.#isName("def")) {
        const definition = this.#function();
        functions.set(definition.name, definition);
      } else this.#skipLine(); // `op_version_set = 1`, `import ...` of old files
    }
    return { classes, functions };
  }

  #class(): ClassDefinition {
    this.#take();
    const name = this.#expectKind("name").text;
    const methods = new Map<string, FunctionDefinition>();
    const constants = new Map<string, Expr>();
    while (!this.#isSymbol(":")) this.#take();
    this.#block(() => {
      if (this.#isName("def")) {
        const method = this.#function();
        methods.set(method.name, method);
      } else this.#member(constants);
    });
    return { name, methods, constants };
  }

  /** `weight : Tensor`, `stride : Final[int] = 2`, `__parameters__ = [...]`, `__annotations__["0"] = ...`, `pass`. */
  #member(constants: Map<string, Expr>): void {
    const target = this.#expression();
    if (this.#acceptSymbol(":")) this.#expression();
    if (this.#acceptSymbol("=")) {
      const value = this.#expressionList();
      if (target.kind === "name") constants.set(target.name, value);
    }
    this.#expectKind("newline");
  }

  #function(): FunctionDefinition {
    const { line } = this.#take();
    const name = this.#expectKind("name").text;
    this.#expectSymbol("(");
    const parameters: Parameter[] = [];
    while (!this.#acceptSymbol(")")) {
      if (!this.#acceptSymbol("*")) parameters.push(this.#parameter());
      if (!this.#isSymbol(")")) this.#expectSymbol(",");
    }
    if (this.#acceptSymbol("->")) this.#expression();
    const body = this.#statements();
    return { name, file: this.#file, line, parameters, body };
  }

  #parameter(): Parameter {
    const name = this.#expectKind("name").text;
    const type = this.#acceptSymbol(":") ? this.#expression() : null;
    const fallback = this.#acceptSymbol("=") ? this.#expression() : null;
    return { name, type, fallback };
  }

  #statements(): readonly Stmt[] {
    const statements: Stmt[] = [];
    this.#block(() => statements.push(this.#statement()));
    return statements;
  }

  #block(item: () => void): void {
    this.#expectSymbol(":");
    this.#expectKind("newline");
    this.#expectKind("indent");
    while (this.#next.kind !== "dedent" && this.#next.kind !== "end") item();
    this.#expectKind("dedent");
  }

  #statement(): Stmt {
    const { line, text, kind } = this.#next;
    const keyword = kind === "name" ? text : "";
    if (keyword === "if") return this.#if();
    if (keyword === "for") return this.#for();
    if (keyword === "while") {
      this.#take();
      return { kind: "while", line, test: this.#expression(), body: this.#statements() };
    }
    const statement = this.#simpleStatement(keyword, line);
    this.#expectKind("newline");
    return statement;
  }

  #simpleStatement(keyword: string, line: number): Stmt {
    if (keyword === "pass") {
      this.#take();
      return { kind: "pass", line };
    }
    if (keyword === "return") {
      this.#take();
      return { kind: "return", line, value: this.#next.kind === "newline" ? null : this.#expressionList() };
    }
    return this.#assignment(line);
  }

  #assignment(line: number): Stmt {
    const targets = [this.#expression()];
    let isUnpacking = false;
    while (this.#acceptSymbol(",")) {
      isUnpacking = true;
      if (!this.#isSymbol("=")) targets.push(this.#expression());
    }
    if (this.#acceptSymbol(":")) this.#expression();
    if (this.#acceptSymbol("="))
      return { kind: "assign", line, targets, isUnpacking, value: this.#expressionList() };
    if (isUnpacking) this.#fail("expected =");
    return { kind: "expression", line, value: targets[0]! };
  }

  #if(): Stmt {
    const { line } = this.#take();
    const test = this.#expression();
    const body = this.#statements();
    if (!this.#isName("else")) return { kind: "if", line, test, body, orElse: [] };
    this.#take();
    return { kind: "if", line, test, body, orElse: this.#statements() };
  }

  #for(): Stmt {
    const { line } = this.#take();
    const target = this.#expectKind("name").text;
    if (!this.#isName("in")) this.#fail("expected in");
    this.#take();
    return { kind: "for", line, target, iterable: this.#expression(), body: this.#statements() };
  }

  /** One expression, or a tuple without parentheses. */
  #expressionList(): Expr {
    const first = this.#expression();
    if (!this.#isSymbol(",")) return first;
    const items = [first];
    while (this.#acceptSymbol(",")) if (this.#next.kind !== "newline") items.push(this.#expression());
    return { kind: "tuple", line: first.line, items };
  }

  #expression(): Expr {
    if (++this.#depth > deepestNesting) this.#fail("nested too deeply");
    let value = this.#primary();
    for (;;) {
      const { line } = this.#next;
      if (this.#acceptSymbol(".")) {
        value = { kind: "attribute", line, object: value, name: this.#expectKind("name").text };
      } else if (this.#acceptSymbol("(")) value = this.#call(value, line);
      else if (this.#acceptSymbol("[")) {
        const items = this.#sequence("]");
        const index: Expr = items.length === 1 ? items[0]! : { kind: "tuple", line, items };
        value = { kind: "index", line, object: value, index };
      } else break;
    }
    --this.#depth;
    return value;
  }

  #call(callee: Expr, line: number): Expr {
    const args: Expr[] = [];
    const keywords: Keyword[] = [];
    while (!this.#acceptSymbol(")")) {
      const value = this.#expression();
      if (value.kind === "name" && this.#acceptSymbol("="))
        keywords.push({ name: value.name, value: this.#expression() });
      else args.push(value);
      if (!this.#isSymbol(")")) this.#expectSymbol(",");
    }
    return { kind: "call", line, callee, args, keywords };
  }

  #sequence(close: string): readonly Expr[] {
    const items: Expr[] = [];
    while (!this.#acceptSymbol(close)) {
      items.push(this.#expression());
      if (!this.#isSymbol(close)) this.#expectSymbol(",");
    }
    return items;
  }

  #primary(): Expr {
    const { kind, text, line } = this.#take();
    if (kind === "name") return nameOrLiteral(text, line);
    if (kind === "string") return { kind: "literal", line, value: text };
    if (kind === "number") return { kind: "literal", line, value: Number(text) };
    if (text === "-") return this.#negative(line);
    if (text === "[") return { kind: "list", line, items: this.#sequence("]") };
    if (text === "{") return this.#dict(line);
    if (text === "(") return this.#parenthesised(line);
    return this.#fail(`unexpected ${text === "" ? kind : text}`, line);
  }

  #negative(line: number): Expr {
    const operand = this.#expression();
    if (operand.kind === "literal" && typeof operand.value === "number") {
      return { kind: "literal", line, value: -operand.value };
    }
    return this.#fail("expected a number after -", line);
  }

  #parenthesised(line: number): Expr {
    if (this.#acceptSymbol(")")) return { kind: "tuple", line, items: [] };
    const first = this.#expression();
    if (this.#acceptSymbol(")")) return first;
    this.#expectSymbol(",");
    return { kind: "tuple", line, items: [first, ...this.#sequence(")")] };
  }

  #dict(line: number): Expr {
    const items: [Expr, Expr][] = [];
    while (!this.#acceptSymbol("}")) {
      const key = this.#expression();
      this.#expectSymbol(":");
      items.push([key, this.#expression()]);
      if (!this.#isSymbol("}")) this.#expectSymbol(",");
    }
    return { kind: "dict", line, items };
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  /** The last token, `end`, is never passed. */
  #take(): Token {
    const token = this.#next;
    if (token.kind === "end") this.#fail("the file ends too early");
    ++this.#at;
    return token;
  }

  #skipLine(): void {
    while (this.#take().kind !== "newline");
  }

  #isSymbol(text: string): boolean {
    return this.#next.kind === "symbol" && this.#next.text === text;
  }

  #isName(text: string): boolean {
    return this.#next.kind === "name" && this.#next.text === text;
  }

  #acceptSymbol(text: string): boolean {
    const found = this.#isSymbol(text);
    if (found) this.#take();
    return found;
  }

  #expectSymbol(text: string): void {
    if (!this.#acceptSymbol(text))
      this.#fail(`expected ${text} before ${this.#next.text || this.#next.kind}`);
  }

  #expectKind(kind: Token["kind"]): Token {
    if (this.#next.kind !== kind) this.#fail(`expected ${kind} before ${this.#next.text || this.#next.kind}`);
    return this.#take();
  }

  #fail(reason: string, line: number = this.#next.line): never {
    throw new CompileError(`${this.#file}:${line}: not TorchScript as PyTorch writes it: ${reason}`);
  }
}

function nameOrLiteral(text: string, line: number): Expr {
  switch (text) {
    case "True":
      return { kind: "literal", line, value: true };
    case "False":
      return { kind: "literal", line, value: false };
    case "None":
      return { kind: "literal", line, value: null };
    case "inf":
      return { kind: "literal", line, value: Infinity };
    case "nan":
      return { kind: "literal", line, value: NaN };
    default:
      return { kind: "name", line, name: text };
  }
}
