"""SpatialAutoCropMSECriterion: squared differences from the middle of the target."""

from nnmods.core import check
from nnmods.core.arrays import describe_shape
from nnmods.criterions.squared import SquaredCriterion


class SpatialAutoCropMSECriterion(SquaredCriterion):
    """Mean squared difference of images y and the centre of larger targets.

    ::

        t     = target[..., top : top + H, left : left + W]
        top   = (H of target - H) // 2,  left likewise
        C     = scale * sum((y - t)^2)
        dC_dy = 2 * scale * (y - t)
        scale = 1 / number of entries of y, or 1 without size_average

    ``y`` is (N, C, H, W) or (C, H, W), and ``target`` as large or larger in its last
    two axes.

    Parameters
    ----------
    size_average : bool, default=True
        Whether to divide by the number of entries of ``y``.
    dtype : numpy dtype, default=None
        In which y of integers is computed.

    Raises
    ------
    ValueError
        If ``y`` has other than 3 or 4 axes, or ``target`` is smaller or of other
        channels or samples.

    References
    ----------
    Torch7, nn.SpatialAutoCropMSECriterion, whose backward refused to crop.

    Examples
    --------
    >>> import numpy as np
    >>> cost = SpatialAutoCropMSECriterion()
    >>> y, target = np.zeros((1, 1, 2)), np.array([[[9, 9, 9, 9], [9, 1.0, 3.0, 9]]])
    >>> cost(y, target[:, 1:]), cost.backward(y, target[:, 1:])
    (5.0, array([[[-1., -3.]]]))
    """

    def _compared(self, y, target):
        if getattr(y, "ndim", 3) not in (3, 4):
            raise ValueError(
                f"{self!r}: y has shape {y.shape}, expected (N, C, H, W) or (C, H, W)"
            )
        check(self, "y", y, (...,))
        check(self, "target", target, (*y.shape[:-2], None, None))
        if target.shape[-2] < y.shape[-2] or target.shape[-1] < y.shape[-1]:
            wanted = describe_shape((*y.shape[:-2], None, None))
            raise ValueError(
                f"{self!r}: target has shape {target.shape}, expected {wanted} with "
                f"{y.shape[-2]} x {y.shape[-1]} or more, the size of y"
            )
        top, left = (
            (whole - part) // 2
            for whole, part in zip(target.shape[-2:], y.shape[-2:], strict=True)
        )
        return target[..., top : top + y.shape[-2], left : left + y.shape[-1]]
