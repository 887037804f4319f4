"""TemporalDynamicKMaxPooling: the k largest entries of a sequence, in its order."""

from math import ceil

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.layers.pooling.picking import Picking
from nnmods.layers.pooling.sequences import Sequences


class TemporalDynamicKMaxPooling(Sequences, Picking):
    """The k largest entries of each feature over time, in the order of time.

    ::

        k              = max(min_k, ceil(factor * T))
        y[n, o, c]     = x[n, p(n, o, c), c],   p(n, 0, c) < ... < p(n, k - 1, c) the
                         positions of the k largest x[n, :, c]
        dC_dx[n, p, c] = dC_dy[n, o, c] where p = p(n, o, c), else 0

    Of equal entries the first are taken; NaN is larger than any number [1]_.

    Parameters
    ----------
    min_k : int
        The least number of entries.
    factor : float, default=0
        The share of the sequence to be kept.

    Raises
    ------
    ValueError
        If ``x`` is not (N, T, C) or (T, C), or shorter than k, or ``dC_dy`` is not
        shaped like ``y``.

    References
    ----------
    .. [1] N. Kalchbrenner, E. Grefenstette, P. Blunsom, "A convolutional neural network
           for modelling sentences", ACL 2014, section 3.3.

    Examples
    --------
    >>> TemporalDynamicKMaxPooling(2)(np.array([[5.0], [1.0], [3.0], [7.0]]))
    array([[5.],
           [7.]])
    """

    def __init__(self, min_k, factor=0):
        super().__init__()
        self.min_k = as_size("TemporalDynamicKMaxPooling", "min_k", min_k)
        self.factor = 0 if factor is None else factor
        if self.min_k < 1 or self.factor < 0:
            raise ValueError(
                f"TemporalDynamicKMaxPooling: min_k and factor are {min_k} and "
                f"{factor}, expected at least 1 and at least 0"
            )

    def output_shape(self, shape):
        frames = shape[-1]
        k = max(self.min_k, ceil(self.factor * frames))
        if frames < k:
            raise ValueError(f"{self!r}: x has {frames} frames, expected at least {k}")
        return (*shape[:2], k)

    def _pick(self, x, out, index):
        N, C, frames = x.shape
        k = out.shape[2]
        # Complex numbers are in order of their real parts, those of equal ones in order
        # of the others: an entry carries its time along, and the first is the largest.
        pairs = self.work("pairs", (C, N, frames), np.result_type(out, np.complex64))
        pairs.real, pairs.imag = x.transpose(1, 0, 2), -np.arange(frames)
        pairs.partition(frames - k, axis=-1)
        times = self.work("times", (C, N, k), np.intp)
        np.negative(pairs.imag[..., frames - k :], out=times, casting="unsafe")
        times.sort(axis=-1)
        np.multiply(times.transpose(0, 2, 1), N, out=index)
        np.add(index, self._first_entries(x), out=index)
        self._take(x, index, out)

    def __repr__(self):
        factor = f", factor={self.factor}" if self.factor else ""
        return f"TemporalDynamicKMaxPooling({self.min_k}{factor})"
