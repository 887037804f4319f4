"""EMA: the exponential moving average of the weights."""

from nnmods.optim.averages import Average
from nnmods.optim.checks import check_number


class EMA(Average):
    """Average of the weights that forgets exponentially.

    ::

        average = decay_k * average + (1 - decay_k) * w

    at the k-th `update`, k = 1, 2, ...:

    - None: ``decay_k = decay``; the average starts as the w that it was made with.
    - "bias": ``1 - decay_k = (1 - decay) / (1 - decay^k)``. This is the average from 0
      on over ``1 - decay^k``, as Adam corrects its moments: that of the w taken in
      alone, each ``decay`` times as heavy as the next.
    - "warm-up": ``decay_k = min(decay, k / (9 + k))``. The average starts
      short, and grows longer. [2]_

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    decay : float, default=0.999
        In [0, 1).
    correction : {None, "bias", "warm-up"}, default=None

    Attributes
    ----------
    average : ndarray, shape (n,)
    t : int
        Number of calls of `update`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    .. [1] B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by
           averaging", SIAM J. Control Optim. 30(4), 1992.
    .. [2] TensorFlow, ``tf.train.ExponentialMovingAverage`` with ``num_updates``
           counted from 0.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.zeros(1)
    >>> ema = EMA((w, np.zeros(1)), decay=0.75)
    >>> w[:] = 4
    >>> ema.update()
    >>> with ema.applied():
    ...     print(w)
    [1.]
    >>> w
    array([4.])
    >>> ema
    EMA(1 parameters, decay=0.75)
    """

    def __init__(self, net_or_pair, decay=0.999, correction=None):
        self.decay = check_number("EMA", "decay", decay, below=1)
        if correction not in (None, "bias", "warm-up"):
            raise ValueError(
                f"EMA: correction has value {correction!r}, expected None, 'bias' or "
                "'warm-up'"
            )
        self.correction = correction
        super().__init__(net_or_pair)

    def _share(self):
        if self.correction == "bias":
            return (1 - self.decay) / (1 - self.decay**self.t)
        if self.correction == "warm-up":
            return 1 - min(self.decay, self.t / (9 + self.t))
        return 1 - self.decay

    def __repr__(self):
        correction = f", correction={self.correction!r}" if self.correction else ""
        return f"EMA({self.w.size} parameters, decay={self.decay}{correction})"
