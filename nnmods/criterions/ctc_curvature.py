"""CTCCurvature: second derivatives of sums over alignments."""

import numpy as np

from nnmods.core import check, reuse


class CTCCurvature:
    """Mixin of `CTCCriterion`.

    ::

        ddC_dy  = -scale[n] * share'      along dy; see `TurningAlignments`
        d2C_dy2 = -scale[n] * share * (1 - share)

    with share, at time t and for class c, that of the alignments with a_t = c. The
    Hessian is minus the covariance of what is counted, one or none at each place.
    """

    @np.errstate(all="ignore")
    def hvp(self, y, target, dy):
        rows, labels, n_times, n_labels = self._arguments(y, target)
        check(self, "dy", dy, y.shape)
        self._ddC_dy = out = reuse(self._ddC_dy, y.shape, y, dy, module=self)
        for t, turn in self._shares(rows, labels, n_times, n_labels, out, dy):
            np.multiply(turn, self._factor(n_labels), out=turn)
            out[t] = turn.reshape(out.shape[1:])
        return out

    @np.errstate(all="ignore")
    def diag_hessian(self, y, target):
        rows, labels, n_times, n_labels = self._arguments(y, target)
        self._d2C_dy2 = out = reuse(self._d2C_dy2, y.shape, y, module=self)
        for t, share in self._shares(rows, labels, n_times, n_labels, out):
            rest = np.subtract(1, share, out=self.work("rest", share.shape, np.float64))
            np.multiply(share, rest, out=share)
            np.multiply(share, self._factor(n_labels), out=share)
            out[t] = share.reshape(out.shape[1:])
        return out
