"""Sweep: forward, backward and the parameter gradients, with a tally of each module."""

import numpy as np

from nnmods.analysis.records import Tally
from nnmods.analysis.values import arrays_of
from nnmods.core.parameters import own_parameters
from nnmods.core.progress import progress
from nnmods.core.tables import check_like, map_table
from nnmods.core.watching import Watch

#: Seconds after which a bar is shown.
DELAY = 1.0


class Sweep:
    """A sweep through a copy of a network, and a `Tally` of each module.

    Parameters
    ----------
    net : Module
    x : ndarray or table
    singular_values : bool or None
        See `explain`.
    """

    def __init__(self, net, x, singular_values):
        self.x, self.singular_values = x, singular_values
        watch = Watch(
            net,
            after_forward=self.after_forward,
            before_backward=self.before_backward,
            after_backward=self.after_backward,
        )
        self.net = watch.net.zero_grad_params()
        given = arrays_of(x)
        self.tallies = {
            path: Tally(path, module, given)
            for path, module in self.net.named_modules()
        }
        self.order = []  # of the first calls

    def run(self, dC_dy):
        """Go forward and back, and return self; None stands for random numbers."""
        x = self.x
        y = self.net.forward(x)
        if dC_dy is None:
            rng = np.random.default_rng(0)
            dC_dy = map_table(lambda a: _normal(rng, a), y)
        else:
            check_like("explain", "dC_dy", dC_dy, y)
            dC_dy = map_table(_as_float, dC_dy, y)
        self._choose()
        n_calls = sum(self.tallies[path].calls for path in self.shown)
        with progress(n_calls, " modules", delay=DELAY) as self.bar:
            self.net.backward(x, dC_dy)
        self.net.acc_grad_params(x, dC_dy)
        return self

    def after_forward(self, path, module, x, y):
        if not self.tallies[path].calls:
            self.order.append(path)
        self.tallies[path].forward(x, y)

    def before_backward(self, path, module, x, dC_dy):
        if path in self.shown:
            self.tallies[path].measure(module, x, dC_dy, self.singular_values)
            self.bar.update()

    def after_backward(self, path, module, x, dC_dy, dC_dx):
        if path in self.shown or path == "":
            self.tallies[path].backward(x, dC_dy, dC_dx)

    def records(self):
        """Return a list of records, those of modules that were not called in place."""
        paths, last = [path for path in self.order if path in self.shown], None
        for path, module in self.net.named_modules():
            if path in self.shown:
                last = path
            elif path in self.tallies and self._is_left_out(path, module):
                paths.insert(0 if last is None else paths.index(last) + 1, path)
                last = path
        return [self.tallies[path].record() for path in paths]

    def whole(self, records):
        """Return the record of the network as one module, with all its parameters."""
        record = self.tallies[""].record(self.net.named_parameters())
        first = [r for r in records if self.tallies[r["path"]].is_first and r["calls"]]
        if first and all(r["dC_dx_norm"] is None for r in first):
            record["dC_dx_norm"] = record["ratio"] = None
        return record

    def _choose(self):
        """Find the modules that called others, and those that have a record."""
        self.callers = {above for path in self.order for above in self._above(path)}
        self.shown = {
            path
            for path in self.order
            if path not in self.callers
            or any(own_parameters(self.tallies[path].module))
        }

    def _is_left_out(self, path, module):
        """Tell whether a module was not called, nor is part of one that did it all."""
        if self.tallies[path].calls or module.children():
            return False
        called = (above for above in self._above(path) if self.tallies[above].calls)
        return next(called) in self.callers

    def _above(self, path):
        """Return the paths of the modules that one is in, the nearest first."""
        parts = path.split(".") if path else []
        found = (".".join(parts[:n]) for n in range(len(parts) - 1, -1, -1))
        return [above for above in found if above in self.tallies]  # no lists


def _as_float(dC_dy, y):
    is_float = np.asarray(dC_dy).dtype.kind == "f"
    return dC_dy if is_float else np.asarray(dC_dy, _dtype(y))


def _normal(rng, y):
    return np.asarray(rng.standard_normal(np.shape(y)), _dtype(y))


def _dtype(y):
    dtype = np.asarray(y).dtype
    return dtype if dtype.kind == "f" else np.dtype(np.float64)
