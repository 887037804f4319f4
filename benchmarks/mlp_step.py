"""What does a training step of a small network cost, here and in PyTorch?

Forward, criterion, all gradients and an SGD step of an MLP in float32. Equal costs
and equal parameters after a few steps are asserted first; then both run alternately,
and the medians are printed with what they were measured on. Without PyTorch its column
is a dash.

    python benchmarks/mlp_step.py [--sizes 64,32,10] [--batch 32] [--threads N]
"""

import argparse
import importlib.metadata
import importlib.util
import itertools
import platform
import statistics
import time

import numpy as np

import nnmods as nn
from nnmods import optim


def ours(sizes, batches):
    """Return a step function of nnmods, and the network."""
    net = nn.Sequential()
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False)):
        if i:
            net.add(nn.ReLU(grad_at_zero=0))
        net.add(nn.Linear(n_in, n_out, rng=i))
    batches = itertools.cycle(batches)
    cost, opt = nn.CrossEntropyCriterion(), optim.SGD(net.float(), lr=0.01)

    def step():
        x, target = next(batches)
        y = net.forward(x)
        C = cost.forward(y, target)
        opt.zero_grad()
        net.backprop(x, cost.backward(y, target), input_grad=False)
        opt.step()
        return C

    return step, net


def theirs(net, batches, threads):
    """Return a step function of PyTorch that starts from the same parameters."""
    import torch

    if threads:
        torch.set_num_threads(threads)
    layers = []
    for linear in net.find_modules(nn.Linear):
        layer = torch.nn.Linear(linear.in_features, linear.out_features)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(linear.weight))
            layer.bias.copy_(torch.from_numpy(linear.bias))
        layers += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    opt, cost = (
        torch.optim.SGD(model.parameters(), lr=0.01),
        torch.nn.CrossEntropyLoss(),
    )
    batches = itertools.cycle(
        [(torch.from_numpy(x), torch.from_numpy(target)) for x, target in batches]
    )

    def step():
        x, target = next(batches)
        opt.zero_grad()
        C = cost(model(x), target)
        C.backward()
        opt.step()
        return C

    return step, model


def microseconds(step, repeat=200):
    """Return the time of one step, averaged over ``repeat``."""
    start = time.perf_counter()
    for _ in range(repeat):
        step()
    return (time.perf_counter() - start) / repeat * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="64,32,10")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, help="of PyTorch and, if it can, BLAS")
    options = parser.parse_args()
    sizes = [int(n) for n in options.sizes.split(",")]
    if options.threads:
        import threadpoolctl

        threadpoolctl.threadpool_limits(options.threads, "blas")
    rng = np.random.default_rng(0)
    batches = [
        (
            rng.standard_normal((options.batch, sizes[0]), np.float32),
            rng.integers(0, sizes[-1], options.batch),
        )
        for _ in range(8)
    ]
    step, net = ours(sizes, batches)
    peer = None
    if importlib.util.find_spec("torch"):
        peer, model = theirs(net, batches, options.threads)
        for _ in range(5):
            np.testing.assert_allclose(step(), peer().item(), rtol=1e-5)
        for p, q in zip(net.parameters()[0], model.parameters(), strict=True):
            np.testing.assert_allclose(p, q.detach().numpy(), rtol=1e-4, atol=1e-6)
    for run in (step, peer):
        if run:
            microseconds(run)  # warm-up
    times = {"nnmods": [], "pytorch": []}
    for _ in range(25):
        times["nnmods"].append(microseconds(step))
        if peer:
            times["pytorch"].append(microseconds(peer))
    mine = statistics.median(times["nnmods"])
    print(f"MLP {'-'.join(map(str, sizes))}, batch {options.batch}, float32, SGD")
    print(f"  nnmods         {mine:8.1f} us")
    if peer:
        other = statistics.median(times["pytorch"])
        print(f"  pytorch eager  {other:8.1f} us   ratio {other / mine:.2f}")
    else:
        print("  pytorch eager         -")
    packages = ["numpy", *(["torch"] if peer else [])]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    print(f"  python {platform.python_version()}, {', '.join(versions)}", end="")
    print(f", threads {options.threads or 'default'}, {platform.processor() or '?'}")


if __name__ == "__main__":
    main()
