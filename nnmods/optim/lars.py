"""LARS: momentum with a rate for each layer."""

from nnmods.kernels.axpby import axpby, number
from nnmods.optim.checks import check_number
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.penalties import penalised
from nnmods.optim.trust import trust_ratio


class LARS(Optimizer):
    """Layer-wise adaptive rate scaling, for large batches.

    ::

        ratio = trust * |w| / (|dC_dw| + weight_decay * |w|)   (for each parameter)
        v     = momentum * v + ratio * (dC_dw + weight_decay * w)
        w     = w - rate * v,                           rate = lr * schedule(t)

    The ratio is 1 for biases, gains and norms, and where one of the two norms is 0 or
    not finite. The rate stands outside v, as in `SGD`; in [1]_ it is inside, which is
    the same as long as it does not change.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.1
    momentum : float, default=0.9
        In [0, 1). Fixed, as its vector is made with the optimiser.
    weight_decay : float, default=0.0
        ``groups=without_decay(net)`` spares biases and norms.
    trust : float, default=0.001
    adapt_vectors : bool, default=False
        Whether parameters with fewer than two axes have a ratio, too. By convention
        biases, gains and norms have none, and no decay either: see `without_decay`.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    velocity : ndarray, shape (n,)
        The v above; only with momentum.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] Y. You, I. Gitman, B. Ginsburg, "Large batch training of convolutional
           networks", arXiv:1708.03888, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> w, dC_dw = np.array([3.0, 4.0]), np.array([0.0, 2.0])
    >>> opt = LARS((w, dC_dw), lr=1.0, trust=0.1, adapt_vectors=True)
    >>> opt.step()  # a tenth of the length of w
    >>> w
    array([3. , 3.5])
    >>> opt
    LARS(2 parameters, lr=1.0, trust=0.1, adapt_vectors=True)
    """

    by_parameter = True

    def __init__(
        self,
        net_or_pair,
        lr=0.1,
        momentum=0.9,
        weight_decay=0.0,
        trust=1e-3,
        adapt_vectors=False,
        schedule=None,
        groups=None,
    ):
        self._momentum = check_number("LARS", "momentum", momentum, below=1)
        self.weight_decay = check_number("LARS", "weight_decay", weight_decay)
        self.trust = check_number("LARS", "trust", trust)
        self.adapt_vectors = bool(adapt_vectors)
        state = ("velocity",) if momentum else ()
        super().__init__(net_or_pair, lr, schedule, state, groups=groups)

    @property
    def momentum(self):
        """The share of the velocity that is kept at each step."""
        return self._momentum

    def _update(self, rate, blocks):
        momentum = number(self.momentum, self.w.dtype.char)
        for w, dC_dw, *velocity, a, b in blocks:
            ratio = 1.0
            if w.ndim > 1 or self.adapt_vectors:
                ratio = trust_ratio(w, dC_dw, self.trust, self.weight_decay)
            d = penalised(w, dC_dw, self.weight_decay, 0.0, out=a, scratch=b)
            for v in velocity:
                axpby(ratio, d, momentum, v, b)
                d, ratio = v, 1.0
            axpby(-rate * ratio, d, 1, w, a)
