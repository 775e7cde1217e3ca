#!/usr/bin/python3
"""Writes test/graph/pytorch.jsonl: what PyTorch makes of small layers, for test/graph/evaluate.test.ts; and
test/graph/pytorch-spatial.jsonl, of those that change the size of an image, for test/graph/spatial.test.ts.

    make-graph-vectors.py

Every case is one layer with its arguments in PyTorch's own words and layouts (NCHW, OIHW); the test turns them into
the house's. Values are multiples of 1/8, so that sums of products are exact in any order; averages and batch-norms
are not, and are compared within 1e-6.
"""
import json, os, random
import torch, torch.nn.functional as F

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "graph", "pytorch.jsonl")
random.seed(7)


def eighths(*shape):
    count = 1
    for n in shape:
        count *= n
    return torch.tensor([random.randint(-16, 16) / 8 for _ in range(count)]).reshape(shape)


def conv(x, out, kernel, stride, padding, dilation, groups):
    w, b = eighths(out, x[1] // groups, *kernel), eighths(out)
    data = eighths(*x)
    y = F.conv2d(data, w, b, stride, padding, dilation, groups)
    return case("conv2d", data, y, weight=w, bias=b, kernel=kernel, stride=stride, padding=padding,
                dilation=dilation, groups=groups)


def max_pool(x, kernel, stride, padding, dilation, ceil):
    data = eighths(*x)
    y = F.max_pool2d(data, kernel, stride, padding, dilation, ceil)
    return case("maxPool2d", data, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil=ceil)


def avg_pool(x, kernel, stride, padding, ceil, include):
    data = eighths(*x)
    y = F.avg_pool2d(data, kernel, stride, padding, ceil, include)
    return case("avgPool2d", data, y, kernel=kernel, stride=stride, padding=padding, dilation=(1, 1), ceil=ceil,
                countIncludePad=include)


def batch_norm(x):
    data, c = eighths(*x), x[1]
    mean, variance, weight, bias = eighths(c), eighths(c).abs() + 0.5, eighths(c), eighths(c)
    y = F.batch_norm(data, mean, variance, weight, bias, eps=1e-5)
    return case("batchNorm", data, y, mean=mean, variance=variance, weight=weight, bias=bias, eps=1e-5)


def flatten_linear(x, out):
    data = eighths(*x)
    w, b = eighths(out, x[1] * x[2] * x[3]), eighths(out)
    return case("linear", data, F.linear(data.flatten(1), w, b), weight=w, bias=b)


def pad(x, sides, mode, value=0.0):
    left, right, top, bottom = sides
    data = eighths(*x)
    y = F.pad(data, sides, mode, value) if mode == "constant" else F.pad(data, sides, mode)
    return case("pad", data, y, padding=(top, bottom, left, right), mode=mode, value=value)


def upsample(x, mode, size=None, scale=None, align=None):
    data = eighths(*x)
    y = F.interpolate(data, size=size, scale_factor=scale, mode=mode, align_corners=align)
    rest = {"scale": scale} if scale else {}
    return case("upsample", data, y, mode=mode, alignCorners=bool(align), size=y.shape[2:], **rest)


def shuffle(x, factor):
    data = eighths(*x)
    return case("pixelShuffle", data, F.pixel_shuffle(data, factor), factor=factor)


def deconv(x, out, kernel, stride=(1, 1), padding=(0, 0), output_padding=(0, 0), groups=1, dilation=(1, 1)):
    data, w, b = eighths(*x), eighths(x[1], out // groups, *kernel), eighths(out)
    y = F.conv_transpose2d(data, w, b, stride, padding, output_padding, groups, dilation)
    return case("convTranspose2d", data, y, weight=w, bias=b, kernel=kernel, stride=stride, padding=padding,
                outputPadding=output_padding, groups=groups, dilation=dilation)


def adaptive(x, size, fn):
    data = eighths(*x)
    pool = F.adaptive_avg_pool2d if fn == "avg" else F.adaptive_max_pool2d
    return case("adaptivePool2d", data, pool(data, size), fn=fn, size=size)


def divided(x, kernel, stride, padding, ceil, divisor):
    data = eighths(*x)
    y = F.avg_pool2d(data, kernel, stride, padding, ceil, True, divisor)
    return case("avgPool2d", data, y, kernel=kernel, stride=stride, padding=padding, ceil=ceil, divisor=divisor)


def case(kind, x, y, **rest):
    plain = {k: (v.flatten().tolist() if torch.is_tensor(v) else v) for k, v in rest.items()}
    return {"kind": kind, "in": list(x.shape[1:]), "out": list(y.shape[1:]), **plain,
            "x": x.flatten().tolist(), "y": [round(v, 9) for v in y.flatten().tolist()]}


cases = [
    conv((1, 3, 6, 5), 4, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    conv((1, 2, 7, 6), 3, (5, 2), (2, 3), (2, 1), (1, 1), 1),
    conv((1, 4, 6, 6), 6, (3, 3), (1, 2), (0, 1), (1, 1), 2),
    conv((1, 3, 8, 5), 3, (3, 2), (1, 1), (2, 2), (2, 3), 3),
    conv((1, 1, 2, 2), 2, (1, 1), (2, 2), (1, 1), (1, 1), 1),
    max_pool((1, 2, 7, 7), (3, 3), (2, 2), (1, 1), (1, 1), False),
    max_pool((1, 2, 6, 8), (3, 2), (2, 3), (1, 0), (1, 1), True),
    max_pool((1, 1, 8, 8), (2, 3), (1, 2), (1, 1), (2, 2), False),
    avg_pool((1, 2, 6, 6), (2, 2), (2, 2), (0, 0), False, True),
    avg_pool((1, 2, 7, 6), (3, 3), (2, 2), (1, 1), False, True),
    avg_pool((1, 2, 7, 6), (3, 3), (2, 2), (1, 1), False, False),
    avg_pool((1, 2, 6, 8), (3, 3), (2, 2), (1, 1), True, True),
    avg_pool((1, 2, 6, 8), (3, 3), (2, 2), (1, 1), True, False),
    avg_pool((1, 1, 5, 7), (2, 4), (3, 3), (0, 1), True, True),
    batch_norm((1, 3, 3, 2)),
    flatten_linear((1, 3, 2, 4), 5),
]
with open(OUT, "w") as file:
    file.write("".join(json.dumps(one) + "\n" for one in cases))

spatial = [
    pad((1, 2, 3, 4), (1, 0, 2, 3), "constant", 0.5),
    pad((1, 3, 4, 5), (4, 1, 0, 3), "reflect"),
    pad((1, 1, 3, 3), (0, 5, 4, 1), "replicate"),
    upsample((1, 2, 3, 4), "nearest", scale=(2, 2)),
    upsample((1, 1, 5, 7), "nearest", scale=(1.5, 2.3)),
    upsample((1, 2, 7, 9), "nearest", size=(5, 4)),
    upsample((1, 1, 11, 13), "nearest", size=(37, 29)),
    upsample((1, 2, 3, 5), "bilinear", scale=(2, 2), align=False),
    upsample((1, 2, 4, 3), "bilinear", scale=(1.7, 2.6), align=False),
    upsample((1, 1, 6, 7), "bilinear", size=(9, 4), align=False),
    upsample((1, 2, 4, 5), "bilinear", size=(7, 11), align=True),
    upsample((1, 1, 5, 6), "bilinear", scale=(2, 0.5), align=True),
    upsample((1, 1, 4, 3), "bilinear", size=(1, 3), align=True),
    shuffle((1, 8, 3, 2), 2),
    shuffle((1, 9, 2, 3), 3),
    deconv((1, 3, 4, 5), 4, (3, 3), (2, 2), (1, 1), (1, 1)),
    deconv((1, 4, 3, 4), 6, (3, 2), (1, 3), (2, 0), (0, 1), groups=2, dilation=(1, 2)),
    deconv((1, 2, 4, 3), 2, (2, 3), (3, 2), (1, 1), (2, 1), dilation=(2, 3)),
    deconv((1, 3, 5, 4), 3, (4, 4), (1, 1), (3, 1), groups=3),
    deconv((1, 2, 3, 3), 1, (1, 1), (3, 2), (0, 0), (2, 0)),
    adaptive((1, 2, 7, 5), (3, 2), "avg"),
    adaptive((1, 2, 5, 8), (3, 3), "max"),
    adaptive((1, 1, 2, 3), (5, 4), "avg"),
    divided((1, 2, 6, 5), (3, 2), (2, 1), (1, 0), False, 1),
    divided((1, 1, 6, 8), (3, 3), (2, 2), (1, 1), True, 5),
]
with open(OUT.replace(".jsonl", "-spatial.jsonl"), "w") as file:
    file.write("".join(json.dumps(one) + "\n" for one in spatial))


def grid(*shape):
    """Channels last, as the house stores them; a few large values among small ones."""
    count = 1
    for n in shape:
        count *= n
    values = [random.choice([random.uniform(-4, 4), random.uniform(-40, 40), random.randint(-24, 24) / 8]) for _ in range(count)]
    return torch.tensor(values).reshape(shape)


def pointwise(kind, operands, y, **rest):
    plain = {k: (v.flatten().tolist() if torch.is_tensor(v) else v) for k, v in rest.items()}
    return {"kind": kind, "shapes": [list(x.shape) for x in operands], **plain,
            "operands": [x.flatten().tolist() for x in operands], "y": [float(f"{v:.9g}") for v in y.flatten().tolist()]}


def activation(fn, of, *parameter):
    x = grid(3, 8, 4)
    return pointwise("activation", [x], of(x), fn=fn, parameter=torch.tensor(parameter))


def binary(kind, of, left, right):
    a, b = grid(*left), grid(*right)
    return pointwise(kind, [a, b], of(a, b))


slopes = torch.tensor([0.25, -0.5, 0.0, 1.5])
functions = [
    activation("leakyRelu", lambda x: F.leaky_relu(x, 0.1), 0.1),
    activation("prelu", lambda x: F.prelu(x.permute(2, 0, 1)[None], slopes)[0].permute(1, 2, 0), *slopes.tolist()),
    activation("elu", lambda x: F.elu(x, 1.5), 1.5),
    activation("silu", F.silu),
    activation("hardswish", F.hardswish),
    activation("hardsigmoid", F.hardsigmoid),
    activation("sigmoid", torch.sigmoid),
    activation("tanh", torch.tanh),
    *(pointwise("softmax", [x], of(x, -1), log=log) for log, of in ((False, torch.softmax), (True, torch.log_softmax))
      for x in (grid(2, 3, 5), grid(1, 1, 10), grid(2, 1, 1))),
    *(binary(kind, of, (3, 2, 4), right) for kind, of in (("add", torch.add), ("sub", torch.sub), ("mul", torch.mul))
      for right in ((3, 2, 4), (1, 1, 4), (1, 1, 1))),
]
with open(OUT.replace(".jsonl", "-pointwise.jsonl"), "w") as file:
    file.write("".join(json.dumps(one) + "\n" for one in functions))


def move(kind, operands, y, **rest):
    """Values are numbers in a row, so that a wrong place shows; (C, H, W) as PyTorch has them."""
    return {"kind": kind, "in": [list(x.shape[1:]) for x in operands], "out": list(y.shape[1:]), **rest,
            "y": [int(v) for v in y.flatten().tolist()]}


def numbered(*shapes):
    first = 0
    for c, h, w in shapes:
        yield torch.arange(first, first + c * h * w).reshape(1, c, h, w)
        first += c * h * w


def joined(dim, *shapes):
    xs = list(numbered(*shapes))
    return move("concat", xs, torch.cat(xs, dim), dim=dim)


def cut(shape, dim, start, length):
    (x,) = numbered(shape)
    return move("slice", [x], x.narrow(dim, start, length), dim=dim, start=start, length=length)


def turned(shape, *dims):
    (x,) = numbered(shape)
    return move("transpose", [x], x.permute(0, *dims), dims=dims)


def viewed(shape, *sizes):
    (x,) = numbered(shape)
    return move("reshape", [x], x.reshape(1, *sizes), sizes=sizes)


moves = [
    joined(1, (3, 2, 4), (1, 2, 4), (2, 2, 4)),
    joined(2, (3, 2, 4), (3, 5, 4)),
    joined(3, (3, 2, 4), (3, 2, 1), (3, 2, 2)),
    cut((5, 4, 3), 1, 1, 3),
    cut((5, 4, 3), 2, 2, 2),
    cut((5, 4, 3), 3, 0, 2),
    *(turned((2, 3, 4), *dims) for dims in ((1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1))),
    viewed((4, 3, 2), 2, 6, 2),
    viewed((4, 3, 2), 3, 2, 4),
    viewed((24, 1, 1), 2, 3, 4),
    viewed((2, 3, 4), 24, 1, 1),
    viewed((1, 4, 6), 1, 8, 3),
    viewed((3, 5, 2), 5, 2, 3),
]
with open(OUT.replace(".jsonl", "-structure.jsonl"), "w") as file:
    file.write("".join(json.dumps(one) + "\n" for one in moves))
