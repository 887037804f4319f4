"""Adam: steps scaled by running moments of the gradient."""

from nnmods.optim.adam_steps import AdamSteps


class Adam(AdamSteps):
    """Adam, as in Torch7; `AdamW` places eps as PyTorch does.

    ::

        g = dC_dw + weight_decay * w + l1 * sign(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g^2
        w = w - rate * sqrt(1 - beta2^k) / (1 - beta1^k) * m / (sqrt(v) + eps)

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. This is Torch7's
    form [1]_, which [2]_ gives in section 2 as the efficient one: ``eps`` stands beside
    the square root of the *uncorrected* v. Algorithm 1 of [2]_, and PyTorch, add it
    after the correction, so that their eps is ``eps / sqrt(1 - beta2^k)`` here.

    With ``decoupled``, g leaves the weight decay out, and w is multiplied by
    ``1 - rate * weight_decay`` before the step [3]_: large gradients then do not shield
    their weights from decay. With ``amsgrad`` the largest v so far takes the place of v
    in the last line [4]_. With ``proximal`` g leaves the L1 term out, and the step ends
    with a soft threshold in the metric of the step [5]_, each weight's by its own v::

        w = sign(w) * max(|w| - threshold, 0)
        threshold = rate * sqrt(1 - beta2^k) * l1 / (sqrt(v) + eps)

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-8
    weight_decay : float, default=0.0
        Stands for ``2 * alpha`` of the cost ``C + alpha * |w|_2^2``, as in `SGD`.
    l1 : float, default=0.0
        Factor of the cost ``|w|_1``, by its subgradient.
    decoupled : bool, default=False
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
    .. [1] Torch7, optim, ``adam.lua``: the same steps for the same settings.
    .. [2] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [3] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019,
           with ``rate * weight_decay`` for its factor, as in PyTorch's AdamW.
    .. [4] S. J. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond", ICLR
           2018, without the correction of v_max in time: as in PyTorch.
    .. [5] J. Yun, A. C. Lozano, E. Yang, "Adaptive proximal gradient methods for
           structured neural networks", NeurIPS 2021.

    Examples
    --------
    >>> import numpy as np
    >>> w, dC_dw = np.array([1.0, 2.0]), np.array([100.0, -0.01])
    >>> opt = Adam((w, dC_dw), lr=0.25)
    >>> opt.step()  # the first step has length lr, whatever the gradient's
    >>> w.round(3)
    array([0.75, 2.25])
    >>> opt
    Adam(2 parameters, lr=0.25)
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
        amsgrad=False,
        proximal=False,
        schedule=None,
        groups=None,
    ):
        self.decoupled = bool(decoupled)
        settings = {"beta1": beta1, "beta2": beta2, "eps": eps}
        settings |= {"weight_decay": weight_decay, "l1": l1}
        super().__init__(net_or_pair, lr, schedule, groups, settings, amsgrad, proximal)
