"""How much of a training step does the optimiser take?

A step of a network of about 10^6 parameters, float32: zero_grad, forward, cost,
backprop, and the optimiser's step. The table has medians of many steps, for one thread
and for all, and the optimiser's share with that of zero_grad, which it would not need
without a flat gradient vector.

    python benchmarks/optimizer_share.py [--batch N] [--steps N]
"""

import argparse
import statistics
import time

import numpy as np

import nnmods as nn
from nnmods import optim
from nnmods.commands.versions import versions

OPTIMIZERS = {
    "SGD, momentum 0.9": lambda net: optim.SGD(net, 1e-3, momentum=0.9),
    "Adam": lambda net: optim.Adam(net),
    "AdamW": lambda net: optim.AdamW(net),
    "AdamW, biases spared": lambda net: optim.AdamW(
        net, groups=optim.without_decay(net)
    ),
    "RMSprop": lambda net: optim.RMSprop(net),
    "NAdam": lambda net: optim.NAdam(net),
    "Lion": lambda net: optim.Lion(net),
    "LAMB": lambda net: optim.LAMB(net),
    "Muon": lambda net: optim.Muon(net),
}


def make_net():
    """Return an MLP of 1,000,714 parameters."""
    sizes = 784, 768, 512, 10
    layers = [nn.Linear(*pair, rng=k) for k, pair in enumerate(zip(sizes, sizes[1:]))]  # noqa: B905
    return nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2]).float()


def measure(make, batch, steps):
    """Return the medians of a whole step, of its optimiser, and of zero_grad, in ms."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, 784)).astype("float32")
    target = rng.integers(0, 10, batch)
    net, cost = make_net(), nn.CrossEntropyCriterion()
    opt = make(net)
    times = []
    for _ in range(steps + 3):
        a = time.perf_counter()
        opt.zero_grad()
        b = time.perf_counter()
        y = net.forward(x)
        cost.forward(y, target)
        net.backprop(x, cost.backward(y, target), input_grad=False)
        c = time.perf_counter()
        opt.step()
        d = time.perf_counter()
        times.append((d - a, d - c, b - a))
    assert np.isfinite(opt.w).all()
    return [1e3 * statistics.median(column) for column in zip(*times[3:], strict=True)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    print(" ".join(f"{name} {version}" for name, version in versions().items()))
    print(
        f"{make_net().flatten_parameters()[0].size} parameters, batch {options.batch}"
    )
    print(f"{'':22} threads   step ms   optimiser ms   share   with zero_grad")
    for threads in (1, None):
        nn.set_num_threads(threads)
        for name, make in OPTIMIZERS.items():
            step, own, zeroing = measure(make, options.batch, options.steps)
            print(
                f"{name:22} {nn.get_num_threads():7} {step:9.2f} {own:14.2f} "
                f"{own / step:7.1%} {(own + zeroing) / step:16.1%}"
            )


if __name__ == "__main__":
    main()
