"""Clipping of gradients, by value or by norm, in place."""

import math

import numpy as np

from nnmods.kernels.threads import LEAST_BYTES, in_lanes, lanes_for, share
from nnmods.optim.checks import check_number
from nnmods.optim.norms import norm


def clip_value(net_or_vector, limit):
    """Move each entry of a gradient into ``[-limit, limit]``; nan stays.

    Parameters
    ----------
    net_or_vector : object or ndarray
        A net, whose flat ``dC_dw`` is meant, or such a vector itself.
    limit : float
        At least 0; infinite ones change nothing.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> dC_dw = np.array([0.5, -3.0, 2.0])
    >>> clip_value(dC_dw, 1.0)
    >>> dC_dw
    array([ 0.5, -1. ,  1. ])
    """
    v = _gradient("clip_value", net_or_vector)
    if _bound("clip_value", "limit", limit) < math.inf:
        limit = min(limit, float(np.finfo(v.dtype).max))
        _in_pieces(v, lambda piece: np.clip(piece, -limit, limit, out=piece))


def clip_norm(net_or_vector, max_norm, p=2.0):
    """Scale a gradient down to a norm of ``max_norm``, if its own is larger.

    ::

        dC_dw = dC_dw * min(1, max_norm / |dC_dw|_p)

    A gradient with a norm of inf or nan is left as it is: whoever called can see it.
    PyTorch's ``clip_grad_norm_`` is the same, but for 1e-6 that it adds to the norm.

    Parameters
    ----------
    net_or_vector : object or ndarray
        A net, whose flat ``dC_dw`` is meant, or such a vector itself.
    max_norm : float
        At least 0; an infinite one measures the norm only.
    p : float, default=2.0
        Above 0; the largest entry counts if it is infinite.

    Returns
    -------
    float
        The norm before.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> dC_dw = np.array([6.0, 8.0])
    >>> clip_norm(dC_dw, 5.0), clip_norm(dC_dw, 50.0)
    (10.0, 5.0)
    >>> dC_dw
    array([3., 4.])
    """
    v = _gradient("clip_norm", net_or_vector)
    _bound("clip_norm", "max_norm", max_norm)
    if _bound("clip_norm", "p", p) == 0:
        raise ValueError("clip_norm: p has value 0, expected a number > 0")
    size = norm(v, p)
    if max_norm < size < math.inf:
        factor = max_norm / size
        if 0 < factor < float(np.finfo(v.dtype).tiny):  # which v's numbers cannot hold
            _in_pieces(v, lambda piece: np.multiply(piece, 2.0**-100, piece))
            factor *= 2.0**100
        _in_pieces(v, lambda piece: np.multiply(piece, factor, piece))
    return size


def _gradient(owner, net_or_vector):
    """Return the flat vector that is meant."""
    v = net_or_vector
    if hasattr(v, "flatten_parameters"):
        return v.flatten_parameters()[1]
    if not isinstance(v, np.ndarray):
        raise TypeError(
            f"{owner}: net_or_vector has type {type(v).__name__}, expected a net with "
            "flatten_parameters() or an ndarray"
        )
    if not np.issubdtype(v.dtype, np.floating):
        raise TypeError(
            f"{owner}: net_or_vector has dtype {v.dtype}, expected a floating one"
        )
    if v.ndim != 1 or not v.flags.c_contiguous:
        raise ValueError(
            f"{owner}: net_or_vector has shape {v.shape} and strides {v.strides}, "
            "expected one axis and contiguous memory"
        )
    return v


def _bound(owner, name, value):
    """Return a number from 0 to infinity."""
    is_infinite = isinstance(value, float) and value == math.inf
    return value if is_infinite else check_number(owner, name, value)


def _in_pieces(v, task):
    """Call ``task`` on the whole of v, or on a share of it in each thread."""
    if v.nbytes < LEAST_BYTES:
        task(v)
        return
    lanes = lanes_for(2 * v.nbytes)
    in_lanes(lambda lane: task(v[share(v.size, lanes, lane)]), lanes)
