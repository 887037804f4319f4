"""LayerNormalization: Torch7's layer normalisation."""

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.core.options import as_number
from nnmods.layers.normalization.trailing_statistics import TrailingStatistics


class LayerNormalization(TrailingStatistics):
    """Torch7's layer normalisation, with the means that it subtracts.

    ::

        c[i, j]  = x[i, j] - mean(x[(i * D + j) % N])
        c[i, j]  = x[i, j] - mean(x[i])             (with mixed_means=False)
        y        = weight * c / sqrt(mean(c**2) + eps / D) + bias
        dC_dc    = that of `RowStatistics`, with c for x and 0 for each mean
        dC_dx[i] = dC_dc[i] - sum(dC_dc where mean(x[i]) was subtracted) / D

    Torch7 lays the N means out as (D, N) and subtracts them from a batch (N, D) entry
    by entry of the memory, so that most samples lose the mean of another. [1]_ For one
    sample, alone or as a batch, the two rules are the same. A model that was trained
    in Torch7 has learnt with mixed means; `LayerNorm` is the class for a new one.

    Parameters
    ----------
    n_output : int
        D, the length of a sample.
    bias : float or None, default=0
        The initial value of the bias. None means the default, here and below.
    eps : float or None, default=1e-10
        Added to the sum of squares, keeps the division finite.
    affine : bool or None, default=True
        Whether there is a gain and a bias.
    mixed_means : bool, default=True
        Torch7's rule; False subtracts from each sample its own mean.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        The gain begins as 1. Torch7 draws values first and then overwrites them, which
        matters to what is drawn next; so does this.

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray, shape (n_output,), or None
        The gain is called ``weight``.

    Raises
    ------
    ValueError
        If ``x`` is not (n_output,) or (N, n_output), or ``dC_dy`` not shaped like it.

    References
    ----------
    .. [1] Torch7, ``nn.LayerNormalization``, after J. L. Ba, J. R. Kiros, G. Hinton,
           "Layer normalization", 2016, section 3.

    Examples
    --------
    >>> LayerNormalization(2)(np.array([1.0, 3.0]))
    array([-1.,  1.])
    """

    center = False  # the rows are centred before

    def __init__(
        self,
        n_output,
        bias=None,
        eps=None,
        affine=None,
        *,
        mixed_means=True,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._set_shape(n_output)
        self.n_output = self.normalized_shape[0]
        self.initial_bias = 0 if bias is None else bias
        self.eps = as_number(self, "eps", eps, 1e-10)
        self.mixed_means = mixed_means
        affine = True if affine is None else affine
        self._add_parameters(self.normalized_shape, affine, affine)
        if affine:
            get_rng(rng).uniform(size=2 * self.n_output)
        self.reset()

    def reset(self, rng=None, stdv=None):
        """Set the parameters to their initial values, and return self.

        With ``stdv`` they are drawn as Torch7 draws them, uniform with that standard
        deviation, the gain first.
        """
        if self.weight is not None:
            super().reset()
            self.bias[...] = self.initial_bias
            if stdv is not None:
                rng, bound = get_rng(rng), uniform_bound(stdv, self.n_output)
                self.weight[...] = rng.uniform(-bound, bound, self.n_output)
                self.bias[...] = rng.uniform(-bound, bound, self.n_output)
        return self

    def _check(self, x):
        batch = getattr(x, "ndim", 1) > 1
        check(self, "x", x, (*(None,) * batch, self.n_output))

    def _eps(self, dtype):
        return self.eps / self.n_output

    def _input(self, x, dtype):
        return self._centred(x, "c", dtype)

    def _centred(self, x, name, dtype):
        """Return ``x`` less its means, in scratch memory."""
        c = self.work(name, x.shape, dtype)
        np.copyto(c, x, casting="same_kind")
        if c.size:
            means = self._means(c.reshape(-1, self.n_output))
            served = self._served(c)
            np.subtract(served, means, out=served)
        return c

    def _times_jacobian(self, x, v, out, forward=False):
        if forward:
            v = self._centred(v, "dc", out.dtype)
        super()._times_jacobian(x, v, out)
        if not forward and out.size:
            rows = out.reshape(-1, self.n_output)
            np.subtract(rows, self._means(self._served(out)), out=rows)

    def _served(self, x):
        """Return the view (N, D) of ``x`` whose row n is what mean n is taken from."""
        D = self.n_output
        return x.reshape(D, -1).T if self.mixed_means else x.reshape(-1, D)

    def _means(self, rows):
        out = self.work("means", (len(rows), 1), rows.dtype)
        return np.mean(rows, axis=1, keepdims=True, out=out)

    def __repr__(self):
        options = [str(self.n_output)]
        options += [f"bias={self.initial_bias:g}"] if self.initial_bias else []
        options += [f"eps={self.eps:g}"] if self.eps != 1e-10 else []
        options += ["affine=False"] if self.weight is None else []
        options += [] if self.mixed_means else ["mixed_means=False"]
        return f"LayerNormalization({', '.join(options)})"
