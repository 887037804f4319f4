"""Logistic regression of two classes, for vectors and for images."""

from nnmods.core import check
from nnmods.criterions.logistic import LogisticCriterion


class BinaryLogisticRegression(LogisticCriterion):
    """Logistic loss of one score per sample, with targets 1 and -1.

    ::

        C     =  scale * sum_n log(1 + exp(-y[n] * target[n]))
        dC_dy = -scale * target / (1 + exp(y * target))
        scale =  1 / N, or 1 without size_average

    ``y`` and ``target`` are (N,), (N, 1) or (1, N) each.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by N.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``y`` is of another shape, or ``target`` of another length.

    References
    ----------
    dpnn, nn.BinaryLogisticRegression.

    Examples
    --------
    >>> import numpy as np
    >>> cost = BinaryLogisticRegression(size_average=False)
    >>> y = np.log([[3.0], [3.0]])
    >>> cost.backward(y, np.array([1, -1]))
    array([[-0.25],
           [ 0.75]])
    """

    def _compared(self, y, target):
        check(self, "y", y, (...,))
        if y.ndim not in (1, 2) or (y.ndim == 2 and 1 not in y.shape):
            raise ValueError(
                f"{self!r}: y has shape {y.shape}, expected (N,), (N, 1) or (1, N)"
            )
        return super()._compared(y, target)


class SpatialBinaryLogisticRegression(LogisticCriterion):
    """Logistic loss of one score per pixel, with targets 1 and -1.

    ::

        C     =  scale * sum(log(1 + exp(-y * target)))
        dC_dy = -scale * target / (1 + exp(y * target))
        scale =  1 / (2 N H W), or 1 / (2 H W) without size_average

    ``y`` and ``target`` are (N, 1, H, W), or (1, H, W) with N = 1.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by N too.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``y`` is of another shape, or ``target`` is not shaped like it.

    References
    ----------
    dpnn, nn.SpatialBinaryLogisticRegression.

    Examples
    --------
    >>> import numpy as np
    >>> cost = SpatialBinaryLogisticRegression()
    >>> cost.backward(np.zeros((1, 1, 2)), np.array([[[1, -1]]]))
    array([[[-0.125,  0.125]]])
    """

    def __init__(self, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)

    def _compared(self, y, target):
        check(self, "y", y, (...,))
        if y.ndim not in (3, 4) or y.shape[-3] != 1:
            raise ValueError(
                f"{self!r}: y has shape {y.shape}, expected (N, 1, H, W) or (1, H, W)"
            )
        check(self, "target", target, y.shape)
        return target

    def _scale(self, y):
        height, width = y.shape[-2:]
        n_samples = y.shape[0] if self.size_average and y.ndim == 4 else 1
        divisor = 2 * n_samples * height * width
        return 1 / divisor if divisor else 1.0
