"""Embedding: rows of a table, by indices of any shape."""

import operator

from nnmods.layers.linear.indices import size_of
from nnmods.layers.linear.lookup import Lookup


class Embedding(Lookup):
    """Rows of a weight, picked by indices of any shape, as PyTorch's.

    ::

        y[...]              = weight[x[...]]
        dC_dx               = 0
        grad_weight[x[...]] += scale * dC_dy[...]      (not where x is padding_idx)

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        The number of rows, and their length.
    padding_idx : int or None, default=None
        An index whose row starts as 0 and gets no gradient; negative ones count from
        the end.
    max_norm : float or None, default=None
        If given, `forward` first shortens the rows that it uses, in place: those of a
        larger norm are multiplied with max_norm / (norm + 1e-7).
    norm_type : float, default=2.0
        Which p-norm that is.
    scale_grad_by_freq : bool, default=False
        Whether to divide the gradient of a row by the number of times that it occurs.
    dtype : numpy dtype, default=None
    rng : int, numpy.random.Generator or None, default=None
        Draws the initial values, standard normal.

    Attributes
    ----------
    weight, grad_weight : ndarray, shape (num_embeddings, embedding_dim)

    Raises
    ------
    ValueError
        If an index is out of range or not whole.

    References
    ----------
    .. [1] PyTorch, ``torch.nn.Embedding``.

    Examples
    --------
    >>> import numpy as np
    >>> Embedding(10, 3, padding_idx=0, rng=0)(np.array([[0, 0]]))
    array([[[0., 0., 0.],
            [0., 0., 0.]]])
    """

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        *,
        dtype=None,
        rng=None,
    ):
        rows = size_of("Embedding", "num_embeddings", num_embeddings)
        width = size_of("Embedding", "embedding_dim", embedding_dim)
        if padding_idx is not None:
            index = operator.index(padding_idx)
            if not -rows <= index < rows:
                raise ValueError(
                    f"Embedding: padding_idx is {index}, expected {-rows} to {rows - 1}"
                )
            padding_idx = index % rows
        super().__init__(
            rows, width, padding_idx, max_norm, norm_type, dtype=dtype, rng=rng
        )
        self.should_scale_grad_by_freq = bool(scale_grad_by_freq)

    def reset(self, rng=None, stdv=None):
        super().reset(rng, stdv)
        if self.padding_value is not None:
            self.weight[self.padding_value] = 0
        return self

    def __repr__(self):
        rows, width = self.weight.shape
        padding = self.padding_value
        options = f", padding_idx={padding}" if padding is not None else ""
        options += f", max_norm={self.max_norm}" if self.max_norm is not None else ""
        options += f", norm_type={self.norm_type}" if self.norm_type != 2 else ""
        if self.should_scale_grad_by_freq:
            options += ", scale_grad_by_freq=True"
        return f"Embedding({rows}, {width}{options})"
