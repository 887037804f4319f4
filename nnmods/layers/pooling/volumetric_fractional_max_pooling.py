"""VolumetricFractionalMaxPooling: maxima of windows of volumes, placed at random."""

from nnmods.layers.pooling.fractional_max_pooling import FractionalMaxPooling


class VolumetricFractionalMaxPooling(FractionalMaxPooling):
    """Maximum of windows at random places, over three axes, time last.

    As `SpatialFractionalMaxPooling`, for ``x`` of (N, C, H, W, T): Torch7 has the time
    last here, and only here.

    Parameters
    ----------
    pool_size_t, pool_size_w, pool_size_h : int
        Lengths of the windows in time, width and height, 2 or more.
    arg1, arg2, arg3 : int or float
        Those of y, in this order; or their ratios to those of x, between 0 and 1.
    kernel_size, output_size, output_ratio : number or (number, number, number)
        The same by keyword, in the order of the axes: height, width, time.
    rng : int, numpy.random.Generator or None, default=None
        Draws the regions; None is the default generator at the time of the call.

    Attributes
    ----------
    random_samples : ndarray, shape (N, C, 3), or None
        State: u of the last `forward`, for time, width and height.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W, T) or (C, H, W, T), or too small, or ``dC_dy`` is
        not shaped like ``y``.
    RuntimeError
        If `backward` or `jvp` is asked for another x than that of the last `forward`.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricFractionalMaxPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(100.0).reshape(1, 5, 5, 4)
    >>> VolumetricFractionalMaxPooling(2, 2, 2, 2, 3, 3, rng=0)(x).shape
    (1, 3, 3, 2)
    """

    axes = 3

    def __init__(
        self,
        pool_size_t=None,
        pool_size_w=None,
        pool_size_h=None,
        arg1=None,
        arg2=None,
        arg3=None,
        *,
        kernel_size=None,
        output_size=None,
        output_ratio=None,
        rng=None,
    ):
        super().__init__()
        kernel = (pool_size_h, pool_size_w, pool_size_t)
        self._setup(
            None if pool_size_t is None else kernel,
            None if arg1 is None else (arg3, arg2, arg1),
            (kernel_size, output_size, output_ratio),
            rng,
        )
