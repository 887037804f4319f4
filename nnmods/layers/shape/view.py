"""View: another shape, of which one length may be left open."""

from math import prod

from nnmods.layers.shape.reshaping import Reshaping, sizes_of


class View(Reshaping):
    """Give each sample another shape, one length of which may be inferred.

    ::

        y     = x in the shape sizes, or (N, *sizes)
        dC_dx = dC_dy in the shape of x

    Torch7's rule says what is a batch. Let m be the product of ``sizes`` (without -1)
    and e the number of entries of the last ``num_input_dims`` axes of x, or of all.
    N is e / m, or 1 if ``sizes`` has a -1 to take up the rest, times the lengths of
    the axes before those. An N of 1 leaves the batch axis out, unless
    ``num_input_dims`` tells that x has one.

    Parameters
    ----------
    *sizes : int
        The shape of a sample, also as one tuple; one of them may be -1.
    num_input_dims : int or None, default=None
        How many axes a sample of x has, where that is to be known.

    Raises
    ------
    ValueError
        If ``x`` has fewer axes than a sample, if its entries do not fill ``sizes`` a
        whole number of times, or if ``dC_dy`` is not shaped like ``y``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((4, 2, 3))
    >>> View(6)(x).shape, View(-1)(x).shape, View(-1, num_input_dims=2)(x).shape
    ((4, 6), (24,), (4, 6))
    """

    def __init__(self, *sizes, num_input_dims=None):
        super().__init__()
        self.reset_size(*sizes)
        self.set_num_input_dims(num_input_dims)

    def reset_size(self, *sizes):
        """Take other sizes, and return self."""
        sizes = sizes_of("View", sizes, -1)
        if 0 in sizes:
            raise ValueError("View: sizes has entry 0, expected positive ones or -1")
        if sizes.count(-1) > 1:
            raise ValueError(f"View: sizes has {sizes.count(-1)} times -1, expected 1")
        self.sizes = sizes
        return self

    def set_num_input_dims(self, num_input_dims):
        """Tell how many axes a sample has (None: unknown), and return self."""
        if num_input_dims is not None and num_input_dims < 0:
            raise ValueError(
                f"View: num_input_dims is {num_input_dims}, expected at least 0"
            )
        self.num_input_dims = num_input_dims
        return self

    def shape(self, x):
        known = self.num_input_dims is not None
        n_leading = x.ndim - self.num_input_dims if known else 0
        if n_leading < 0:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected {self.num_input_dims} axes "
                "or more"
            )
        n_entries = prod(x.shape[n_leading:])
        n_wanted = prod(size for size in self.sizes if size > 0)
        n_views, rest = divmod(n_entries, n_wanted)
        if rest:
            raise ValueError(
                f"{self!r}: x has shape {x.shape}, expected a multiple of {n_wanted} "
                "entries in a sample"
            )
        sizes = tuple(n_views if size < 0 else size for size in self.sizes)
        N = 1 if -1 in self.sizes else n_views
        N *= prod(x.shape[:n_leading])
        return sizes if N == 1 and not n_leading else (N, *sizes)

    def __repr__(self):
        sizes = ", ".join(map(str, self.sizes))
        if self.num_input_dims is not None:
            sizes += f", num_input_dims={self.num_input_dims}"
        return f"View({sizes})"
