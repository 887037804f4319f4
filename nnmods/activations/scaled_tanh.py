"""ScaledTanh: LeCun's tanh, of unit gain at the targets +-1."""

import numbers

import numpy as np

from nnmods.activations import curvatures
from nnmods.core import Elementwise


class ScaledTanh(Elementwise):
    """Scaled hyperbolic tangent, with a linear term if wanted, entry by entry.

    ::

        t      = tanh(slope * x)
        y      = scale * t + twist * x
        dC_dx  = (scale * slope * (1 - t^2) + twist) * dC_dy
        ddC_dx = -2 scale * slope^2 * t * (1 - t^2) * dx * dC_dy

    With the default constants y(1) = 1, y(-1) = -1 and the curvature is largest there:
    targets +-1 are reached without saturation. A small ``twist`` keeps a gradient on
    the flat parts [1]_.

    Parameters
    ----------
    scale : float, default=1.7159
    slope : float, default=2/3
    twist : float, default=0.0

    Raises
    ------
    TypeError
        If a constant is not a real number.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 4.4.

    Examples
    --------
    >>> ScaledTanh()(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-1.,  0.,  1.])
    >>> ScaledTanh(twist=0.01)
    ScaledTanh(twist=0.01)
    """

    piecewise = True

    def __init__(self, scale=1.7159, slope=2 / 3, twist=0.0):
        super().__init__()
        for name, value in (("scale", scale), ("slope", slope), ("twist", twist)):
            if not isinstance(value, numbers.Real):
                raise TypeError(
                    f"ScaledTanh: {name} has type {type(value).__name__}, "
                    "expected a real number"
                )
        # Python floats, since a NumPy scalar would turn float32 into float64.
        self.scale, self.slope, self.twist = float(scale), float(slope), float(twist)

    def f(self, x, out):
        self._tanh(x, out)
        np.multiply(out, self.scale, out=out)
        if self.twist:
            line = self.work("line", x.shape, out.dtype)
            np.multiply(x, self.twist, out=line)
            np.add(out, line, out=out)

    def df(self, x, y, out):
        if self.twist or self.scale == 0:
            self._tanh(x, out)  # y - twist * x would lose it beside a large x
        else:
            np.divide(y, self.scale, out=out)
        np.multiply(out, out, out=out)
        np.multiply(out, -self.scale * self.slope, out=out)
        np.add(out, self.scale * self.slope + self.twist, out=out)

    def d2f(self, x, y, out):
        t = self.work("t", x.shape, out.dtype)
        self._tanh(x, t)
        curvatures.tanh(t, -2 * self.scale * self.slope**2, out)

    def _tanh(self, x, out):
        np.multiply(x, self.slope, out=out)
        np.tanh(out, out=out)

    def __repr__(self):
        default = ScaledTanh()
        options = [
            f"{name}={getattr(self, name)!r}"
            for name in ("scale", "slope", "twist")
            if getattr(self, name) != getattr(default, name)
        ]
        return f"ScaledTanh({', '.join(options)})"
