"""Linear: the affine map of the last axis."""

from nnmods.layers.linear.affine import Affine


class Linear(Affine):
    """Affine map of the last axis.

    ::

        y            = x @ weight.T + bias
        dC_dx        = dC_dy @ weight
        grad_weight += scale * dC_dy.T @ x      (leading axes folded into one)
        grad_bias   += scale * dC_dy.sum(axis=0)
        dy           = dx @ weight.T + x @ dweight.T + dbias

    The lecture writes Y = W X for column vectors: with a sample per row it is the
    transpose of that, and the same numbers.

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of ``x`` and of ``y``.
    bias : bool, default=True
        Whether to add a bias; without one, ``bias`` and ``grad_bias`` are None.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features) [1]_.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)
    bias, grad_bias : ndarray, shape (out_features,), or None

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 4.6, in the uniform form of Torch7.

    Examples
    --------
    >>> import numpy as np
    >>> Linear(3, 2, rng=0)(np.ones((5, 3))).shape
    (5, 2)
    """

    finishes = True


class LinearNoBias(Affine):
    """Linear map of the last axis, without a bias.

    ::

        y            = x @ weight.T
        dC_dx        = dC_dy @ weight
        grad_weight += scale * dC_dy.T @ x      (leading axes folded into one)

    Parameters
    ----------
    in_features, out_features : int
        Length of the last axis of ``x`` and of ``y``.
    dtype : numpy dtype, default=None
        Of the parameters; None takes `nnmods.get_default_dtype()`.
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, uniform on +-1/sqrt(in_features).

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (out_features, in_features)

    Raises
    ------
    ValueError
        If ``x`` is not (..., in_features), or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``rnn/LinearNoBias.lua``.

    Examples
    --------
    >>> import numpy as np
    >>> LinearNoBias(3, 2, rng=0)(np.zeros((1, 3)))
    array([[0., 0.]])
    """

    finishes = True

    def __init__(self, in_features, out_features, *, dtype=None, rng=None):
        super().__init__(in_features, out_features, False, dtype=dtype, rng=rng)

    def __repr__(self):
        return f"LinearNoBias({self.in_features} -> {self.out_features})"
