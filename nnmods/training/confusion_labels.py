"""Labels: what a confusion matrix is given, brought to two vectors of classes."""

import numpy as np


def as_labels(owner, target, predicted, n, ignore_index):
    """Return the true and the predicted class of every counted sample.

    Parameters
    ----------
    owner : object
        Named in errors.
    target, predicted : array_like
        As in `ConfusionMatrix.add`.
    n : int
        How many classes there are.
    ignore_index : int
        The label of samples that are left out.

    Returns
    -------
    target, predicted : ndarray of intp, shape (samples,)

    Raises
    ------
    TypeError
        If classes are not integers.
    ValueError
        If shapes do not fit, or a class is out of range.
    """
    target, predicted = np.asarray(target), np.asarray(predicted)
    if predicted.dtype.kind == "f" and predicted.ndim > 1:
        if target.shape == predicted.shape:  # scores on both sides, or one-hot rows
            target = _best(owner, "target", target, (len(target), *target.shape[2:]), n)
    if predicted.ndim == target.ndim + 1:
        predicted = _best(owner, "predicted", predicted, target.shape, n)
    if predicted.shape != target.shape:
        raise ValueError(
            f"{owner!r}: predicted has shape {predicted.shape}, expected "
            f"{target.shape} as target, or a score for each class"
        )
    for name, labels in (("target", target), ("predicted", predicted)):
        if labels.size and labels.dtype.kind not in "iu":
            raise TypeError(
                f"{owner!r}: {name} has dtype {labels.dtype}, expected integers"
            )
    counted = target != ignore_index
    return (
        _in_range(owner, "target", target[counted], n),
        _in_range(owner, "predicted", predicted[counted], n),
    )


def _best(owner, name, scores, shape, n):
    """Return the first class of the largest score, of every sample."""
    if shape and scores.shape == (shape[0], n, *shape[1:]):
        return scores.argmax(axis=1)
    if scores.shape == (n, *shape):
        return scores.argmax(axis=0)
    wanted = (*shape[:1], n, *shape[1:])
    raise ValueError(
        f"{owner!r}: {name} has shape {scores.shape}, expected {wanted}, scores of "
        f"{n} classes"
    )


def _in_range(owner, name, labels, n):
    if labels.size and not (labels.min() >= 0 and labels.max() < n):
        raise ValueError(
            f"{owner!r}: {name} has classes {labels.min()} to {labels.max()}, "
            f"expected 0 to {n - 1}"
        )
    return labels.astype(np.intp)
