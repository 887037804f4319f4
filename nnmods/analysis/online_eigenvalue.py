"""OnlineEigenvalue: the largest curvature of a cost, while a net learns."""

import math

import numpy as np

from nnmods.analysis.differences import Gradients, check_cost
from nnmods.core import get_rng


class OnlineEigenvalue:
    """The largest eigenvalue of the Hessian of a whole data set, by its minibatches.

    ::

        Psi <- (1 - gamma) Psi + gamma H Psi / |Psi|,          rate = 1 / |Psi|
        H v  = (dC_dw(w + h v) - dC_dw(w - h v)) / (2 h)       of one minibatch
        |Psi| -> lambda_max

    This is a power iteration with a running average in the place of the whole Hessian.
    Two gradients an update, so that it may go along with the training, or come before
    it; a hundred or so updates give a rate [1]_. In float64, on copies.

    The eigenvalue is the largest positive one. Where there is none, Psi turns round
    again and again, and its length says nothing.

    Parameters
    ----------
    net : Module
    criterion : Criterion
    gamma : float, default=0.03
        Of the average: small values are accurate, large ones fast.
    rng : int, numpy.random.Generator or None, default=0
        Draws the first Psi.

    Attributes
    ----------
    vector : ndarray or None
        Psi; None before an update.
    value : float
        |Psi|; 0 before an update, and while all gradients were flat.
    rate : float
        1 / |Psi|, the rate that is best along that eigenvector.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``criterion`` no Criterion.
    ValueError
        If ``gamma`` is out of its range, or ``net`` has no parameters.

    References
    ----------
    .. [1] Y. LeCun, P. Simard, B. Pearlmutter, "Automatic learning rate maximization by
           on-line estimation of the Hessian's eigenvectors", NIPS 1992.

    Examples
    --------
    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> online = OnlineEigenvalue(net, mse, gamma=0.1)
    >>> x, target = np.array([[3.0, 0.0], [0.0, 1.0]]), np.ones((2, 1))
    >>> for _ in range(100):
    ...     value = online.update(x, target)
    >>> f"{value:.3f} {online.rate:.3f}"
    '9.000 0.111'
    """

    def __init__(self, net, criterion, *, gamma=0.03, rng=0):
        check_cost("OnlineEigenvalue", net, criterion)
        if not 0 < gamma <= 1:
            raise ValueError(
                f"OnlineEigenvalue: gamma has value {gamma}, expected more than 0, at "
                "most 1"
            )
        self.net, self.criterion, self.gamma = net, criterion, gamma
        self.vector, self._rng = None, get_rng(rng)

    @property
    def value(self):
        return 0.0 if self.vector is None else float(np.linalg.norm(self.vector))

    @property
    def rate(self):
        return math.inf if self.value == 0 else 1 / self.value

    def update(self, x, target):
        """Take a minibatch, by the net as it is now, and return the value."""
        gradients = Gradients("OnlineEigenvalue", self.net, self.criterion, x, target)
        if self.value == 0:  # at first, or after nothing but flat gradients
            v = self._rng.standard_normal(gradients.w.size)
            v /= np.linalg.norm(v)
            change = gradients.product(v)
            Psi = np.linalg.norm(change) * v  # of about the size it will have
        else:
            Psi = self.vector
            change = gradients.product(Psi / self.value)
        self.vector = (1 - self.gamma) * Psi + self.gamma * change
        return self.value
