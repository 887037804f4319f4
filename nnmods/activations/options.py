"""Options of activations: numbers and flags checked, and how all of them are shown."""

import numpy as np

from nnmods.core import options as core


def as_number(module, argument, value, default=None):
    """Return ``value`` as a float, and None, where there is a default, as that.

    Raises
    ------
    TypeError
        If it is not a real number.
    """
    return float(core.as_number(module, argument, value, default))


def check_inplace(module, inplace):
    """Raise TypeError unless ``inplace`` is True, False or None, as Torch7 demands."""
    if inplace is not None and not isinstance(inplace, (bool, np.bool_)):
        raise TypeError(
            f"{type(module).__name__}: inplace has type {type(inplace).__name__}, "
            "expected True or False"
        )


def describe(module, *shown, **defaults):
    """Return ``Name(first, option=value)``, options only where not their defaults.

    Examples
    --------
    >>> class Gain:
    ...     slope = 2.0
    >>> describe(Gain(), "3", slope=1.0), describe(Gain(), slope=2.0)
    ('Gain(3, slope=2.0)', 'Gain()')
    """
    options = [
        f"{name}={getattr(module, name)!r}"
        for name, default in defaults.items()
        if getattr(module, name) != default
    ]
    return f"{type(module).__name__}({', '.join([*shown, *options])})"
