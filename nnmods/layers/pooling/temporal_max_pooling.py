"""TemporalMaxPooling: the largest entry of windows of sequences."""

from nnmods.layers.pooling.max_pooling import MaxPooling
from nnmods.layers.pooling.sequences import Sequences


class TemporalMaxPooling(Sequences, MaxPooling):
    """Maximum of each window of frames, for each feature.

    ::

        y[n, o, c]     = max_k x[n, p(o, k), c],   p = o * stride + k - padding
        dC_dx[n, p, c] = sum of dC_dy[n, o, c] over the windows whose first maximum is
                         at p

    What falls into the padding is never the maximum; NaN always is.

    Parameters
    ----------
    kw, dw : int
        Torch7's arguments: kernel, stride (the kernel's size).
    kernel_size, stride, padding : int
        The same by keyword; Torch7 has no padding here, nor the option below.
    ceil_mode : bool, default=False
        Whether a last window may hang over the end.

    Raises
    ------
    ValueError
        If ``x`` is not (N, T, C) or (T, C), or too short for a window, or ``dC_dy`` is
        not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``TemporalMaxPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> TemporalMaxPooling(2)(np.array([[1.0, 8.0], [3.0, 5.0], [2.0, 9.0]]))
    array([[3., 8.]])
    """

    def __init__(
        self,
        kw=None,
        dw=None,
        *,
        kernel_size=None,
        stride=None,
        padding=None,
        ceil_mode=False,
    ):
        super().__init__()
        self._setup(
            ((kw,), (dw,), (None,)),
            (kernel_size, stride, padding),
            ceil_mode,
            overlap=False,
        )
