"""ReLU: the positive part."""

import numpy as np

from nnmods.activations.masks import LONG, constant
from nnmods.core import Elementwise


class ReLU(Elementwise):
    """Positive part, entry by entry.

    ::

        y     = max(x, 0)
        dC_dx = dC_dy where x > 0, grad_at_zero * dC_dy where x = 0, else 0

    The lecture lets the gradient pass at x = 0; Torch7 and PyTorch do not.

    Parameters
    ----------
    grad_at_zero : {1, 0}, default=1
        The derivative at x = 0: 1 is the lecture's, 0 is Torch7's.

    Raises
    ------
    ValueError
        If ``grad_at_zero`` is neither 0 nor 1.

    Examples
    --------
    >>> ReLU()(np.array([-2.0, 3.0]))
    array([0., 3.])
    """

    piecewise = True
    curved = False

    def __init__(self, grad_at_zero=1):
        super().__init__()
        if grad_at_zero not in (0, 1):
            raise ValueError(f"ReLU: grad_at_zero is {grad_at_zero!r}, expected 0 or 1")
        self.grad_at_zero = int(grad_at_zero)

    @property
    def overwrites(self):
        return self.grad_at_zero == 0  # 1 where x = 0 cannot be told from y

    def f(self, x, out):
        if out.size > LONG:
            np.clip(x, 0, np.inf, out=out, dtype=out.dtype)
        else:
            np.maximum(x, constant(0.0, out, self.work), out=out)

    def df(self, x, y, out):
        (np.greater_equal if self.grad_at_zero else np.greater)(x, 0, out=out)

    def __repr__(self):
        return "ReLU()" if self.grad_at_zero else "ReLU(grad_at_zero=0)"
