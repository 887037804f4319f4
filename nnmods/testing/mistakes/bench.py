"""Bench: a copy of a module, whose calls are repeated, watched and caught."""

import contextlib
import random

import numpy as np

from nnmods.core import Container
from nnmods.core.forgetting import forget_states
from nnmods.core.tables import copied, map_table
from nnmods.testing.compare import leaves
from nnmods.testing.mistakes.broken import Broken, require_arrays
from nnmods.testing.mistakes.twins import set_back, twins_of
from nnmods.testing.mistakes.vectors import equal, is_real
from nnmods.testing.samples import is_batch
from nnmods.testing.subject import Subject


class Bench(Subject):
    """A float64 copy of a module, an input, and calls that may fail.

    All arguments are handed over as copies, so that a module that writes to them
    spoils nothing. What a call raises, or returns that is no array, is `Broken`.

    Attributes
    ----------
    y, dC_dy : ndarray or table
        Of the input, and random numbers like it.
    twins : list of (str, object, str, ndarray, ndarray)
        Of each parameter once: its term, owner, name, and the two arrays.
    next_y : ndarray or table
        Of a second call, before which no generator was set back.
    draws : bool
        Whether y is random.
    kinks : list of Kink
        Those that were met.
    notes : list of str
        What could not be looked at.
    changed : dict
        Terms whose parameter a verb after `forward` changed, to the new values and the
        old. These are set back at once: other calls are to be of the same module.
    """

    def __init__(self, module, x, seed=0):
        try:
            super().__init__(module, x, seed)
        except Exception as err:  # whatever deepcopy says
            text = f"no copy can be made, {type(err).__name__}: {err}"
            raise Broken("__init__", "raises", " ".join(text.split())) from err
        self.seed, self.kinks, self.notes, self.changed = seed, [], [], {}
        # of a stream that no x is likely to be drawn from: equal numbers hide mistakes
        self.rng = np.random.default_rng([seed, 1847])
        self._legacy = np.random.get_state(), random.getstate()  # noqa: NPY002
        self.is_container = isinstance(self.module, Container)
        try:
            self.twins = twins_of(self.module)
        except (TypeError, ValueError) as err:
            raise Broken("__init__", "wrong-twin", str(err), err) from err
        self.y = self.forward()
        self.dC_dy = self.direction(self.y)
        self.next_y = copied(self.call("forward", copied(self.x)))
        self.draws = not equal(self.y, self.next_y)

    def beside(self, x=None, module=None):
        """Return another bench, of a fresh copy."""
        self.restart()  # the generators that all share
        x = self.x if x is None else x
        return Bench(self.original if module is None else module, x, self.seed)

    def restart(self):
        super().restart()
        forget_states(self.module)  # to go on from the last call is their purpose
        np.random.set_state(self._legacy[0])  # noqa: NPY002
        random.setstate(self._legacy[1])

    def call(self, verb, *args):
        """Return what a verb returns, which must be made of arrays.

        Raises
        ------
        Broken
        """
        kept = [] if verb == "forward" else [p.copy() for *_, p, _ in self.twins]
        try:
            result = getattr(self.module, verb)(*args)
        except NotImplementedError as err:
            raise Broken(verb, "missing-verb", str(err), err) from err
        except (Exception, SystemExit) as err:
            text = f"{verb} raises {type(err).__name__}: {' '.join(str(err).split())}"
            raise Broken(verb, "raises", text, err) from err
        finally:
            self.changed |= set_back(self.twins, kept)
        if verb != "acc_grad_params":
            require_arrays(verb, result)
        return result

    def forward(self, x=None):
        self.restart()
        return copied(self.call("forward", copied(self.x if x is None else x)))

    def backward(self, x=None, dC_dy=None):
        """Return a copy of dC_dx, after a forward."""
        x = self.x if x is None else x
        self.forward(x)
        dC_dy = self.dC_dy if dC_dy is None else dC_dy
        return copied(self.call("backward", copied(x), copied(dC_dy)))

    def grads(self, x=None, dC_dy=None, *scale):
        """Return copies of the parameter gradients of one call, from 0."""
        self.zero()
        self.accumulate(x, dC_dy, *scale)
        return self.read()

    def accumulate(self, x=None, dC_dy=None, *scale):
        """Do the three verbs one after another."""
        x, dC_dy = (
            mine if given is None else given
            for given, mine in ((x, self.x), (dC_dy, self.dC_dy))
        )
        self.forward(x)
        with contextlib.suppress(Broken):  # of `backward`: that is reported by itself
            self.call("backward", copied(x), copied(dC_dy))
        self.call("acc_grad_params", copied(x), copied(dC_dy), *scale)

    def zero(self):
        """Set the gradients to 0, in the arrays that they were in at first."""
        for _, owner, name, _, grad in self.twins:
            grad[...] = 0
            setattr(owner, f"grad_{name}", grad)

    def read(self):
        """Return copies of the gradients, whatever the module has put there."""
        return [
            np.array(getattr(owner, f"grad_{name}"))
            for _, owner, name, *_ in self.twins
        ]

    def other_x(self):
        """Return an input like x with other values, no sign of which is another."""
        return map_table(
            lambda a: a * (1 + 0.3 * self.rng.random(a.shape)) if is_real(a) else a,
            self.x,
        )

    @property
    def batch(self):
        """The length of the first axis of all arrays of x, or None."""
        return len(leaves(self.x)[0]) if is_batch(self.x) else None
