"""ConfusionMatrix: which class is taken for which."""

from numbers import Integral

import numpy as np

from nnmods.core.states import check_names
from nnmods.training.confusion_labels import as_labels
from nnmods.training.confusion_rates import Rates
from nnmods.training.confusion_text import text


class ConfusionMatrix(Rates):
    """Counts of samples by their class (row) and the predicted one (column).

    ``str(confusion)`` is a table with the accuracy of each class, that of the average
    class, and that of all samples. For more than 20 classes it lists the most frequent
    mistakes instead. ``confusion += other`` adds the counts of another matrix of the
    same classes.

    Parameters
    ----------
    classes : int or sequence of str
        How many classes there are, or what they are called.
    ignore_index : int, default=-100
        The label of samples that are left out, as in the criterions.

    Attributes
    ----------
    classes : tuple of str
    counts : ndarray of int64, shape (classes, classes)
        Torch7's ``mat``.

    Raises
    ------
    TypeError, ValueError
        If there are no classes.

    References
    ----------
    .. [1] Torch7, optim, ``ConfusionMatrix``. Labels count from 1 there, all smaller
           ones are left out, and the prediction comes before the target.

    Examples
    --------
    >>> confusion = ConfusionMatrix(["cat", "dog"])
    >>> confusion.add(np.array([0, 0, 1]), np.array([0, 1, 1]))
    >>> confusion.add(np.array([1]), np.array([[0.1, 0.9]]))
    >>> confusion.accuracy, confusion.recall
    (0.75, array([0.5, 1. ]))
    >>> print(confusion)
             cat  dog  correct
    cat        1    1   50.0 %
    dog        0    2  100.0 %
    average             75.0 %
    all                 75.0 %
    rows: the true class; columns: the predicted one
    """

    def __init__(self, classes, ignore_index=-100):
        if isinstance(classes, Integral):
            classes = range(classes)
        elif isinstance(classes, str) or not hasattr(classes, "__iter__"):
            raise TypeError(
                f"ConfusionMatrix: classes has type {type(classes).__name__}, expected "
                "an integer or a sequence of names"
            )
        self.classes = tuple(map(str, classes))
        n = len(self.classes)
        if n == 0:
            raise ValueError("ConfusionMatrix: classes has 0 names, expected some")
        if not isinstance(ignore_index, Integral):
            raise TypeError(
                "ConfusionMatrix: ignore_index has type "
                f"{type(ignore_index).__name__}, expected an integer"
            )
        self.ignore_index = ignore_index
        self.counts = np.zeros((n, n), np.int64)

    def add(self, target, predicted):
        """Count samples; Torch7's ``add`` of one, and ``batchAdd``.

        Parameters
        ----------
        target : int or ndarray of integers, shape (N, ...)
            The true classes, of one sample, of N, or of all pixels of N images. May
            also be scores or one-hot rows, shaped like those predicted.
        predicted : int or ndarray, shape (N, ...) or (N, classes, ...)
            The predicted classes, integers, or their scores, of which the first
            largest counts. Scores of one sample are (classes, ...); where both could
            be meant they are those of a batch.

        Raises
        ------
        TypeError
            If classes are not integers.
        ValueError
            If shapes do not fit, or a class is out of range; nothing is counted then.
        """
        n = len(self.classes)
        target, predicted = as_labels(self, target, predicted, n, self.ignore_index)
        np.add.at(self.counts.reshape(-1), n * target + predicted, 1)

    def reset(self):
        """Forget all samples (Torch7's ``zero``)."""
        self.counts[...] = 0

    def mistakes(self):
        """Return a list of (true class, predicted class, count), most frequent first.

        Only mistakes that were made are listed.
        """
        wrong = self.counts - np.diag(self.counts.diagonal())
        order = np.argsort(-wrong, axis=None, kind="stable")[: np.count_nonzero(wrong)]
        return [
            (self.classes[i], self.classes[j], int(wrong[i, j]))
            for i, j in zip(*np.unravel_index(order, wrong.shape), strict=True)
        ]

    def state_dict(self):
        """Return the names of the classes, and a copy of the counts."""
        return {"classes": list(self.classes), "counts": self.counts.copy()}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If it is not one of such a matrix; nothing has changed then.
        """
        check_names(repr(self), state, ("classes", "counts"))
        self._check_classes("state", np.asarray(state["classes"]).ravel())
        counts = np.asarray(state["counts"])
        if counts.shape != self.counts.shape:
            raise ValueError(
                f"{self!r}: counts has shape {counts.shape}, expected "
                f"{self.counts.shape}"
            )
        if counts.dtype.kind not in "iu":
            raise TypeError(
                f"{self!r}: counts has dtype {counts.dtype}, expected integers"
            )
        if counts.min() < 0:
            raise ValueError(
                f"{self!r}: counts has value {counts.min()}, expected none below 0"
            )
        self.counts[...] = counts

    def __iadd__(self, other):
        if not isinstance(other, ConfusionMatrix):
            return NotImplemented
        self._check_classes("other", other.classes)
        self.counts += other.counts
        return self

    def _check_classes(self, name, classes):
        if tuple(map(str, classes)) != self.classes:
            raise ValueError(
                f"{self!r}: {name} has classes {', '.join(map(str, classes))}, "
                f"expected {', '.join(self.classes)}"
            )

    def __str__(self):
        return text(self)

    def __repr__(self):
        return f"ConfusionMatrix({len(self.classes)} classes)"
