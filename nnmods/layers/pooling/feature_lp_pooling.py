"""FeatureLPPooling: the p-norm of neighbouring features."""

from nnmods.core import check
from nnmods.core.arrays import as_size
from nnmods.layers.pooling.lp_pooling import LPPooling


class FeatureLPPooling(LPPooling):
    """The p-norm of windows of features.

    ::

        y[o]     = (sum_k x[o * stride + k]^p)^(1 / p)
        dC_dx[i] = x[i]^(p - 1) * sum of y[o]^(1 - p) dC_dy[o] over the windows with i

    along the axis of features: the first one, or the second one in batch mode. No
    absolute value is taken: x is meant to be positive where p is not even. A window of
    y = 0, where the root of p > 1 has no derivative, gives no gradient; as in Torch7,
    not even for p = 1.

    Parameters
    ----------
    width : int
        Of the windows, 2 to 16.
    stride : int
        1 to 4.
    power : float
        p.
    batch_mode : bool, default=False
        Whether the first axis counts samples: ``x`` is (N, F, ...) of 2 to 4 axes, or
        else (F, ...) of 1 to 3.

    Raises
    ------
    TypeError
        If p is not a number.
    ValueError
        If width or stride is out of range, or p is 0; if ``x`` has another number of
        axes, or fewer features than a window, or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, nn, ``FeatureLPPooling``.

    Examples
    --------
    >>> import numpy as np
    >>> FeatureLPPooling(2, 1, 2)(np.array([3.0, 4.0, 3.0]))
    array([5., 5.])
    """

    axes = 3  # features, and up to two axes that follow them

    def __init__(self, width, stride, power, batch_mode=False):
        super().__init__()
        for name, value, low, high in (
            ("width", width, 2, 16),
            ("stride", stride, 1, 4),
        ):
            if not low <= as_size("FeatureLPPooling", name, value) <= high:
                raise ValueError(
                    f"FeatureLPPooling: {name} is {value}, expected {low} to {high}"
                )
        self.width = width
        self.kernel_size, self.stride = (width, 1, 1), (stride, 1, 1)
        self._set_power("power", power)
        self.batch_mode = bool(batch_mode)

    def _is_flat_at_zero(self):
        return True

    def forward(self, x):
        self.y = self._plain(super().forward(self._image("x", x)), x)
        return self.y

    def backward(self, x, dC_dy):
        dC_dx = super().backward(*self._image_pair(x, "dC_dy", dC_dy))
        self.dC_dx = self._plain(dC_dx, x)
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        image = self._image("x", x)
        check(self, "dx", dx, x.shape)
        return self._plain(super().jvp(image, self._image("dx", dx)), x)

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        pair = self._image_pair(x, "dC_dy", dC_dy)
        check(self, "dx", dx, x.shape)
        turned = super().hvp(*pair, self._image("dx", dx))
        return None if turned is None else self._plain(turned, x)

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        if dC_dy is not None:
            _, dC_dy = self._image_pair(x, "dC_dy", dC_dy)
        pair = self._image_pair(x, "d2C_dy2", d2C_dy2)
        self._d2C_dx2 = self._plain(super().backward_diag_hessian(*pair, dC_dy), x)
        return self._d2C_dx2

    def _image_pair(self, x, name, dC_dy):
        """Return x and an array shaped like y as images, after a check of both."""
        image = self._image("x", x)
        shape = list(x.shape)
        shape[int(self.batch_mode)] = self.output_shape(image.shape)[2]
        check(self, name, dC_dy, tuple(shape))
        return image, self._image(name, dC_dy)

    def _image(self, name, x):
        """Return ``x`` as the view (N, 1, F, *, *)."""
        check(self, name, x, (...,))
        rest = x.ndim - 1 - self.batch_mode
        if not 0 <= rest <= 2:
            first = "(N, F)" if self.batch_mode else "(F,)"
            raise ValueError(
                f"{self!r}: {name} has shape {x.shape}, expected {first} and up to 2 "
                "axes more"
            )
        samples = (slice(None), None) if self.batch_mode else (None, None)
        return x[(*samples, ..., *(None,) * (2 - rest))]

    def _plain(self, image, x):
        """Return an image as the view that has the axes of ``x``."""
        samples = (slice(None), 0) if self.batch_mode else (0, 0)
        rest = x.ndim - 1 - self.batch_mode
        return image[(*samples, ..., *(0,) * (2 - rest))]

    def __repr__(self):
        batch = ", batch_mode=True" if self.batch_mode else ""
        return f"FeatureLPPooling({self.width}, {self.stride[0]}, {self.power}{batch})"
