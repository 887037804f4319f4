"""BinaryScoreCriterion: the family of costs of yes and no, from raw scores."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion
from nnmods.criterions.logistic import sigmoid, sigmoid_slope
from nnmods.criterions.options import check_weights


class BinaryScoreCriterion(ElementwiseCriterion):
    """Binary cross-entropy of scores y: sigmoid and BCE in one.

    ::

        p     = 1 / (1 + exp(-y))
        C     = -scale * sum(w * (v * t * log(p) + (1 - t) * log(1 - p)))
        dC_dy =  scale * w * ((1 - t) * p - v * t * (1 - p))
        H     =  scale * w * (1 - t + v * t) * p * (1 - p)          on the diagonal
        scale =  1 / number of entries of y, or 1 without size_average

    with t the target. Both logarithms are of sums of positive numbers: no exponential
    overflows, and no digits cancel. A score may be infinite.

    A subclass sets ``weights``, w, and may set ``pos_weight``, v; None means 1.
    """

    weights = pos_weight = None

    def c(self, y, target, out):
        yes, no = self._shares(target, out)
        both = self.work("both", out.shape, out.dtype)
        positive = self.work("where", out.shape, np.bool_)
        np.add(yes, no, out=both)
        np.greater(y, 0, out=positive)
        np.copyto(yes, no, where=positive)
        wrong = yes  # the share of the answer that the score speaks against
        # log(1 + exp(z)) is max(z, 0) + log(1 + exp(-|z|)), here for z = y and -y.
        np.absolute(y, out=out, dtype=out.dtype)
        tail = np.negative(out, out=no)
        np.exp(tail, out=tail)
        np.log1p(tail, out=tail)
        np.multiply(tail, both, out=tail)
        with np.errstate(over="ignore", invalid="ignore"):
            np.multiply(out, wrong, out=out)
        none = np.equal(wrong, 0, out=positive)
        np.copyto(out, 0, where=none)  # 0 times infinity is 0 here
        np.add(out, tail, out=out)
        if self.weights is not None:
            np.multiply(out, self.weights, out=out)

    def dc(self, y, target, scale, out):
        yes, no = self._shares(target, out)
        np.negative(y, out=out, dtype=out.dtype)
        sigmoid(out, self.work)
        np.multiply(yes, out, out=yes)
        out[...] = y
        sigmoid(out, self.work)
        np.multiply(out, no, out=out)
        np.subtract(out, yes, out=out)
        np.multiply(out, scale, out=out)
        if self.weights is not None:
            np.multiply(out, self.weights, out=out)

    def d2c(self, y, target, scale, out):
        yes, no = self._shares(target, out)
        np.add(yes, no, out=no)
        out[...] = y
        sigmoid_slope(out, self.work)
        np.multiply(out, no, out=out)
        np.multiply(out, scale, out=out)
        if self.weights is not None:
            np.multiply(out, self.weights, out=out)

    def _shares(self, target, out):
        """Return v * t and 1 - t, in scratch memory."""
        yes = self.work("yes", out.shape, out.dtype)
        no = self.work("no", out.shape, out.dtype)
        np.subtract(1, target, out=no, dtype=no.dtype)
        yes[...] = target
        if self.pos_weight is not None:
            np.multiply(yes, self.pos_weight, out=yes)
        return yes, no

    def _compared(self, y, target):
        target = super()._compared(y, target)
        check_weights(self, y)
        check_weights(self, y, "pos_weight")
        return target
