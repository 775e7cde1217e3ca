#!/usr/bin/python3
"""Writes test/graph/pytorch.jsonl: what PyTorch makes of small layers, for test/graph/evaluate.test.ts.

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
