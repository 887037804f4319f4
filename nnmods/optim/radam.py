"""RAdam: Adam that waits for its second moment."""

import math

from nnmods.kernels.axpby import axpby
from nnmods.optim.moments import Moments, descend


class RAdam(Moments):
    """Adam whose steps are rectified while the second moment rests on few gradients.

    ::

        g   = dC_dw + weight_decay * w + l1 * sign(w)
        m   = beta1 * m + (1 - beta1) * g
        v   = beta2 * v + (1 - beta2) * g^2
        s   = 2 / (1 - beta2) - 1
        r   = s - 2 * k * beta2^k / (1 - beta2^k)
        w   = w - rate / (1 - beta1^k) * m                                   (r <= 5)
        w   = w - rate / (1 - beta1^k) * q * sqrt(1 - beta2^k)
                  * m / (sqrt(v) + eps)                                       (r > 5)
        q   = sqrt((r - 4) (r - 2) s / ((s - 4) (s - 2) r))

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. With ``decoupled``
    g leaves the weight decay out, and w is multiplied by ``1 - rate * weight_decay``
    before the step.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1). With a beta2 of 2/3 or less r stays below 5.
    eps : float, default=1e-8
    weight_decay, l1 : float, default=0.0
        As in `SGD`.
    decoupled : bool, default=False
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    m, v : ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] L. Liu et al., "On the variance of the adaptive learning rate and beyond",
           ICLR 2020, with the bound of 5 of the authors' code in place of 4.
    .. [2] PyTorch, ``torch.optim.RAdam``: the same steps for the same settings.

    Examples
    --------
    >>> import numpy as np
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([1.0, -0.5])
    >>> opt = RAdam((w, dC_dw), lr=0.25)
    >>> opt.step()  # the first steps are those of momentum alone
    >>> w
    array([0.75 , 2.125])
    >>> opt
    RAdam(2 parameters, lr=0.25)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1e-3,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        weight_decay=0.0,
        l1=0.0,
        decoupled=False,
        schedule=None,
        groups=None,
    ):
        self.decoupled = bool(decoupled)
        settings = {"beta1": beta1, "beta2": beta2, "eps": eps}
        settings |= {"weight_decay": weight_decay, "l1": l1}
        super().__init__(net_or_pair, lr, schedule, groups, settings)

    def _update(self, rate, blocks):
        correction1, correction2 = self._corrections()
        length, q = rate / correction1, rectification(self.beta2, self.t + 1)
        decay, shrink = self._decays(rate, self.decoupled)
        for w, _, m, v, a, _ in self._followed(blocks, decay, self.l1, shrink):
            if q is None:
                axpby(-length, m, 1, w, a)
            else:
                descend(w, m, v, length * q * math.sqrt(correction2), self.eps, a)


def rectification(beta2, k):
    """Return q of the k-th step, or None where v is not to be trusted yet.

    Examples
    --------
    >>> rectification(0.999, 5), round(rectification(0.999, 6), 4)
    (None, 0.0258)
    """
    s = 2 / (1 - beta2) - 1
    r = s - 2 * k * beta2**k / (1 - beta2**k)
    if r <= 5:
        return None
    return math.sqrt((r - 4) * (r - 2) * s / ((s - 4) * (s - 2) * r))
