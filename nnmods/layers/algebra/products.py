"""MM and MV: products of matrices, and of matrices with vectors."""

from nnmods.core import check
from nnmods.layers.algebra.matrix_product import MatrixProduct


class MM(MatrixProduct):
    """Product of two matrices, or of each pair of two batches of them.

    ::

        y        = A @ B               where A is x[0] or its transpose, B likewise
        dC_dx[0] = dC_dy @ B.T         or its transpose
        dC_dx[1] = A.T @ dC_dy         or its transpose

    Parameters
    ----------
    trans_a, trans_b : bool, default=False
        Whether to transpose the first, and the second, matrix (of each sample).

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays.
    ValueError
        If ``x`` has not two entries, both of 2 axes or both of 3, or their lengths do
        not fit; or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/MM.lua``.

    Examples
    --------
    >>> import numpy as np
    >>> MM(trans_b=True)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]])
    """

    def __init__(self, trans_a=False, trans_b=False):
        super().__init__()
        self.trans_a, self.trans_b = bool(trans_a), bool(trans_b)

    def _check_ranks(self, x):
        batch = getattr(x[0], "ndim", None) == 3
        check(self, "x[0]", x[0], (None,) * (3 if batch else 2))
        check(self, "x[1]", x[1], (None,) * x[0].ndim)

    def __repr__(self):
        options = [
            f"{name}=True" for name in ("trans_a", "trans_b") if getattr(self, name)
        ]
        return f"MM({', '.join(options)})"


class MV(MatrixProduct):
    """Product of a matrix and a vector, or of each pair of two batches.

    ::

        y        = A @ x[1]            where A is x[0] or its transpose
        dC_dx[0] = outer(dC_dy, x[1])  or its transpose
        dC_dx[1] = A.T @ dC_dy

    Parameters
    ----------
    trans : bool, default=False
        Whether to transpose the matrix (of each sample).

    Raises
    ------
    TypeError
        If ``x`` is not a table of arrays, or ``trans`` is not a bool.
    ValueError
        If ``x`` has not two entries, of 2 axes and 1 or of 3 axes and 2, or their
        lengths do not fit; or ``dC_dy`` is not shaped like ``y``.

    References
    ----------
    .. [1] Torch7, ``nn/MV.lua``.

    Examples
    --------
    >>> import numpy as np
    >>> MV()([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0])])
    array([21., 43.])
    """

    def __init__(self, trans=False):
        super().__init__()
        trans = False if trans is None else trans
        if not isinstance(trans, bool):
            raise TypeError(
                f"MV: trans has type {type(trans).__name__}, expected a bool"
            )
        self.trans = self.trans_a = trans

    def _check_ranks(self, x):
        batch = getattr(x[0], "ndim", None) == 3
        check(self, "x[0]", x[0], (None,) * (3 if batch else 2))
        check(self, "x[1]", x[1], (None,) * (x[0].ndim - 1))

    def _matrices(self, x):
        return x[0], x[1][..., None]

    def _matrix(self, y):
        return y[..., None]

    def _rank(self, x):
        return x[0].ndim - 1

    def __repr__(self):
        return "MV(trans=True)" if self.trans else "MV()"
