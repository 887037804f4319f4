"""Geometry of windows: Torch7's arguments, width first, or NumPy's, in axis order."""

import operator


def window_settings(owner, positions, keywords, overlap):
    """Return kernel size, stride and padding, each a tuple in the order of the axes.

    Parameters
    ----------
    owner : str
        Class name, for errors.
    positions : tuple of three tuples
        Torch7's arguments for the three, in the order of the axes; None where one was
        not given. A missing last kernel or padding is like the one that is given.
    keywords : tuple
        The arguments kernel_size, stride and padding: one number for all axes, one for
        each, or None.
    overlap : bool
        Whether the stride is 1 where it is not given, or else the kernel's size.

    Raises
    ------
    TypeError
        If something is given twice, or the kernel not at all, or not as integers.
    ValueError
        If a number is too small, or there are not as many as axes.
    """
    kernel, stride, padding = positions
    if keywords[0] is None and all(k is None for k in kernel):
        raise TypeError(f"{owner}: kernel_size is missing")
    kernel = per_axis(owner, "kernel_size", kernel, keywords[0], None, 1)
    usual = (1,) * len(kernel) if overlap else kernel
    return (
        kernel,
        per_axis(owner, "stride", stride, keywords[1], usual, 1),
        per_axis(owner, "padding", padding, keywords[2], None, 0),
    )


def per_axis(owner, name, positional, keyword, usual, least):
    """Return one setting of the windows as a tuple of integers, one for each axis.

    Parameters
    ----------
    owner, name : str
        For errors.
    positional : tuple
        Torch7's arguments in the order of the axes; None where one was not given.
    keyword : int, sequence of int or None
        The same by keyword: one number for all axes, or one for each.
    usual : tuple or None
        What stands for None; where that is None too, the last that is given, or 0.
    least : int
        The smallest number allowed.

    Raises
    ------
    TypeError
        If it is given twice, or not as integers.
    ValueError
        If a number is too small, or there are not as many as axes.
    """
    given = [value for value in positional if value is not None]
    if keyword is not None:
        if given:
            raise TypeError(
                f"{owner}: {name} is given by keyword and by position, expected one"
            )
        if not isinstance(keyword, (tuple, list)):
            keyword = (keyword,) * len(positional)
        if len(keyword) != len(positional):
            raise ValueError(
                f"{owner}: {name} has {len(keyword)} entries, "
                f"expected one number or {len(positional)}"
            )
        values = keyword
    else:
        usual = usual or (given[-1] if given else 0,) * len(positional)
        pairs = zip(positional, usual, strict=True)
        values = [other if value is None else value for value, other in pairs]
    try:
        values = tuple(operator.index(value) for value in values)
    except TypeError:
        raise TypeError(f"{owner}: {name} is {values!r}, expected integers") from None
    if min(values) < least:
        raise ValueError(f"{owner}: {name} is {values}, expected at least {least}")
    return values


def in_turn(*values):
    """Return Torch7's paddings in its order: each like the one before, the first 0.

    Where none is given all stay None, so that a keyword may give them.

    Examples
    --------
    >>> in_turn(2, None), in_turn(None, 2), in_turn(None, None)
    ((2, 2), (0, 2), (None, None))
    """
    if all(value is None for value in values):
        return values
    filled, last = [], 0
    for value in values:
        last = last if value is None else value
        filled.append(last)
    return tuple(filled)


def shown(kernel_size, stride, padding, dilation=(1,), output_padding=(0,)):
    """Return kernel, stride and padding as they stand in a repr.

    Examples
    --------
    >>> shown((3, 5), (1, 1), (0, 2)), shown((2, 2), (2, 2), (0, 0))
    ('3x5, padding=(0, 2)', '2x2, stride=2')
    """
    text = "x".join(map(str, kernel_size))
    for name, values, usual in (
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
        ("output_padding", output_padding, 0),
    ):
        if set(values) != {usual}:
            text += f", {name}={values[0] if len(set(values)) == 1 else values}"
    return text
