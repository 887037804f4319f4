"""WeightedMSECriterion: squared differences from a weighted target."""

import numpy as np

from nnmods.core.arrays import describe_shape
from nnmods.core.dtypes import promote
from nnmods.criterions.options import array_text, as_weights, describe
from nnmods.criterions.squared import SquaredCriterion


class WeightedMSECriterion(SquaredCriterion):
    """Mean squared difference of y and a weighted target.

    ::

        C     = scale * sum((y - weight * target)^2)
        dC_dy = 2 * scale * (y - weight * target)
        scale = 1 / number of entries of y, or 1 without size_average

    The weight multiplies the target, not the difference: that is how Torch7 has it.

    Parameters
    ----------
    weight : array_like
        Shaped like one sample of ``y``, or like all of ``y``.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        Of the weight, and in which y of integers is computed.

    Attributes
    ----------
    weight : ndarray

    Raises
    ------
    ValueError
        If ``target`` is not shaped like ``y``, or ``weight`` fits neither it nor a
        sample.

    References
    ----------
    Torch7, nn.WeightedMSECriterion.

    Examples
    --------
    >>> import numpy as np
    >>> cost = WeightedMSECriterion([1.0, 0.5])
    >>> y, target = np.array([[1.0, 4.0]]), np.array([[1.0, 4.0]])
    >>> cost(y, target), cost.backward(y, target)
    (2.0, array([[0., 2.]]))
    """

    def __init__(self, weight, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
        if weight is None:
            raise TypeError("WeightedMSECriterion: weight is None, expected an array")
        self.weight = as_weights(self, weight, argument="weight")

    def _compared(self, y, target):
        target = super()._compared(y, target)
        if self.weight.shape not in (y.shape, y.shape[1:]):
            raise ValueError(
                f"{self!r}: y has shape {y.shape}, expected {self.weight.shape}, that "
                f"of the weight, or {describe_shape((None, *self.weight.shape))}"
            )
        weighted = self.work("weighted", y.shape, promote(self, (y,)))
        return np.multiply(target, self.weight, out=weighted, dtype=weighted.dtype)

    def __repr__(self):
        return describe(self, array_text(self.weight), size_average=True)
