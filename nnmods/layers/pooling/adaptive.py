"""The size of what adaptive pooling gives: Torch7's arguments, or PyTorch's."""

from nnmods.core.arrays import as_size


def adaptive_size(owner, w, h, output_size):
    """Return the wanted size (height, width); None keeps that of x.

    Raises
    ------
    TypeError
        If it is given twice or not at all, or not as integers.
    ValueError
        If a number is below 1, or there are not two.
    """
    by_position = w is not None or h is not None
    if by_position == (output_size is not None):
        given = "twice" if by_position else "not at all"
        raise TypeError(
            f"{owner}: output_size is given {given}, expected w and h or the keyword"
        )
    if by_position and (w is None or h is None):
        raise TypeError(f"{owner}: {'h' if h is None else 'w'} is missing")
    sizes = output_size if output_size is not None else (h, w)
    if not isinstance(sizes, (tuple, list)):
        sizes = (sizes,) * 2
    if len(sizes) != 2:
        raise ValueError(
            f"{owner}: output_size has {len(sizes)} entries, expected one number or 2"
        )
    for size in sizes:
        if size is not None and as_size(owner, "output_size", size) < 1:
            raise ValueError(f"{owner}: output_size is {size}, expected at least 1")
    return tuple(None if size is None else int(size) for size in sizes)


def check_image(module, size):
    """Raise unless there is something in an image of spatial ``size``."""
    if min(size) < 1:
        raise ValueError(
            f"{module!r}: x has spatial size {size}, expected at least 1 along each "
            "axis"
        )


def shown_size(size):
    """Return a size as it stands in a repr.

    Examples
    --------
    >>> shown_size((3, 2)), shown_size((None, 2))
    ('3x2', '*x2')
    """
    return "x".join("*" if n is None else str(n) for n in size)
