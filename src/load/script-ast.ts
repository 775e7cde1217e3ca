/**
 * The syntax of serialized TorchScript: the small part of Python that `torch.jit.save` prints. No infix operators, no
 * comprehensions, no exceptions; every name is assigned before use. Types are kept as expressions and ignored.
 */

/** Every node knows the line of its file it starts on, for messages. */
interface Located {
  readonly line: number;
}

export interface Keyword {
  readonly name: string;
  readonly value: Expr;
}

export type Expr =
  | (Located & { readonly kind: "name"; readonly name: string })
  | (Located & { readonly kind: "attribute"; readonly object: Expr; readonly name: string })
  | (Located & { readonly kind: "index"; readonly object: Expr; readonly index: Expr })
  | (Located & {
      readonly kind: "call";
      readonly callee: Expr;
      readonly args: readonly Expr[];
      readonly keywords: readonly Keyword[];
    })
  | (Located & { readonly kind: "list"; readonly items: readonly Expr[] })
  | (Located & { readonly kind: "tuple"; readonly items: readonly Expr[] })
  | (Located & { readonly kind: "dict"; readonly items: readonly (readonly [Expr, Expr])[] })
  | (Located & { readonly kind: "literal"; readonly value: number | string | boolean | null });

export type Stmt =
  | (Located & {
      readonly kind: "assign";
      readonly targets: readonly Expr[];
      readonly isUnpacking: boolean;
      readonly value: Expr;
    })
  | (Located & { readonly kind: "expression"; readonly value: Expr })
  | (Located & { readonly kind: "return"; readonly value: Expr | null })
  | (Located & { readonly kind: "pass" })
  | (Located & {
      readonly kind: "if";
      readonly test: Expr;
      readonly body: readonly Stmt[];
      readonly orElse: readonly Stmt[];
    })
  | (Located & {
      readonly kind: "for";
      readonly target: string;
      readonly iterable: Expr;
      readonly body: readonly Stmt[];
    })
  | (Located & { readonly kind: "while"; readonly test: Expr; readonly body: readonly Stmt[] });

export interface Parameter {
  readonly name: string;
  readonly type: Expr | null;
  readonly fallback: Expr | null;
}

export interface FunctionDefinition extends Located {
  readonly name: string;
  /** Name of the archive's entry, for messages. */
  readonly file: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Stmt[];
}

export interface ClassDefinition {
  readonly name: string;
  readonly methods: ReadonlyMap<string, FunctionDefinition>;
  /** `name : Final[int] = 3` and the like, by name. */
  readonly constants: ReadonlyMap<string, Expr>;
}

/** One file of the archive's `code/` folder. */
export interface ScriptFile {
  readonly classes: ReadonlyMap<string, ClassDefinition>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}
