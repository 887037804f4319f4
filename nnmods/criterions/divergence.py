"""DivergenceCriterion: the family of divergences from a distribution."""

import numpy as np

from nnmods.criterions.elementwise import ElementwiseCriterion


class DivergenceCriterion(ElementwiseCriterion):
    """Kullback-Leibler divergence of log-probabilities y from probabilities t.

    ::

        C     =  scale * sum(t * (log(t) - y))
        dC_dy = -scale * t

    Entries of which t is 0 or less cost nothing, whatever y is there. With
    ``log_target`` the target is log(t).
    """

    curved = False
    log_target = False

    @np.errstate(over="ignore", invalid="ignore")
    def c(self, y, target, out):
        t = self._probabilities(target, out)
        none = self.work("none", y.shape, np.bool_)
        np.less_equal(t, 0, out=none)
        if self.log_target:
            np.subtract(target, y, out=out, dtype=out.dtype)
        else:
            np.copyto(t, 1, where=none)
            np.log(t, out=out)
            np.subtract(out, y, out=out)
        np.multiply(out, t, out=out)
        np.copyto(out, 0, where=none)

    def dc(self, y, target, scale, out):
        t = self._probabilities(target, out)
        np.maximum(t, 0, out=out)
        np.multiply(out, -scale, out=out)

    def _probabilities(self, target, out):
        """Return t, in scratch memory."""
        t = self.work("t", out.shape, out.dtype)
        if self.log_target:
            with np.errstate(over="ignore"):
                return np.exp(target, out=t, dtype=t.dtype)
        t[...] = target
        return t
