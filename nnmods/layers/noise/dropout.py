"""Dropout: some entries set to 0 at random, in training."""

from math import ceil, prod

import numpy as np

from nnmods.core import Module, check, get_rng, reuse


class Dropout(Module):
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
        The probability of an entry to be dropped, in [0, 1).
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
        If ``p_drop`` is not in [0, 1), or ``dC_dy`` is not shaped like ``x``.
    RuntimeError
        If there is no mask of the shape of ``x``.

    References
    ----------
    .. [1] N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov,
           "Dropout: a simple way to prevent neural networks from overfitting", JMLR
           15, 2014, section 4 and, for the scale in training, section 10.

    Examples
    --------
    >>> y = Dropout(exact=True, rng=0)(np.ones((3, 4)))
    >>> np.count_nonzero(y, axis=1), y.max()
    (array([2, 2, 2]), np.float64(2.0))
    """

    _results = (*Module._results, "mask", "_buffers")
    mask = _buffers = None

    def __init__(self, p_drop=0.5, *, inverted=True, exact=False, rng=None):
        super().__init__()
        if not 0 <= p_drop < 1:
            raise ValueError(f"Dropout: p_drop is {p_drop}, expected 0 <= p_drop < 1")
        self.p_drop = p_drop
        self.inverted = bool(inverted)
        self.exact = bool(exact)
        self.rng = None if rng is None else get_rng(rng)

    def forward(self, x):
        check(self, "x", x, (...,))
        if self.train:
            self.mask = reuse(self.mask, x.shape, x, module=self)
            (self._draw_exact if self.exact else self._draw)(self.mask)
        self.y = self._masked("y", x, x)
        return self.y

    def backward(self, x, dC_dy):
        check(self, "dC_dy", dC_dy, x.shape)
        self.dC_dx = self._masked("dC_dx", x, dC_dy)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        self._dy = self._masked("dy", x, dx)
        return self._dy

    def _masked(self, name, x, values):
        """Return ``values`` times the derivative of y by x."""
        if self.train:
            if self.mask is None or self.mask.shape != x.shape:
                got = "none" if self.mask is None else f"shape {self.mask.shape}"
                raise RuntimeError(
                    f"{self!r}: mask has {got}, expected shape {x.shape}; "
                    "forward(x) in training mode draws it"
                )
            factor, others = self.mask, (self.mask,)
        else:
            factor, others = self._kept_share(x.shape), ()
            if self.inverted and values.dtype.kind == "f":
                return values
        # Not self.y: in evaluation that is x itself, which must not be written to.
        if self._buffers is None:
            self._buffers = {}
        out = reuse(self._buffers.get(name), x.shape, values, *others, module=self)
        self._buffers[name] = out
        return np.multiply(values, factor, out=out)

    def _kept_share(self, shape):
        """Return the factor of evaluation."""
        if self.inverted:
            return 1.0
        n = sample_size(shape)
        return 1 - (
            n_dropped(self.p_drop, n) / max(n, 1) if self.exact else self.p_drop
        )

    def _draw(self, mask):
        # One float32 per entry, in logical order: neither the memory order nor the
        # dtype of x changes what is dropped.
        u = self.work("u", mask.shape, np.float32)
        get_rng(self.rng).random(dtype=np.float32, out=u)
        np.greater_equal(u, self.p_drop, out=mask)
        if self.inverted and self.p_drop:
            np.multiply(mask, 1 / (1 - self.p_drop), out=mask)

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
