"""Facts: what a derivative is, what a module says it is, and what goes into it."""

from functools import cached_property

import numpy as np

from nnmods.core.tables import copied, is_table
from nnmods.testing.compare import DIFFERENCES, leaves, structure
from nnmods.testing.mistakes.slopes import Slopes
from nnmods.testing.mistakes.vectors import is_real, vector


class Facts:
    """One derivative at one input, as it is and as the module has it.

    Attributes
    ----------
    bench : Bench
    i : int or None
        Which parameter; None for dC_dx.
    term : str
    got, true : ndarray
        Vectors of all real entries.
    v : ndarray
        dC_dy as a vector.
    scope : ndarray of bool
        The entries that a guess is to explain: all, if nothing else is set.
    """

    def __init__(self, bench, i=None):
        self.bench, self.i = bench, i
        self.term = "dC_dx" if i is None else bench.twins[i][0]
        self.verb = "backward" if i is None else "acc_grad_params"
        self.v = vector(bench.dC_dy, bench.y)
        self.p = None if i is None else bench.twins[i][3]
        self.slopes = Slopes(bench, self.p)
        self.true = self.slopes.back(self.v)
        self.result = bench.backward() if i is None else bench.grads()[i]
        self.tolerance = self.slopes.tolerance(self.v)
        if self.has_shape and self.wrong.any():
            self.slopes.refine(self.wrong)
            self.true = self.slopes.back(self.v)
        self.scope = np.ones(self.true.shape, bool)

    @cached_property
    def got(self):
        return vector(self.result, self.like)

    @property
    def like(self):
        """What the derivative is shaped like."""
        return self.bench.x if self.i is None else self.p

    @property
    def has_shape(self):
        return structure(self.result) == structure(self.like)

    @property
    def wrong(self):
        """Tell of each entry whether it is no derivative: off the slopes' bounds."""
        low, high = self.slopes.bounds(self.v)
        inside = (low - self.tolerance <= self.got) & (
            self.got <= high + self.tolerance
        )
        return ~inside

    def fits(self, guess):
        """Tell whether a guess gives what was got in the scope, away from kinks."""
        smooth = self.scope & ~self.slopes.kinks
        try:
            predicted = np.asarray(guess.predicted(), np.float64).reshape(-1)
            if predicted.shape != self.got.shape or not np.isfinite(predicted).all():
                return False
        except Exception:  # a guess that does not go with these shapes, or this module
            return False
        size = np.max(np.abs(predicted[smooth]), initial=0.0)
        off = np.abs(predicted - self.got)[smooth]
        self.deviation = float(np.max(off, initial=0.0))
        return self.deviation <= self.tolerance + DIFFERENCES * float(size)

    def shaped(self, values):
        """Return a vector shaped like the derivative, if that is one array."""
        return values if is_table(self.like) else self.array(values)

    # What guesses are made of.

    def array(self, values):
        """Return a vector shaped like the derivative, which is to be one array."""
        return np.reshape(values, np.shape(self.like))

    def back(self, v):
        """Return J^T v."""
        return self.slopes.back(vector(v, self.bench.y) if is_table(v) else np.ravel(v))

    def got_if(self, right):
        """Return what was got if another way gives the truth, else nan.

        For mistakes that predict no numbers: without them the module would be right.
        """
        off = np.max(np.abs(right - self.true), initial=0.0)
        return self.got if off <= self.tolerance else np.full_like(self.got, np.nan)

    def elsewhere(self, x=None, parameter=None, value=None):
        """Return the true derivative at another x, or with a parameter changed."""
        if parameter is None:
            return Slopes(self.bench, self.p, x).back(self.v)
        kept = parameter.copy()
        parameter[...] = value
        try:
            return Slopes(self.bench, self.p).back(self.v)
        finally:
            parameter[...] = kept

    @property
    def n(self):
        return self.bench.batch

    @property
    def single(self):
        """x, y and dC_dy where each is one real array, else None."""
        arrays = self.bench.x, self.bench.y, self.bench.dC_dy
        if any(is_table(a) or not is_real(a) for a in arrays):
            return None
        return arrays

    @property
    def is_square(self):
        """Whether y and x are arrays of one shape."""
        return (
            self.i is None and self.single and self.bench.x.shape == self.bench.y.shape
        )

    @cached_property
    def is_diagonal(self):
        """Whether y, shaped like x, has entries of their own entry of x alone."""
        J = self.slopes.J
        return np.count_nonzero(J - np.diag(np.diag(J))) == 0

    def weights(self):
        """Return (name, array) of each parameter of at least one axis."""
        return [(name, p) for _, _, name, p, _ in self.bench.twins if p.ndim]

    def of_sample(self, n):
        """Return dC_dy with all samples but one 0."""
        alone = copied(self.bench.dC_dy)
        for a in leaves(alone):
            kept = a[n].copy()
            a[...] = 0
            a[n] = kept
        return alone
