"""Targets: weights of classes, and labels as rows of numbers."""

import operator

import numpy as np

from nnmods.core.dtypes import float_dtype
from nnmods.data.dataset import check_labels


def class_weights(target, n_classes=None, dtype=None):
    """Return a weight per class under which all classes count alike.

    ::

        weight_k = N / (C n_k)      n_k of the N labels are k; C classes occur

    so that the weights of the N samples sum to N. A class that does not occur has
    weight 0. They are what `ClassNLLCriterion` and `CrossEntropyCriterion` take.

    Parameters
    ----------
    target : ndarray of int, shape (N,)
        Labels from 0 on.
    n_classes : int, default=None
        Length of the result; None stands for the largest label and one more.
    dtype : numpy dtype, default=None
        Of the result; None takes `nnmods.get_default_dtype()`.

    Returns
    -------
    ndarray, shape (n_classes,)

    Raises
    ------
    TypeError
        If ``target`` is no array of integers.
    ValueError
        If it is not (N,), is empty, or has a label out of range.

    Examples
    --------
    >>> class_weights(np.array([0, 0, 0, 2]), 4)  # C = 2
    array([0.66666667, 0.        , 2.        , 0.        ])
    """
    n_classes = _check("class_weights", target, n_classes)
    if not target.size:
        raise ValueError("class_weights: target has 0 labels, expected 1 or more")
    counts = np.bincount(target.astype(np.intp), minlength=n_classes)
    occur = np.count_nonzero(counts)
    weights = np.zeros(n_classes)
    np.divide(len(target), occur * counts, out=weights, where=counts > 0)
    return weights.astype(float_dtype(dtype))


def plus_minus_one(target, n_classes, value=1.0, dtype=None):
    """Return labels as rows that are ``value`` at the label, and ``-value`` elsewhere.

    Targets at +-1, where the scaled tanh 1.7159 tanh(2x/3) bends most, and not at the
    asymptotes, which finite weights never reach [1]_.

    Parameters
    ----------
    target : ndarray of int, shape (N,)
        Labels from 0 to n_classes - 1.
    n_classes : int
    value : float, default=1.0
    dtype : numpy dtype, default=None
        Of the result; None takes `nnmods.get_default_dtype()`.

    Returns
    -------
    ndarray, shape (N, n_classes)

    Raises
    ------
    TypeError
        If ``target`` is no array of integers.
    ValueError
        If it is not (N,), or has a label out of range.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998,
           section 4.5.

    Examples
    --------
    >>> plus_minus_one(np.array([0, 2]), 3)
    array([[ 1., -1., -1.], [-1., -1.,  1.]])
    """
    n_classes = _check("plus_minus_one", target, operator.index(n_classes))
    rows = np.full((len(target), n_classes), -value, float_dtype(dtype))
    rows[np.arange(len(target)), target] = value
    return rows


def _check(owner, target, n_classes):
    """Return the number of classes, once the labels are known to be of them."""
    if not isinstance(target, np.ndarray) or target.dtype.kind not in "iu":
        got = getattr(target, "dtype", type(target).__name__)
        raise TypeError(f"{owner}: target has type {got}, expected integer labels")
    if target.ndim != 1:
        raise ValueError(f"{owner}: target has shape {target.shape}, expected (N,)")
    if n_classes is None:
        n_classes = int(target.max()) + 1 if target.size else 0
    check_labels(owner, target, operator.index(n_classes))
    return n_classes
