"""Class labels: checked, counted from 0, and as integers."""

import functools

import numpy as np

from nnmods.core import check

_intp = np.dtype(np.intp)


def as_rows(criterion, y, target):
    """Return views of ``y`` as (N, C) and of ``target`` as (N,), once checked.

    One sample, y of shape (C,), takes its label as a number or as an array of one.
    """
    check(criterion, "y", y, (...,))
    if y.ndim == 1:
        y = y[None]
    elif y.ndim != 2:
        check(criterion, "y", y, (None, None))
    n_samples, n_classes = y.shape
    target = as_labels(criterion, target, (n_samples,))
    if n_samples and not n_classes:
        raise ValueError(f"{criterion!r}: y has 0 classes, expected at least 1")
    return y, target


def without_ones(y, target):
    """Return y and target without axes of length 1, those of N and C apart."""
    if getattr(y, "ndim", 0) > 1 and max(y.shape) == y.size and _is_one(target):
        return y.reshape(1, -1), np.reshape(target, -1)
    if getattr(y, "ndim", 0) > 2:
        while y.ndim > 2 and y.shape[-1] == 1:  # (N, C, 1, 1), even of N = 1 or C = 1
            y = y[..., 0]
        y = y.squeeze() if y.ndim > 2 else y
    if getattr(target, "ndim", 0) > 1 and max(target.shape) == target.size:
        target = target.reshape(-1)
    return y, target


def _is_one(target):
    """Tell whether ``target`` is a number or an array of one."""
    return isinstance(target, (int, float, np.generic)) or (
        isinstance(target, np.ndarray) and target.size == 1
    )


def as_labels(criterion, target, shape, argument="target"):
    """Return ``target`` as an array of integers of ``shape``, not yet as labels.

    A number will do where there is one label. Floating-point labels, as Torch7 has
    them, are copied to scratch memory.

    Raises
    ------
    TypeError
        If it is not an array of real numbers.
    ValueError
        If its shape is another one, or a number is not whole.
    """
    if isinstance(target, (int, float, np.generic)):
        target = np.asarray(target)
    if isinstance(target, np.ndarray) and target.ndim == 0 and len(shape) == 1:
        target = target.reshape(1)
    check(criterion, argument, target, shape)
    if target.dtype.kind != "f":
        return target
    whole = criterion.work(f"whole {argument}", shape, _intp)
    same = criterion.work("same", shape, np.bool_)
    with np.errstate(invalid="ignore"):  # NaN and 1e30 become some number, not the same
        np.copyto(whole, target, casting="unsafe")
    np.equal(whole, target, out=same)
    if not np.logical_and.reduce(same, axis=None):
        at = place(~same)
        raise ValueError(
            f"{criterion!r}: {argument} has label {target[at]:g} at {at}, "
            "expected whole numbers"
        )
    return whole


def class_labels(criterion, target, n_classes, ignore=None):
    """Return ``target`` as labels that index classes, and where it is to be ignored.

    Parameters
    ----------
    criterion : Criterion
    target : ndarray of int
    n_classes : int
    ignore : int, default=None
        A label to leave out; None for none.

    Returns
    -------
    label : ndarray of intp
        From 0 to ``n_classes - 1``; 0 where ignored.
    ignored : ndarray of bool, or None
        None if there is no need to look.

    Raises
    ------
    ValueError
        If a label is neither of a class nor to be ignored.
    """
    shape, label, ignored = target.shape, target, None
    fits = not target.size or largest(target) < n_classes
    if ignore is not None and (not fits or 0 <= ignore < n_classes):
        ignored = criterion.work("ignored", shape, np.bool_)
        np.equal(target, ignore, out=ignored)
    if ignored is not None or target.dtype is not _intp:
        label = criterion.work("label", shape, _intp)
        np.copyto(label, target, casting="unsafe")
    if ignored is not None:
        np.copyto(label, 0, where=ignored)
    if not fits and largest(label) >= n_classes:
        at = place((label < 0) | (label >= n_classes))
        wanted = "" if ignore is None else f" or {ignore}"
        raise ValueError(
            f"{criterion!r}: target has label {target[at]} at {at}, "
            f"expected 0 to {n_classes - 1}{wanted}; labels count from 0"
        )
    return label, ignored


def place(wrong):
    """Return the index of the first True: a number, or a tuple of several axes."""
    at = np.argwhere(wrong)[0].tolist()
    return tuple(at) if len(at) > 1 else at[0]


def largest(labels):
    """Return the largest label, or a huge number if one is negative.

    For that is what a negative one is, read as unsigned: one search finds both ends.
    """
    unsigned = labels.view(_unsigned(labels.dtype))
    return unsigned.item(unsigned.argmax())  # a quarter of the time of a reduction


@functools.cache
def _unsigned(dtype):
    return np.dtype(f"{dtype.byteorder}u{dtype.itemsize}")
