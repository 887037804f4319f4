"""LAMB: Adam with a rate for each layer."""

import math

import numpy as np

from nnmods.kernels.axpby import axpby
from nnmods.optim.blocks import BLOCK_BYTES, cut
from nnmods.optim.moments import Moments
from nnmods.optim.trust import trust_ratio


class LAMB(Moments):
    """Layer-wise adaptive moments, for large batches.

    ::

        m     = beta1 * m + (1 - beta1) * dC_dw
        v     = beta2 * v + (1 - beta2) * dC_dw^2
        d     = m / (1 - beta1^k) / (sqrt(v / (1 - beta2^k)) + eps) + weight_decay * w
        ratio = |w| / |d|                                      (for each parameter)
        w     = w - rate * ratio * d

    at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``. The ratio is 1 for
    biases, gains and norms, and where one of the two norms is 0 or not finite.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    beta1, beta2 : float, default=0.9, 0.999
        In [0, 1).
    eps : float, default=1e-6
    weight_decay : float, default=0.01
        ``groups=without_decay(net)`` spares biases and norms.
    adapt_vectors : bool, default=False
        Whether parameters with fewer than two axes have a ratio, too. By convention
        biases, gains and norms have none, and no decay either: see `without_decay`.
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
    .. [1] Y. You et al., "Large batch optimization for deep learning: training BERT in
           76 minutes", ICLR 2020, algorithm 2, with phi(z) = z.

    Examples
    --------
    >>> w, dC_dw = np.array([3.0, 4.0]), np.array([100.0, 0.0])
    >>> opt = LAMB((w, dC_dw), lr=0.1, weight_decay=0, adapt_vectors=True)
    >>> opt.step()  # a tenth of the length of w
    >>> w.round(4)
    array([2.5, 4. ])
    >>> opt
    LAMB(2 parameters, lr=0.1, weight_decay=0.0, adapt_vectors=True)
    """

    by_parameter = True

    def __init__(
        self,
        net_or_pair,
        lr=1e-3,
        beta1=0.9,
        beta2=0.999,
        eps=1e-6,
        weight_decay=0.01,
        adapt_vectors=False,
        schedule=None,
        groups=None,
    ):
        self.adapt_vectors = bool(adapt_vectors)
        settings = {"beta1": beta1, "beta2": beta2, "eps": eps}
        settings |= {"weight_decay": weight_decay}
        super().__init__(net_or_pair, lr, schedule, groups, settings)

    def _update(self, rate, blocks):
        correction1, correction2 = self._corrections()
        root, eps = math.sqrt(correction2), self.eps * math.sqrt(correction2)
        for block in blocks:
            for w, _, m, v, d, b in self._followed(block.pieces):
                np.add(np.sqrt(v, d), eps, d)
                np.multiply(np.divide(m, d, d), root / correction1, d)
                if self.weight_decay:
                    axpby(self.weight_decay, w, 1, d, b)
            w, *_, d, b = block
            ratio = trust_ratio(w, d) if w.ndim > 1 or self.adapt_vectors else 1.0
            axpby(-rate * ratio, d, 1, w, b)

    def _block(self, vectors, slot):
        return _Block(super()._block(vectors, slot))


class _Block(tuple):
    """The block of one parameter, and the pieces of it that stay in cache."""

    def __init__(self, block):
        self.pieces = in_pieces(block)


def in_pieces(block):
    """Return a block of one parameter, cut to what stays in cache.

    The last of its arrays is scratch: all pieces have the same memory there.

    Examples
    --------
    >>> [len(w) for w, _ in in_pieces((np.zeros((800, 500)), np.zeros((800, 500))))]
    [200000, 200000]
    """
    if block[0].nbytes <= BLOCK_BYTES:
        return [block]
    *arrays, scratch = (array.reshape(-1) for array in block)
    return [(*piece, scratch[: piece[0].size]) for piece in cut(arrays, 0)[0]]
