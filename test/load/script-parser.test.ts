import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expr, Stmt } from "../../src/load/script-ast.ts";
import { parseScript } from "../../src/load/script-parser.ts";

/** Expressions as text with every call and tuple bracketed. */
function print(e: Expr): string {
  switch (e.kind) {
    case "name":
      return e.name;
    case "literal":
      return JSON.stringify(e.value);
    case "attribute":
      return `${print(e.object)}.${e.name}`;
    case "index":
      return `${print(e.object)}[${print(e.index)}]`;
    case "list":
      return `[${e.items.map(print).join(" ")}]`;
    case "tuple":
      return `(${e.items.map(print).join(" ")})`;
    case "dict":
      return `{${e.items.map(([key, value]) => `${print(key)}:${print(value)}`).join(" ")}}`;
    case "call":
      return `${print(e.callee)}<${[...e.args.map(print), ...e.keywords.map((k) => `${k.name}=${print(k.value)}`)].join(" ")}>`;
  }
}

function body(...lines: readonly string[]): readonly Stmt[] {
  const text = ["def f(x: Tensor) -> Tensor:", ...lines.map((line) => `  ${line}`)].join("\n");
  return parseScript(text, "code/f.py").functions.get("f")!.body;
}

for (const [source, expected] of [
  ["torch.add(x, 1)", "torch.add<x 1>"],
  ["(_1).forward((_0).forward(input, ), )", "_1.forward<_0.forward<input>>"],
  ["[2, -1, 1e-05, 0., 1.0000000000000001e-05]", "[2 -1 0.00001 0 0.00001]"],
  ["annotate(List[int], [])", "annotate<List[int] []>"],
  ["torch.zeros([1, n], dtype=_2, layout=None)", "torch.zeros<[1 n] dtype=_2 layout=null>"],
  ["(a, b)", "(a b)"],
  ["(a,)", "(a)"],
  ["a, b", "(a b)"],
  ["(hx1)[0]", "hx1[0]"],
  ["CONSTANTS.c3", "CONSTANTS.c3"],
  ['"a\\"b\\n\\x41\\101"', '"a\\"b\\nAA"'],
  ["'single'", '"single"'],
  ["{1: True, 2: inf}", "{1:true 2:null}"],
] as const) {
  test(`reads ${source}`, () => {
    const [statement] = body(`return ${source}`);
    assert.ok(statement?.kind === "return" && statement.value);
    assert.equal(print(statement.value), expected);
  });
}

test("a trailing comma unpacks, even one value", () => {
  const [one, two] = body("a, = x", "b, c = x");
  assert.ok(one?.kind === "assign" && two?.kind === "assign");
  assert.deepEqual(
    [one.isUnpacking, one.targets.length, two.isUnpacking, two.targets.length],
    [true, 1, true, 2],
  );
});

test("blocks nest by indentation, and lines are counted through brackets", () => {
  const [outer, last] = body(
    "if torch.ne(1,",
    "    2):",
    "  for i in range(3):",
    "    y = i",
    "else:",
    "  pass",
    "return y",
  );
  assert.ok(outer?.kind === "if" && outer.body[0]?.kind === "for" && outer.orElse[0]?.kind === "pass");
  assert.deepEqual([outer.line, outer.body[0].line, last?.line], [2, 4, 8]);
});

test("a class has methods and the values of its Final attributes", () => {
  const text = `op_version_set = 1
class Conv2d(Module):
  __parameters__ = ["weight", "bias", ]
  weight : Tensor
  __annotations__["0"] = __torch__.torch.nn.modules.conv.Conv2d
  stride : Final[Tuple[int, int]] = (2, 1)
  def forward(self: __torch__.Conv2d,
    input: Tensor, flag: bool=False) -> Tensor:
    return input
`;
  const conv = parseScript(text, "code/c.py").classes.get("Conv2d")!;
  assert.equal(print(conv.constants.get("stride")!), "(2 1)");
  const { parameters, line } = conv.methods.get("forward")!;
  assert.deepEqual(
    parameters.map(({ name }) => name),
    ["self", "input", "flag"],
  );
  assert.equal(line, 7);
});

for (const [source, expected] of [
  ["return x +", /code\/f\.py:2: cannot read \+/],
  ["return (x", /code\/f\.py:2: .*expected ,/],
  ["lambda x", /code\/f\.py:2: .*expected newline before x/],
  ['return "abc', /code\/f\.py:2: cannot read "abc/],
] as const) {
  test(`refuses ${source}`, () => {
    assert.throws(() => body(source), expected);
  });
}

for (const opening of ["(", "[", "-"])
  test(`refuses a hundred thousand ${opening} before it runs out of stack`, () => {
    assert.throws(() => body(`return ${opening.repeat(100_000)}1`), /nested too deeply/);
  });
