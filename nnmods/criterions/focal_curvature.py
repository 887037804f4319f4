"""FocalCurvature: how the slope of a focal cost changes with the likelihood."""

import numpy as np


class FocalCurvature:
    """Mixin of `FocalCriterion`, for its base `SoftMaxCurvature`.

    ::

        r = -q * log(q) / (1 - q)
        k = scale * w[t] * (1 - q)^gamma * (1 + gamma * r)
        b = dk / dlog(q)
          = scale * w[t] * gamma * (1 - q)^gamma
            * (r - q * (2 + (gamma - 1) * r) / (1 - q))

    with q the probability of the label. Where q = 1 there is no curvature: b is 0.
    """

    def _curvatures(self, rows, parts, found):
        index, w, _, scale = found
        focus = parts.loss
        log_q = self.work("log_q", focus.shape, focus.dtype)
        b = self.work("b", focus.shape, focus.dtype)
        q = self.work("q", focus.shape, focus.dtype)
        sure = self.work("sure", focus.shape, np.bool_)
        parts.each(self._likelihoods, rows, index, log_q, focus)
        ratio, miss = self._ratio(log_q)
        np.equal(miss, 0, out=sure)
        np.copyto(miss, -1, where=sure)
        np.multiply(ratio, self.gamma - 1, out=b)
        np.add(b, 2, out=b)
        np.multiply(b, np.exp(log_q, out=q), out=b)
        np.divide(b, miss, out=b)
        np.add(b, ratio, out=b)
        np.multiply(b, self.gamma, out=b)
        np.multiply(b, focus, out=b)
        np.copyto(b, 0, where=sure)  # it is multiplied with 1 - q twice
        k, share = self._slope(log_q, focus), parts.shares(w, scale)
        return np.multiply(k, share, out=k), np.multiply(b, share, out=b)
