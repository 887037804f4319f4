"""TemporalSubSampling: sums of windows of sequences, with weights for features."""

from nnmods.layers.pooling.sequences import Sequences
from nnmods.layers.pooling.sub_sampling import SubSampling


class TemporalSubSampling(Sequences, SubSampling):
    """Sum of each window of frames times a weight, plus a bias, by feature.

    As `SpatialSubSampling`, for ``x`` of (N, T, C) or (T, C): Torch7 takes the latter
    only.

    Parameters
    ----------
    input_frame_size : int
        The number of features.
    kw, dw : int
        Torch7's arguments: kernel, stride (1).
    kernel_size, stride : int
        The same by keyword.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(kw).

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (input_frame_size,)

    Raises
    ------
    ValueError
        If ``x`` is not (N, T, C) or (T, C), or shorter than a window, or ``dC_dy`` is
        not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``TemporalSubSampling``.

    Examples
    --------
    >>> import numpy as np
    >>> TemporalSubSampling(3, 2, rng=0)(np.ones((7, 3))).shape
    (6, 3)
    """

    def __init__(
        self,
        input_frame_size,
        kw=None,
        dw=None,
        *,
        kernel_size=None,
        stride=None,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._setup(input_frame_size, ((kw,), (dw,)), (kernel_size, stride), rng)
