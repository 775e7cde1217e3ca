import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { CompileError } from "../../src/error.ts";
import { loadModel } from "../../src/load/load-model.ts";
import { archive, fixture, forward } from "./archives.ts";

/** The problems of a file, without its name before each. */
function problems(bytes: Uint8Array, inputShape?: readonly number[]): readonly string[] {
  try {
    loadModel(bytes, { fileName: "m.pt", ...(inputShape ? { inputShape } : {}) });
  } catch (error) {
    assert.ok(error instanceof CompileError, String(error));
    return error.problems.map((problem) => {
      assert.ok(problem.startsWith("m.pt: "));
      return problem.slice("m.pt: ".length);
    });
  }
  return assert.fail("loaded");
}

const bytes = (...start: number[]): Uint8Array =>
  Uint8Array.from([...start, ...new Array<number>(20).fill(0)]);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

for (const [what, file, expected] of [
  ["an empty file", new Uint8Array(), /^empty file \(0 bytes\)/],
  [
    "a Git LFS pointer",
    text("version https://git-lfs.github.com/spec/v1\nsize 5\n"),
    /^Git LFS pointer \(50 bytes\).*git lfs pull$/,
  ],
  ["a web page", text("<!DOCTYPE html><html>"), /^web page/],
  ["damaged gzip", bytes(0x1f, 0x8b), /^gzip file of 22 bytes is damaged/],
  ["damaged ONNX", bytes(0x08, 0x07, 0x12, 0x07), /^ONNX model: .*damaged/],
  ["TensorFlow Lite", bytes(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), /^TensorFlow Lite .*not yet supported/],
  ["anything else", bytes(1, 2, 3, 4), /^not a model file known here \(24 bytes, starting 01 02 03 04\)/],
  [
    "torch.export without a program",
    zipSync({ "m/archive_format": text("pt2") }),
    /^torch\.export archive without models\/\*\.json; export it again/,
  ],
  [
    "a lite interpreter model without source",
    zipSync({ "m/bytecode.pkl": text(""), "m/data.pkl": text("") }),
    /^lite interpreter/,
  ],
  [
    "a file of a big-endian machine",
    zipSync({ "m/byteorder": text("big"), "m/data.pkl": text("") }),
    /^saved on a big-endian machine/,
  ],
  ["some zip", zipSync({ "a.txt": text("a") }), /^zip archive without a model/],
] as const) {
  test(`${what} is refused by its content`, () => {
    assert.match(problems(file).join("\n"), expected);
  });
}

test("a truncated file says how many bytes there are", () => {
  const whole = fixture("chain.trace.pt");
  assert.match(
    problems(whole.subarray(0, 5000)).join(),
    /^truncated zip archive: 5000 bytes without the directory/,
  );
});

test("a state_dict lists its tensors and prints the two lines that save the model", () => {
  const [problem] = problems(fixture("state_dict.pth"));
  assert.match(
    problem!,
    /^state_dict: holds 9 tensors \(0\.weight 4x2x3x3, 0\.bias 4, .*\) but no architecture/,
  );
  assert.match(
    problem!,
    /\n {2}traced = torch\.jit\.trace\(model\.eval\(\), torch\.zeros\(1, 2, 32, 32\)\).*\n {2}traced\.save\("model\.pt"\)$/,
  );
});

test("a checkpoint names the key its tensors are under", () => {
  assert.match(
    problems(fixture("checkpoint.pth"))[0]!,
    /holds 4 tensors under "model_state_dict" .*zeros\(1, 4\)/s,
  );
});

test("a file from before PyTorch 1.6 is recognised too", () => {
  assert.match(problems(fixture("legacy.pth"))[0]!, /^state_dict: holds 4 tensors \(0\.weight 3x4/);
});

test("a whole-module pickle names its class and its modules", () => {
  assert.match(
    problems(fixture("module.pth"))[0]!,
    /^whole-module pickle of class __main__\.Functional \(modules stem, blocks, pool, /,
  );
});

test("all unsupported operators are named at once, with path, line and an alternative", () => {
  for (const way of ["script", "trace"]) {
    const found = problems(fixture(`unsupported.${way}.pt`), [1, 1, 8, 8]);
    const named = [...new Set(found.map((problem) => problem.split(":")[0]))];
    assert.deepEqual(named, ["act gelu", "norm group_norm", "cumsum", "up upsample_bicubic2d"]);
    for (const problem of found)
      assert.match(problem, / on 1x2x8x8 is not supported; .* \(code\/__torch__.*\.py:\d+\)$/);
  }
});

test("a branch on a tensor's value is refused with its function and line, and nothing else is blamed", () => {
  const found = problems(fixture("data_dependent.script.pt"), [1, 1, 6, 6]);
  assert.equal(found.length, 1);
  assert.match(
    found[0]!,
    /^data-dependent control flow in DataDependent\.forward, line \d+: .*torch\.jit\.trace/,
  );
});

test("of two inputs without shapes, or with one, the names are told", () => {
  assert.match(
    problems(fixture("two_inputs.script.pt"))[0]!,
    /takes 2 inputs \(left, right\), and the file does not tell their shapes; .*--input 1x3x32x32,1x3x32x32$/,
  );
  assert.match(
    problems(fixture("two_inputs.script.pt"), [1, 3])[0]!,
    /takes 2 inputs .* but 1 shapes? are given/,
  );
});

test("a trace of training mode is refused", () => {
  assert.match(
    problems(fixture("training.trace.pt"), [1, 1, 8, 8]).join("\n"),
    /^1 batch_norm: .*call model\.eval\(\)/,
  );
});

test("weights that are not numbers are counted, all tensors at once", () => {
  assert.deepEqual(problems(fixture("nan.script.pt"), [1, 4]), [
    "0.weight: 1 of 12 values is NaN or infinite; train or save the model again",
    "1.bias: 2 of 2 values are NaN or infinite; train or save the model again",
  ]);
});

test("without an input shape the option to type is worked out from the first layer", () => {
  assert.deepEqual(
    problems(fixture("chain.script.pt")),
    [
      "the file does not tell its input's shape; its first layer 0 takes 2 channels: pass --input 1x2x12x12, with your height and width",
    ].map((sentence) => sentence.replace("1x2x12x12", "1x2x32x32")),
  );
  assert.match(
    problems(fixture("image.trace.pt"))[0]!,
    /first layer a takes 3 channels: pass --input 1x3x32x32, or another/,
  );
  assert.match(
    problems(fixture("tied.script.pt"))[0]!,
    /its first layer 0 takes 4 features: pass --input 1x4$/,
  );
});

for (const [shape, expected] of [
  [[1, 3, 12, 12], /^0 conv2d: its weights are for 2 input channels, its input has 3; check --input$/],
  [
    [1, 2, 14, 12],
    /^10 linear: its weights are for 16 features, its input has 32?\d*; check the size given with --input$/,
  ],
  [[1, 2, 4, 4], /^7 conv2d: 3×3 kernel is larger than its 1×2 padded input; /],
  [[1, 24], /^0 conv2d: needs an image of 1xCxHxW, its input is 1x24; pass --input with four numbers$/],
  [[1, 2, 12], /^0 conv2d: needs an image of 1xCxHxW, its input is 1x2x12; /],
  [[12], /^0 conv2d: needs an image of 1xCxHxW, its input is 12; /],
  [[1, 1, 2, 12, 12], /^--input 1x1x2x12x12: has 5 numbers, expected batch x channels x height x width$/],
  [[1, 2, 0, 12], /^--input 1x2x0x12: expected whole numbers above 0/],
] as const) {
  test(`--input ${shape.join("x")} for a network of 1x2x12x12 is one sentence`, () => {
    const found = problems(fixture("chain.script.pt"), shape);
    assert.equal(found.length, 1);
    assert.match(found[0]!, expected);
  });
}

test("a reshape that only fits a wrong input is not swallowed", () => {
  const code = forward("return torch.view(x, [-1, 6])");
  assert.match(
    problems(archive(code), [1, 3, 2, 2]).join(),
    /^flatten: makes a batch of 2 \(2x6\) of one input 1x3x2x2/,
  );
  assert.match(problems(archive(code), [1, 5]).join(), /^view: cannot make -1x6 of its input 1x5/);
});

const endless = forward("while True:", "  y = 1", "return x");
const deep = forward("return (self).forward(x, )");
const deeper = forward(`return ${"torch.neg(".repeat(150)}(self).forward(x, )${")".repeat(150)}`);
const wide = forward("y = [1, 1]", "while True:", "  y = torch.add(y, y)", "return x");
const loud = forward('y = "{}{}"', "while True:", "  y = torch.format(y, y, y)", "return x");
for (const [what, code, expected] of [
  ["does not end", endless, /does not end within/],
  ["calls itself", deep, /nested more than/],
  ["calls itself inside deep expressions", deeper, /nested too deeply/],
  ["makes endless lists", wide, /a list longer than/],
  ["makes endless text", loud, /longer than|does not end/],
  [
    "is not TorchScript",
    "class Net(Module):\n  def forward(self, x):\n    return x +\n",
    /code\/__torch__\.py:3: cannot read \+/,
  ],
  ["has no forward", "class Net(Module):\n  pass\n", /has no forward\(\)/],
  ["nests too deeply", forward(`return ${"(".repeat(5000)}`), /nested too deeply/],
  [
    "asks for what is not there",
    forward("return self.weight"),
    /has no attribute weight \(code\/__torch__\.py:4\)/,
  ],
  ["returns its input", forward("return x"), /returns its input unchanged/],
  [
    "grows a tensor",
    forward("y = torch.conv2d(x, CONSTANTS.c0, None, [1, 1], [50000, 50000])", "return y"),
    /too large/,
  ],
] as const) {
  test(`a program that ${what} is refused`, () => {
    assert.match(
      problems(archive(code, {}, [{ size: [1, 1, 1, 1], numbers: [1] }]), [1, 1, 4, 4]).join("\n"),
      expected,
    );
  });
}

test("a missing and a short storage are named with their tensor", () => {
  const code = forward("return torch.linear(x, self.weight)");
  const whole = { weight: { size: [2, 4], numbers: [1, 2, 3, 4, 5, 6, 7, 8] } };
  const short = { weight: { size: [2, 4], numbers: [1, 2, 3] } };
  assert.equal(
    problems(archive(code, short), [1, 4])[0],
    "weight: needs 32 bytes of storage 0, which has 12; the file is damaged",
  );
  const renamed = new TextDecoder("latin1")
    .decode(archive(code, whole))
    .replaceAll("net/data/0", "net/data/9");
  const missing = Uint8Array.from(renamed, (character) => character.charCodeAt(0));
  assert.match(problems(missing, [1, 4])[0]!, /^weight: its storage 0 is missing from the file/);
});
