"""Weights as matrices: orthogonal ones, sparse ones, and the identity."""

import math

import numpy as np

from nnmods.core import get_rng
from nnmods.optim.checks import check_count
from nnmods.training.initializers.draws import check_positive
from nnmods.training.initializers.weights import (
    clear_biases,
    is_recurrent,
    weights_of,
)


def orthogonal(net, gain=1.0, rng=None):
    """Redraw all weights as orthogonal matrices times ``gain``, and return the net.

    A map of a weight is the matrix W of shape (out, in * kernel). Its rows are
    orthonormal if there are no more of them than columns, its columns if there are no
    more of these; the distribution is uniform on such matrices [2]_. A deep linear
    net of square layers then keeps all lengths, of the signal as well as of the
    gradient [1]_. Which parameters these are is said in `lecun`; their biases become 0,
    as there.

    Parameters
    ----------
    net : Module
    gain : float, default=1.0
        Positive. sqrt(2) suits ReLU.
    rng : int, numpy.random.Generator or None, default=None
        None takes the default generator.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described; nothing has changed then.

    References
    ----------
    .. [1] A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear
           dynamics of learning in deep linear neural networks", ICLR 2014.
    .. [2] F. Mezzadri, "How to generate random matrices from the classical compact
           groups", Notices of the AMS 54 (2007), section 5, on the signs.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> W = orthogonal(Linear(5, 3), rng=0).weight
    >>> np.allclose(W @ W.T, np.eye(3))
    True
    """
    check_positive("orthogonal", "gain", gain)
    weights, rng = weights_of("orthogonal", net), get_rng(rng)
    clear_biases(net)
    for weight in weights:
        weight.fill(lambda shape: gain * _orthonormal(rng, *shape))
    return net


def _orthonormal(rng, rows, columns):
    long, short = max(rows, columns), min(rows, columns)
    q, r = np.linalg.qr(rng.standard_normal((long, short)))
    q *= np.where(np.diagonal(r) < 0, -1, 1)  # QR alone prefers some directions
    return q if rows >= columns else q.T


def sparse(net, k=15, std=None, rng=None):
    """Redraw all weights with ``k`` inputs for each output, and return the net.

    The other weights become 0 [1]_. The inputs of each output are drawn without
    replacement, their weights are normal. PyTorch's ``sparse_`` instead gives each
    input the same number of outputs. Which parameters these are is said in `lecun`;
    their biases become 0, as there.

    Parameters
    ----------
    net : Module
    k : int, default=15
        At least 1; where an output has fewer inputs, it keeps all.
    std : float, default=None
        Of the weights that are not 0, positive. None takes ``1 / sqrt(k)``, or of the
        number of inputs where that is smaller: outputs have the variance of the inputs.
    rng : int, numpy.random.Generator or None, default=None
        None takes the default generator.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described; nothing has changed then.

    References
    ----------
    .. [1] J. Martens, "Deep learning via Hessian-free optimization", ICML 2010,
           section 5, with k = 15 and, for logistic units, std = 1.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = sparse(Linear(100, 4), k=7, rng=0)
    >>> np.count_nonzero(net.weight, axis=1)
    array([7, 7, 7, 7])
    """
    k = check_count("sparse", "k", k)
    if std is not None:
        check_positive("sparse", "std", std)
    weights, rng = weights_of("sparse", net), get_rng(rng)

    def draw(shape):
        rows, count = shape[0], min(k, shape[1])
        W = np.zeros(shape)
        chosen = np.argpartition(rng.random(shape), count - 1, axis=1)[:, :count]
        size = 1 / math.sqrt(count) if std is None else std
        np.put_along_axis(W, chosen, rng.normal(0, size, (rows, count)), axis=1)
        return W

    clear_biases(net)
    for weight in weights:
        weight.fill(draw)
    return net


def identity(net):
    """Let all layers begin as the identity, as far as their sizes go; return the net.

    A matrix (out, in) becomes ``eye(out, in)``; a kernel passes channel i on to channel
    i, at its centre, ``kernel // 2``, which is PyTorch's ``dirac_``. Each group of a
    convolution does so by itself. Which parameters these are is said in `lecun`,
    except that recurrent layers, whose gates have no identity, stay as they are.

    Parameters
    ----------
    net : Module

    Raises
    ------
    TypeError
        If ``net`` is no module; nothing has changed then.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> identity(Linear(3, 2))(np.array([5.0, 6.0, 7.0]))
    array([5., 6.])
    """
    weights = weights_of("identity", net)
    clear_biases(net)
    for weight in weights:
        if not is_recurrent(weight.module):
            kernels, lead = weight.kernels, weight.lead
            centre = tuple(n // 2 for n in kernels.shape[lead + 2 :])
            kernels[...] = 0
            kernels[(..., *centre)] = np.eye(*kernels.shape[lead : lead + 2])
    return net
