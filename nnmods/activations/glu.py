"""GatedLinearUnit, SwiGLU, GEGLU and ReGLU: one half of x opens the way for the other.

The second half is the gate, as in Torch7's and PyTorch's ``glu``. Shazeer's paper has
the gate first: swap the halves of its weights.
"""

import numpy as np

from nnmods.activations import curvatures, curves, normal
from nnmods.activations.gated import Gated
from nnmods.activations.masks import above, cut


class GatedLinearUnit(Gated):
    """First half of x times the logistic function of the second half.

    ::

        y = a / (1 + exp(-b)),   a, b = the halves of x along an axis

    Parameters
    ----------
    axis : int or None, default=None
        Counts from 0, the batch axis too; negative ones count from the end. None is
        the last axis.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or one of odd length.

    References
    ----------
    .. [1] Y. Dauphin, A. Fan, M. Auli, D. Grangier, "Language modeling with gated
           convolutional networks", ICML 2017, eq. (1).

    Examples
    --------
    >>> GatedLinearUnit()(np.array([[2.0, 4.0, 0.0, np.log(3)]]))
    array([[1., 3.]])
    """

    def g(self, b, out, work):
        curves.sigmoid(b, out)

    def dg(self, b, gate, out, work):
        np.subtract(1, gate, out=out)
        np.multiply(out, gate, out=out)

    def _products(self, work, a, b, gate, dC_dy, dC_da, dC_db):
        # g'(b) dC_dy is (1 - gate) dC_da.
        np.multiply(gate, dC_dy, out=dC_da)
        np.subtract(1, gate, out=dC_db)
        np.multiply(dC_db, a, out=dC_db)
        np.multiply(dC_db, dC_da, out=dC_db)

    def d2g(self, b, gate, out, work):
        curvatures.sigmoid(gate, out, work)


class SwiGLU(Gated):
    """First half of x times the `SiLU` of the second half.

    ::

        y = a * b / (1 + exp(-b)),   a, b = the halves of x along an axis

    Parameters
    ----------
    axis : int or None, default=None
        Counts from 0, the batch axis too; negative ones count from the end. None is
        the last axis.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or one of odd length.

    References
    ----------
    .. [1] N. Shazeer, "GLU variants improve transformer", 2020, eq. (5), where the
           gate is the first factor.

    Examples
    --------
    >>> SwiGLU()(np.array([[10.0, 4.0, np.log(3), 0.0]]))
    array([[8.23959217, 0.        ]])
    """

    def g(self, b, out, work):
        curves.silu(b, out, work)

    def dg(self, b, gate, out, work):
        curves.silu_slope(b, gate, out, work)

    def d2g(self, b, gate, out, work):
        curvatures.silu(b, out, work)


class GEGLU(Gated):
    """First half of x times the exact `GELU` of the second half.

    ::

        y = a * b Phi(b),   a, b = the halves of x along an axis

    Parameters
    ----------
    axis : int or None, default=None
        Counts from 0, the batch axis too; negative ones count from the end. None is
        the last axis.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or one of odd length.

    References
    ----------
    .. [1] N. Shazeer, "GLU variants improve transformer", 2020, eq. (5), where the
           gate is the first factor.

    Examples
    --------
    >>> GEGLU()(np.array([[10.0, 4.0, 1.0, 0.0]]))
    array([[8.41344746, 0.        ]])
    """

    def g(self, b, out, work):
        normal.gelu(b, out, work)

    def dg(self, b, gate, out, work):
        normal.gelu_slope(b, gate, out, work)

    def d2g(self, b, gate, out, work):
        curvatures.gelu(b, out, work)


class ReGLU(Gated):
    """First half of x times the positive part of the second half.

    ::

        y = a * max(b, 0),   a, b = the halves of x along an axis

    At b = 0 no gradient passes.

    Parameters
    ----------
    axis : int or None, default=None
        Counts from 0, the batch axis too; negative ones count from the end. None is
        the last axis.

    Raises
    ------
    ValueError
        If ``x`` has no such axis, or one of odd length.

    References
    ----------
    .. [1] N. Shazeer, "GLU variants improve transformer", 2020, eq. (5), where the
           gate is the first factor.

    Examples
    --------
    >>> ReGLU()(np.array([[10.0, 4.0, 0.5, -1.0]]))
    array([[5., 0.]])
    """

    def g(self, b, out, work):
        cut(b, 0.0, None, out, work)

    def dg(self, b, gate, out, work):
        above(b, 0, out, work)

    def d2g(self, b, gate, out, work):
        out.fill(0)
