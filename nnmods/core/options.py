"""Options: numbers that a constructor was given, checked at its door."""

import numbers

import numpy as np


def as_number(owner, argument, value, default=None):
    """Return ``value`` once known to be a number, and ``default`` for None.

    Parameters
    ----------
    owner : Module or Criterion
        Whose class is named in the error.
    argument : str
    value : object
    default : float or None, default=None
        What None means; without a default it is refused.

    Raises
    ------
    TypeError
        If it is not a real number.

    Examples
    --------
    >>> as_number(None, "eps", None, 0.5), as_number(None, "eps", 2)
    (0.5, 2)
    """
    if value is None and default is not None:
        return default
    if not isinstance(value, numbers.Real):
        raise TypeError(
            f"{type(owner).__name__}: {argument} has type {type(value).__name__}, "
            "expected a real number"
        )
    # A NumPy scalar would turn float32 into float64; a Python number does not.
    return value.item() if isinstance(value, np.generic) else value
