"""Prediction: what a network makes of samples, a batch at a time."""

import numpy as np

from nnmods.core.leaves import leaves
from nnmods.core.tables import map_table
from nnmods.training.evaluation import evaluating


def predict(net, x, batch_size=256):
    """Return the network's results for samples, in evaluation mode.

    Parameters
    ----------
    net : Module
        The modes it came with are restored.
    x : ndarray or table of ndarrays, each (N, ...)
    batch_size : int, default=256
        Samples per call of ``net.forward``: it bounds the memory.

    Returns
    -------
    ndarray or table of ndarrays, each (N, ...)
        The caller's own.

    Raises
    ------
    ValueError
        If there are no samples, or ``batch_size`` is below 1.

    Examples
    --------
    >>> from nnmods.activations import ReLU
    >>> predict(ReLU(), np.array([[-1.0], [2.0], [3.0]]), batch_size=2)
    array([[0.],
           [2.],
           [3.]])
    """
    first = next(leaves(x), ())
    n = len(first) if np.ndim(first) else 0
    if n == 0:
        raise ValueError("predict: x has 0 samples, expected at least one")
    if batch_size < 1:
        raise ValueError(
            f"predict: batch_size has value {batch_size}, expected at least 1"
        )
    whole = None
    with evaluating(net):
        for start in range(0, n, batch_size):
            part = slice(start, start + batch_size)
            y = net.forward(map_table(lambda array, part=part: array[part], x))
            if whole is None:
                whole = map_table(lambda a: np.empty((n, *a.shape[1:]), a.dtype), y)
            map_table(lambda a, out, part=part: np.copyto(out[part], a), y, whole)
    return whole
