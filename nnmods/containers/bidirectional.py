"""Bidirectional: the family of containers that read a sequence in both directions."""

import numpy as np

from nnmods.containers.sequencer import Sequencer
from nnmods.core import Container, check, reuse
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, check_table


class Bidirectional(Container):
    """Two Sequencers, the second one backwards, and what merges their results.

    x is a table. A subclass writes:

    - ``_read(x, visit)``, which returns two tables: for each step, what was found on
      the way ahead, and on the way back;
    - ``_read_back(ahead, back, visit, input_grad)``, which takes the gradients by
      these, and returns dC_dx.

    Parameters
    ----------
    forward_module : Module
    backward_module : Module, default=None
        None takes a copy of the first one, redrawn.
    merge : Module, default=None
        Of a table of two, for each step; None joins both along the last axis.
    rng : int, numpy.random.Generator or None, default=None
        Redraws the copy.
    """

    _results = (*Container._results, "_pairs")
    _pairs = None

    def __init__(self, forward_module, backward_module=None, merge=None, *, rng=None):
        if backward_module is None:
            backward_module = forward_module.clone().reset(rng)
        modules = [forward_module, backward_module]
        modules += [] if merge is None else [merge]
        super().__init__(*map(Sequencer, modules))

    def remember(self, mode="both"):
        """Let all begin with the state that the last call ended with, return self."""
        for module in self.modules:
            module.remember(mode)
        return self

    def forget(self):
        """Drop the states of the last call, and return self."""
        for module in self.modules:
            module.forget()
        return self

    def forward(self, x):
        check_table(self, "x", x)
        return super().forward(x)

    def push(self, x, visit):
        if self._x is not None:
            check_like(self, "x", x, self._x)  # a direction, of jvp
        ahead, back = self._read(x, visit)
        pairs = [list(pair) for pair in zip(ahead, back, strict=True)]
        if self._x is None:
            self._pairs = pairs
        return self._merged(pairs, visit)

    def pull(self, dC_dy, visit, input_grad=True):
        check_like(self, "dC_dy", dC_dy, self.y)
        grads = visit(2, dC_dy) if len(self) == 3 else self._split(dC_dy)
        ahead, back = ([pair[i] for pair in grads] for i in (0, 1))
        return self._read_back(ahead, back, visit, input_grad)

    def sketch(self, read=("", "reversed"), merged=("", "reversed")):
        """Return the sketch, with what is said of both directions before and after."""
        joint = 2 if len(self) == 3 else "joined"
        links = [("x", i, label) for i, label in enumerate(read)]
        links += [(i, joint, label) for i, label in enumerate(merged)]
        return Sketch([*links, (joint, "y")])

    def _merged(self, pairs, visit):
        if len(self) == 3:
            return visit(2, pairs)
        old = [*(self.y or []), *[None] * len(pairs)]
        return [self._joined(*args) for args in zip(old, pairs, strict=False)]

    def _joined(self, buffer, pair):
        first, second = pair
        check(self, "y of module 0", first, (..., None))
        check(self, "y of module 1", second, (*first.shape[:-1], None))
        shape = *first.shape[:-1], first.shape[-1] + second.shape[-1]
        out = reuse(buffer, shape, first, second, module=self)
        return np.concatenate(pair, axis=-1, out=out)

    def _split(self, dC_dy):
        """Return the gradients by the pairs that were joined."""
        splits = [first.shape[-1] for first, _ in self._pairs]
        entries = zip(dC_dy, splits, strict=True)
        return [[entry[..., :n], entry[..., n:]] for entry, n in entries]
