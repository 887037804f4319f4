"""Sequences of labels, of different lengths: checked, and side by side."""

import numpy as np

from nnmods.core import check
from nnmods.core.tables import check_table
from nnmods.criterions.labels import as_labels, place


def label_sequences(criterion, target, shape, blank):
    """Return what a table [labels, times, numbers] says, once checked.

    Parameters
    ----------
    criterion : Criterion
    target : table
        Labels (N, S), padded with anything, or of one sequence after the other; the
        length of each sequence in time, and its number of labels.
    shape : tuple of int
        (T, N, C), that of y.
    blank : int
        The class that is no label.

    Returns
    -------
    labels : ndarray of int, shape (N, S)
        Padded with ``blank``.
    n_times, n_labels : ndarray of int, shape (N,)

    Raises
    ------
    TypeError
        If ``target`` is not a table, or an entry no array of real numbers.
    ValueError
        If a shape, a length or a label does not fit.
    """
    check_table(criterion, "target", target, 3)
    most_times, n_samples, n_classes = shape
    n_times = _lengths(criterion, "target[1]", target[1], n_samples, most_times)
    labels, n_labels = target[0], target[2]
    check(criterion, "target[0]", labels, (...,))
    one_row = labels.ndim == 1
    most = labels.size if one_row else labels.shape[-1]
    n_labels = _lengths(criterion, "target[2]", n_labels, n_samples, most)
    if one_row and n_samples == 1:
        labels, one_row = labels[None], False
    labels_shape = (int(n_labels.sum()),) if one_row else (n_samples, most)
    labels = as_labels(criterion, labels, labels_shape, "target[0]")
    if one_row:
        most = int(n_labels.max(initial=0))
    used = np.arange(most) < n_labels[:, None]
    padded = criterion.work("padded", used.shape, np.intp)
    padded.fill(blank)
    if one_row:
        padded[used] = labels
    else:
        np.copyto(padded, labels, where=used, casting="unsafe")
    wrong = used & ((padded < 0) | (padded >= n_classes) | (padded == blank))
    if wrong.any():
        at = place(wrong)
        raise ValueError(
            f"{criterion!r}: target[0] has label {padded[at]} in sequence {at[0]}, "
            f"expected 0 to {n_classes - 1} without {blank}, the blank; "
            "labels count from 0"
        )
    return padded, n_times, n_labels


def _lengths(criterion, argument, lengths, n_samples, most):
    """Return lengths of sequences as integers, shape (N,), none above ``most``."""
    if isinstance(lengths, (list, tuple)):
        lengths = np.asarray(lengths)
    lengths = as_labels(criterion, lengths, (n_samples,), argument)
    lengths = lengths.astype(np.intp, copy=False)
    wrong = (lengths < 0) | (lengths > most)
    if wrong.any():
        at = place(wrong)
        raise ValueError(
            f"{criterion!r}: {argument} has length {lengths[at]} at {at}, "
            f"expected 0 to {most}"
        )
    return lengths
