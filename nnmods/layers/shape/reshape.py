"""Reshape: another shape for each sample."""

from math import prod

from nnmods.layers.shape.reshaping import Reshaping, sizes_of


class Reshape(Reshaping):
    """Give each sample another shape.

    ::

        y     = x in the shape (N, *sizes) for a batch, sizes for one sample
        dC_dx = dC_dy in the shape of x

    Parameters
    ----------
    *sizes : int
        The shape of a sample, also as one tuple; one of them may be -1, for what is
        left. True or False after them is ``batch_mode``, as in Torch7.
    batch_mode : {None, True, False}, default=None
        Whether the first axis of x counts samples. None is Torch7's guess: x is one
        sample if it has as many entries as ``sizes`` and its first axis is not of
        length 1; with a -1 it is a batch.

    Raises
    ------
    ValueError
        If the entries of a sample do not fill ``sizes``, or ``dC_dy`` is not shaped
        like ``y``.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape(3, 2)(np.ones((4, 6))).shape, Reshape(3, 2)(np.ones((2, 3))).shape
    ((4, 3, 2), (3, 2))
    """

    def __init__(self, *sizes, batch_mode=None):
        super().__init__()
        if sizes and isinstance(sizes[-1], bool) and batch_mode is None:
            *sizes, batch_mode = sizes
        self.sizes = sizes_of("Reshape", sizes, -1)
        inferred = self.sizes.count(-1)
        if inferred > 1 or (inferred and 0 in self.sizes):
            raise ValueError(
                f"Reshape: sizes is {self.sizes}, expected one -1, and no 0 beside it"
            )
        if batch_mode not in (None, True, False):
            raise ValueError(
                f"Reshape: batch_mode is {batch_mode!r}, expected None, True or False"
            )
        self.batch_mode = batch_mode
        self._inferred = inferred > 0
        self._n_entries = prod(size for size in self.sizes if size >= 0)

    def shape(self, x):
        batch = self.batch_mode
        if batch is None:
            fits = x.size == self._n_entries and not self._inferred
            batch = not fits or x.shape[:1] == (1,)
        n = prod(x.shape[1:] if batch else x.shape)
        fits = n % self._n_entries == 0 if self._inferred else n == self._n_entries
        if not fits or (batch and x.ndim == 0):
            multiple = "a multiple of " if self._inferred else ""
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {multiple}"
                f"{self._n_entries} entries in a sample"
            )
        sizes = self.sizes
        if self._inferred:
            rest = n // self._n_entries
            sizes = tuple(rest if size < 0 else size for size in sizes)
        return (len(x), *sizes) if batch else sizes

    def __repr__(self):
        sizes = ", ".join(map(str, self.sizes))
        if self.batch_mode is not None:
            sizes += f", batch_mode={self.batch_mode}"
        return f"Reshape({sizes})"
