"""SequencerCriterion: a cost of each step of a sequence, with a target each."""

from itertools import repeat

from nnmods.core import check
from nnmods.core.arrays import name_of
from nnmods.core.tables import check_table, is_table
from nnmods.criterions.steps import StepsCriterion, entries_of


class SequencerCriterion(StepsCriterion):
    """Sum of a criterion over the steps of a sequence, each with its own target.

    ::

        C        = sum_t C_t(y[t], target[t]) / T
        dC_dy[t] = dC_t/dy(y[t], target[t]) / T
        T        = number of steps with size_average, or 1

    ``y`` is a table, or an array (T, ...) whose first axis counts steps, and
    ``target`` is one like it. The number of steps may differ from call to call; of
    none, the cost is 0.

    Parameters
    ----------
    criterion : Criterion
        One for all steps. A `ModuleCriterion` goes around instead.
    size_average : bool, default=False
        Whether to take the mean over the steps.

    Raises
    ------
    TypeError
        If ``criterion`` is a ModuleCriterion, or only one of ``y`` and ``target`` a
        table.
    ValueError
        If ``target`` has another number of steps than ``y``.

    References
    ----------
    Torch7, ``nn.SequencerCriterion`` of the package rnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.criterions import MSECriterion
    >>> cost = SequencerCriterion(MSECriterion())
    >>> y, target = np.array([[1.0, 4.0], [2.0, 2.0]]), np.ones((2, 2))
    >>> cost(y, target), cost.backward(y, target).tolist()  # 9 / 2 + 1
    (5.5, [[0.0, 3.0], [1.0, 1.0]])
    """

    def __init__(self, criterion, size_average=False):
        super().__init__(criterion, size_average)
        if hasattr(criterion, "input_module"):  # it would draw anew for backward
            raise TypeError(
                f"SequencerCriterion: criterion has type {type(criterion).__name__}, "
                "expected one without modules; put it around the SequencerCriterion"
            )

    def _targets(self, y, target):
        if target is None:
            return repeat(None, len(y))
        if is_table(y):
            check_table(self, "target", target, len(y))
        else:
            check(self, "target", target, (..., None))
            if len(target) != len(y):
                raise ValueError(
                    f"{name_of(self)}: target has {len(target)} steps, expected "
                    f"{len(y)}, as y has"
                )
        return entries_of(target)
