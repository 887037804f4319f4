"""SpatialMaxUnpooling: maxima back to where they came from in images."""

from nnmods.layers.pooling.max_unpooling import MaxUnpooling


class SpatialMaxUnpooling(MaxUnpooling):
    """Maxima put back where they were in images, and 0 elsewhere.

    ::

        y[n, c, p]     = x[n, c, o] where p is the position of the maximum that the
                         pooling found in its window o, else 0
        dC_dx[n, c, o] = dC_dy[n, c, p]

    Parameters
    ----------
    pooling : SpatialMaxPooling
        With its stride equal to its kernel's size. It stands elsewhere in the network
        and is no child: a copy of the network refers to the network's own copy.

    Raises
    ------
    TypeError
        If ``pooling`` is no max pooling over two axes.
    ValueError
        If its windows overlap or are spread; if ``x`` is not shaped like its y, or
        ``dC_dy`` not like y.
    RuntimeError
        If the pooling had no forward when this `forward` is called, which asks it for
        the maxima; or if a gradient is asked for before.

    References
    ----------
    .. [1] Torch7, nn, ``SpatialMaxUnpooling``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods import SpatialMaxPooling
    >>> pooling = SpatialMaxPooling(2, 2)
    >>> unpooling = SpatialMaxUnpooling(pooling)
    >>> unpooling(pooling(np.array([[[1.0, 3.0], [2.0, 0.0]]])))
    array([[[0., 3.],
            [0., 0.]]])
    """

    axes = 2
