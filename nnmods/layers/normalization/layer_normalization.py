"""LayerNormalization: Torch7's layer normalisation."""

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.core.options import as_number
from nnmods.core.second_order import SecondOrder
from nnmods.layers.normalization.mixed_means import (
    subtract_means,
    subtract_means_transposed,
)
from nnmods.layers.normalization.trailing_statistics import TrailingStatistics


class LayerNormalization(TrailingStatistics):
    """Torch7's layer normalisation, with the means that it subtracts.

    ::

        c[i, j]  = x[i, j] - mean(x[(i * D + j) % N])
        c[i, j]  = x[i, j] - mean(x[i])             (with mixed_means=False)
        y        = weight * c / sqrt(mean(c**2) + eps / D) + bias
        dC_dc    = that of `RowStatistics`, with c for x and 0 for each mean
        dC_dx[i] = dC_dc[i] - sum(dC_dc where mean(x[i]) was subtracted) / D
        ddC_dx   : the same of ddC_dc, for a direction less its own mixed means

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

    @property
    def center(self):
        """Whether rows lose their own means; if not, others that went before."""
        return not self.mixed_means

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        self._check(x)
        if self.mixed_means:  # rows depend on each other: no formula is short
            return SecondOrder.backward_diag_hessian(self, x, d2C_dy2, dC_dy)
        return super().backward_diag_hessian(x, d2C_dy2, dC_dy)

    def _input(self, x, dtype):
        return self._centred(super()._input(x, dtype), "c")

    def _times_jacobian(self, x, v, out, forward=False):
        super()._times_jacobian(x, self._centred(v, "dc") if forward else v, out)
        if self.mixed_means and not forward:
            subtract_means_transposed(out, self.n_output, self.work)

    def _rows_back(self, x, dC_dy, out, learn):
        found = super()._rows_back(x, dC_dy, out, learn)
        if self.mixed_means:
            subtract_means_transposed(out, self.n_output, self.work)
        return found

    def _turn_jacobian(self, x, v, dx, out):
        super()._turn_jacobian(x, v, self._centred(dx, "dc"), out)
        if self.mixed_means:
            subtract_means_transposed(out, self.n_output, self.work)

    def _centred(self, x, name):
        """Return ``x`` less its mixed means, in scratch memory."""
        if not self.mixed_means:
            return x
        c = self.work(name, x.shape, x.dtype)
        np.copyto(c, x)
        subtract_means(c, self.n_output, self.work)
        return c

    def __repr__(self):
        options = [str(self.n_output)]
        options += [f"bias={self.initial_bias:g}"] if self.initial_bias else []
        options += [f"eps={self.eps:g}"] if self.eps != 1e-10 else []
        options += ["affine=False"] if self.weight is None else []
        options += [] if self.mixed_means else ["mixed_means=False"]
        return f"LayerNormalization({', '.join(options)})"
