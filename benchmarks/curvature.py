"""What do products with Jacobians and Hessians, and single examples, cost?

Each against the sweep that it belongs to, `jvp` against `forward`, the others against
`backprop`: float32, one thread unless told otherwise, medians, all in turn. Equal
results are asserted first: the dot-test, and single gradients that sum up to the
gradient of the batch.

    python benchmarks/curvature.py [--repeat N] [--threads N]
"""

import argparse
import statistics
import time

import numpy as np

import nnmods as nn
from nnmods.commands.versions import versions
from nnmods.core.tables import copied


def mlp(*widths):
    layers = [
        module
        for n_in, n_out in zip(widths, widths[1:], strict=False)
        for module in (nn.Linear(n_in, n_out, rng=n_out), nn.Tanh())
    ]
    return nn.Sequential(*layers[:-1])


def convolutional():
    return nn.Sequential(
        nn.SpatialConvolution(1, 6, 5, 5, rng=0),
        nn.Tanh(),
        nn.SpatialMaxPooling(2, 2),
        nn.SpatialConvolution(6, 16, 5, 5, rng=1),
        nn.Tanh(),
        nn.SpatialMaxPooling(2, 2),
        nn.Flatten(),
        nn.Linear(256, 10, rng=2),
    )


def residual():
    x = nn.Input()
    h = nn.ReLU()(nn.SpatialConvolution(3, 16, 3, 3, 1, 1, 1, 1, rng=0)(x))
    for i in range(3):
        branch = nn.SpatialConvolution(16, 16, 3, 3, 1, 1, 1, 1, rng=i)(h)
        branch = nn.SpatialBatchNormalization(16)(branch)
        h = nn.ReLU()(nn.CAddTable()([branch, h]))
    return nn.Graph(x, nn.Mean(2)(nn.Mean(2)(h))).evaluate()


NETS = {
    "MLP 64-32-10, batch 32": (lambda: mlp(64, 32, 10), (32, 64), 300),
    "MLP 784-512-512-10, batch 128": (lambda: mlp(784, 512, 512, 10), (128, 784), 15),
    "LeNet 28 x 28, batch 32": (convolutional, (32, 1, 28, 28), 15),
    "residual graph 16 x 16, batch 32": (residual, (32, 3, 16, 16), 5),
}


def measure(make, shape, times):
    """Return the median seconds of each sweep, by name."""
    rng = np.random.default_rng(0)
    net = make().float()
    x, dx = rng.standard_normal((2, *shape)).astype("float32")
    y = net.forward(x)
    dC_dy, ddC_dy = rng.standard_normal((2, *y.shape)).astype("float32")
    dw = [rng.standard_normal(p.shape).astype("float32") for p in net.parameters()[0]]
    check(net, x, dx, dC_dy)

    def norms():
        net.backward(x, dC_dy)
        net.per_example_sq_norms(x, dC_dy)

    def grads():
        net.backward(x, dC_dy)
        net.per_example_grads(x, dC_dy)

    def hessian():
        net.jvp(x, dx, dw)
        net.backprop_jvp(x, dC_dy, dx, ddC_dy, dw)

    def lecun():
        net.backward_diag_hessian(x, ddC_dy)
        net.acc_diag_hessian_params(x, ddC_dy)

    sweeps = {
        "forward": lambda: net.forward(x),
        "jvp": lambda: net.jvp(x, dx),
        "jvp, w too": lambda: net.jvp(x, dx, dw),
        "backprop": lambda: net.backprop(x, dC_dy),
        "norms": norms,
        "single gradients": grads,
        "Hessian product": hessian,
        "lecun": lecun,
    }
    found = {name: [] for name in sweeps}
    for _ in range(times):
        for name, sweep in sweeps.items():
            if name not in ("forward", "backprop"):
                net.backward(x, dC_dy)  # which some of them need
            start = time.perf_counter()
            sweep()
            found[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds[1:]) for name, seconds in found.items()}


def check(net, x, dx, dC_dy):
    """Raise unless the products are what they are measured as."""
    forth = float(np.vdot(net.jvp(x, dx), dC_dy))
    back = float(np.vdot(net.backward(x, dC_dy), dx))
    np.testing.assert_allclose(forth, back, rtol=1e-3, atol=1e-2)
    net.zero_grad_params()
    net.acc_grad_params(x, dC_dy)
    whole = copied(net.parameters()[1])
    single = net.per_example_grads(x, dC_dy)
    norms = net.per_example_sq_norms(x, dC_dy)
    total = sum(np.square(g).reshape(len(x), -1).sum(axis=1) for g in single)
    np.testing.assert_allclose(norms, total, rtol=1e-3)
    for part, grad in zip(single, whole, strict=True):
        size = np.abs(grad).max()
        np.testing.assert_allclose(part.sum(axis=0), grad, rtol=0, atol=1e-3 * size)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=1, help="times as many runs")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    nn.set_num_threads(options.threads)
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    print(f"{options.threads} thread(s); each as a multiple of the sweep in brackets")
    columns = {
        "jvp": "forward",
        "jvp, w too": "forward",
        "norms": "backprop",
        "single gradients": "backprop",
        "Hessian product": "backprop",
        "lecun": "backprop",
    }
    head = f"{'':34}{'forward us':>12}{'backprop us':>13}"
    print(head + "".join(f"{name:>18}" for name in columns))
    print(" " * len(head) + "".join(f"{f'[{of}]':>18}" for of in columns.values()))
    for name, (make, shape, times) in NETS.items():
        took = measure(make, shape, times * options.repeat + 1)
        line = f"{name:34}{took['forward'] * 1e6:12.0f}{took['backprop'] * 1e6:13.0f}"
        ratios = (took[what] / took[of] for what, of in columns.items())
        print(line + "".join(f"{ratio:18.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
