"""LayerNorm and RMSNorm: normalisation of each sample's last axes."""

import numpy as np

from nnmods.core.options import as_number
from nnmods.layers.normalization.trailing_statistics import TrailingStatistics


class LayerNorm(TrailingStatistics):
    """Layer normalisation: mean 0 and variance 1 over the last axes.

    ::

        xhat = (x - mean) / sqrt(var + eps)     (over the last axes)
        y    = weight * xhat + bias

    The other formulas are those of `RowStatistics`. [1]_

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The lengths of the last axes, which are normalised together.
    eps : float or None, default=1e-5
        Keeps the division finite. None means the default, here and below.
    elementwise_affine : bool or None, default=True
        Whether there is a weight.
    bias : bool or None, default=True
        Whether there is a bias too; not without a weight.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Nothing is drawn: the weight begins as 1 and the bias as 0.

    Attributes
    ----------
    weight, grad_weight, bias, grad_bias : ndarray of normalized_shape, or None

    Raises
    ------
    ValueError
        If ``x`` is not (..., *normalized_shape), or ``dC_dy`` not shaped like ``x``.

    References
    ----------
    .. [1] J. L. Ba, J. R. Kiros, G. Hinton, "Layer normalization", 2016; as in
           PyTorch's ``LayerNorm``.

    Examples
    --------
    >>> LayerNorm(2, eps=0.0)(np.array([[1.0, 3.0], [10.0, 50.0]]))
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def __init__(
        self,
        normalized_shape,
        eps=None,
        elementwise_affine=None,
        bias=None,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._set_shape(normalized_shape)
        self.eps = as_number(self, "eps", eps, 1e-5)
        affine = True if elementwise_affine is None else elementwise_affine
        bias = True if bias is None else bias
        self._add_parameters(self.normalized_shape, affine, affine and bias)
        self.reset(rng)

    def __repr__(self):
        options = [self._shape_text()]
        options += [f"eps={self.eps:g}"] if self.eps != 1e-5 else []
        if self.weight is None:
            options += ["elementwise_affine=False"]
        elif self.bias is None:
            options += ["bias=False"]
        return f"LayerNorm({', '.join(options)})"


class RMSNorm(TrailingStatistics):
    """Root-mean-square normalisation: mean square 1 over the last axes.

    ::

        y = weight * x / sqrt(mean(x**2) + eps)     (over the last axes)

    The other formulas are those of `RowStatistics`, with 0 for each mean. [1]_

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The lengths of the last axes, which are normalised together.
    eps : float or None, default=None
        Keeps the division finite; None takes the rounding unit of the dtype of y.
    elementwise_affine : bool or None, default=True
        Whether there is a weight; None means the default.
    dtype : numpy dtype, default=None
        Of the weight; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Nothing is drawn: the weight begins as 1.

    Attributes
    ----------
    weight, grad_weight : ndarray of normalized_shape, or None

    Raises
    ------
    ValueError
        If ``x`` is not (..., *normalized_shape), or ``dC_dy`` not shaped like ``x``.

    References
    ----------
    .. [1] B. Zhang, R. Sennrich, "Root mean square layer normalization", NeurIPS 2019,
           eq. (4); as in PyTorch's ``RMSNorm``.

    Examples
    --------
    >>> RMSNorm(2, eps=0.0)(np.array([1.0, 7.0]))
    array([0.2, 1.4])
    """

    center = False

    def __init__(
        self,
        normalized_shape,
        eps=None,
        elementwise_affine=None,
        *,
        dtype=None,
        rng=None,
    ):
        super().__init__(dtype)
        self._set_shape(normalized_shape)
        self.eps = None if eps is None else as_number(self, "eps", eps)
        affine = True if elementwise_affine is None else elementwise_affine
        self._add_parameters(self.normalized_shape, affine, False)
        self.reset(rng)

    def _eps(self, dtype):
        return float(np.finfo(dtype).eps) if self.eps is None else self.eps

    def __repr__(self):
        options = [self._shape_text()]
        options += [] if self.eps is None else [f"eps={self.eps:g}"]
        options += ["elementwise_affine=False"] if self.weight is None else []
        return f"RMSNorm({', '.join(options)})"
