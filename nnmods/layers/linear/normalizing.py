"""Values divided by the largest of their key, as `IndexLinear` keeps it."""

import numpy as np


def normalized(weight, keys, values, train):
    """Return values divided by the largest size of their key, plus a bias of the key.

    With them come their derivatives by the values, for what the largest sizes are.

    Parameters
    ----------
    weight : ndarray, shape (K, 4 or more)
        Columns 0 to 3: the largest size of each key so far, its inverse, 1 where a key
        was met in training, and the bias.
    keys : ndarray of intp, shape (n,)
    values : ndarray, shape (n,)
    train : bool
        Whether larger sizes change columns 0 to 2, pair after pair.

    Examples
    --------
    >>> weight = np.zeros((1, 4))
    >>> normalized(weight, np.array([0, 0]), np.array([2.0, -4.0]), True)
    (array([ 1., -1.]), array([0.5 , 0.25]))
    >>> normalized(weight, np.array([0, 0]), np.array([2.0, -8.0]), False)
    (array([ 0.5, -1. ]), array([0.25, 0.  ]))
    """
    size = np.fmax(np.abs(values), 0)  # NaN is not larger than any
    most, inverse, bias = weight[keys, 0], weight[keys, 1], weight[keys, 3]
    if train:
        running = np.maximum(most, running_max(keys, size))
        grown = running > most
        np.divide(1, running, out=inverse, where=grown)
        np.maximum.at(weight[:, 0], keys, size)
        changed = keys[grown]
        weight[changed, 1] = 1 / weight[changed, 0]
        weight[keys, 2] = 1
        most = running
    larger = size > most
    inverse[larger] = 0
    return np.where(larger, np.sign(values), values * inverse) + bias, inverse


def running_max(keys, size):
    """Return for each pair the largest size of its key, up to and with that pair.

    Examples
    --------
    >>> running_max(np.array([7, 3, 7, 7]), np.array([2.0, 9.0, 1.0, 5.0]))
    array([2., 9., 2., 5.])
    """
    n = len(keys)
    order = np.argsort(keys, kind="stable")
    rank = np.empty(n, np.intp)
    by_size = np.argsort(size)
    rank[by_size] = np.arange(n)
    # Ranks, lifted by n for each further key, in one sweep.
    lift = n * np.cumsum(np.diff(keys[order], prepend=keys[order[:1]]) != 0)
    largest = np.maximum.accumulate(rank[order] + lift) - lift
    running = np.empty_like(size)
    running[order] = size[by_size[largest]]
    return running
