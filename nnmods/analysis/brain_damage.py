"""Optimal brain damage: which weights a cost can do without."""

import numpy as np

from nnmods.analysis.checks import check_module
from nnmods.analysis.diagonal import diag_hessian
from nnmods.analysis.values import entries_of


def saliencies(net, criterion, x, target, kind="lecun"):
    """Return how much a cost would rise without each weight, one flat vector.

    ::

        s_i = h_ii w_i^2 / 2

    That is the cost's second-order change as w_i becomes 0, at a minimum, where the
    gradient is 0, with all other weights as they are [1]_.

    Parameters
    ----------
    net : Module
        A trained one, in the mode that it is in; it stays as it is.
    criterion : Criterion
    x, target : ndarray or table
    kind : {"lecun", "ggn", "bbprop", "exact"}, default="lecun"
        How h_ii, the diagonal of the Hessian, is found; see `diag_hessian`. Of the last
        two it may be negative: the cost would fall.

    Returns
    -------
    ndarray
        In the order of `flatten_parameters`, in the dtype of y.

    Raises
    ------
    TypeError, ValueError, NotImplementedError
        Those of `diag_hessian`.

    References
    ----------
    .. [1] Y. LeCun, J. Denker, S. Solla, "Optimal brain damage", NIPS 1989.

    Examples
    --------
    The second input hardly varies, so that the larger weight matters less:

    >>> import nnmods as nn
    >>> net, mse = nn.Linear(2, 1, bias=False, rng=0), nn.MSECriterion()
    >>> net.weight[...] = [[1.0, 4.0]]
    >>> x = np.array([[3.0, 0.0], [0.0, 0.5]])
    >>> s = saliencies(net, mse, x, net(x))
    >>> s
    array([4.5, 2. ])
    >>> prune(net, s, share=0.5), net.weight
    (array([ True, False]), array([[1., 0.]]))
    """
    h = diag_hessian(net, criterion, x, target, kind)
    return h * entries_of(net.parameters()[0], h.dtype) ** 2 / 2


def prune(net, saliencies, share):
    """Set the weights of least saliency to 0, in place, and return which are kept.

    Parameters
    ----------
    net : Module
    saliencies : ndarray
        A number for each parameter, in the order of `flatten_parameters`, such as
        `saliencies` returns. Weights to keep in any case, such as biases, may have inf;
        those of nan go last of all.
    share : float
        Which part of all weights is set to 0, from 0 to 1. Those that were pruned
        before have saliency 0 and are counted in: a larger share goes on from there.

    Returns
    -------
    ndarray of bool
        The mask, flat: False for those that are 0 from now on. Give it to `apply_mask`
        after each step of further training.

    Raises
    ------
    TypeError
        If ``net`` is no Module.
    ValueError
        If there are other than one saliency for each parameter, or ``share`` is not
        from 0 to 1.
    """
    n = _size("prune", net)
    saliencies = np.asarray(saliencies)
    if saliencies.shape != (n,):
        raise ValueError(
            f"prune: saliencies has shape {saliencies.shape}, expected {(n,)}"
        )
    if not 0 <= share <= 1:
        raise ValueError(f"prune: share is {share}, expected 0 to 1")
    mask = np.full(n, True)
    mask[np.argsort(saliencies, kind="stable")[: round(share * n)]] = False
    return apply_mask(net, mask)


def apply_mask(net, mask):
    """Set the weights to 0, in place, for which a mask is False, and return the mask.

    An optimiser moves pruned weights away from 0. After each of its steps this puts
    them back; with momentum or decay, too.

    Parameters
    ----------
    net : Module
    mask : ndarray of bool
        In the order of `flatten_parameters`.

    Raises
    ------
    TypeError
        If ``net`` is no Module, or ``mask`` does not hold bools.
    ValueError
        If it has other than one entry for each parameter.
    """
    n = _size("apply_mask", net)
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"apply_mask: mask has dtype {mask.dtype}, expected bool")
    if mask.shape != (n,):
        raise ValueError(f"apply_mask: mask has shape {mask.shape}, expected {(n,)}")
    place = 0
    for p in net.parameters()[0]:
        p[~mask[place : place + p.size].reshape(p.shape)] = 0
        place += p.size
    return mask


def _size(owner, net):
    check_module(owner, net)
    return sum(p.size for p in net.parameters()[0])
