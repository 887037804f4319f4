"""Options that criterions share: weights, and how all of them are shown."""

import numpy as np


def as_weights(criterion, weights, n_axes=None):
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
            f"{name}: weights has dtype {array.dtype}, expected real numbers"
        )
    if n_axes is not None and array.ndim != n_axes:
        raise ValueError(f"{name}: weights has {array.ndim} axes, expected {n_axes}")
    return array.astype(criterion.dtype)


def describe(criterion, **defaults):
    """Return ``Name(option=value)``, with the options that differ from their defaults.

    Long arrays are shown by their shape.
    """
    shown = []
    for name, default in defaults.items():
        value = getattr(criterion, name)
        if isinstance(value, np.ndarray):
            text = value.tolist() if value.size <= 6 else f"<{value.shape}>"
            shown.append(f"{name}={text}")
        elif value != default:
            shown.append(f"{name}={value!r}")
    return f"{type(criterion).__name__}({', '.join(shown)})"
