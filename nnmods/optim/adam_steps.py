"""AdamSteps: what Adam and AdamW have in common."""

import math

import numpy as np

from nnmods.optim.moments import Moments, descend, descend_proximal


class AdamSteps(Moments):
    """Steps of the first moment over the root of the second.

    ::

        w = w - rate * sqrt(1 - beta2^k) / (1 - beta1^k) * m / (sqrt(v) + eps')

    A subclass says in ``decoupled`` how the weight decay is meant, and by ``_eps()``
    what eps' is.

    Parameters
    ----------
    net_or_pair, lr, schedule, groups, settings
        As in `Moments`, with eps, weight_decay and l1 among the settings.
    amsgrad, proximal : bool
    """

    def __init__(self, net_or_pair, lr, schedule, groups, settings, amsgrad, proximal):
        self._amsgrad = bool(amsgrad)
        self.proximal = bool(proximal)
        state = ("v_max",) if amsgrad else ()
        super().__init__(net_or_pair, lr, schedule, groups, settings, state)

    @property
    def amsgrad(self):
        """Whether the largest v so far scales the steps."""
        return self._amsgrad

    def _eps(self):
        return self.eps

    def _update(self, rate, blocks):
        correction1, correction2 = self._corrections()
        length = rate * math.sqrt(correction2) / correction1
        threshold = rate * math.sqrt(correction2) * self.l1
        eps, l1 = self._eps(), 0.0 if self.proximal else self.l1
        decay, shrink = self._decays(rate, self.decoupled)
        for w, _, m, v, *v_max, a, b in self._followed(blocks, decay, l1, shrink):
            for largest in v_max:
                v = np.maximum(largest, v, out=largest)
            if self.proximal and self.l1:
                descend_proximal(w, m, v, length, eps, threshold, a, b)
            else:
                descend(w, m, v, length, eps, a)
