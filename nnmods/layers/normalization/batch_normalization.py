"""Batch normalisation of features, images and volumes."""

from nnmods.layers.normalization.batch_statistics import BatchStatistics


class BatchNormalization(BatchStatistics):
    """Batch normalisation of a batch of vectors, ``x`` of shape (N, n_features).

    The formulas, parameters and errors are those of `BatchStatistics`.

    Examples
    --------
    >>> import numpy as np
    >>> norm = BatchNormalization(1, affine=False)
    >>> norm(np.array([[1.0], [3.0]])).round(4)
    array([[-1.],
           [ 1.]])
    >>> norm.running_mean, norm.running_var
    (array([0.2]), array([1.1]))
    """

    n_spatial = 0


class SpatialBatchNormalization(BatchStatistics):
    """Batch normalisation of images, ``x`` of shape (N, n_features, H, W).

    A feature is a channel: its statistics go over samples and places. The formulas,
    parameters and errors are those of `BatchStatistics`.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialBatchNormalization(3)(np.ones((2, 3, 4, 4))).shape
    (2, 3, 4, 4)
    """

    n_spatial = 2


class VolumetricBatchNormalization(BatchStatistics):
    """Batch normalisation of volumes, ``x`` of shape (N, n_features, T, H, W).

    A feature is a channel: its statistics go over samples and places. The formulas,
    parameters and errors are those of `BatchStatistics`.

    Examples
    --------
    >>> import numpy as np
    >>> VolumetricBatchNormalization(3)(np.ones((2, 3, 4, 4, 4))).shape
    (2, 3, 4, 4, 4)
    """

    n_spatial = 3
