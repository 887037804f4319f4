"""The trust ratio: how far a parameter may go, by its own length."""

import math

from nnmods.optim.norms import norm


def trust_ratio(w, d, trust=1.0, decay=0.0):
    """Return ``trust * |w| / (|d| + decay * |w|)``, or 1 if a norm is 0, inf or nan.

    Examples
    --------
    >>> import numpy as np
    >>> trust_ratio(np.array([3.0, 4.0]), np.array([0.0, 2.0]), decay=0.1)
    2.0
    """
    length, step = norm(w), norm(d)
    if not 0 < length < math.inf or not 0 < step < math.inf:
        return 1.0
    return trust * length / (step + decay * length)
