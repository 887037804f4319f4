"""Dropout of whole channels."""

from nnmods.core import check
from nnmods.layers.noise.masking import Masking


class ChannelDropout(Masking):
    """Dropout of whole channels: the axis before the last ``n_axes`` ones.

    The mask is 0 or 1; evaluation multiplies by 1 - p_drop.
    """

    n_axes = 0
    _highest = 1

    def __init__(self, p_drop=0.5, stochastic_inference=False, *, rng=None):
        super().__init__(p_drop, stochastic_inference, rng)

    def mask_shape(self, x):
        n = self.n_axes
        if x.ndim not in (n + 1, n + 2):
            check(self, "x", x, (None,) * (n + 2))
        return (*x.shape[:-n], *(1,) * n)

    def kept_share(self, x):
        return 1 - self.p_drop

    def __repr__(self):
        options = [str(self.p_drop)] if self.p_drop != 0.5 else []
        options += ["stochastic_inference=True"] if self.stochastic_inference else []
        return f"{type(self).__name__}({', '.join(options)})"


class SpatialDropout(ChannelDropout):
    """Set channels of images to 0 at random in training.

    ::

        training:    y = x * mask,           dC_dx = dC_dy * mask
        evaluation:  y = x * (1 - p_drop),   dC_dx = dC_dy * (1 - p_drop)

    ``mask`` is 0 with probability p_drop and else 1, one number for each channel of
    each image: neighbouring pixels tell the same [1]_.

    Parameters
    ----------
    p_drop : float, default=0.5
        The probability of a channel to be dropped, in [0, 1].
    stochastic_inference : bool, default=False
        Whether evaluation drops as training does, in y and in dC_dx.
    rng : int, numpy.random.Generator or None, default=None
        Draws the masks; None is the default generator at the time of the call.

    Attributes
    ----------
    mask : ndarray, shape (N, C, 1, 1) or (C, 1, 1), or None
        State: `backward` and `jvp` in training use the mask of the last `forward`.

    Raises
    ------
    ValueError
        If ``p_drop`` is not in [0, 1], if ``x`` is not (N, C, H, W) or (C, H, W), or
        if ``dC_dy`` is not shaped like ``x``.
    RuntimeError
        If there is no mask for the shape of ``x``.

    References
    ----------
    .. [1] J. Tompson, R. Goroshin, A. Jain, Y. LeCun, C. Bregler, "Efficient object
           localization using convolutional networks", CVPR 2015; Torch7,
           ``nn.SpatialDropout``.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialDropout(0.25).evaluate()(np.ones((1, 2, 1, 2)))
    array([[[[0.75, 0.75]],
    <BLANKLINE>
            [[0.75, 0.75]]]])
    """

    n_axes = 2


class VolumetricDropout(ChannelDropout):
    """Set channels of volumes to 0 at random in training.

    ::

        training:    y = x * mask,           dC_dx = dC_dy * mask
        evaluation:  y = x * (1 - p_drop),   dC_dx = dC_dy * (1 - p_drop)

    ``mask`` is 0 with probability p_drop and else 1, one number for each channel of
    each volume.

    Parameters
    ----------
    p_drop : float, default=0.5
        The probability of a channel to be dropped, in [0, 1].
    stochastic_inference : bool, default=False
        Whether evaluation drops as training does, in y and in dC_dx.
    rng : int, numpy.random.Generator or None, default=None
        Draws the masks; None is the default generator at the time of the call.

    Attributes
    ----------
    mask : ndarray, shape (N, C, 1, 1, 1) or (C, 1, 1, 1), or None
        State: `backward` and `jvp` in training use the mask of the last `forward`.

    Raises
    ------
    ValueError
        If ``p_drop`` is not in [0, 1], if ``x`` is not (N, C, T, H, W) or
        (C, T, H, W), or if ``dC_dy`` is not shaped like ``x``.
    RuntimeError
        If there is no mask for the shape of ``x``.

    References
    ----------
    Torch7, ``nn.VolumetricDropout``.

    Examples
    --------
    >>> import numpy as np
    >>> VolumetricDropout(0.25).evaluate()(np.ones((1, 1, 1, 2)))
    array([[[[0.75, 0.75]]]])
    """

    n_axes = 3
