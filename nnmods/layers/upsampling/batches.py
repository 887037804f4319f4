"""Batches: images over two or three axes, or more, told apart by their number."""

from nnmods.core import check
from nnmods.layers.upsampling.separable import Separable


class Batches(Separable):
    """A separable map of (N, C, *S), of as many spatial axes as ``several`` allows.

    There is no single sample here: (C, D, H, W) would be taken for (N, C, H, W).
    """

    several = (2, 3)

    def _batch(self, name, x):
        check(self, name, x, (...,))
        if x.ndim - 2 not in self.several:
            ranks = " or ".join(str(n + 2) for n in self.several)
            raise ValueError(
                f"{self!r}: {name} has shape {x.shape}, expected {ranks} axes: "
                "samples, channels and those of the image"
            )
        return x
