"""AdamW: Adam as PyTorch computes it, with the weight decay beside the gradient."""

import math

from nnmods.optim.adam_steps import AdamSteps


class AdamW(AdamSteps):
    """Adam with decoupled weight decay, eps and defaults as in PyTorch.

    ::

        g = dC_dw + l1 * sign(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g^2
        w = (1 - rate * weight_decay) * w
        w = w - rate * m / (1 - beta1^k) / (sqrt(v / (1 - beta2^k)) + eps)

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. With ``amsgrad``
    the largest v so far takes the place of v in the last line. With ``proximal`` g is
    dC_dw alone, and the step ends with ``w = sign(w) * max(|w| - threshold, 0)``,
    ``threshold = rate * l1 / (sqrt(v / (1 - beta2^k)) + eps)``, as in `Adam`.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-8
    weight_decay : float, default=0.01
        Of all parameters; ``groups=without_decay(net)`` spares biases and norms.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    amsgrad : bool, default=False
        Fixed, as its vector is made with the optimiser.
    proximal : bool, default=False
        Whether to take L1 by the soft threshold: it makes weights exactly 0.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    m, v : ndarray, shape (n,)
    v_max : ndarray, shape (n,)
        The largest v so far; only with amsgrad.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    .. [2] PyTorch, ``torch.optim.AdamW``: the same steps for the same settings.

    Examples
    --------
    >>> import numpy as np
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = AdamW((w, dC_dw), lr=0.25, weight_decay=0.5)
    >>> opt.step()  # w is multiplied by 1 - 0.25 * 0.5, and goes lr ahead
    >>> w.round(3)
    array([0.625, 2.   ])
    >>> opt
    AdamW(2 parameters, lr=0.25, weight_decay=0.5)
    """

    decoupled = True

    def __init__(
        self,
        net_or_pair,
        lr=1e-3,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        weight_decay=0.01,
        l1=0.0,
        amsgrad=False,
        proximal=False,
        schedule=None,
        groups=None,
    ):
        settings = {"beta1": beta1, "beta2": beta2, "eps": eps}
        settings |= {"weight_decay": weight_decay, "l1": l1}
        super().__init__(net_or_pair, lr, schedule, groups, settings, amsgrad, proximal)

    def _eps(self):  # sqrt(v / c) + eps = (sqrt(v) + eps * sqrt(c)) / sqrt(c)
        return self.eps * math.sqrt(1 - self.beta2 ** (self.t + 1))
