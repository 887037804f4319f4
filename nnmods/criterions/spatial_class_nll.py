"""SpatialClassNLLCriterion: the negative log-likelihood of a label for each pixel."""

from nnmods.core import check
from nnmods.criterions.labels import as_labels
from nnmods.criterions.likelihood import LikelihoodCriterion
from nnmods.criterions.options import check_class_weights


class SpatialClassNLLCriterion(LikelihoodCriterion):
    """Negative log-likelihood of a label per pixel, given log-probabilities.

    ::

        C                 = -scale * sum_nij w[t_nij] * y[n, t_nij, i, j]
        dC_dy[n, c, i, j] = -scale * w[t_nij] where c = t_nij, else 0
        scale             = 1 / sum_nij w[t_nij], or 1 without size_average

    with t the target, (N, H, W), and ``y`` (N, C, H, W). The sums leave out the pixels
    whose label is ``ignore_index``.

    Parameters
    ----------
    weights : array_like, shape (C,), default=None
        w, one for each class; None means 1.
    size_average : bool, default=True
        Whether to divide by the sum of the weights of the targets.
    ignore_index : int, default=-100
    dtype : numpy dtype, default=None
        Of the weights, and in which y of integers is computed.

    Attributes
    ----------
    weights : ndarray, shape (C,), or None

    Raises
    ------
    TypeError
        If ``target`` is not an array of numbers.
    ValueError
        If ``y`` is not (N, C, H, W) with a ``target`` of (N, H, W), or if a label is
        not whole and from 0 to C - 1.

    References
    ----------
    Torch7, nn.SpatialClassNLLCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> nll = SpatialClassNLLCriterion()
    >>> y = np.log([0.5, 0.125, 0.5, 0.875]).reshape(1, 2, 1, 2)
    >>> target = np.array([[[1, 0]]])
    >>> round(nll(y, target), 4)  # log(16) / 2
    1.3863
    >>> nll.backward(y, target)[0, :, 0]
    array([[ 0. , -0.5],
           [-0.5,  0. ]])
    """

    def __init__(
        self, weights=None, size_average=True, *, ignore_index=-100, dtype=None
    ):
        super().__init__(weights, size_average, ignore_index, dtype=dtype)

    def _arguments(self, y, target):
        check(self, "y", y, (None, None, None, None))
        n_samples, n_classes, height, width = y.shape
        target = as_labels(self, target, (n_samples, height, width))
        check_class_weights(self, n_classes)
        return y, target
