"""What remains where there is next to nothing to compute: calls, and optimisers."""

import numpy as np
from harness.material import made, numbers
from harness.row import Row

SHAPE = 32, 10


def wiring(name, build, torch):
    """Return the row of a network of ours that PyTorch's function does as well.

    ``torch`` is given the package and returns the function, or module.
    """

    def ours():
        from harness.ours import OneModule

        return OneModule(made(build), numbers(*SHAPE), numbers(*SHAPE, seed=1))

    def pytorch():
        import torch as package
        from harness.with_torch import OneModule

        x, dC_dy = numbers(*SHAPE), numbers(*SHAPE, seed=1)
        return OneModule(torch(package), x, dC_dy)

    return Row(name, "other", {"nnmods": ours, "pytorch": pytorch})


def identities(n):
    """Return the row of a chain of n modules that do nothing."""

    def build():
        import nnmods as nn

        return nn.Sequential(*[nn.Identity() for _ in range(n)])

    def torch(package):
        modules = [package.nn.Identity() for _ in range(n)]
        return package.nn.Sequential(*modules)

    return wiring(f"{n} Identity", build, torch)


def shortcuts(n, graph):
    """Return the row of n sums of what comes in and of what a module makes of it."""

    def build():
        import nnmods as nn

        if not graph:
            net = nn.Sequential()
            for _ in range(n):
                net.extend(nn.ConcatTable(nn.Identity(), nn.Identity()), nn.CAddTable())
            return net
        node = x = nn.Input()
        for _ in range(n):
            node = nn.CAddTable()([nn.Identity()(node), node])
        return nn.Graph(x, node)

    def torch(package):
        modules = package.nn.ModuleList(package.nn.Identity() for _ in range(n))

        def run(x):
            for module in modules:
                x = module(x) + x
            return x

        return run

    kind = "a graph" if graph else "containers"
    return wiring(f"{n} sums with a shortcut, {kind}", build, torch)


class Steps:
    """A contestant: steps of an optimiser along a gradient that stays."""

    def __init__(self, opt, w):
        self.opt, self.w, self.start = opt, w, [p.copy() for p in w]

    def __call__(self):
        self.opt.step()

    def results(self):
        pairs = zip(self.w, self.start, strict=True)
        return {"change": np.concatenate([p - start for p, start in pairs])}


def optimiser(name, n, options):
    """Return the row of an optimiser of n parameters: in PyTorch 10 equal arrays."""

    def ours():
        from nnmods import optim

        w, dC_dw = numbers(n), numbers(n, seed=1)
        return Steps(getattr(optim, name)((w, dC_dw), **options), [w])

    def pytorch():
        import torch

        w, dC_dw = numbers(10, n // 10), numbers(n, seed=1).reshape(10, -1)
        parameters = [torch.nn.Parameter(torch.from_numpy(p)) for p in w]
        for p, grad in zip(parameters, dC_dw, strict=True):
            p.grad = torch.from_numpy(grad)
        opt = getattr(torch.optim, name)(parameters, **options)
        return Steps(opt, list(w))

    return Row(
        f"{name}, {n:,} parameters", "other", {"nnmods": ours, "pytorch": pytorch}
    )


SETTINGS = {
    "SGD": {"lr": 0.01, "momentum": 0.9},
    "Adam": {"lr": 0.001, "eps": 1e-12},
}
ROWS = [identities(50), identities(100)]
ROWS += [shortcuts(20, graph) for graph in (False, True)]
ROWS += [
    optimiser(name, n, options)
    for name, options in SETTINGS.items()
    for n in (10**4, 10**6, 10**7)
]
