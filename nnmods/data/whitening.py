"""Whitening: inputs without correlation, all of the same spread."""

import math

import numpy as np

from nnmods.core.arrays import as_size
from nnmods.core.dtypes import float_dtype
from nnmods.data.fitted import Fitted
from nnmods.data.principal import covariance, principal_components


class Whitening(Fitted):
    """Decorrelate features, and bring all directions to variance 1 [1]_.

    ::

        V diag(variances) V.T = average((x - mean) (x - mean).T)     V orthogonal
        transform(x) = (x - mean) V / sqrt(variances)                PCA
        transform(x) = (x - mean) V / sqrt(variances) V.T            ZCA
        inverse(y)   = y sqrt(variances) V.T + mean                  of PCA

    with x as rows of D features, and the average over the N samples of the training
    set. The Hessian of a linear unit is the covariance of its inputs: after whitening
    its eigenvalues are all 1. Directions in which the training set does not vary give
    0, and so does their inverse: the mean.

    Parameters
    ----------
    n_components : int, default=None
        How many directions are kept, those of the largest variances; None keeps all.
    zca : bool, default=False
        Whether to turn back to the axes of x, so that results look like x (images stay
        images), shaped like x. Otherwise they are (N, n_components), the direction of
        the largest variance first.
    eps : float, default=1e-10
        A direction is taken to be constant if its variance is no more than ``eps``
        times the largest.
    dtype : numpy dtype, default=None
        Of the results for integers; None takes `nnmods.get_default_dtype()`. Floating-
        point data keep their dtype.

    Attributes
    ----------
    mean : ndarray of float64, shaped like one sample, or None before `fit`
    variances : ndarray of float64, shape (n_components,)
        In descending order.
    components : ndarray of float64, shape (n_components, D)
        The rows of V.T; the largest entry of each is positive.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998,
           section 4.3.

    Examples
    --------
    >>> x = np.array([[2.0, 1.0], [-2.0, -1.0], [2.0, 3.0], [-2.0, -3.0]])
    >>> y = Whitening().fit_transform(x)
    >>> (y.T @ y / 4).round(6) + 0.0
    array([[1., 0.], [0., 1.]])
    """

    _settings = ("n_components", "zca", "eps")
    _learned = ("mean", "variances", "components")

    def __init__(self, n_components=None, zca=False, eps=1e-10, dtype=None):
        if n_components is not None:
            n_components = as_size("Whitening", "n_components", n_components)
            if n_components == 0:
                raise ValueError("Whitening: n_components is 0, expected 1 or more")
        if not 0 < eps < 1:
            raise ValueError(f"Whitening: eps is {eps}, expected between 0 and 1")
        self.n_components, self.zca, self.eps = n_components, bool(zca), eps
        self.dtype = None if dtype is None else float_dtype(dtype)
        self.mean = self.variances = self.components = None

    def fit(self, x):
        """Take mean and directions of ``x``, shape (N, ...); return self.

        Raises
        ------
        TypeError
            If ``x`` is not an array of real numbers.
        ValueError
            If it has no samples, fewer features than ``n_components``, or entries that
            are not finite, or too large.
        """
        self._check_type("x", x)
        if x.ndim < 2 or x.size == 0:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected (N, ...) with N > 0"
            )
        size = math.prod(x.shape[1:])
        kept = size if self.n_components is None else self.n_components
        if kept > size:
            raise ValueError(
                f"{self!r}: x has {size} features, expected at least {kept}"
            )
        mean, matrix = covariance(x)
        if not (np.isfinite(mean).all() and np.isfinite(matrix).all()):
            raise ValueError(
                f"{self!r}: x has nan, infinite or too large entries, "
                "expected finite ones"
            )
        variances, components = principal_components(matrix)
        self.mean = mean
        self.variances, self.components = variances[:kept], components[:kept]
        return self

    def transform(self, x):
        """Return the whitened batch, or sample.

        Raises
        ------
        RuntimeError
            Before `fit`.
        TypeError
            If ``x`` does not hold real numbers.
        ValueError
            If ``x`` is not shaped like what `fit` saw.
        """
        self._check_fitted(self.mean is not None)
        leading = self._check("x", x, self.mean.shape)
        spread = self._spread()
        scale = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 0)
        matrix = self.components.T * scale
        if self.zca:
            matrix = matrix @ self.components
        # The difference is taken in float64, then rounded, as in `Normalizer`.
        centred = np.empty(x.shape, self._dtype_for(x))
        np.subtract(x, self.mean, out=centred, casting="same_kind")
        y = centred.reshape(-1, len(matrix)) @ matrix.astype(centred.dtype)
        return y.reshape(*leading, *self._shape())

    def inverse(self, y):
        """Return the batch, or sample, that `transform` makes ``y`` of.

        Errors as in `transform`. What the directions left out held is lost.
        """
        self._check_fitted(self.mean is not None)
        leading = self._check("y", y, self._shape())
        matrix = self._spread()[:, None] * self.components
        if self.zca:
            matrix = self.components.T @ matrix
        rows = y.reshape(-1, len(matrix)).astype(self._dtype_for(y))
        x = (rows @ matrix.astype(rows.dtype)).reshape(*leading, *self.mean.shape)
        return np.add(x, self.mean, out=x, casting="same_kind")

    def _spread(self):
        """Return the standard deviations along the components, 0 of constant ones."""
        varied = self.variances > self.eps * self.variances[0]
        return np.sqrt(self.variances, out=np.zeros_like(self.variances), where=varied)

    def _shape(self):
        """Return the shape of a transformed sample."""
        return self.mean.shape if self.zca else self.variances.shape

    def _check(self, argument, x, shape):
        """Return the axes of x before those of a sample: (), or (N,)."""
        self._check_type(argument, x)
        if shape not in (x.shape, x.shape[1:]):
            raise ValueError(
                f"{self!r}: {argument} has shape {x.shape}, "
                f"expected (N, {', '.join(map(str, shape))}) as in fit"
            )
        return x.shape[: x.ndim - len(shape)]

    def _as_learned(self, mean, variances, components):
        mean = self._as_array("mean", mean)
        variances = self._as_array("variances", variances)
        components = self._as_array("components", components)
        fits = variances.ndim == 1 and variances.size and (variances >= 0).all()
        self._require(fits, "variances >= 0")
        shape = (len(variances), mean.size)
        self._require(components.shape == shape, f"components of shape {shape}")
        return {"mean": mean, "variances": variances, "components": components}

    def __repr__(self):
        options = [f"zca={self.zca}", f"eps={self.eps}"]
        if self.n_components is not None:
            options.insert(0, f"n_components={self.n_components}")
        if self.dtype is not None:
            options.append(f"dtype={self.dtype}")
        if self.mean is not None:
            options.append(f"fitted to {self.mean.shape}")
        return f"Whitening({', '.join(options)})"
