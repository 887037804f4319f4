"""ConfusionMatrix: which class is taken for which."""

import numpy as np

#: More classes than that do not fit the width of a page.
MOST_COLUMNS = 20


class ConfusionMatrix:
    """Counts of samples by their class (row) and the predicted one (column).

    ``str(confusion)`` is a table with the accuracy of each class. For more than 20
    classes it is a list of the most frequent mistakes instead.

    Parameters
    ----------
    classes : int or sequence of str
        How many classes there are, or what they are called.

    Attributes
    ----------
    classes : tuple of str
    counts : ndarray of int64, shape (classes, classes)

    Examples
    --------
    >>> confusion = ConfusionMatrix(["cat", "dog"])
    >>> confusion.add(np.array([0, 0, 1]), np.array([0, 1, 1]))
    >>> confusion.add(np.array([1]), np.array([[0.1, 0.9]]))
    >>> confusion.accuracy, confusion.class_accuracy
    (0.75, array([0.5, 1. ]))
    >>> print(confusion)
          cat  dog  correct
    cat     1    1   50.0 %
    dog     0    2  100.0 %
    rows: the true class; columns: the predicted one
    """

    def __init__(self, classes):
        if isinstance(classes, (int, np.integer)):
            classes = range(classes)
        self.classes = tuple(map(str, classes))
        n = len(self.classes)
        if n == 0:
            raise ValueError("ConfusionMatrix: classes has 0 names, expected some")
        self.counts = np.zeros((n, n), np.int64)

    def add(self, target, predicted):
        """Count a batch.

        Parameters
        ----------
        target : ndarray of integers, shape (N,)
            The true classes.
        predicted : ndarray, shape (N,) or (N, classes)
            The predicted classes, integers, or their scores, of which the first
            largest counts.

        Raises
        ------
        TypeError
            If classes are not integers.
        ValueError
            If shapes do not fit, or a class is out of range; nothing is counted then.
        """
        n = len(self.classes)
        target, predicted = np.asarray(target), np.asarray(predicted)
        if predicted.ndim == 2:
            if predicted.shape[1] != n:
                raise ValueError(
                    f"{self!r}: predicted has {predicted.shape[1]} scores, expected {n}"
                )
            predicted = predicted.argmax(axis=1)
        for name, labels in (("target", target), ("predicted", predicted)):
            if labels.ndim != 1 or len(labels) != len(target):
                raise ValueError(
                    f"{self!r}: {name} has shape {labels.shape}, "
                    "expected a class for each sample"
                )
            if labels.dtype.kind not in "iu":
                raise TypeError(
                    f"{self!r}: {name} has dtype {labels.dtype}, expected integers"
                )
            if labels.size and not (labels.min() >= 0 and labels.max() < n):
                raise ValueError(
                    f"{self!r}: {name} has classes {labels.min()} to {labels.max()}, "
                    f"expected 0 to {n - 1}"
                )
        np.add.at(self.counts, (target, predicted), 1)

    @property
    def accuracy(self):
        """Fraction of all samples on the diagonal; nan without samples."""
        total = self.counts.sum()
        return float(self.counts.trace() / total) if total else float("nan")

    @property
    def class_accuracy(self):
        """The same for the samples of each class (its recall), shape (classes,)."""
        totals = self.counts.sum(axis=1)
        shares = np.full(len(totals), np.nan)
        return np.divide(self.counts.diagonal(), totals, out=shares, where=totals > 0)

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

    def __str__(self):
        if len(self.classes) <= MOST_COLUMNS:
            return self._table()
        lines = [f"{i} taken for {j}: {n}" for i, j, n in self.mistakes()[:10]]
        return "\n".join(["most frequent mistakes", *(lines or ["none"])])

    def _table(self):
        names = [name if len(name) <= 12 else f"{name[:11]}~" for name in self.classes]
        shares = [
            f"{share:.1%}".replace("%", " %") if share == share else "-"
            for share in self.class_accuracy
        ]
        header = ["", *names, "correct"]
        rows = [
            [name, *map(str, counts), share]
            for name, counts, share in zip(names, self.counts, shares, strict=True)
        ]
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in [header, *rows]
        ]
        return "\n".join([*lines, "rows: the true class; columns: the predicted one"])

    def __repr__(self):
        return f"ConfusionMatrix({len(self.classes)} classes)"
