"""What remains where there is next to nothing to compute: calls, and optimisers."""

import numpy as np
from harness.material import made, numbers
from harness.row import Row


def identities(n):
    """Return the row of a chain of n modules that do nothing."""
    shape = (32, 10)

    def ours():
        from harness.ours import OneModule

        import nnmods as nn

        net = made(lambda: nn.Sequential(*[nn.Identity() for _ in range(n)]))
        return OneModule(net, numbers(*shape), numbers(*shape, seed=1))

    def pytorch():
        from harness.with_torch import OneModule
        from torch import nn as tn

        net = tn.Sequential(*[tn.Identity() for _ in range(n)])
        return OneModule(net, numbers(*shape), numbers(*shape, seed=1))

    return Row(f"{n} Identity", "other", {"nnmods": ours, "pytorch": pytorch})


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
ROWS += [
    optimiser(name, n, options)
    for name, options in SETTINGS.items()
    for n in (10**4, 10**6, 10**7)
]
