"""ParallelCriterion: a cost for each entry of a table."""

from nnmods.core import check
from nnmods.core.arrays import name_of
from nnmods.core.tables import is_table, map_table
from nnmods.criterions.composite import CompositeCriterion
from nnmods.criterions.options import as_flag


class ParallelCriterion(CompositeCriterion):
    """Weighted sum of criterions, the i-th of y[i] and target[i].

    ::

        C        = sum_i weights[i] * C_i(y[i], target[i])
        dC_dy[i] = weights[i] * dC_i/dy(y[i], target[i])

    ``y`` and ``target`` are tables, whose entries may be tables too, or arrays that are
    taken apart along their first axis. Entries of ``y`` beyond the last criterion cost
    nothing, and have a gradient of 0. ``add`` appends a criterion.

    Parameters
    ----------
    repeat_target : bool, default=False
        Whether all criterions take the whole of ``target``.
    dtype : numpy dtype, default=None
        Of dC_dy for y of integers.

    Attributes
    ----------
    criterions : list of Criterion
    weights : list of float

    Raises
    ------
    ValueError
        If ``y``, or ``target`` unless it is repeated, has fewer entries than there are
        criterions.

    References
    ----------
    Torch7, nn.ParallelCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.criterions import ClassNLLCriterion, MSECriterion
    >>> cost = ParallelCriterion().add(MSECriterion(), 0.5).add(ClassNLLCriterion())
    >>> y, target = [np.array([1.0, 4.0]), np.array([-2.0, -0.5])], [np.ones(2), 1]
    >>> cost(y, target), cost.backward(y, target)  # (0 + 9) / 2 / 2 + 0.5
    (2.75, [array([0. , 1.5]), array([ 0., -1.])])
    """

    def __init__(self, repeat_target=False, *, dtype=None):
        super().__init__(dtype=dtype)
        self.repeat_target = as_flag(repeat_target, default=False)

    def forward(self, y, target=None):
        self._check(y, target)
        C = 0.0
        for i, (weight, criterion) in self._entries():
            C += weight * criterion.forward(y[i], self._part(target, i))
        self.C = C  # only now: a criterion may refuse
        return C

    def _combined(self, verb, buffer, y, target, *dy):
        self._check(y, target)
        total = self._reuse(buffer, y, *dy)
        for i, (weight, criterion) in self._entries():
            along = [direction[i] for direction in dy]
            term = getattr(criterion, verb)(y[i], self._part(target, i), *along)
            self._put(total[i], weight, term)
        map_table(lambda out: out.fill(0), list(total[len(self.criterions) :]))
        return total

    def _entries(self):
        return enumerate(zip(self.weights, self.criterions, strict=True))

    def _part(self, target, i):
        return target if self.repeat_target or target is None else target[i]

    def _check(self, y, target):
        if not is_table(y):
            check(self, "y", y, (..., None, None))
        self._check_length("y", y)
        if not self.repeat_target and target is not None:
            if not is_table(target):
                check(self, "target", target, (..., None))
            self._check_length("target", target)

    def _check_length(self, argument, table):
        if len(table) < len(self.criterions):
            raise ValueError(
                f"{name_of(self)}: {argument} has {len(table)} entries, expected "
                f"{len(self.criterions)}, one for each criterion"
            )

    def _options(self):
        return "repeat_target=True" if self.repeat_target else ""
