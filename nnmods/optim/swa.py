"""SWA: the mean of the weights over the end of a training."""

from nnmods.optim.averages import Average
from nnmods.optim.checks import check_count


class SWA(Average):
    """Stochastic weight averaging: the mean of w after every so many steps.

    ::

        average = mean of w at the updates  start + every, start + 2 * every, ...

    counted from 1. The rate is to stay high meanwhile, constant or cyclic: what is
    averaged should differ.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net with ``flatten_parameters()``, or its result ``(w, dC_dw)``.
    start : int, default=0
        Number of updates that are passed over first.
    every : int, default=1

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
    .. [1] P. Izmailov et al., "Averaging weights leads to wider optima and better
           generalization", UAI 2018.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.zeros(1)
    >>> swa = SWA((w, np.zeros(1)), start=1)
    >>> for value in (10.0, 1.0, 2.0):
    ...     w[:] = value
    ...     swa.update()
    >>> swa.copy_to_net()
    >>> w
    array([1.5])
    >>> swa
    SWA(1 parameters, start=1, every=1)
    """

    def __init__(self, net_or_pair, start=0, every=1):
        self.start = check_count("SWA", "start", start, least=0)
        self.every = check_count("SWA", "every", every)
        super().__init__(net_or_pair)

    def _share(self):
        count, rest = divmod(self.t - self.start, self.every)
        return 1 / count if count > 0 and not rest else 0

    def _has_any(self):
        return self.t >= self.start + self.every

    def __repr__(self):
        return f"SWA({self.w.size} parameters, start={self.start}, every={self.every})"
