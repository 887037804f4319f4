"""L1Penalty: the identity, with a penalty on the absolute values."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.layers.tools.penalty import Penalty


class L1Penalty(Penalty):
    """Pass x on, and add the gradient of its absolute values' sum.

    ::

        y     = x
        loss  = m * sum(|x|)                    m = l1weight, or l1weight / (size of x)
        dC_dx = dC_dy + m * sign(x)             or m * sign(x) alone
        dy    = dx, or 0                        (belongs to dC_dx, not to y)

    Features then become sparse. The penalty is no part of what a criterion returns:
    add ``loss`` to C to watch the sum that is made small.

    Parameters
    ----------
    l1weight : float
    size_average : bool, default=False
        Whether the penalty is a mean rather than a sum.
    provide_output : bool, default=True
        Whether dC_dy goes on; without it the penalty is all that what comes before
        learns from.

    Attributes
    ----------
    loss : float or None
        The penalty of the last `forward`.

    Raises
    ------
    ValueError
        If ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.L1Penalty``.

    Examples
    --------
    >>> penalty, x = L1Penalty(0.5), np.array([2.0, -3.0, 0.0])
    >>> y = penalty.forward(x)
    >>> penalty.loss, penalty.backward(x, np.ones(3))
    (2.5, array([1.5, 0.5, 1. ]))
    """

    _results = (*Penalty._results, "loss")
    loss = None

    def __init__(self, l1weight, size_average=False, provide_output=True):
        super().__init__()
        self.l1weight = float(l1weight)
        self.size_average = bool(size_average)
        self.provide_output = True if provide_output is None else bool(provide_output)

    def check_x(self, x):
        check(self, "x", x, (...,))

    def forward(self, x):
        super().forward(x)
        size = self.work("|x|", x.shape, x.dtype if x.dtype.kind == "f" else self.dtype)
        np.copyto(size, x)
        np.abs(size, out=size)
        self.loss = self._m(x) * float(size.sum(dtype=np.float64))
        return self.y

    def gradient(self, x, dC_dy):
        out = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        np.sign(x, out=out)
        np.multiply(out, self._m(x), out=out)
        return np.add(out, dC_dy, out=out) if self.provide_output else out

    def _m(self, x):
        return self.l1weight / max(x.size, 1) if self.size_average else self.l1weight

    def __repr__(self):
        average = ", size_average=True" if self.size_average else ""
        provide = "" if self.provide_output else ", provide_output=False"
        return f"L1Penalty({self.l1weight}{average}{provide})"
