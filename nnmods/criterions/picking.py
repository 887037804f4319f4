"""Picking the entries of an array that labels name, and weighing them."""

import functools

import numpy as np

from nnmods.criterions.labels import class_labels

_sum = np.add.reduce  # np.sum adds a microsecond to this
_intp = np.dtype(np.intp)


def flat_view(y):
    """Return a vector that is a view of ``y``, and the steps in it along its axes.

    Any order of the axes in memory will do; where there are gaps between entries, the
    vector is None.

    Examples
    --------
    >>> flat, steps = flat_view(np.arange(6).reshape(2, 3).T)
    >>> flat, steps
    (array([0, 1, 2, 3, 4, 5]), (1, 3))
    """
    steps = tuple(stride // y.itemsize for stride in y.strides)
    if not y.flags.c_contiguous:
        order = sorted(range(y.ndim), key=y.strides.__getitem__, reverse=True)
        y = y.transpose(order)
    return y.reshape(-1) if y.flags.c_contiguous else None, steps


def places(criterion, label, step, steps):
    """Return where labels lie in a vector, in scratch memory shaped like ``label``.

    Parameters
    ----------
    criterion : Criterion
    label : ndarray of intp
    step : int
        From a class to the next.
    steps : tuple of int
        From an entry to the next along each axis of ``label``.
    """
    index = criterion.work("index", label.shape, _intp)
    np.multiply(label, step, out=index)
    for axis, (n, along) in enumerate(zip(label.shape, steps, strict=True)):
        start = starts_of(n, along).reshape(-1, *[1] * (label.ndim - axis - 1))
        np.add(index, start, out=index)
    return index


def find(criterion, target, n_classes, step, steps):
    """Find the places of labels in a vector, and what each of them weighs.

    Parameters
    ----------
    criterion : Criterion
        With ``weights``, ``size_average`` and ``ignore_index``.
    target : ndarray of int
    n_classes : int
    step, steps
        As `places` takes them.

    Returns
    -------
    index : ndarray of intp, shaped like ``target``
        That of class 0 where the label is to be ignored.
    w : ndarray, shaped like ``target``, or None
        The weights, 0 where ignored; None if all are 1.
    ignored : ndarray of bool, shaped like ``target``, or None
        Where the label is to be ignored; None if there is no need to look.
    scale : float
        What the sum over labels is multiplied with: 1 / sum(w), 1 without size_average,
        and 0 if nothing is left to divide by.

    Raises
    ------
    ValueError
        If a label is neither of a class nor to be ignored.
    """
    work, shape = criterion.work, target.shape
    label, ignored = class_labels(criterion, target, n_classes, criterion.ignore_index)
    index = places(criterion, label, step, steps)
    w = None
    if criterion.weights is not None:
        w = weights_of(criterion, label)
    elif ignored is not None:
        w = work("w", shape, criterion.dtype)
        w.fill(1)
    if ignored is not None:
        np.copyto(w, 0, where=ignored)
    scale = 1.0
    if criterion.size_average:
        total = target.size if w is None else float(_sum(w, None))
        scale = 1 / total if total else 0.0
    return index, w, ignored, scale


def weights_of(criterion, label):
    """Return the weight of each label, in scratch memory."""
    w = criterion.work("w", label.shape, criterion.weights.dtype)
    return criterion.weights.take(label, None, w, "clip")  # "raise" copies w first


def total_cost(terms, w, ignored):
    """Return the sum of ``w * terms``, a float; ``terms`` is written to."""
    if ignored is not None:
        np.copyto(terms, 0, where=ignored)  # 0 times an infinite one is no 0
    if w is not None:
        np.multiply(terms, w, out=terms)
    return float(_sum(terms, None))


@functools.lru_cache(maxsize=16)
def starts_of(n, step):
    """Return 0, step, 2 step, ..., n numbers that are never written to."""
    starts = np.arange(n) * step
    starts.flags.writeable = False
    return starts
