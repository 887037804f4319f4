"""Class labels: checked, weighed, and turned into places of an array."""

import functools

import numpy as np

from nnmods.core import check

_max = np.maximum.reduce  # np.max and np.sum add a microsecond to these
_sum = np.add.reduce
_intp = np.dtype(np.intp)


def as_rows(criterion, y, target):
    """Return views of ``y`` as (N, C) and of ``target`` as (N,), once checked.

    One sample, y of shape (C,), takes its label as an int or as an array of one.
    """
    check(criterion, "y", y, (...,))
    if y.ndim == 1:
        y = y[None]
        if isinstance(target, (int, np.generic)):
            target = np.asarray(target)
        if np.ndim(target) == 0 and isinstance(target, np.ndarray):
            target = target.reshape(1)
    elif y.ndim != 2:
        check(criterion, "y", y, (None, None))
    n_samples, n_classes = y.shape
    check(criterion, "target", target, (n_samples,))
    if n_samples and not n_classes:
        raise ValueError(f"{criterion!r}: y has 0 classes, expected at least 1")
    if target.dtype.kind == "f":
        raise TypeError(
            f"{criterion!r}: target has dtype {target.dtype}, expected integers"
        )
    weights = criterion.weights
    if weights is not None and weights.shape[0] != n_classes:
        raise ValueError(
            f"{criterion!r}: y has {n_classes} classes, "
            f"expected {weights.shape[0]}, one for each weight"
        )
    return y, target


def are_plain(criterion, y, target):
    """Tell at a glance whether there is nothing to check or change."""
    return (
        type(y) is type(target) is np.ndarray
        and y.ndim == 2
        and target.shape == y.shape[:1]
        and y.dtype.kind == "f"
        and target.dtype.kind in "iu"
        and criterion.weights is None
        and y.shape[1] > 0
    )


def without_ones(y, target):
    """Return y and target without axes of length 1, those of N and C apart."""
    if getattr(y, "ndim", 0) > 2:
        while y.ndim > 2 and y.shape[-1] == 1:  # (N, C, 1, 1), even of N = 1 or C = 1
            y = y[..., 0]
        y = y.squeeze() if y.ndim > 2 else y
    if getattr(target, "ndim", 0) > 1 and max(target.shape) == target.size:
        target = target.reshape(-1)
    return y, target


def find(criterion, target, n_classes, class_axis):
    """Find the places of labels in a flat array, and what each of them weighs.

    Parameters
    ----------
    criterion : Criterion
        With ``weights`` and ``ignore_index``.
    target : ndarray of int, shape (N,)
    n_classes : int
    class_axis : {0, 1}
        1 if the flat array is that of (N, C), 0 if it is that of (C, N).

    Returns
    -------
    index : ndarray of intp, shape (N,)
        That of class 0 where the label is to be ignored.
    w : ndarray, shape (N,), or None
        The weights of the rows, 0 where ignored; None if all are 1.
    ignored : ndarray of bool, shape (N,), or None
        Where the label is to be ignored; None if there is no need to look.
    scale : float
        What the sum over rows is multiplied with: 1 / sum(w), 1 without size_average,
        and 0 if nothing is left to divide by.

    Raises
    ------
    ValueError
        If a label is neither of a class nor to be ignored.
    """
    n, work = len(target), criterion.work
    label, ignored = _checked(criterion, target, n_classes)
    index = work("index", (n,), _intp)
    if class_axis == 1:
        np.add(label, _starts(n, n_classes), out=index)
    else:
        np.multiply(label, n, out=index)
        np.add(index, _starts(n, 1), out=index)
    w = None
    if criterion.weights is not None:
        w = work("w", (n,), criterion.weights.dtype)
        criterion.weights.take(label, None, w, "clip")  # "raise" copies w first
    elif ignored is not None:
        w = work("w", (n,), criterion.dtype)
        w.fill(1)
    if ignored is not None:
        np.copyto(w, 0, where=ignored)
    scale = 1.0
    if criterion.size_average:
        total = n if w is None else float(_sum(w))
        scale = 1 / total if total else 0.0
    return index, w, ignored, scale


def total_cost(terms, w, ignored):
    """Return the sum of ``w * terms``, a float; ``terms`` is written to."""
    if ignored is not None:
        np.copyto(terms, 0, where=ignored)  # 0 times an infinite one is no 0
    if w is not None:
        np.multiply(terms, w, out=terms)
    return float(_sum(terms))


def _checked(criterion, target, n_classes):
    """Return the labels as intp, 0 where ignored, and where that is, once checked."""
    n, ignore, label, ignored = len(target), criterion.ignore_index, target, None
    fits = not n or largest(target) < n_classes
    if not fits or 0 <= ignore < n_classes:
        ignored = criterion.work("ignored", (n,), np.bool_)
        np.equal(target, ignore, out=ignored)
    if ignored is not None or target.dtype is not _intp:
        label = criterion.work("label", (n,), _intp)
        np.copyto(label, target, casting="unsafe")
    if ignored is not None:
        np.copyto(label, 0, where=ignored)
    if not fits and _max(label.view(np.uintp)) >= n_classes:
        at = np.flatnonzero((label < 0) | (label >= n_classes))[0]
        raise ValueError(
            f"{criterion!r}: target has label {target[at]} at {at}, "
            f"expected 0 to {n_classes - 1} or {ignore}; labels count from 0"
        )
    return label, ignored


def largest(labels):
    """Return the largest label, or a huge number if one is negative.

    For that is what a negative one is, read as unsigned: one maximum finds both ends.
    """
    return _max(labels.view(_unsigned(labels.dtype)))


@functools.cache
def _unsigned(dtype):
    return np.dtype(f"{dtype.byteorder}u{dtype.itemsize}")


@functools.lru_cache(maxsize=8)
def _starts(n, step):
    """Return 0, step, 2 step, ..., n numbers that are never written to."""
    starts = np.arange(n) * step
    starts.flags.writeable = False
    return starts
