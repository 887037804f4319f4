"""WhiteNoise: normal random numbers added in training."""

import numpy as np

from nnmods.core import check, get_rng, reuse
from nnmods.core.selection import Selecting


class WhiteNoise(Selecting):
    """Add normal noise in training, and its mean in evaluation.

    ::

        training:    y = x + noise,     dC_dx = dC_dy,     dy = dx
        evaluation:  y = x + mean,      dC_dx = dC_dy,     dy = dx

    ``noise`` is mean + std * (standard normal), anew for each entry.

    Parameters
    ----------
    mean : float, default=0
    std : float, default=0.1
        Not negative.
    rng : int, numpy.random.Generator or None, default=None
        Draws the noise; None is the default generator at the time of the call.

    Attributes
    ----------
    noise : ndarray, shape of x, or None
        What the last `forward` in training added.

    Raises
    ------
    ValueError
        If ``std`` is negative, or ``dC_dy`` is not shaped like ``x``.

    References
    ----------
    Torch7, ``nn.WhiteNoise``.

    Examples
    --------
    >>> WhiteNoise(2.0).evaluate()(np.array([1.0, 3.0]))
    array([3., 5.])
    """

    _results = (*Selecting._results, "noise")
    noise = None

    def __init__(self, mean=0, std=0.1, *, rng=None):
        super().__init__()
        self.mean = 0.0 if mean is None else float(mean)
        self.std = 0.1 if std is None else float(std)
        if not self.std >= 0:
            raise ValueError(f"WhiteNoise: std is {self.std}, expected 0 or more")
        self.rng = None if rng is None else get_rng(rng)

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = reuse(self.y, x.shape, x, module=self)
        if not self.train:
            return np.add(x, self.mean, out=self.y)
        self.noise = reuse(self.noise, x.shape, x, module=self)
        # In double precision and in logical order: neither the memory order nor the
        # dtype of x changes what is drawn.
        z = self.work("z", x.shape, np.float64)
        get_rng(self.rng).standard_normal(out=z)
        np.multiply(z, self.std, out=z)
        np.add(z, self.mean, out=self.noise, casting="same_kind")
        return np.add(x, self.noise, out=self.y)

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = dC_dy
        return dC_dy

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return dx

    def __repr__(self):
        shown = [f"{self.mean}"] if self.mean or self.std != 0.1 else []
        shown += [f"{self.std}"] if self.std != 0.1 else []
        return f"WhiteNoise({', '.join(shown)})"
