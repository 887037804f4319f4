"""Adaptive poolings of Torch7."""

from nnmods.interop.t7.kinds import integer
from nnmods.interop.t7.spec import Field, Spec


def adaptive(exact=False):
    """Return the spec of an adaptive pooling, whose size is given width first.

    By keyword, our SpatialAdaptiveMaxPooling has bounds that Torch7's has not, but for
    one window over all of x.
    """

    def store(module, out):
        size = module.output_size
        if None in size:
            raise ValueError(
                f"{module!r}: output_size is {size}, expected numbers, as Torch7's "
                "class has no other"
            )
        if exact and module.by_keyword and size != (1, 1):
            raise ValueError(
                f"{module!r}: output_size is given by keyword, expected w and h, as "
                "Torch7's class rounds the bounds of its windows"
            )

    return Spec(
        Field("w", "W", integer, attribute=lambda module: module.output_size[1]),
        Field("h", "H", integer, attribute=lambda module: module.output_size[0]),
        store=store,
    )
