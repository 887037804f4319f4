"""Normalizer: zero mean and unit variance, as seen in the training set."""

import numpy as np

from nnmods.core.dtypes import float_dtype
from nnmods.data.fitted import Fitted
from nnmods.data.moments import moments


class Normalizer(Fitted):
    """Bring features, or channels, to mean 0 and standard deviation 1.

    ::

        transform(b) = (b - mean) / max(std, eps)
        inverse(b)   = b * max(std, eps) + mean

    with the mean and the standard deviation (divisor N) of what `fit` saw: the training
    set. What is constant there becomes exactly 0.

    Parameters
    ----------
    axis : {"feature", "channel"}, default="feature"
        "feature": each feature of (N, ...) has its own mean and deviation over the
        first axis. "channel": each channel of (N, C, ...) has them over all axes but
        the second; the sizes behind it may change.
    eps : float, default=1e-8
        Smallest divisor.
    dtype : numpy dtype, default=None
        Of the results for integers; None takes `nnmods.get_default_dtype()`. Floating-
        point data keep their dtype.

    Attributes
    ----------
    mean, std : ndarray of float64, or None before `fit`
        Shaped like one sample ("feature") or (C,) ("channel").
    trailing : int or None
        Axes behind the channels.

    Examples
    --------
    >>> normalizer = Normalizer().fit(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> normalizer.transform(np.array([[4.0, 5.0]]))
    array([[2., 0.]])
    """

    _settings = ("axis", "eps")
    _learned = ("mean", "std", "trailing")

    def __init__(self, axis="feature", eps=1e-8, dtype=None):
        if axis not in ("feature", "channel"):
            raise ValueError(f"axis is {axis!r}, expected 'feature' or 'channel'")
        if not eps > 0:
            raise ValueError(f"eps is {eps}, expected more than 0")
        self.axis = axis
        self.eps = eps
        self.dtype = None if dtype is None else float_dtype(dtype)
        self.mean = self.std = self.trailing = None

    def fit(self, x):
        """Take mean and deviation of ``x``, shape (N, ...) or (N, C, ...); return self.

        Raises
        ------
        TypeError
            If ``x`` is not an array of real numbers.
        ValueError
            If it has too few axes, no entries to average, or nan or infinity.
        """
        self._check_type("x", x)
        lowest = 1 if self.axis == "feature" else 2
        if x.ndim < lowest:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {lowest} or more axes"
            )
        trailing = x.ndim - 2 if self.axis == "channel" else 0
        if len(x) == 0 or 0 in x.shape[x.ndim - trailing :]:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected samples to average over"
            )
        mean, var = moments(x, trailing)
        if not (np.isfinite(mean).all() and np.isfinite(var).all()):
            raise ValueError(
                f"{self!r}: x has nan, infinite or too large entries, "
                "expected finite ones"
            )
        self.mean, self.std, self.trailing = mean, np.sqrt(var), trailing
        return self

    def transform(self, x, out=None):
        """Return ``(x - mean) / max(std, eps)`` for a batch, or for one sample.

        Parameters
        ----------
        x : ndarray
        out : ndarray, default=None
            Floating-point array of the shape of ``x`` to write to; may be ``x``.

        Raises
        ------
        RuntimeError
            Before `fit`.
        TypeError
            If ``x`` does not hold real numbers, or ``out`` no floating-point ones.
        ValueError
            If ``x`` is not shaped like what `fit` saw, or ``out`` not like ``x``.
        """
        mean, divisor = self._statistics(x)
        if out is None:
            out = self._empty(x)
        elif not isinstance(out, np.ndarray) or out.dtype.kind != "f":
            got = getattr(out, "dtype", type(out).__name__)
            raise TypeError(f"{self!r}: out has type {got}, expected a float array")
        elif out.shape != x.shape:
            raise ValueError(
                f"{self!r}: out has shape {out.shape}, expected {x.shape}, that of x"
            )
        # The difference is taken in float64, then rounded to the dtype of out.
        np.subtract(x, mean, out=out, casting="same_kind")
        return np.divide(out, divisor, out=out, casting="same_kind")

    def inverse(self, x):
        """Return ``x * max(std, eps) + mean``; errors as in `transform`."""
        mean, divisor = self._statistics(x)
        out = np.multiply(x, divisor, out=self._empty(x), casting="same_kind")
        return np.add(out, mean, out=out, casting="same_kind")

    def _statistics(self, x):
        """Return mean and divisor, shaped to go with ``x``."""
        self._check_fitted(self.mean is not None)
        self._check_type("x", x)
        wide = (*self.mean.shape, *[1] * self.trailing)
        sample = x.shape if x.ndim == len(wide) else x.shape[1:]
        # Where a statistic has length 1 behind the channel axis, any length will do.
        checked = len(self.mean.shape)
        if len(sample) != len(wide) or sample[:checked] != wide[:checked]:
            wanted = ", ".join(["N", *map(str, self.mean.shape)])
            wanted += ", any" * (len(wide) - checked)
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected ({wanted}) as in fit"
            )
        divisor = np.maximum(self.std, self.eps)
        return self.mean.reshape(wide), divisor.reshape(wide)

    def _empty(self, x):
        return np.empty_like(x, self._dtype_for(x), subok=False)

    def _as_learned(self, mean, std, trailing):
        mean, std = self._as_array("mean", mean), self._as_array("std", std)
        fits = std.shape == mean.shape and (std >= 0).all()
        self._require(fits, "std >= 0 shaped like its mean")
        trailing = np.asarray(trailing)
        fits = trailing.ndim == 0 and trailing.dtype.kind in "iu" and trailing >= 0
        self._require(fits, "number of trailing axes")
        return {"mean": mean, "std": std, "trailing": trailing.item()}

    def __repr__(self):
        dtype = "" if self.dtype is None else f", dtype={self.dtype}"
        fitted = "" if self.mean is None else f", fitted to {self.mean.shape}"
        return f"Normalizer(axis={self.axis!r}, eps={self.eps}{dtype}{fitted})"
