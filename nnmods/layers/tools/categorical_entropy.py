"""CategoricalEntropy: the identity, with a reward for a batch that varies."""

import numpy as np

from nnmods.core import check, reuse
from nnmods.core.dtypes import promote
from nnmods.layers.tools.penalty import Penalty


class CategoricalEntropy(Penalty):
    """Pass probabilities on, and add the gradient of their entropy in the batch.

    ::

        y     = x                               (N, n), such as a SoftMax gives
        p[j]  = sum_i x[i, j] / sum(x)          how much of the batch is in class j
        H     = -sum_j p[j] log(p[j] + 1e-6)
        dC_dx = dC_dy + m (log(p + 1e-6) + p / (p + 1e-6)) / sum(x)
        dy    = dx                              (belongs to dC_dx, not to y)

    with m = scale / N, or scale without ``size_average``: that is -m dH/dx, where
    sum(x) is taken for a constant. A step down the gradient spreads the batch over the
    classes.

    Parameters
    ----------
    scale : float, default=1
    min_entropy : float or None, default=None
        If given, the gradient is dC_dy alone while H is not below it.

    Attributes
    ----------
    size_average : bool
        True; set it to False for m = scale.
    entropy : float or None
        H, of the last `backward`.

    Raises
    ------
    ValueError
        If ``x`` is not (N, n), or ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.CategoricalEntropy`` of the package dpnn.

    Examples
    --------
    >>> entropy, x = CategoricalEntropy(), np.array([[0.9, 0.1], [0.9, 0.1]])
    >>> entropy.backward(x, np.zeros((2, 2))).round(3)
    array([[ 0.224, -0.326],
           [ 0.224, -0.326]])
    """

    _results = (*Penalty._results, "entropy")
    entropy = None
    curved = True

    def __init__(self, scale=1, min_entropy=None):
        super().__init__()
        self.scale = 1.0 if scale is None else float(scale)
        self.min_entropy = None if min_entropy is None else float(min_entropy)
        self.size_average = True

    def check_x(self, x):
        check(self, "x", x, (None, None))

    def gradient(self, x, dC_dy):
        out = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        np.copyto(out, dC_dy)
        if not x.size:
            return out
        with np.errstate(divide="ignore", invalid="ignore"):  # no probabilities: NaN
            factor, _, p, log_p, self.entropy = self._shares(x, out.dtype)
            if self._adds(self.entropy):
                out += factor * (log_p + p / (p + 1e-6))
        return out

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        self.check_x(x)
        check(self, "dC_dy", dC_dy, x.shape)
        check(self, "dx", dx, x.shape)
        if not x.size:
            return None
        dtype = promote(self, (x, dx))
        dsums = np.add.reduce(dx, 0, dtype=dtype)
        return np.broadcast_to(self._change(x, dsums, dsums.sum(), dtype), x.shape)

    def curvature(self, x, d2C_dy2, dC_dy):
        if dC_dy is None or not x.size:
            return d2C_dy2
        out = reuse(self._d2C_dx2, x.shape, x, d2C_dy2, module=self)
        return np.add(d2C_dy2, self._change(x, 1, 1, out.dtype), out=out)

    def _change(self, x, dsums, dtotal, dtype):
        """Return how each class's term of dC_dx changes with its sum and the total."""
        with np.errstate(divide="ignore", invalid="ignore"):
            factor, total, p, log_p, entropy = self._shares(x, dtype)
            if not self._adds(entropy):
                return np.zeros(p.shape, dtype)
            dp, q = (dsums - p * dtotal) / total, p + 1e-6
            change = dp / q + 1e-6 * dp / q**2 - dtotal / total * (log_p + p / q)
            return factor * change

    def _shares(self, x, dtype):
        """Return m / sum(x), sum(x), p, log(p + 1e-6) and H."""
        m = self.scale / len(x) if self.size_average else self.scale
        total = np.add.reduce(x, None, dtype=dtype)
        p = np.add.reduce(x, 0, dtype=dtype) / total
        log_p = np.log(p + 1e-6)
        return m / total, total, p, log_p, -float(p @ log_p)

    def _adds(self, entropy):
        """Tell whether the gradient of the entropy is added."""
        return self.min_entropy is None or entropy < self.min_entropy

    def __repr__(self):
        shown = [f"{self.scale}"] if self.scale != 1 else []
        if self.min_entropy is not None:
            shown.append(f"min_entropy={self.min_entropy}")
        return f"CategoricalEntropy({', '.join(shown)})"
