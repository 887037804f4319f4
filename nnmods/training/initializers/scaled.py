"""Scaled weights: a variance that goes with the number of inputs, or of outputs."""

import math

from nnmods.core import get_rng
from nnmods.training.initializers.draws import DISTRIBUTIONS, check_positive, drawn
from nnmods.training.initializers.weights import clear_biases, weights_of


def lecun(net, distribution="normal", rng=None):
    """Redraw all weights with variance ``1 / fan_in``, and return the net.

    The output of a linear unit then has the variance of its inputs [1]_: the choice for
    activations of slope 1 around 0, such as the scaled tanh.

    Every weight in ``net`` and all modules below it is redrawn in place, and the
    ``bias`` beside it set to 0. Weights are the parameters of two or more axes called
    ``weight``, or ``feedback`` in a recurrent layer, also with something behind
    (``weight_forget``); those of one map (out, in, kernel...) have ``fan_in = in *
    prod(kernel)`` and ``fan_out = out * prod(kernel)``. Each group of a convolution,
    and each place of one whose weights are not shared, is a map of its own; the gates
    of a recurrent layer are one map together, and its biases stay, as some gates are
    to begin open. Other parameters stay as they are; weights shared by several modules
    are drawn once.

    Parameters
    ----------
    net : Module
    distribution : {"normal", "uniform", "truncated"}, default="normal"
        With mean 0 and the same variance. The uniform one ends at ``sqrt(3 * var)``,
        the truncated normal one at 2.27 deviations, which are 2 of the normal
        distribution that it is cut from.
    rng : int, numpy.random.Generator or None, default=None
        None takes the default generator.

    Returns
    -------
    Module
        ``net`` itself.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described; nothing has changed then.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
           section 4.6, eq. (16): standard deviation ``fan_in ** -0.5``.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = lecun(Linear(100, 200), rng=0)
    >>> f"{net.weight.std():.2f}", bool(net.bias.any())
    ('0.10', False)
    """
    return _redraw("lecun", net, "fan_in", 1.0, distribution, rng)


def xavier(net, distribution="normal", rng=None):
    """Redraw all weights with variance ``2 / (fan_in + fan_out)``, and return the net.

    A compromise between ``1 / fan_in``, which keeps the variance of the signal on the
    way forward, and ``1 / fan_out``, which keeps that of the gradient on the way
    back [1]_. Which parameters, and the arguments, are as in `lecun`.

    References
    ----------
    .. [1] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep
           feedforward neural networks", AISTATS 2010, eq. (12) and, uniform, (16).

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> f"{xavier(Linear(50, 150), rng=0).weight.std():.2f}"
    '0.10'
    """
    return _redraw("xavier", net, "fan_avg", 1.0, distribution, rng)


def kaiming(net, distribution="normal", rng=None, gain=2**0.5):
    """Redraw all weights with variance ``gain^2 / fan_in``, and return the net.

    That is ``2 / fan_in`` unless told otherwise: a ReLU drops half of the signal's
    power, which the 2 restores [1]_. Which parameters, and the other arguments, are as
    in `lecun`.

    The lecture says that the *variance* is inversely proportional to the *square root*
    of the number of inputs. It is the standard deviation that goes with
    ``1 / sqrt(fan_in)``; the variance goes with ``1 / fan_in``.

    Parameters
    ----------
    gain : float, default=sqrt(2)
        Positive. After a leaky ReLU of slope s it is ``sqrt(2 / (1 + s^2))``.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015,
           eq. (10) and, for other slopes, (15).

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> f"{kaiming(Linear(200, 100), rng=0).weight.std():.2f}"
    '0.10'
    """
    check_positive("kaiming", "gain", gain)
    return _redraw("kaiming", net, "fan_in", gain, distribution, rng)


_FANS = {
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}


def _redraw(owner, net, mode, gain, distribution, rng):
    """Redraw the weights of ``net`` with variance ``gain^2 / fan``."""
    weights = weights_of(owner, net)
    if distribution not in DISTRIBUTIONS:
        raise ValueError(
            f"{owner}: distribution has value {distribution!r}, "
            "expected 'normal', 'uniform' or 'truncated'"
        )
    rng = get_rng(rng)
    clear_biases(net)
    for weight in weights:
        std = gain / math.sqrt(_FANS[mode](*weight.fans))
        weight.kernels[...] = drawn(rng, distribution, std, weight.kernels.shape)
    return net
