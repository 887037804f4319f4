"""gradient_noise_scale: how large a batch is of use."""

import math
from typing import NamedTuple

import numpy as np

from nnmods.analysis.own_costs import pull_back
from nnmods.analysis.per_example import require
from nnmods.core.rows import unchanged


class NoiseScale(NamedTuple):
    """The ratio, and the two estimates that it is of."""

    scale: float
    variance: float
    squared_gradient: float


def gradient_noise_scale(net, criterion, x, target, *, check=True):
    """Return the simple noise scale of the gradient, from one batch.

    ::

        scale            = variance / squared_gradient
        variance         = (sum_n |g_n|^2 - N |G|^2) / (N - 1)       tr Cov(g_n)
        squared_gradient = |G|^2 - variance / N                      |E g_n|^2
        g_n: gradient of example n's own cost,    G = mean of g_n

    Both estimates are free of bias. A batch much smaller than the scale sees mostly
    noise, one much larger mostly repeats itself [1]_.

    Parameters
    ----------
    net, x, check
        As in `per_example_grads`; the net's gradients stay as they are.
    criterion : Criterion
        That averages over the batch or sums.
    target : array_like

    Returns
    -------
    NoiseScale
        ``(scale, variance, squared_gradient)``; the scale is inf where the estimate of
        the squared gradient is not positive: the batch does not show one.

    Raises
    ------
    ValueError
        If there are less than 2 examples; what `per_example_grads` raises.

    References
    ----------
    .. [1] S. McCandlish, J. Kaplan, D. Amodei, "An empirical model of large-batch
           training", 2018, arXiv:1812.06162, appendix A.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(1, 1, bias=False, rng=0)
    >>> net.weight[...] = 0
    >>> x, target = np.ones((2, 1)), np.array([[1.0], [3.0]])      # g = -2, -6
    >>> gradient_noise_scale(net, nn.MSECriterion(), x, target)
    NoiseScale(scale=0.6666666666666666, variance=8.0, squared_gradient=12.0)
    """
    owner = "gradient_noise_scale"
    require(owner, net, x, check)
    _, dC_dy = pull_back(owner, net, criterion, x, net.forward(x), target)
    n = len(dC_dy)
    if n < 2:
        raise ValueError(f"{owner}: x has {n} examples, expected at least 2")
    total = float(net.per_example_sq_norms(x, dC_dy).sum(dtype=np.float64))
    grads = net.parameters()[1]
    with unchanged(grads):
        net.zero_grad_params()
        net.acc_grad_params(x, dC_dy, 1 / n)
        mean = sum(float(np.vdot(grad, grad)) for grad in grads)
    variance = (total - n * mean) / (n - 1)
    squared = mean - variance / n
    return NoiseScale(
        variance / squared if squared > 0 else math.inf, variance, squared
    )
