"""MultiCriterion: several costs of the same thing."""

from nnmods.core.tables import map_table
from nnmods.criterions.composite import CompositeCriterion


class MultiCriterion(CompositeCriterion):
    """Weighted sum of several criterions of the same y and target.

    ::

        C     = sum_i weights[i] * C_i(y, target)
        dC_dy = sum_i weights[i] * dC_i/dy(y, target)

    ``y`` and ``target`` are what all the criterions take, arrays or tables; ``add``
    appends a criterion. Without any, C and dC_dy are 0.

    Parameters
    ----------
    dtype : numpy dtype, default=None
        Of dC_dy for y of integers.

    Attributes
    ----------
    criterions : list of Criterion
    weights : list of float

    References
    ----------
    Torch7, nn.MultiCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.criterions import AbsCriterion, MSECriterion
    >>> cost = MultiCriterion().add(MSECriterion(), 0.5).add(AbsCriterion())
    >>> y, target = np.array([1.0, 4.0]), np.array([1.0, 2.0])
    >>> cost(y, target), cost.backward(y, target)  # 2 / 2 + 1
    (2.0, array([0.5, 1.5]))
    """

    def forward(self, y, target=None):
        C = 0.0
        for weight, criterion in zip(self.weights, self.criterions, strict=True):
            C += weight * criterion.forward(y, target)
        self.C = C  # only now: a criterion may refuse
        return C

    def _combined(self, verb, buffer, y, target, *dy):
        total = self._reuse(buffer, y, *dy)
        if not self.criterions:
            map_table(lambda out: out.fill(0), total)
        write = self._put
        for weight, criterion in zip(self.weights, self.criterions, strict=True):
            write(total, weight, getattr(criterion, verb)(y, target, *dy))
            write = self._add
        return total
