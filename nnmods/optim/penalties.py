"""Penalties on large weights: their gradients, and the soft threshold of L1."""

import numpy as np


def penalised(w, dC_dw, weight_decay, l1, out, scratch):
    """Return ``dC_dw + weight_decay * w + l1 * sign(w)``.

    This is the gradient of ``C + weight_decay/2 |w|_2^2 + l1 |w|_1``; at ``w = 0`` the
    L1 term takes its subgradient 0.

    Parameters
    ----------
    w, dC_dw, out, scratch : ndarray, shape (n,)
        ``w`` and ``dC_dw`` are only read.
    weight_decay : float or ndarray, shape (n,)
    l1 : float

    Returns
    -------
    ndarray, shape (n,)
        ``out``, or ``dC_dw`` itself where both penalties are 0: do not write to it.

    Examples
    --------
    >>> w, dC_dw = np.array([2.0, -3.0]), np.array([1.0, 1.0])
    >>> penalised(w, dC_dw, 0.5, 0.25, np.empty(2), np.empty(2))
    array([ 2.25, -0.75])
    """
    gradient = dC_dw
    if isinstance(weight_decay, np.ndarray) or weight_decay:
        np.multiply(w, weight_decay, out=out)
        gradient = np.add(out, gradient, out=out)
    if l1:
        np.sign(w, out=scratch)
        np.multiply(scratch, l1, out=scratch)
        gradient = np.add(gradient, scratch, out=out)
    return gradient


def soft_threshold(w, threshold, scratch):
    """Replace ``w`` by ``sign(w) * max(|w| - threshold, 0)``, in place.

    The threshold is a number, or a vector like ``w``.

    The minimiser over u of ``(u - w)^2 / 2 + threshold * |u|``: what L1 does to a
    weight when its kink is taken whole instead of by a subgradient.

    Examples
    --------
    >>> w = np.array([1.0, 0.25, -2.0])
    >>> soft_threshold(w, 0.5, np.empty(3))
    >>> w
    array([ 0.5,  0. , -1.5])
    """
    # the same map, w minus its projection on [-threshold, threshold]
    vector = isinstance(threshold, np.ndarray)
    low = np.negative(threshold, out=scratch) if vector else -threshold
    np.clip(w, low, threshold, out=scratch)
    np.subtract(w, scratch, out=w)
