"""GELU: x times the probability of a smaller normal number."""

from nnmods.activations import curvatures, curves, normal
from nnmods.activations.options import describe
from nnmods.core import Elementwise

#: Of each form its value and its derivatives.
FORMS = {
    "none": (normal.gelu, normal.gelu_slope, curvatures.gelu),
    "tanh": (curves.gelu_tanh, curves.gelu_tanh_slope, curvatures.gelu_tanh),
}


class GELU(Elementwise):
    """x times the normal distribution function, exact or by tanh.

    ::

        y      = x Phi(x),     dC_dx = (Phi(x) + x phi(x)) * dC_dy
        ddC_dx = (2 - x^2) phi(x) * dx * dC_dy
        approximate="tanh", with u = sqrt(2 / pi) (x + 0.044715 x^3):
        y      = x (1 + tanh(u)) / 2

    Phi is the standard normal distribution function and phi its density. At -inf, y is
    0, its limit. The tail far below 0 keeps its relative accuracy, which in float32 is
    6e-7 for x >= -3 and 5e-6 at x = -13, where exp magnifies the rounding of x^2.

    Parameters
    ----------
    approximate : {"none", "tanh"}, default="none"
        PyTorch's name of the form.

    Raises
    ------
    ValueError
        If ``approximate`` is something else.

    References
    ----------
    .. [1] D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", 2016,
           section 2.

    Examples
    --------
    >>> import numpy as np
    >>> GELU()(np.array([-1.0, 0.0, 1.0]))
    array([-0.15865525,  0.        ,  0.84134475])
    """

    piecewise = True

    def __init__(self, approximate="none"):
        super().__init__()
        if approximate not in FORMS:
            raise ValueError(
                f"GELU: approximate has value {approximate!r}, expected 'none' or "
                "'tanh'"
            )
        self.approximate = approximate

    def f(self, x, out):
        FORMS[self.approximate][0](x, out, self.work)

    def df(self, x, y, out):
        FORMS[self.approximate][1](x, y, out, self.work)

    def d2f(self, x, y, out):
        FORMS[self.approximate][2](x, out, self.work)

    def __repr__(self):
        return describe(self, approximate="none")
