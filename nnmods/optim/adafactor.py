"""Adafactor: second moments of matrices in two vectors."""

import math

import numpy as np

from nnmods.optim.by_parameter import ByParameter
from nnmods.optim.checks import check_number
from nnmods.optim.norms import norm


class Adafactor(ByParameter):
    """Steps scaled by second moments that take the memory of a row and a column.

    ::

        share = k^-decay
        row   = (1 - share) * row + share * mean(dC_dw^2)      (along the last axis)
        col   = (1 - share) * col + share * mean(dC_dw^2)      (along the one before)
        v     = row * col / max(mean(row), eps1)
        d     = dC_dw / sqrt(max(v, eps1^2))
        d     = d / max(1, rms(d) / clip)
        w     = (1 - rate * weight_decay) * w
        w     = w - max(eps2, rms(w)) * min(rate, 1 / sqrt(k)) * d

    for each parameter at the k-th step, k = 1, 2, ...; ``rate = lr * schedule(k - 1)``,
    and rms(w) is that before the decay. Parameters of fewer than two axes keep v as a
    whole, ``v = (1 - share) * v + share * dC_dw^2``. Of more than two axes it is the
    last two that are factored.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    lr : float, default=0.01
        The largest step, relative to the size of the weights.
    decay : float, default=0.8
        The negative of PyTorch's ``beta2_decay``.
    eps1 : float, default=None
        None takes the rounding unit of the dtype.
    eps2 : float, default=0.001
        Stands for the size of weights that are smaller.
    clip : float, default=1.0
        Largest root mean square of d; above 0.
    weight_decay : float, default=0.0
        Decoupled, as in `AdamW`.
    schedule : callable, default=None
        ``t -> factor``, as in `nnmods.optim.schedules`.
    groups : dict of str to dict, default=None
        Settings of their own for some parameters, as in `Optimizer`.

    Attributes
    ----------
    by_path : dict of str to dict of str to ndarray
        ``row`` and ``col``, or ``v``, of each parameter.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] N. Shazeer, M. Stern, "Adafactor: adaptive learning rates with sublinear
           memory cost", ICML 2018.
    .. [2] PyTorch, ``torch.optim.Adafactor``, which places eps1 like this: the same
           steps for the same settings.

    Examples
    --------
    >>> w, dC_dw = np.array([3.0, 4.0]), np.array([100.0, -0.01])
    >>> opt = Adafactor((w, dC_dw), lr=0.5)
    >>> opt.step()  # half of the root mean square of w
    >>> w.round(3)
    array([1.232, 5.768])
    >>> opt
    Adafactor(2 parameters, lr=0.5)
    """

    def __init__(
        self,
        net_or_pair,
        lr=1e-2,
        decay=0.8,
        eps1=None,
        eps2=1e-3,
        clip=1.0,
        weight_decay=0.0,
        schedule=None,
        groups=None,
    ):
        self.decay = check_number("Adafactor", "decay", decay)
        self.eps1 = eps1 if eps1 is None else check_number("Adafactor", "eps1", eps1)
        self.eps2 = check_number("Adafactor", "eps2", eps2)
        self.clip = check_number("Adafactor", "clip", clip)
        if not clip:
            raise ValueError("Adafactor: clip has value 0, expected a number > 0")
        self.weight_decay = check_number("Adafactor", "weight_decay", weight_decay)
        super().__init__(net_or_pair, lr, schedule, groups)

    def _shapes(self, shape):
        if len(shape) < 2:
            return {"v": shape}
        return {"row": (*shape[:-1], 1), "col": (*shape[:-2], 1, shape[-1])}

    def _update(self, rate, blocks):
        k = self.t + 1
        share = k**-self.decay
        eps1 = float(np.finfo(self.w.dtype).eps) if self.eps1 is None else self.eps1
        for w, dC_dw, own, a, b in blocks:
            count = max(1, w.size)
            length = max(self.eps2, norm(w) / math.sqrt(count))
            length *= min(rate, 1 / math.sqrt(k))
            if self.weight_decay:
                np.multiply(w, 1 - rate * self.weight_decay, w)
            np.multiply(dC_dw, dC_dw, a)
            v = self._second_moment(own, a, b, share, eps1)
            np.sqrt(np.maximum(v, eps1**2, out=a), a)
            d = np.divide(dC_dw, a, a)
            length /= max(1.0, norm(d) / math.sqrt(count) / self.clip)
            np.subtract(w, np.multiply(d, length, d), w)

    def _second_moment(self, own, square, scratch, share, eps1):
        """Let the arrays of a parameter follow its square gradient; return v.

        Where they are factors, v takes the place of ``square``.
        """
        if "v" in own:
            return _follow(own["v"], np.multiply(square, share, square), share)
        row, col = own["row"], own["col"]
        for factor, axis in ((row, -1), (col, -2)):
            mean = _first(scratch, factor.shape)
            np.add.reduce(square, axis=axis, keepdims=True, out=mean)
            np.multiply(mean, share / square.shape[axis], mean)
            _follow(factor, mean, share)
        mean = _first(scratch, (*row.shape[:-2], 1, 1))
        np.add.reduce(row, axis=-2, keepdims=True, out=mean)
        np.maximum(np.multiply(mean, 1 / row.shape[-2], mean), eps1, out=mean)
        np.multiply(row, col, square)
        return np.divide(square, mean, square)


def _follow(moment, part, share):
    """Let a running mean follow what is multiplied by ``share`` already."""
    np.multiply(moment, 1 - share, moment)
    return np.add(moment, part, moment)


def _first(scratch, shape):
    """Return the first part of some memory, in a shape."""
    return scratch.reshape(-1)[: math.prod(shape)].reshape(shape)
