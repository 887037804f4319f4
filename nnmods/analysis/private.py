"""private_gradient: the gradient of differentially private SGD."""

from typing import NamedTuple

import numpy as np

from nnmods.analysis.own_costs import pull_back
from nnmods.analysis.per_example import require
from nnmods.core import get_rng


class PrivateGradient(NamedTuple):
    """The cost, the norms before clipping, and the share that was clipped."""

    C: float
    norms: np.ndarray
    clipped: float


def private_gradient(
    net, criterion, x, target, clip, sigma, *, rng=None, check=True, examples=None
):
    """Add the clipped and noisy gradient of DP-SGD to the parameter gradients.

    ::

        grad_p += (sum_n min(1, clip / |g_n|) g_n + sigma * clip * z) / N,   z ~ N(0, I)

    g_n is the gradient of example n's own cost, by all parameters together. Leaving
    one example out changes the sum by ``clip`` at most, and the noise added to each
    entry has the standard deviation ``sigma * clip``: sigma is the noise multiplier of
    [1]_. What privacy many such steps on sampled batches give is for an accountant to
    say; this is the mechanism of one step.

    The clipped sum takes no single gradients, as a gradient is linear in dC_dy: after
    the norms, rows of dC_dy are scaled, and one more sweep back adds it up.

    Parameters
    ----------
    net : Module
    criterion : Criterion
        Its cost of one example alone counts, whatever it divides by in a batch. Class
        weights have a part in it with ``size_average=False`` only: a mean divides by
        the weight of the one example.
    x : ndarray
    target : array_like
    clip : float
        The largest norm that an example may have.
    sigma : float
        Of the noise, in units of ``clip``; 0 clips only.
    rng : int, numpy.random.Generator or None, default=None
        Draws the noise; None takes the default generator.
    check : bool, default=True
        As in `per_example_grads`.
    examples : int, default=None
        What to divide by instead of N: with batches drawn by chance, the expected size.
        A batch of none is the noise alone then.

    Returns
    -------
    PrivateGradient
        ``(C, norms, clipped)``, none of which is private.

    Raises
    ------
    ValueError
        If ``clip`` or ``examples`` is not positive, ``sigma`` negative, or there are no
        examples and ``examples`` is None; what `per_example_grads` raises. No gradient
        has changed then.

    References
    ----------
    .. [1] M. Abadi et al., "Deep learning with differential privacy", CCS 2016,
           algorithm 1.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(1, 1, bias=False, rng=0)
    >>> net.weight[...] = 0
    >>> x, target = np.ones((2, 1)), np.array([[1.0], [3.0]])      # g = -2, -6
    >>> told = private_gradient(net, nn.MSECriterion(), x, target, clip=3, sigma=0)
    >>> net.grad_weight, told.norms, told.clipped
    (array([[-2.5]]), array([2., 6.]), 0.5)
    """
    owner = "private_gradient"
    if not clip > 0:
        raise ValueError(f"{owner}: clip is {clip}, expected more than 0")
    if not sigma >= 0:
        raise ValueError(f"{owner}: sigma is {sigma}, expected 0 or more")
    if examples is not None and not examples > 0:
        raise ValueError(
            f"{owner}: examples has value {examples}, expected more than 0"
        )
    rng = get_rng(rng)
    require(owner, net, x, check)
    C, dC_dy = pull_back(owner, net, criterion, x, net.forward(x), target)
    n = len(dC_dy) if examples is None else examples
    if not n > 0:
        raise ValueError(f"{owner}: x has {n} examples, expected at least 1")
    norms = np.sqrt(net.per_example_sq_norms(x, dC_dy))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(norms > clip, clip / norms, 1).astype(dC_dy.dtype)
    dC_dy *= shares.reshape(-1, *[1] * (dC_dy.ndim - 1))
    net.backprop(x, dC_dy, 1 / n, input_grad=False)
    if sigma > 0:
        for grad in net.parameters()[1]:
            grad += (sigma * clip / n) * rng.standard_normal(grad.shape)
    clipped = float(np.sum(norms > clip)) / max(len(norms), 1)
    return PrivateGradient(C, norms, clipped)
