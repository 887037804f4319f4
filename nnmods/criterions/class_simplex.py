"""ClassSimplexCriterion: squared distances from the vertices of a simplex."""

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.criterions.labels import as_rows, class_labels, without_ones
from nnmods.criterions.options import describe
from nnmods.criterions.squared import SquaredCriterion


class ClassSimplexCriterion(SquaredCriterion):
    """Mean squared difference of y and its class's vertex of a regular simplex.

    ::

        C     = scale * sum_n |y[n] - simplex[t_n]|^2
        dC_dy = 2 * scale * (y - simplex[t])
        scale = 1 / number of entries of y, or 1 without size_average

    with t the target. The rows of ``simplex`` have length 1 and equal distances, sum
    to 0, and end in a 0: they need one axis less than there are classes.

    Parameters
    ----------
    n_classes : int
        2 or more; the length of a row of ``y``.
    size_average : bool, default=True
        Whether to divide by the number of entries.
    dtype : numpy dtype, default=None
        Of the simplex, and in which y of integers is computed.

    Attributes
    ----------
    simplex : ndarray, shape (n_classes, n_classes)

    Raises
    ------
    ValueError
        If ``y`` is not (N, n_classes) with a ``target`` of (N,), or (n_classes,) with
        one label, or a label is not whole and from 0 to n_classes - 1.

    References
    ----------
    S. Chintala, M. Ranzato, A. Szlam et al., "Scale-invariant learning and
    convolutional networks", arXiv:1506.08230; Torch7, nn.ClassSimplexCriterion.

    Examples
    --------
    >>> cost = ClassSimplexCriterion(2)
    >>> cost.simplex
    array([[ 1.,  0.],
           [-1.,  0.]])
    >>> cost(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]))
    1.0
    """

    def __init__(self, n_classes, *, size_average=True, dtype=None):
        super().__init__(size_average, dtype=dtype)
        self.n_classes = as_size("ClassSimplexCriterion", "n_classes", n_classes)
        if self.n_classes < 2:
            raise ValueError(
                f"ClassSimplexCriterion: n_classes is {n_classes}, expected 2 or more"
            )
        self.simplex = _regular_simplex(self.n_classes).astype(self.dtype)

    def get_predictions(self, y):
        """Return a new array (N, n_classes): how far each row points to each vertex."""
        rows = y.reshape(1, -1) if y.ndim == 1 else y
        return rows @ self.simplex.T

    def get_top_prediction(self, y):
        """Return a new array (N,): the label of the vertex each row points to most."""
        return self.get_predictions(y).argmax(axis=1)

    def _compared(self, y, target):
        rows, target = as_rows(self, *without_ones(y, target))
        if rows.shape[1] != self.n_classes:
            raise ValueError(
                f"{self!r}: y has {rows.shape[1]} classes, expected {self.n_classes}"
            )
        label, _ = class_labels(self, target, self.n_classes)
        vertices = self.work("vertices", rows.shape, self.simplex.dtype)
        return self.simplex.take(label, 0, vertices, "clip").reshape(y.shape)

    def __repr__(self):
        return describe(self, str(self.n_classes), size_average=True)


def _regular_simplex(n_classes):
    """Return n vertices in n - 1 axes and a last one of 0, as rows.

    Vertex k is the first one with an entry on axis k. All before it fix the length of
    what is left to it; all after it share, on axis k, what makes the column sum to 0.
    """
    simplex = np.zeros((n_classes, n_classes))
    for k in range(n_classes - 1):
        left = n_classes - 1 - k  # vertices after it
        own = np.sqrt(n_classes * left / ((n_classes - 1) * (left + 1)))
        simplex[k, k] = own
        simplex[k + 1 :, k] = -own / left
    return simplex
