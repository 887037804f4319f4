"""Rates: what follows from the counts of a confusion matrix."""

import numpy as np


class Rates:
    """Shares of right and wrong, of each class and on average.

    ``n[i, j]`` stands for ``counts[i, j]``, the samples of class i taken for class j.
    A share of nothing is nan, quietly; averages leave it out. What is "per class" has
    the shape (classes,). Torch7's names stand in parentheses.
    """

    @property
    def support(self):
        """Samples of each class, ``sum_j n[i, j]``."""
        return self.counts.sum(axis=1)

    @property
    def true_positives(self):
        """Per class: its samples that were recognised, ``n[i, i]``."""
        return self.counts.diagonal().copy()

    @property
    def false_positives(self):
        """Per class: samples of others that were taken for it."""
        return self.counts.sum(axis=0) - self.counts.diagonal()

    @property
    def false_negatives(self):
        """Per class: its samples that were taken for others."""
        return self.support - self.counts.diagonal()

    @property
    def accuracy(self):
        """Fraction of all samples that were recognised (``totalValid``)."""
        return float(_share(self.counts.trace(), self.counts.sum()))

    @property
    def recall(self):
        """Per class: ``TP / (TP + FN)``, its accuracy (``valids``)."""
        return _share(self.true_positives, self.support)

    @property
    def balanced_accuracy(self):
        """Mean recall of the classes that have samples (``averageValid``)."""
        return _mean(self.recall)

    @property
    def precision(self):
        """Per class: ``TP / (TP + FP)``."""
        return _share(self.true_positives, self.counts.sum(axis=0))

    @property
    def f1(self):
        """Per class: ``2 TP / (2 TP + FP + FN)``.

        That is the harmonic mean of precision and recall where both exist.
        """
        both = self.support + self.counts.sum(axis=0)
        return _share(2 * self.true_positives, both)

    @property
    def iou(self):
        """Per class: ``TP / (TP + FP + FN)``, or Jaccard index (``unionvalids``).

        That is intersection over union.
        """
        return _share(self.true_positives, self.support + self.false_positives)

    @property
    def mean_iou(self):
        """Mean IoU of the classes that have samples (``averageUnionValid``)."""
        return _mean(self.iou[self.support > 0])

    def far_frr(self):
        """Return the rates of false acceptance and false rejection (``farFrr``).

        ::

            FAR[i] = mean of n[j, i] / support[j] over the other classes j with samples
            FRR[i] = 1 - n[i, i] / support[i]

        Returns
        -------
        far, frr : ndarray, shape (classes,)
            Classes without samples have nan, where Torch7 has -1.
        """
        shares = _share(self.counts, self.support[:, None])
        frr = 1 - shares.diagonal()
        np.fill_diagonal(shares, np.nan)  # a class does not accept itself falsely
        far = np.array([_mean(column) for column in shares.T])
        far[self.support == 0] = np.nan
        return far, frr


def _share(part, whole):
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _mean(shares):
    """Return the mean of those that are not nan, quietly nan if there is none."""
    there = shares[~np.isnan(shares)]
    return float(there.mean()) if there.size else float("nan")
