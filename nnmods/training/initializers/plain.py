"""Plain weights: numbers of one distribution, whatever the size of the layer."""

from nnmods.core import get_rng
from nnmods.training.initializers.draws import check_finite, check_positive, cut_normal
from nnmods.training.initializers.weights import clear_biases, weights_of


def constant(net, value):
    """Set all weights to ``value``, and return the net.

    Which parameters these are is said in `lecun`; their biases become 0, as there.

    Parameters
    ----------
    net : Module
    value : float
        Finite.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> constant(Linear(3, 2), 0.5).weight
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]])
    """
    value = check_finite("constant", "value", value)
    return _fill("constant", net, lambda shape, rng: value)


def normal(net, std=0.01, rng=None):
    """Redraw all weights, normal of mean 0, and return the net.

    Which parameters these are is said in `lecun`; their biases become 0, as there.

    Parameters
    ----------
    net : Module
    std : float, default=0.01
        Positive.
    rng : int, numpy.random.Generator or None, default=None
        None takes the default generator.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> f"{normal(Linear(100, 100), std=0.5, rng=0).weight.std():.2f}"
    '0.50'
    """
    check_positive("normal", "std", std)
    return _fill("normal", net, lambda shape, rng: rng.normal(0, std, shape), rng)


def uniform(net, bound=0.05, rng=None):
    """Redraw all weights, uniform from ``-bound`` to ``bound``, and return the net.

    Which parameters, and the other arguments, are as in `normal`.

    Parameters
    ----------
    bound : float, default=0.05
        Positive.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> f"{abs(uniform(Linear(100, 100), bound=0.5, rng=0).weight).max():.2f}"
    '0.50'
    """
    check_positive("uniform", "bound", bound)
    return _fill(
        "uniform", net, lambda shape, rng: rng.uniform(-bound, bound, shape), rng
    )


def truncated_normal(net, std=0.02, rng=None):
    """Redraw all weights, normal but none beyond ``2 * std``, and return the net.

    Those beyond are drawn again. As in PyTorch's ``trunc_normal_``, ``std`` is the
    deviation before the cut, of which 0.88 is left after it; ``lecun(net,
    "truncated")`` and its kin make up for that. Which parameters, and the other
    arguments, are as in `normal`.

    Parameters
    ----------
    std : float, default=0.02
        Positive.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> f"{abs(truncated_normal(Linear(100, 100), rng=0).weight).max():.3f}"
    '0.040'
    """
    check_positive("truncated_normal", "std", std)
    return _fill(
        "truncated_normal", net, lambda shape, rng: cut_normal(rng, std, shape), rng
    )


def _fill(owner, net, draw, rng=None):
    weights, rng = weights_of(owner, net), get_rng(rng)
    clear_biases(net)
    for weight in weights:
        weight.kernels[...] = draw(weight.kernels.shape, rng)
    return net
