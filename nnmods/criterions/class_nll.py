"""ClassNLLCriterion: the negative log-likelihood of class labels."""

from nnmods.criterions.labels import as_rows
from nnmods.criterions.likelihood import LikelihoodCriterion
from nnmods.criterions.options import check_class_weights


class ClassNLLCriterion(LikelihoodCriterion):
    """Negative log-likelihood of labels, given log-probabilities.

    ::

        C           = -scale * sum_n w[t_n] * y[n, t_n]
        dC_dy[n, c] = -scale * w[t_n] where c = t_n, else 0
        scale       = 1 / sum_n w[t_n], or 1 without size_average

    with t the target. The sums leave out the samples whose label is ``ignore_index``;
    if they are all left out, C and dC_dy are 0.

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
        If ``target`` is not an array of numbers, or one number.
    ValueError
        If ``y`` is not (N, C) with a ``target`` of (N,), or (C,) with one label, or if
        a label is not whole and from 0 to C - 1.

    Examples
    --------
    >>> import numpy as np
    >>> nll = ClassNLLCriterion()
    >>> y, target = np.log([[0.5, 0.5], [0.125, 0.875]]), np.array([1, 0])
    >>> round(nll(y, target), 4), nll.backward(y, target)  # log(16) / 2
    (1.3863, array([[ 0. , -0.5],
           [-0.5,  0. ]]))
    """

    def _arguments(self, y, target):
        y, target = as_rows(self, y, target)
        check_class_weights(self, y.shape[1])
        return y, target
