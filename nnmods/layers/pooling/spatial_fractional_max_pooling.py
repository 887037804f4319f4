"""SpatialFractionalMaxPooling: maxima of windows of images, placed at random."""

from nnmods.layers.pooling.fractional_max_pooling import FractionalMaxPooling


class SpatialFractionalMaxPooling(FractionalMaxPooling):
    """Maximum of windows at random places, over two axes.

    Along an axis of S entries, the O windows of k entries start at ::

        s(o)    = floor((o + u) * alpha) - floor(u * alpha),    s(O - 1) = S - k
        alpha   = (S - k) / (O - 1)

        y[n, c, o]     = max_k x[n, c, s(o) + k]
        dC_dx[n, c, p] = sum of dC_dy[n, c, o] over the windows whose first maximum,
                         in the order of rows, is at p

    with u uniform in [0, 1) for each axis, channel and sample: drawn anew by each
    `forward`, in training and in evaluation, unless `fix_pooling_regions` was called
    [1]_. NaN is larger than any number.

    Parameters
    ----------
    pool_size_w, pool_size_h : int
        Width and height of the windows, 2 or more.
    arg1, arg2 : int or float
        Width and height of y; or their ratios to those of x, between 0 and 1.
    kernel_size, output_size, output_ratio : number or (number, number)
        The same by keyword, in the order of the axes: height, width.
    rng : int, numpy.random.Generator or None, default=None
        Draws the regions; None is the default generator at the time of the call.

    Attributes
    ----------
    random_samples : ndarray, shape (N, C, 2), or None
        State: u of the last `forward`, for the width and the height.

    Raises
    ------
    ValueError
        If ``x`` is not (N, C, H, W) or (C, H, W), or too small, or ``dC_dy`` is not
        shaped like ``y``.
    RuntimeError
        If `backward` or `jvp` is asked for another x than that of the last `forward`.

    References
    ----------
    .. [1] B. Graham, "Fractional max-pooling", 2014, in the form of Torch7.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(25.0).reshape(1, 5, 5)
    >>> SpatialFractionalMaxPooling(2, 2, 3, 3, rng=0)(x).shape
    (1, 3, 3)
    """

    axes = 2

    def __init__(
        self,
        pool_size_w=None,
        pool_size_h=None,
        arg1=None,
        arg2=None,
        *,
        kernel_size=None,
        output_size=None,
        output_ratio=None,
        rng=None,
    ):
        super().__init__()
        self._setup(
            None if pool_size_w is None else (pool_size_h, pool_size_w),
            None if arg1 is None else (arg2, arg1),
            (kernel_size, output_size, output_ratio),
            rng,
        )
