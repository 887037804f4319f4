"""Subject: a module under test, whose random draws repeat from call to call."""

import numpy as np

from nnmods.core.rng import get_rng
from nnmods.core.tables import copied, map_table


class Subject:
    """A float64 copy of a module, an input, and random directions.

    Every `forward` begins with the same random state, in the module's own generators
    and in the default one: a function that draws anew each time has no derivative.
    ``surrogate`` tells that `backward` is by design not the transposed Jacobian.
    """

    def __init__(self, module, x, seed):
        self.original = module
        self.module = module.clone().double()
        self.x = map_table(_in_float64, x)
        self.surrogate = any(part.surrogate for part in self.module.list_modules())
        self.rng = np.random.default_rng(seed)
        found = [
            value
            for part in self.module.list_modules()
            for value in vars(part).values()
            if isinstance(value, np.random.Generator)
        ]
        self._states = [
            (g, g.bit_generator.state, dict(getattr(g, "__dict__", ())))
            for g in (*found, get_rng())
        ]

    def restart(self):
        """Set all random generators back to where they were."""
        for generator, state, own in self._states:
            generator.bit_generator.state = state
            if own:  # of a subclass that keeps more
                vars(generator).update(own)

    def forward(self, x=None):
        """Return a copy of y for x, or for the subject's own."""
        self.restart()
        return copied(self.module.forward(self.x if x is None else x))

    def backward(self, x, dC_dy):
        """Return copies of y and dC_dx."""
        y = self.forward(x)
        return y, copied(self.module.backward(x, dC_dy))

    def direction(self, like):
        """Return random numbers in the shape of an array or table; 0 for indices."""

        def draw(a):
            u = self.rng.standard_normal(np.shape(a))
            return u if np.asarray(a).dtype.kind == "f" else np.zeros_like(u)

        return map_table(draw, like)

    def grads(self, x, dC_dy, scale=1.0):
        """Return copies of the parameter gradients of one call, from 0."""
        self.module.zero_grad_params()
        self.backward(x, dC_dy)
        self.module.acc_grad_params(x, dC_dy, scale)
        return copied(self.module.parameters()[1])


def _in_float64(x):
    x = np.asarray(x)
    return x.astype(np.float64) if x.dtype.kind == "f" else x.copy()
