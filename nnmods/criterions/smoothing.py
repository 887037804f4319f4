"""Label smoothing: a share of each label goes to all classes alike."""

import numpy as np


def mean_scores(scores, weights, out):
    """Write the mean over classes of ``w * scores`` to ``out``, for each row."""
    n_classes = scores.shape[1]
    if weights is None:
        np.add.reduce(scores, 1, None, out)
    else:
        w = weights.astype(scores.dtype, copy=False)
        with np.errstate(invalid="ignore"):  # a score of -inf, weighed with 0
            np.matmul(scores, w, out=out)
    np.divide(out, n_classes, out=out)


def even_shares(share, like, ignored, work):
    """Return what goes to all classes alike, a number for each row as in ``like``."""
    even = work("even", like.shape, like.dtype)
    even.fill(share)
    if ignored is not None:
        np.copyto(even, 0, where=ignored)
    return even


def take_evenly(block, even, weights, out):
    """Subtract ``even * w / number of classes`` from the rows of ``out``."""
    np.divide(even, out.shape[1], block.factor)
    terms = block.spread(block.factor)
    if weights is not None:
        np.multiply(terms, weights, terms)
    np.subtract(out, terms, out)


def mean_weight(weights):
    """Return the mean of class weights, 1 for None."""
    return 1.0 if weights is None else float(np.add.reduce(weights)) / len(weights)
