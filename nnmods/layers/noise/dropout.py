"""Dropout: some entries set to 0 at random, in training."""

from math import ceil, prod

from nnmods.core import get_rng
from nnmods.layers.noise.masking import Masking


class Dropout(Masking):
    """Set entries of x to 0 at random in training, and nothing in evaluation.

    ::

        training:    y = x * mask,     dC_dx = dC_dy * mask,     dy = dx * mask
        evaluation:  y = x,            dC_dx = dC_dy,            dy = dx

    ``mask`` is 0 with probability p_drop and else 1 / (1 - p_drop), so that y has the
    mean of x [1]_. With ``inverted=False``, Torch7's first version, it is 0 or 1, and
    evaluation multiplies by 1 - p_drop instead.

    ``exact=True`` is the lecture's form: of the n entries of each sample exactly k =
    p_drop * n are dropped, a half rounded down; n / (n - k) takes the place of
    1 / (1 - p_drop). A sample is an entry of the first axis where x has two or more
    axes, else all of x.

    Parameters
    ----------
    p_drop : float, default=0.5
        The probability of an entry to be dropped, in [0, 1). With 0 nothing is drawn.
    v1 : bool or None, default=None
        Torch7's name for the opposite of ``inverted``.
    inplace : bool, default=None
        Torch7's; nothing here is written to x, so that it changes nothing.
    stochastic_inference : bool, default=False
        Whether evaluation drops as training does, in y and in dC_dx.
    inverted : bool, default=True
        Whether to scale in training rather than in evaluation.
    exact : bool, default=False
        Whether the number of dropped entries is fixed.
    rng : int, numpy.random.Generator or None, default=None
        Draws the masks; None is the default generator at the time of the call.

    Attributes
    ----------
    mask : ndarray, shape of x, or None
        State: `backward` and `jvp` in training use the mask of the last `forward`.

    Raises
    ------
    ValueError
        If ``p_drop`` is not in [0, 1), if ``v1`` and ``inverted`` contradict each
        other, or if ``dC_dy`` is not shaped like ``x``.
    RuntimeError
        If there is no mask of the shape of ``x``.

    References
    ----------
    .. [1] N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov,
           "Dropout: a simple way to prevent neural networks from overfitting", JMLR
           15, 2014, section 4 and, for the scale in training, section 10; Torch7,
           ``nn.Dropout``.

    Examples
    --------
    >>> import numpy as np
    >>> y = Dropout(exact=True, rng=0)(np.ones((3, 4)))
    >>> np.count_nonzero(y, axis=1), y.max()
    (array([2, 2, 2]), np.float64(2.0))
    """

    def __init__(
        self,
        p_drop=0.5,
        v1=None,
        inplace=None,
        stochastic_inference=False,
        *,
        inverted=None,
        exact=False,
        rng=None,
    ):
        super().__init__(p_drop, stochastic_inference, rng)
        if v1 is not None and inverted is not None and bool(v1) == bool(inverted):
            raise ValueError(
                f"Dropout: v1 is {v1} and inverted is {inverted}, expected just one"
            )
        self.inverted = not v1 if inverted is None else bool(inverted)
        self.exact = bool(exact)

    def mask_shape(self, x):
        return x.shape

    def kept_share(self, x):
        if self.inverted:
            return 1
        n = sample_size(x.shape)
        p_drop = n_dropped(self.p_drop, n) / max(n, 1) if self.exact else self.p_drop
        return 1 - p_drop

    def draw(self, mask):
        if self.exact:
            self._draw_exact(mask)
        else:
            super().draw(mask)

    @property
    def kept_value(self):
        return 1 / (1 - self.p_drop) if self.inverted else 1

    def _is_random(self):
        return super()._is_random() and self.p_drop > 0

    def _draw_exact(self, mask):
        n = sample_size(mask.shape)
        k = n_dropped(self.p_drop, n)
        rows = self.work("rows", (mask.shape[0] if mask.ndim > 1 else 1, n), mask.dtype)
        rows[:, :k] = 0
        rows[:, k:] = n / (n - k) if self.inverted and k < n else 1
        get_rng(self.rng).permuted(rows, axis=1, out=rows)
        mask[...] = rows.reshape(mask.shape)

    def __repr__(self):
        options = [str(self.p_drop)] if self.p_drop != 0.5 else []
        options += [] if self.inverted else ["inverted=False"]
        options += ["exact=True"] if self.exact else []
        options += ["stochastic_inference=True"] if self.stochastic_inference else []
        return f"Dropout({', '.join(options)})"


def sample_size(shape):
    """Return the number of entries of one sample."""
    return prod(shape[1:] if len(shape) > 1 else shape)


def n_dropped(p_drop, n):
    """Return p_drop * n, rounded, a half down.

    Examples
    --------
    >>> n_dropped(0.5, 4), n_dropped(0.5, 5), n_dropped(0.28, 25)
    (2, 2, 7)
    """
    return ceil(round(p_drop * n, 9) - 0.5)  # 0.28 * 25 is 7.000000000000001
