"""Options that criterions share: weights, averaging, and how all of them are shown."""

import operator

import numpy as np

from nnmods.core.options import as_number


def as_flag(value, default=True):
    """Return ``value`` as a bool, and None, Torch7's nil, as ``default``."""
    return default if value is None else bool(value)


def as_integer(criterion, argument, value, default):
    """Return ``value`` as an int, and None as ``default``.

    Raises
    ------
    TypeError
        If it is no integer.
    """
    try:
        return operator.index(default if value is None else value)
    except TypeError:
        raise TypeError(
            f"{type(criterion).__name__}: {argument} is {value!r}, expected an integer"
        ) from None


def as_positive(criterion, argument, value, default):
    """Return what `as_number` does, once known to be above 0.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is 0, negative or NaN.
    """
    value = as_number(criterion, argument, value, default)
    if not value > 0:
        raise ValueError(
            f"{type(criterion).__name__}: {argument} is {value}, "
            "expected a number above 0"
        )
    return value


def as_weights(criterion, weights, n_axes=None, argument="weights"):
    """Return ``weights`` as an array of the criterion's own, None as None.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If they have other than ``n_axes`` axes, where that is given.
    """
    if weights is None:
        return None
    name = type(criterion).__name__
    array = np.asarray(weights)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name}: {argument} has dtype {array.dtype}, expected real numbers"
        )
    if n_axes is not None and array.ndim != n_axes:
        raise ValueError(f"{name}: {argument} has {array.ndim} axes, expected {n_axes}")
    return array.astype(criterion.dtype)


def check_weights(criterion, y, argument="weights"):
    """Raise ValueError unless ``weights`` broadcasts to the shape of ``y``."""
    weights = getattr(criterion, argument)
    if weights is None:
        return
    shape = weights.shape
    fits = len(shape) <= y.ndim and all(
        w in (1, n) for w, n in zip(shape[::-1], y.shape[::-1], strict=False)
    )
    if not fits:
        raise ValueError(
            f"{criterion!r}: {argument} has shape {shape}, expected one that "
            f"broadcasts to {y.shape}, that of y"
        )


def check_class_weights(criterion, n_classes):
    """Raise ValueError unless there is a weight for each class, or there are none."""
    weights = criterion.weights
    if weights is not None and weights.shape[0] != n_classes:
        raise ValueError(
            f"{criterion!r}: y has {n_classes} classes, "
            f"expected {weights.shape[0]}, one for each weight"
        )


def check_range(criterion, argument, x, low=0, high=None, hint=""):
    """Raise ValueError unless entries are from ``low`` to ``high``; NaN passes."""
    # fmin and fmax pass over NaN.
    wrong = np.fmin.reduce(x, axis=None, initial=low) < low
    if high is not None:
        wrong = wrong or np.fmax.reduce(x, axis=None, initial=high) > high
    if wrong:
        out = (x < low) if high is None else (x < low) | (x > high)
        at = tuple(np.argwhere(out)[0].tolist())
        wanted = f"{low} or more" if high is None else f"{low} to {high}"
        raise ValueError(
            f"{criterion!r}: {argument} has value {x[at]:g} at {at}, "
            f"expected {wanted}{hint}"
        )


def describe(criterion, *shown, **defaults):
    """Return ``Name(first, option=value)``, options only where not their defaults.

    Long arrays are shown by their shape.
    """
    shown = list(shown)
    for name, default in defaults.items():
        value = getattr(criterion, name)
        if isinstance(value, np.ndarray):
            shown.append(f"{name}={array_text(value)}")
        elif value != default:
            shown.append(f"{name}={value!r}")
    return f"{type(criterion).__name__}({', '.join(shown)})"


def array_text(array):
    """Return a short array as nested lists, a long one as its shape."""
    return str(array.tolist()) if array.size <= 6 else f"<{array.shape}>"
