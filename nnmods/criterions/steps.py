"""StepsCriterion: a cost of each step of a sequence, added up."""

import numpy as np

from nnmods.core import check
from nnmods.core.tables import check_like, is_table, map_table, reuse_table
from nnmods.criterions.decorator import CriterionDecorator
from nnmods.criterions.options import as_flag


class StepsCriterion(CriterionDecorator):
    """The sum, or the mean, of what a criterion gives for each step of a sequence.

    ::

        C        = sum_t C_t(y[t], target_t) / T
        dC_dy[t] = dC_t/dy(y[t], target_t) / T
        T        = number of steps with size_average, or 1

    A subclass says what ``target_t`` is in `_targets`. Of no steps, the cost is 0.

    Parameters
    ----------
    criterion : Criterion
    size_average : bool, default=False
    """

    def __init__(self, criterion, size_average=False):
        super().__init__(criterion)
        self.size_average = as_flag(size_average, default=False)

    def forward(self, y, target=None):
        C = 0.0
        for C_t in self._each(self.criterion.forward, y, target):
            C += C_t
        self.C = C / self._divisor(y)  # only now: the criterion may refuse
        return self.C

    def backward(self, y, target=None):
        steps = self._each(self.criterion.backward, y, target)
        self.dC_dy = self._joined(self.dC_dy, steps, y)
        return self.dC_dy

    def hvp(self, y, target, dy):
        steps = self._each(self.criterion.hvp, y, target, dy)
        self._ddC_dy = self._joined(self._ddC_dy, steps, y, dy)
        return self._ddC_dy

    def diag_hessian(self, y, target):
        steps = self._each(self.criterion.diag_hessian, y, target)
        self._d2C_dy2 = self._joined(self._d2C_dy2, steps, y)
        return self._d2C_dy2

    def _joined(self, buffer, steps, *like):
        """Return what the steps give, divided by T, in ``buffer`` where it fits."""
        joined, T = reuse_table(buffer, self, *like), self._divisor(like[0])
        for entry, term in zip(entries_of(joined), steps, strict=True):
            map_table(lambda out, x: np.divide(x, T, out=out), entry, term)
        return joined

    def _targets(self, y, target):
        """Return an iterator of the steps' targets, once ``target`` is checked."""
        raise NotImplementedError(f"{self!r}: _targets(y, target) is not written")

    def _each(self, verb, y, target, *dy):
        """Check the arguments, and return an iterator of what ``verb`` gives."""
        if is_table(y):
            map_table(lambda a: check(self, "y", a, (...,)), y)
        else:
            check(self, "y", y, (..., None))
        for direction in dy:
            check_like(self, "dy", direction, y)
        steps = entries_of(y), self._targets(y, target), *map(entries_of, dy)
        return self._results_of(verb, steps)

    def _results_of(self, verb, steps):
        for t, arguments in enumerate(zip(*steps, strict=True)):
            try:
                result = verb(*arguments)
            except Exception as err:
                err.add_note(f"in step {t} of {type(self).__name__}")
                raise
            yield result

    def _divisor(self, y):
        return len(y) or 1 if self.size_average else 1

    def _options(self):
        return ", size_average=True" if self.size_average else ""


def entries_of(x):
    """Return an iterator of the entries of a table, or of the rows of an array."""
    return iter(x) if is_table(x) else (x[t, ...] for t in range(len(x)))
