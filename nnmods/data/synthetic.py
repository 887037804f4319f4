"""Synthetic problems in the plane."""

import operator

import numpy as np

from nnmods.core import get_rng
from nnmods.data.dataset import Dataset


def two_moons(n=500, noise=0.1, rng=None):
    """Return two interleaved half circles, a class each.

    ::

        class 0:  x = (cos t, sin t)            t evenly spaced from 0 to pi
        class 1:  x = (1 - cos t, 1/2 - sin t)

    Parameters
    ----------
    n : int, default=500
        Number of points, alternately of class 0 and of class 1.
    noise : float, default=0.1
        Standard deviation of the normal noise that is added to both coordinates.
    rng : int, numpy.random.Generator or None, default=None
        Draws the noise.

    Returns
    -------
    Dataset
        With ``x`` of shape (n, 2), float64.

    Raises
    ------
    ValueError
        If ``n`` or ``noise`` is negative.

    Examples
    --------
    >>> two_moons(3, noise=0).x.round(3)
    array([[ 1. ,  0. ], [ 0. ,  0.5], [-1. ,  0. ]])
    """
    _check(n, noise)
    target, step, length = _deal(n, 2)
    t = np.pi * step / np.maximum(length - 1, 1)  # one point alone stands at t = 0
    sign = 1 - 2 * target
    x = np.stack([target + sign * np.cos(t), target / 2 + sign * np.sin(t)], axis=1)
    x += noise * get_rng(rng).standard_normal(x.shape)
    return Dataset(x, target, ("0", "1"), "two moons")


def spirals(n=500, arms=3, noise=0.1, rng=None):
    """Return the arms of a spiral, a class each.

    ::

        class a:  x = r (cos phi, sin phi),  phi = 2 pi a / arms + 4 r + noise
                  r evenly spaced from 0 (left out) to 1

    Parameters
    ----------
    n : int, default=500
        Number of points, of class 0, 1, ..., arms - 1 in turn.
    arms : int, default=3
        Number of classes.
    noise : float, default=0.1
        Standard deviation, in radians, of the normal noise that is added to the angle.
        It moves points less towards the middle, where the arms are closer.
    rng : int, numpy.random.Generator or None, default=None
        Draws the noise.

    Returns
    -------
    Dataset
        With ``x`` of shape (n, 2), float64.

    Raises
    ------
    ValueError
        If ``n`` or ``noise`` is negative, or ``arms`` less than 1.

    Examples
    --------
    >>> spirals(4, arms=2, rng=0)
    Dataset('spirals': x (4, 2) float64, 2 classes)
    """
    _check(n, noise)
    if operator.index(arms) < 1:
        raise ValueError(f"arms is {arms}, expected 1 or more")
    target, step, length = _deal(n, arms)
    r = (step + 1) / length
    phi = 2 * np.pi * target / arms + 4 * r
    phi += noise * get_rng(rng).standard_normal(n)
    x = np.stack([r * np.cos(phi), r * np.sin(phi)], axis=1)
    return Dataset(x, target, tuple(map(str, range(arms))), "spirals")


def _check(n, noise):
    if operator.index(n) < 0:
        raise ValueError(f"n is {n}, expected 0 or more")
    if not noise >= 0:
        raise ValueError(f"noise is {noise}, expected 0 or more")


def _deal(n, classes):
    """Return each point's class, its place in the class, and the size of the class."""
    step, target = np.divmod(np.arange(n, dtype=np.int64), classes)
    return target, step, (n - target + classes - 1) // classes
