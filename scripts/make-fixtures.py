#!/usr/bin/python3
"""Makes test/fixtures/torchscript/ with Debian's PyTorch (package python3-torch): seeded, untrained, tiny networks.

    make-fixtures.py

`NAME.script.pt`, `.trace.pt`, `.frozen.pt` are the three ways of saving one network, `NAME.input.npy` and
`NAME.output.npy` what PyTorch makes of it (one item; eager, eval mode). With PYTHONHASHSEED=0 a run gives the same bytes again. The other files are valid oddities and things
to refuse; test/load/ says what becomes of each. Entries with debug information are dropped to keep the files small.
"""
import io, os, zipfile
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "fixtures", "torchscript")


class Chain(nn.Sequential):
    """Strides, dilation, groups, asymmetric and `same` padding; nothing but modules."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(4, 4, (3, 1), stride=(2, 1), padding=(1, 0), groups=2, bias=False), nn.ReLU6(),
            nn.Conv2d(4, 6, (2, 3), padding="same"), nn.Hardtanh(-0.5, 0.5),
            nn.Conv2d(6, 4, 2, dilation=2), nn.Flatten(), nn.Dropout(), nn.Linear(4 * 1 * 4, 5))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = F.relu(self.bn(self.conv(x)), inplace=True)
        y += x
        return y


class Functional(nn.Module):
    """Residual blocks in a list, one pool used twice, functional calls, a reshape by view(size(0), -1)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3)
        self.blocks = nn.ModuleList([Block(4), Block(4)])
        self.pool = nn.MaxPool2d(3, 2, padding=1, ceil_mode=True)
        self.identity = nn.Identity()
        self.fc1 = nn.Linear(4 * 5 * 2, 8)
        self.bn = nn.BatchNorm1d(8)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = self.pool(block(x))
        x = F.dropout(x, 0.3, self.training)
        x = F.avg_pool2d(x, 2, stride=1, padding=1, count_include_pad=False)
        x = self.identity(F.adaptive_avg_pool2d(x, (5, 2)))
        x = x.view(x.size(0), -1)
        return self.fc2(torch.clamp(self.bn(self.fc1(x)), max=1.5))


class Image(nn.Module):
    """Ends in an image and a vector: two outputs."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 2, 1)
        self.b = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)

    def forward(self, x):
        x = self.b(torch.relu(self.a(x)))
        return x, x.mean((2, 3))


class Unsupported(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3, padding=1)
        self.act = nn.GELU()
        self.norm = nn.GroupNorm(1, 2)
        self.up = nn.Upsample(scale_factor=2.0, mode="bicubic")

    def forward(self, x):
        x = self.norm(self.act(self.a(x)))
        return self.up(torch.cumsum(x, 1))


class DataDependent(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3)

    def forward(self, x):
        y = self.a(x)
        if bool(y.sum() > 0):
            y = torch.relu(y)
        return y


class TwoInputs(nn.Module):
    """An image, and a vector that scales its channels; the results in a tuple within a tuple."""

    def forward(self, left, right):
        y = left * right.unsqueeze(2).unsqueeze(3)
        return left + y, (y.sum((2, 3)), 1 - right)


class Smooth(nn.Module):
    """Every activation, in and out of place, and arithmetic with constants."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1, padding_mode="replicate")
        self.acts = nn.Sequential(nn.Hardswish(), nn.PReLU(4), nn.SiLU(inplace=True), nn.ELU(0.7), nn.PReLU())
        self.register_buffer("mean", torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1))
        self.b = nn.Conv2d(4, 4, 1)

    def forward(self, x):
        x = self.acts(self.a((x - self.mean) / 0.5))
        x = x * F.relu6(x + 3.0) / 6.0
        y = self.b(x)
        y = torch.sigmoid(y) * (2 - torch.tanh(x)) + F.hardsigmoid(y)
        y = F.leaky_relu_(y, 0.2) - 0.5 * x
        y *= y.mean((2, 3), keepdim=True)
        z = y + y.mean(1, keepdim=True)
        return F.log_softmax(z.sum((2, 3)), 1), torch.softmax(-z, 1)


class Structure(nn.Module):
    """Joining, splitting, cutting and turning tensors, and reading them as other shapes."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(2, 6, 3, padding=1, padding_mode="circular")
        self.mix = nn.Linear(8, 5)
        self.fc = nn.Linear(30, 4)

    def forward(self, x):
        x = self.a(x)
        p, q, r = torch.chunk(x, 3, 1)
        s, t = torch.split(p, [3, 3], dim=2)
        x = torch.cat([q, torch.cat([t, s], 2), r[:, 1:, :, :]], 1)
        x = torch.cat([x[:, :, ::2, 1:-1], x[:, [4, 0, 2]].narrow(2, 1, 3)[..., 2:]], 1)
        x = x.permute(0, 2, 3, 1)
        x = F.relu(self.mix(x))
        x = x.transpose(1, 3).reshape(1, 5, -1).transpose(1, 2)
        y = torch.stack([x[:, 0], x[:, -1]], dim=1)
        return self.fc(torch.cat([x.flatten(1), y.flatten(1)], 1)[:, 30:60]), x


class Spatial(nn.Module):
    """Padding, enlarging, transposed convolutions, and pools whose sizes do not divide."""

    def __init__(self):
        super().__init__()
        self.pad = nn.ReflectionPad2d((1, 2, 0, 3))
        self.up = nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1)
        self.group = nn.ConvTranspose2d(4, 8, (2, 3), stride=(1, 2), groups=2, dilation=(2, 1), bias=False)
        self.shuffle = nn.PixelShuffle(2)
        self.near = nn.Upsample(scale_factor=1.5)
        self.linear = nn.Upsample(scale_factor=(2.0, 1.0), mode="bilinear")

    def forward(self, x):
        x = self.shuffle(self.group(self.up(self.pad(x))))
        y = F.adaptive_avg_pool2d(F.pad(x, (-1, 2, 1, 0), value=0.5), (5, 7))
        w = F.avg_pool2d(F.pad(y, (0, 0, 0, 0, 1, 1)), 3, divisor_override=4)[:, 1:3, :1, :1]
        y = F.adaptive_max_pool2d(y, 3)
        y = torch.cat([y, y * w], 1)
        z = F.interpolate(self.linear(self.near(y)), size=(5, 5), mode="bilinear", align_corners=True)
        return F.pad(z, (1, 1, 1, 1), mode="reflect"), x.amax((2, 3))


class Signal(nn.Module):
    """A network over time."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(3, 8, 5, padding="same", groups=1)
        self.bn = nn.BatchNorm1d(8)
        self.b = nn.Conv1d(8, 8, 3, stride=2, dilation=2, groups=8, padding_mode="reflect", padding=1)
        self.up = nn.ConvTranspose1d(8, 4, 4, stride=2)
        self.near = nn.Upsample(scale_factor=2)
        self.linear = nn.Upsample(size=20, mode="linear")
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn(self.a(x))), 2, padding=1, ceil_mode=True)
        x = F.avg_pool1d(self.up(self.b(x)), 3, 2, count_include_pad=False, padding=1)
        x = self.linear(self.near(x))
        x = F.adaptive_max_pool1d(F.adaptive_avg_pool1d(x, 8), 4)
        x = self.head(x.permute(0, 2, 1))
        return torch.softmax(x, 1), x.squeeze(0).mean(0)


class Single(nn.Module):
    """Takes one image, not a batch of them."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4 * 3 * 3, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        return self.fc(x.view(-1, 36))


class Numbered(nn.Sequential):
    """A class of the user's that is nothing but an nn.Sequential."""


def stock():
    """Layers of torch.nn only, one nn.Sequential within another."""
    head = nn.Sequential(nn.AdaptiveMaxPool2d((2, 3)), nn.Flatten(), nn.Linear(24, 6), nn.BatchNorm1d(6), nn.Softmax(1))
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding="same", padding_mode="reflect"), nn.BatchNorm2d(4), nn.PReLU(4),
        nn.ZeroPad2d((0, 1, 2, 0)), nn.Conv2d(4, 4, 3, stride=2, groups=4, bias=False), nn.Hardtanh(-1.5, 2.5),
        nn.ConvTranspose2d(4, 16, 3, stride=2, output_padding=1), nn.PixelShuffle(2), nn.Dropout2d(), nn.LeakyReLU(0.3),
        nn.Upsample(scale_factor=0.5, mode="bilinear"), nn.AvgPool2d(2, 1, 1, True, False), head)


def settle(model):
    """Statistics that do something."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return model.eval()


def write(name, data):
    """Copies an archive without debug information, weights stored, code deflated."""
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(os.path.join(OUT, name), "w") as target:
        for entry in source.infolist():
            if entry.filename.endswith(".debug_pkl"):
                continue
            method = zipfile.ZIP_DEFLATED if entry.filename.endswith(".py") else zipfile.ZIP_STORED
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry.filename), method)


def save(name, module):
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    write(name, buffer.getvalue())


def save_pickle(name, thing, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(buffer.getvalue())


def three_ways(name, model, shape):
    settle(model)
    x = torch.randn(shape)
    with torch.no_grad():
        y = model(x.clone())
    scripted = torch.jit.script(model)
    save(f"{name}.script.pt", scripted)
    save(f"{name}.trace.pt", torch.jit.trace(model, x.clone()))
    save(f"{name}.frozen.pt", torch.jit.freeze(scripted))
    outputs = y if isinstance(y, tuple) else (y,)
    np.save(os.path.join(OUT, f"{name}.input.npy"), x.numpy())
    for index, output in enumerate(outputs):
        np.save(os.path.join(OUT, f"{name}.output{f'_{index}' if index else ''}.npy"), output.contiguous().numpy())


def no_source(*_):
    """The old format keeps PyTorch's source text beside each class; it is not ours to copy."""
    raise OSError("left out")


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.serialization.get_source_lines_and_file = no_source
    torch.manual_seed(1)
    three_ways("chain", Chain(), (1, 2, 12, 12))
    three_ways("functional", Functional(), (1, 1, 12, 10))
    three_ways("image", Image(), (1, 3, 6, 7))

    save("training.script.pt", torch.jit.script(Functional().train()))
    tiny = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5)).train()
    save("training.trace.pt", torch.jit.trace(tiny, torch.randn(1, 1, 8, 8), check_trace=False))

    flat = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)).eval()
    for dtype in ("half", "bfloat16", "double"):
        save(f"{dtype}.script.pt", torch.jit.script(getattr(flat, dtype)()))
    flat.float()
    last = nn.Sequential(nn.Conv2d(3, 2, 3)).to(memory_format=torch.channels_last).eval()
    save("channels_last.script.pt", torch.jit.script(last))
    x = torch.randn(1, 3, 4, 4)
    np.save(os.path.join(OUT, "channels_last.input.npy"), x.numpy())
    np.save(os.path.join(OUT, "channels_last.output.npy"), last(x).detach().contiguous().numpy())
    tied = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)).eval()
    tied[1].weight = tied[0].weight
    save("tied.script.pt", torch.jit.script(tied))

    nan = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)).eval()
    nan[0].weight.data[1, 2] = float("nan")
    nan[1].bias.data[:] = float("inf")
    save("nan.script.pt", torch.jit.script(nan))
    save("unsupported.script.pt", torch.jit.script(Unsupported().eval()))
    save("unsupported.trace.pt", torch.jit.trace(Unsupported().eval(), torch.randn(1, 1, 6, 6)))
    save("data_dependent.script.pt", torch.jit.script(DataDependent().eval()))
    save("two_inputs.script.pt", torch.jit.script(TwoInputs().eval()))

    three_ways("smooth", Smooth(), (1, 3, 6, 5))
    three_ways("structure", Structure(), (1, 2, 6, 6))
    three_ways("spatial", Spatial(), (1, 2, 5, 4))
    three_ways("signal", Signal(), (1, 3, 24))
    left, right = torch.randn(1, 3, 4, 2), torch.randn(1, 3)
    save("two_inputs.trace.pt", torch.jit.trace(TwoInputs(), (left, right)))
    three_ways("single", Single(), (3, 8, 8))

    model = settle(stock())
    x = torch.randn(1, 2, 7, 9)
    np.save(os.path.join(OUT, "stock.input.npy"), x.numpy())
    np.save(os.path.join(OUT, "stock.output.npy"), model(x).detach().numpy())
    save_pickle("stock.module.pth", model)
    save_pickle("stock.legacy_module.pth", model, _use_new_zipfile_serialization=False)
    save_pickle("stock.legacy.pth", model.state_dict(), _use_new_zipfile_serialization=False)
    wrapped = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    save_pickle("stock.checkpoint.pth", {"epoch": 3, "state_dict": wrapped, "optimizer": {"lr": 0.1}})
    save_pickle("stock.half.pth", {name: tensor.half() for name, tensor in model.state_dict().items()})
    save_pickle("numbered.module.pth", settle(Numbered(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 5 * 7, 3))))
    save_pickle("unknown.module.pth", nn.Sequential(nn.Linear(3, 3), nn.GELU()))

    save_pickle("state_dict.pth", Chain().state_dict())
    save_pickle("checkpoint.pth", {"epoch": 3, "model_state_dict": flat.state_dict()})
    save_pickle("legacy.pth", flat.state_dict(), _use_new_zipfile_serialization=False)
    save_pickle("module.pth", Functional())


main()
