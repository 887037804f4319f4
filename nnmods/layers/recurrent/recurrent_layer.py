"""RecurrentLayer: what layers of single steps and of whole sequences have in common."""

from nnmods.core import Module
from nnmods.core.arrays import as_size, same
from nnmods.core.parameters import own_parameters
from nnmods.core.tables import check_like


class RecurrentLayer(Module):
    """A layer whose y depends on what it has made of the steps before.

    Attributes
    ----------
    maskzero : bool
        Whether an x of 0 separates two sequences; see ``mask_zero``.
    """

    maskzero = False

    def __init__(self, in_features, out_features, dtype):
        super().__init__(dtype)
        name = type(self).__name__
        self.in_features = as_size(name, "in_features", in_features)
        self.out_features = as_size(name, "out_features", out_features)

    def mask_zero(self):
        """Let steps whose x is all 0 separate two sequences, and return self.

        Their y is 0, and so is the state that the next step starts from.
        """
        self.maskzero = True
        return self

    def _own(self):
        """Return two lists: its parameters, and their gradients."""
        found = list(own_parameters(self))
        return [p for _, p, _ in found], [grad for _, _, grad in found]

    def _in_order(self, x, name, dtype):
        """Return x, or a copy of it, of a dtype and in C order."""
        if x.dtype == dtype and x.flags.c_contiguous:
            return x
        copy = self.work(f"rows of {name}", x.shape, dtype)
        copy[...] = x
        return copy

    def _check_last(self, x):
        """Raise unless ``x`` is that of the last `forward`."""
        if self._x is None:
            raise RuntimeError(f"{self!r}: forward(x) is needed first")
        if x is not self._x and not same(x, self._x):
            raise RuntimeError(
                f"{self!r}: x is not that of the last forward; call forward(x) again"
            )

    def _check_direction(self, x, dx, dparams):
        """Raise unless ``x`` is the last one, and directions are shaped like it."""
        self._check_last(x)
        check_like(self, "dx", dx, x)
        if dparams is not None:
            check_like(self, "dparams", dparams, self._own()[0])
