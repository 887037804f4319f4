"""LookupTable and LookupTableMaskZero: rows of a table, by index."""

from nnmods.core.arrays import check
from nnmods.layers.linear.indices import size_of
from nnmods.layers.linear.lookup import Lookup


class LookupTable(Lookup):
    """Rows of a weight, picked by one or two axes of indices.

    ::

        y[n]              = weight[x[n]]
        dC_dx             = 0
        grad_weight[x[n]] += scale * dC_dy[n]      (not where x[n] is padding_value)

    Rows that occur more than once add up. With ``max_norm``, `forward` first shortens
    the rows that it uses, in place: those of a larger norm are multiplied with
    max_norm / (norm + 1e-7). After `scale_grad_by_freq` the gradient of a row is
    divided by the number of times that it occurs in x.

    Parameters
    ----------
    n_index : int
        The number of rows; indices count from 0.
    n_output : int
        The length of a row.
    padding_value : int or None, default=None
        An index whose row gets no gradient; None means that there is none, which is
        Torch7's 0.
    max_norm : float or None, default=None
    norm_type : float or None, default=None
        Which p-norm is to be ``max_norm`` at most; None means 2.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, standard normal.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (n_index, n_output)

    Raises
    ------
    ValueError
        If ``x`` has not one or two axes, or an index is out of range or not whole.

    References
    ----------
    .. [1] Torch7, ``nn/LookupTable.lua``.

    Examples
    --------
    >>> import numpy as np
    >>> module = LookupTable(3, 2, rng=0)
    >>> module.weight[...] = [[0, 1], [2, 3], [4, 5]]
    >>> module(np.array([2, 0]))
    array([[4., 5.],
           [0., 1.]])
    """

    def __init__(
        self,
        n_index,
        n_output,
        padding_value=None,
        max_norm=None,
        norm_type=None,
        *,
        dtype=None,
        rng=None,
    ):
        self.n_index = size_of("LookupTable", "n_index", n_index)
        self.n_output = size_of("LookupTable", "n_output", n_output)
        sizes = self.n_index, self.n_output
        super().__init__(
            *sizes, padding_value, max_norm, norm_type, dtype=dtype, rng=rng
        )

    def _check_rank(self, x):
        check(self, "x", x, (None,) if getattr(x, "ndim", None) == 1 else (None, None))

    def __repr__(self):
        options = [
            f", {name}={value}"
            for name in ("padding_value", "max_norm", "norm_type")
            if (value := getattr(self, name)) is not None
        ]
        return f"LookupTable({self.n_index}, {self.n_output}{''.join(options)})"


class LookupTableMaskZero(Lookup):
    """Rows of a weight, by indices of which -1 stands for a row of zeros.

    ::

        y[n]                  = weight[x[n] + 1], with weight[0] = 0
        dC_dx                 = 0
        grad_weight[x[n] + 1] += scale * dC_dy[n]

    Indices count from 0, and -1 masks: Torch7 counts from 1 and masks with 0. As
    there, `forward` sets row 0 to 0, and the gradients of masked entries are collected
    in row 0 of ``grad_weight``, where they change no later y.

    Parameters
    ----------
    n_index : int
        The number of rows besides that of the mask.
    n_output : int
        The length of a row.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, standard normal.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (n_index + 1, n_output)

    Raises
    ------
    ValueError
        If ``x`` has not one or two axes, or an index is out of range or not whole.

    References
    ----------
    .. [1] Torch7, ``rnn/LookupTableMaskZero.lua``.

    Examples
    --------
    >>> import numpy as np
    >>> module = LookupTableMaskZero(2, 2, rng=0)
    >>> module.weight[...] = [[9, 9], [1, 2], [3, 4]]
    >>> module(np.array([-1, 1]))
    array([[0., 0.],
           [3., 4.]])
    """

    first = -1

    def __init__(self, n_index, n_output, *, dtype=None, rng=None):
        self.n_index = size_of("LookupTableMaskZero", "n_index", n_index)
        self.n_output = size_of("LookupTableMaskZero", "n_output", n_output)
        sizes = self.n_index + 1, self.n_output
        super().__init__(*sizes, None, None, None, dtype=dtype, rng=rng)

    def forward(self, x):
        self._rows(x)  # refuses before anything changes
        self.weight[0] = 0
        return super().forward(x)

    def _check_rank(self, x):
        check(self, "x", x, (None,) if getattr(x, "ndim", None) == 1 else (None, None))

    def __repr__(self):
        return f"LookupTableMaskZero({self.n_index}, {self.n_output})"
