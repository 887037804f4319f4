"""RepeaterCriterion: a cost of each step of a sequence, with one target for all."""

from itertools import repeat

from nnmods.criterions.steps import StepsCriterion


class RepeaterCriterion(StepsCriterion):
    """Sum of a criterion over the steps of a sequence, all with the same target.

    ::

        C        = sum_t C_t(y[t], target) / T
        dC_dy[t] = dC_t/dy(y[t], target) / T
        T        = number of steps with size_average, or 1

    ``y`` is a table, or an array (T, ...) whose first axis counts steps; ``target`` is
    what the criterion takes. The number of steps may differ from call to call; of
    none, the cost is 0.

    Parameters
    ----------
    criterion : Criterion
        One for all steps. Random modules of a `ModuleCriterion` draw anew for
        `backward`.
    size_average : bool, default=False
        Whether to take the mean over the steps.

    References
    ----------
    Torch7, ``nn.RepeaterCriterion`` of the package rnn, which always sums.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.criterions import MSECriterion
    >>> cost, target = RepeaterCriterion(MSECriterion()), np.ones(2)
    >>> y = [np.array([1.0, 4.0]), np.array([2.0, 2.0])]
    >>> cost(y, target), cost.backward(y, target)  # 9 / 2 + 1
    (5.5, [array([0., 3.]), array([1., 1.])])
    """

    def _targets(self, y, target):
        return repeat(target, len(y))
