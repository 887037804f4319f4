"""Muon: momentum made orthogonal, for matrices."""

import math

import numpy as np

from nnmods.optim.by_parameter import ByParameter
from nnmods.optim.checks import check_count, check_number
from nnmods.optim.moments import descend, follow
from nnmods.optim.orthogonal import orthogonalise, squares

SCALINGS = {
    "original": lambda rows, columns: math.sqrt(max(1, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}


class Muon(ByParameter):
    """Momentum orthogonalised by Newton-Schulz iterations; `AdamW` for vectors.

    A parameter of two or more axes is a matrix (out, everything else)::

        m = momentum * m + (1 - momentum) * dC_dw
        d = momentum * m + (1 - momentum) * dC_dw  with nesterov,  m  without
        w = (1 - rate * weight_decay) * w
        w = w - rate * factor * orthogonal(d),          rate = lr * schedule(t)

    where orthogonal(d) is about ``U @ V.T`` of ``d = U @ S @ V.T``, and the factor
    ``sqrt(max(1, out / rest))``, or ``0.2 * sqrt(max(out, rest))`` with the scaling
    "match_rms_adamw", which makes rates of AdamW's do. All other parameters go by
    `AdamW`, at the same rate; ``{"*.bias": {"lr": 3e-4}}`` among the groups gives them
    one of their own. Embeddings and output layers are left to AdamW as a rule:
    ``{"8.*": {"orthogonal": False}}``.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.001
    momentum : float, default=0.95
        In [0, 1).
    nesterov : bool, default=True
    weight_decay : float, default=0.1
        Of vectors, too; ``groups=without_decay(net)`` spares them.
    rounds : int, default=5
    scaling : str, default="original"
    orthogonal : bool, default=True
        Whether matrices go by the formula above. Fixed, like the arrays it needs.
    beta1, beta2, eps : float, default=0.9, 0.999, 1e-8
        Of AdamW.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    by_path : dict of str to dict of str to ndarray
        ``m`` of each parameter, and AdamW's ``v``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks",
           2024.
    .. [2] J. Liu et al., "Muon is scalable for LLM training", arXiv:2502.16982.
    .. [3] PyTorch, ``torch.optim.Muon``: the same steps, but for its products in
           bfloat16. ``rounds`` is its ``ns_steps``, ``scaling`` its ``adjust_lr_fn``.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(2, 2, bias=False)
    >>> opt = Muon(net, lr=0.5, weight_decay=0)
    >>> net.weight[...], net.grad_weight[...] = 0, np.diag([3.0, 1.0])
    >>> opt.step()
    >>> net.weight.round(2)
    array([[-0.38,  0.  ],
           [ 0.  , -0.57]])
    >>> opt
    Muon(4 parameters, lr=0.5, weight_decay=0.0)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1e-3,
        momentum=0.95,
        nesterov=True,
        weight_decay=0.1,
        rounds=5,
        scaling="original",
        orthogonal=True,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        schedule=None,
        groups=None,
    ):
        self.momentum = check_number("Muon", "momentum", momentum, below=1)
        self.nesterov = bool(nesterov)
        self.weight_decay = check_number("Muon", "weight_decay", weight_decay)
        self.rounds = check_count("Muon", "rounds", rounds)
        if scaling not in SCALINGS:
            raise ValueError(
                f"Muon: scaling has value {scaling!r}, expected one of "
                f"{', '.join(SCALINGS)}"
            )
        self.scaling = scaling
        self._orthogonal = bool(orthogonal)
        self.beta1 = check_number("Muon", "beta1", beta1, below=1)
        self.beta2 = check_number("Muon", "beta2", beta2, below=1)
        self.eps = check_number("Muon", "eps", eps)
        super().__init__(net_or_pair, lr, schedule, groups)

    @property
    def orthogonal(self):
        """Whether matrices go by Muon's own formula."""
        return self._orthogonal

    def _shapes(self, shape):
        is_matrix = len(shape) > 1 and self.orthogonal
        return {"m": shape} if is_matrix else {"m": shape, "v": shape}

    def _block(self, vectors, slot):
        w, dC_dw, own, a, b = super()._block(vectors, slot)
        grams = None
        if "v" not in own:
            rows = slot.shape[0]
            grams = squares((rows, w.size // rows), w.dtype)
        return w, dC_dw, own, grams, a, b

    def _update(self, rate, blocks):
        shrink = 1 - rate * self.weight_decay
        for w, dC_dw, own, grams, a, b in blocks:
            if shrink != 1:
                np.multiply(w, shrink, w)
            if grams is None:
                self._adam(rate, w, dC_dw, own, a)
            else:
                self._step_of_matrix(rate, w, dC_dw, own["m"], grams, a, b)

    def _step_of_matrix(self, rate, w, dC_dw, m, grams, a, b):
        np.multiply(dC_dw, 1 - self.momentum, a)
        np.add(np.multiply(m, self.momentum, m), a, m)
        if self.nesterov:
            np.add(a, np.multiply(m, self.momentum, b), a)
        else:
            a[...] = m
        rows = len(w)
        with np.errstate(invalid="ignore", over="ignore"):  # inf makes nan, quietly
            d = orthogonalise(a.reshape(rows, -1), self.rounds, 1e-7, b, grams)
            length = rate * SCALINGS[self.scaling](*d.shape)
            np.multiply(d, length, out=d)
        matrix = w.reshape(rows, -1)
        np.subtract(matrix, d, out=matrix)

    def _adam(self, rate, w, dC_dw, own, scratch):
        k = self.t + 1
        root = math.sqrt(1 - self.beta2**k)
        follow(dC_dw, own["m"], own["v"], self.beta1, self.beta2, scratch)
        length = rate * root / (1 - self.beta1**k)
        descend(w, own["m"], own["v"], length, self.eps * root, scratch)
