#!/usr/bin/python3
"""Makes test/fixtures/quantized/ with Debian's PyTorch (package python3-torch): tiny networks, quantised by PyTorch.

    PYTHONHASHSEED=0 make-quantized-fixtures.py

`NAME.script.pt`, `.trace.pt`, `.frozen.pt` are ways of saving one network, `NAME.input.npy` and `NAME.output.npy` what
PyTorch makes of four items (dequantised). Weights are seeded and untrained. Per tensor: quantised for and run by
qnnpack; per channel: for fbgemm, run by onednn, which is what Debian has. Debug information is dropped.
"""
import copy, io, os, warnings, zipfile
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
import torch.ao.quantization as tq
from torch.ao.quantization.quantize_fx import prepare_fx, convert_fx

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "fixtures", "quantized")
warnings.filterwarnings("ignore")


class Residual(nn.Module):
    """A convolution with ReLU, a depthwise one beside it, their sum, a pool, and linear layers behind a flatten."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.stem = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU())
        self.deep = nn.Conv2d(4, 4, (3, 1), padding=(1, 0), groups=4, bias=False)
        self.sum = nn.quantized.FloatFunctional()
        self.fc1 = nn.Sequential(nn.Linear(4 * 2 * 2, 8), nn.ReLU())
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        x = self.stem(self.quant(x))
        y = F.max_pool2d(self.sum.add_relu(self.deep(x), x), 2)
        return self.dequant(self.fc2(self.fc1(torch.flatten(y, 1))))

    fuse = [["stem.0", "stem.1"], ["fc1.0", "fc1.1"]]
    shape = (2, 4, 4)


class Joined(nn.Module):
    """Sum, product and concatenation of images of different scales, clamps, an average pool; its output is an image."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.a = nn.Conv2d(2, 2, 1)
        self.sum, self.joined, self.product = (nn.quantized.FloatFunctional() for _ in range(3))
        self.limit = nn.Hardtanh(-0.4, 0.6)

    def forward(self, x):
        x = self.quant(x)
        y = self.a(x)
        y = self.joined.cat([self.product.mul(x, y), F.relu(self.limit(self.sum.add(x, y))), y], 1)
        return self.dequant(F.avg_pool2d(y, 2))

    fuse = []
    shape = (2, 4, 4)


class Plain(nn.Module):
    """What FX quantises by itself: no stubs, a batch-norm, a sum, a global pool."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(1, 3, 3, stride=2, padding=1), nn.BatchNorm2d(3), nn.ReLU())
        self.b = nn.Conv2d(3, 3, 1)
        self.c = nn.Linear(3, 4)

    def forward(self, x):
        x = self.a(x)
        x = F.relu(x + self.b(x))
        return self.c(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

    shape = (1, 6, 6)


class Signal(nn.Module):
    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.a = nn.Conv1d(2, 4, 3, stride=2, padding=1)
        self.relu = nn.ReLU()
        self.b = nn.Linear(4 * 5, 3)

    def forward(self, x):
        return self.dequant(self.b(torch.flatten(self.relu(self.a(self.quant(x))), 1)))

    fuse = [["a", "relu"]]
    shape = (2, 10)


class Late(nn.Module):
    """Float first, quantised after it."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.a, self.b = nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3)
        self.a.qconfig = None

    def forward(self, x):
        return self.dequant(self.b(self.quant(self.a(x))))

    fuse, shape = [], (1, 6, 6)


def inputs(shape, seed=0):
    return torch.randn((4, *shape), generator=torch.Generator().manual_seed(seed))


def calibrate(model, shape):
    with torch.no_grad():
        for seed in range(1, 9):
            model(inputs(shape, seed))


def eager(model, backend):
    model.eval()
    model.qconfig = tq.get_default_qconfig(backend)
    if model.fuse:
        model = tq.fuse_modules(model, model.fuse)
    model = tq.prepare(model)
    calibrate(model, model.shape)
    return tq.convert(model)


def aware(model, backend):
    model.train()
    model.qconfig = tq.get_default_qat_qconfig(backend)
    model = tq.prepare_qat(tq.fuse_modules_qat(model, model.fuse))
    calibrate(model, model.shape)
    return tq.convert(model.eval())


def by_fx(model, backend):
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
    example = (inputs(model.shape),)
    prepared = prepare_fx(model, tq.get_default_qconfig_mapping(backend), example)
    calibrate(prepared, model.shape)
    return convert_fx(prepared)


def write(name, data):
    """Copies an archive without debug information, weights stored, code deflated."""
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(os.path.join(OUT, name), "w") as target:
        for entry in source.infolist():
            if entry.filename.endswith(".debug_pkl"):
                continue
            method = zipfile.ZIP_DEFLATED if entry.filename.endswith(".py") else zipfile.ZIP_STORED
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry.filename), method)


def save(name, model, shape, ways):
    x = inputs(shape)
    with torch.no_grad():
        y = model(x)
        scripted = torch.jit.script(model)
        forms = {
            "script": lambda: scripted,
            "trace": lambda: torch.jit.trace(model, x[:1]),
            "frozen": lambda: torch.jit.freeze(scripted.eval()),
        }
        for way in ways.split():
            buffer = io.BytesIO()
            torch.jit.save(forms[way](), buffer)
            write(f"{name}.{way}.pt", buffer.getvalue())
    np.save(os.path.join(OUT, f"{name}.input.npy"), x.numpy())
    np.save(os.path.join(OUT, f"{name}.output.npy"), y.numpy())


def main():
    os.makedirs(OUT, exist_ok=True)
    for backend, engine, what in [("qnnpack", "qnnpack", "tensor"), ("fbgemm", "onednn", "channel")]:
        torch.backends.quantized.engine = engine
        torch.manual_seed(1)
        save(f"residual.{what}", eager(Residual(), backend), Residual.shape, "script trace frozen")
        save(f"joined.{what}", eager(Joined(), backend), Joined.shape, "script trace")
        save(f"aware.{what}", aware(Residual(), backend), Residual.shape, "script")
        save(f"fx.{what}", by_fx(Plain(), backend), Plain.shape, "script trace")
        save(f"signal.{what}", eager(Signal(), backend), Signal.shape, "script frozen")
    torch.backends.quantized.engine = "qnnpack"
    save("late", eager(Late(), "qnnpack"), Late.shape, "script")
    flat = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)).eval()
    save("dynamic", tq.quantize_dynamic(copy.deepcopy(flat), {nn.Linear}), (6,), "script frozen")


main()
