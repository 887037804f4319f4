"""Checks at the door of every optimiser and schedule."""

import math
from numbers import Integral, Real

import numpy as np


def check_number(owner, name, value, below=math.inf):
    """Return ``value`` as a float in [0, ``below``); nan is in no interval."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{owner}: {name} has type {type(value).__name__}, expected a number"
        )
    if not 0 <= value < below:
        wanted = (
            "a finite number >= 0"
            if below == math.inf
            else f"a number >= 0 and < {below}"
        )
        raise ValueError(f"{owner}: {name} has value {value}, expected {wanted}")
    return float(value)


def check_fraction(owner, name, value):
    """Return ``value`` as a float from 0 to 1."""
    if check_number(owner, name, value) > 1:
        raise ValueError(
            f"{owner}: {name} has value {value}, expected a number from 0 to 1"
        )
    return float(value)


def check_count(owner, name, value, least=1):
    """Return ``value`` as an int of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{owner}: {name} has type {type(value).__name__}, expected an integer"
        )
    if value < least:
        raise ValueError(
            f"{owner}: {name} has value {value}, expected at least {least}"
        )
    return int(value)


def check_vector(owner, name, value, w):
    """Return a copy in the dtype of ``w`` of a vector like it, of numbers >= 0."""
    name, vector = name.removeprefix("_"), np.asarray(value)
    if vector.dtype.kind not in "iuf":
        raise TypeError(
            f"{owner}: {name} has dtype {vector.dtype}, expected real numbers"
        )
    if vector.shape != w.shape:
        raise ValueError(
            f"{owner}: {name} has shape {vector.shape}, expected {w.shape} as w"
        )
    if not np.all((vector >= 0) & (vector < math.inf)):
        raise ValueError(
            f"{owner}: {name} has values from {vector.min()} to "
            f"{vector.max()}, expected finite ones >= 0"
        )
    return vector.astype(w.dtype)


def check_vectors(owner, w, dC_dw):
    """Raise unless both are contiguous float vectors of one length and dtype."""
    for name, vector in (("w", w), ("dC_dw", dC_dw)):
        if not isinstance(vector, np.ndarray):
            raise TypeError(
                f"{owner}: {name} has type {type(vector).__name__}, expected an ndarray"
            )
        if not np.issubdtype(vector.dtype, np.floating):
            raise TypeError(
                f"{owner}: {name} has dtype {vector.dtype}, expected a floating one"
            )
        if vector.ndim != 1:
            raise ValueError(
                f"{owner}: {name} has shape {vector.shape}, expected one axis"
            )
        if not vector.flags.c_contiguous:
            raise ValueError(
                f"{owner}: {name} has strides {vector.strides}, expected contiguous "
                "memory; step would update a copy"
            )
    if dC_dw.shape != w.shape:
        raise ValueError(
            f"{owner}: dC_dw has length {dC_dw.size}, expected {w.size} as in w"
        )
    if dC_dw.dtype != w.dtype:
        raise TypeError(
            f"{owner}: dC_dw has dtype {dC_dw.dtype}, expected {w.dtype} as in w"
        )


def unpack(owner, net_or_pair):
    """Return the net, or None for a bare pair, and the pair ``(w, dC_dw)``."""
    if hasattr(net_or_pair, "flatten_parameters"):
        return net_or_pair, net_or_pair.flatten_parameters()
    if not isinstance(net_or_pair, tuple):
        raise TypeError(
            f"{owner}: net_or_pair has type {type(net_or_pair).__name__}, expected a "
            "net with flatten_parameters() or a tuple (w, dC_dw)"
        )
    if len(net_or_pair) != 2:
        raise ValueError(
            f"{owner}: net_or_pair has length {len(net_or_pair)}, expected 2, "
            "(w, dC_dw)"
        )
    return None, net_or_pair
