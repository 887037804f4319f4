"""Label smoothing: a share of each label goes to all classes alike."""

import numpy as np

from nnmods.criterions.picking import total_cost


def mean_scores(parts, weights, work):
    """Return the mean over classes of ``w * (y - max(y))``, for each row of y.

    To be called between `shift` and `exp`, while that lies in ``parts.e``.
    """
    e, axis = parts.e, parts.class_axis
    mean = work("mean score", parts.loss.shape, e.dtype)
    if weights is None:
        np.add.reduce(e, axis, None, mean)
    else:
        w = weights.astype(e.dtype, copy=False)
        with np.errstate(invalid="ignore"):  # a score of -inf, weighed with 0
            np.matmul(*((e, w) if axis else (w, e)), out=mean)
    return np.divide(mean, parts.shape[1], out=mean)


def even_cost(log_total, mean_score, weights, ignored, work):
    """Return the sum over rows of the means over classes of ``-w * log(p)``.

    For log(p) is y - max(y) - log(total).
    """
    terms = work("even cost", log_total.shape, log_total.dtype)
    np.multiply(log_total, mean_weight(weights), out=terms)
    np.subtract(terms, mean_score, out=terms)
    return total_cost(terms, None, ignored)


def even_shares(share, parts, ignored, work):
    """Return what goes to all classes alike, a number or one for each row."""
    if ignored is None:
        return share
    even = work("even", ignored.shape, parts.e.dtype)
    even.fill(share)
    np.copyto(even, 0, where=ignored)
    return even


def whole(share, even, weights, work):
    """Return ``share + even * mean(w)``, all that p is multiplied with."""
    mean = mean_weight(weights)
    if np.ndim(share) == 0:
        return share + even * mean
    out = work("whole", share.shape, share.dtype)
    np.multiply(even, mean, out=out)
    return np.add(share, out, out=out)


def take_evenly(parts, even, weights, work):
    """Subtract ``even * w / number of classes`` from ``parts.p``."""
    p, axis, n_classes = parts.p, parts.class_axis, parts.shape[1]
    if np.ndim(even):
        even = np.expand_dims(even, axis)
    if weights is None:
        w = 1 / n_classes
    else:
        w = np.expand_dims(weights, 1 - axis) / n_classes
    terms = work("even terms", p.shape, p.dtype)
    np.multiply(even, w, out=terms)
    np.subtract(p, terms, out=p)


def mean_weight(weights):
    """Return the mean of class weights, 1 for None."""
    return 1.0 if weights is None else float(np.add.reduce(weights)) / len(weights)
