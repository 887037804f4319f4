"""What does a graph cost more than a Sequential of the same modules?

Forward and backprop of a chain of small layers, float32, batch of one, one thread:
almost all of the time is Python's. A node may cost a microsecond more. Equal results
are asserted first; both run in turn, and the table has the median.

    python benchmarks/graph.py [--nodes N] [--repeat N]
"""

import argparse
import statistics
import time

import numpy as np

import nnmods as nn
from nnmods.commands.versions import versions

LAYERS = {
    "Identity": nn.Identity,
    "Tanh": nn.Tanh,
    "Linear(4 -> 4)": lambda: nn.Linear(4, 4, rng=0, dtype="float32"),
}


def chain(modules):
    """Return the graph of a chain of modules."""
    node = x = nn.Input()
    for module in modules:
        node = module(node)
    return nn.Graph(x, node)


def step(net, x, dC_dy, input_grad):
    """Return y and dC_dx of forward and backprop."""
    return net.forward(x), net.backprop(x, dC_dy, input_grad=input_grad)


def measure(make, nodes, repeat, input_grad):
    """Return the median microseconds of a step of a Sequential and of a graph."""
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal((2, 1, 4)).astype("float32")
    nets = [
        nn.Sequential(*(make() for _ in range(nodes))),
        chain([make() for _ in range(nodes)]),
    ]
    results = [step(net, x, dC_dy, input_grad) for net in nets]
    for sequential, graph in zip(*results, strict=True):
        np.testing.assert_array_equal(graph, sequential)
    for a, b in zip(*(net.parameters()[1] for net in nets), strict=True):
        np.testing.assert_array_equal(a, b)
    times = [[], []]
    for _ in range(repeat):
        for net, found in zip(nets, times, strict=True):
            start = time.perf_counter()
            step(net, x, dC_dy, input_grad)
            found.append(time.perf_counter() - start)
    return [statistics.median(found) * 1e6 for found in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=3000)
    options = parser.parse_args()
    nn.set_num_threads(1)
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    heading = f"{options.nodes} nodes, microseconds a step"
    print(f"{heading:34}{'Sequential':>12}{'Graph':>9}{'more/node':>11}")
    for name, make in LAYERS.items():
        for input_grad in (True, False):
            sequential, graph = measure(make, options.nodes, options.repeat, input_grad)
            label = name + ("" if input_grad else ", input_grad=False")
            more = (graph - sequential) / options.nodes
            print(f"{label:34}{sequential:12.1f}{graph:9.1f}{more:11.2f}")


if __name__ == "__main__":
    main()
