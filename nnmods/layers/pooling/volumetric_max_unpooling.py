"""VolumetricMaxUnpooling: maxima back to where they came from in volumes."""

from nnmods.layers.pooling.max_unpooling import MaxUnpooling


class VolumetricMaxUnpooling(MaxUnpooling):
    """Maxima put back where they were in volumes, and 0 elsewhere.

    As `SpatialMaxUnpooling`, over three axes.

    Parameters
    ----------
    pooling : VolumetricMaxPooling
        With its stride equal to its kernel's size.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        As `SpatialMaxUnpooling`.

    References
    ----------
    .. [1] Torch7, nn, ``VolumetricMaxUnpooling``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods import VolumetricMaxPooling
    >>> pooling = VolumetricMaxPooling(1, 2, 1)
    >>> unpooling = VolumetricMaxUnpooling(pooling)
    >>> unpooling(pooling(np.array([[[[1.0, 3.0]]]])))
    array([[[[0., 3.]]]])
    """

    axes = 3
