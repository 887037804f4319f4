"""Eigenvalues: the largest of a symmetric operator, at once or while a net learns."""

import math
import warnings
from typing import NamedTuple

import numpy as np

from nnmods.analysis.differences import Gradients
from nnmods.core import get_rng


class Eigenvalue(NamedTuple):
    """The eigenvalue of largest magnitude, and its vector of length 1."""

    value: float
    vector: np.ndarray


def largest_eigenvalue(operator, *, accuracy=1e-4, most=300, rng=0):
    """Return the eigenvalue of largest magnitude by power iteration.

    ::

        v <- A v / |A v|            |A v| grows to |lambda_max|

    It takes one product an iteration and two vectors; `scipy.sparse.linalg.eigsh`
    finds several eigenvalues, in fewer products where they lie close together.

    Parameters
    ----------
    operator : scipy.sparse.linalg.LinearOperator or ndarray
        Symmetric, such as a `hessian_operator` or a `ggn_operator`.
    accuracy : float, default=1e-4
        Stop when |A v| grows by less than this share of itself in an iteration.
    most : int, default=300
        Number of iterations after which to stop in any case.
    rng : int, numpy.random.Generator or None, default=0
        Draws the first v.

    Returns
    -------
    Eigenvalue
        ``(value, vector)``; both nan where products are not finite.

    Warns
    -----
    RuntimeWarning
        If |A v| still grows after ``most`` iterations.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 8.2.

    Examples
    --------
    >>> found = largest_eigenvalue(np.diag([1.0, -3.0, 2.0]), accuracy=1e-9)
    >>> f"{found.value:.6f}", np.abs(found.vector).round(3)
    ('-3.000000', array([0., 1., 0.]))
    """
    v = get_rng(rng).standard_normal(operator.shape[1])
    v /= np.linalg.norm(v)
    size, sign = 0.0, 1.0
    for _ in range(most):
        Av = operator @ v
        before, size = size, float(np.linalg.norm(Av))
        sign = math.copysign(1, v @ Av)
        if not abs(size - before) > accuracy * size:  # nor does a nan go on
            break
        v = Av / size
    else:
        warnings.warn(
            f"largest_eigenvalue: |A v| still grows after {most} iterations, by "
            f"{(size - before) / size:.1e} in the last; the value may be too small",
            RuntimeWarning,
            stacklevel=2,
        )
    return Eigenvalue(sign * size, v)


class OnlineEigenvalue:
    """The largest eigenvalue of the Hessian of a whole data set, by its minibatches.

    ::

        Psi <- (1 - gamma) Psi + gamma (dC_dw(w + alpha Psi / |Psi|) - dC_dw(w)) / alpha
        |Psi| -> lambda_max,        rate = 1 / |Psi|

    with dC_dw of one minibatch each time: a power iteration with a running average in
    the place of the whole Hessian. Two gradients an update, so that it may go along
    with the training, or come before it; a hundred or so updates give a rate [1]_.

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
    vector : ndarray
        Psi.
    value : float
        |Psi|.
    rate : float
        1 / |Psi|, the rate that is best along that eigenvector; inf before an update.

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
        if not 0 < gamma <= 1:
            raise ValueError(
                f"OnlineEigenvalue: gamma is {gamma}, expected more than 0, at most 1"
            )
        self.net, self.criterion, self.gamma = net, criterion, gamma
        self.vector, self._rng, self.updates = None, get_rng(rng), 0

    @property
    def value(self):
        return 0.0 if self.vector is None else float(np.linalg.norm(self.vector))

    @property
    def rate(self):
        return 1 / self.value if self.updates and self.value > 0 else math.inf

    def update(self, x, target):
        """Take a minibatch, by the net as it is now, and return the value."""
        gradients = Gradients("OnlineEigenvalue", self.net, self.criterion, x, target)
        if self.vector is None:
            self.vector = self._rng.standard_normal(gradients.w.size)
        Psi = self.vector
        change = gradients.product(Psi / max(self.value, 1e-300))
        if self.updates == 0:
            Psi *= np.linalg.norm(change) / max(self.value, 1e-300)  # of about its size
        Psi *= 1 - self.gamma
        Psi += self.gamma * change
        self.updates += 1
        return self.value
