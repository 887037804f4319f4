"""LSUV: layer by layer, weights that give outputs of variance 1."""

import math
from dataclasses import dataclass

import numpy as np

from nnmods.core import get_rng
from nnmods.core.forgetting import forget_states
from nnmods.core.leaves import leaves
from nnmods.core.parameters import own_parameters
from nnmods.core.rng import unmoved_rng
from nnmods.core.watching import Watch
from nnmods.optim.checks import check_count
from nnmods.training.initializers.draws import check_positive
from nnmods.training.initializers.matrices import orthogonal
from nnmods.training.initializers.weights import is_recurrent, weights_of


def lsuv(net, x, tolerance=0.01, rounds=10, rng=None):
    """Redraw all weights so that each layer's y has variance 1, and return the net.

    All weights become orthogonal; then, in the order in which the layers are run, each
    one's weights are divided by the standard deviation of its y, until its variance is
    1 [1]_. Whatever lies between the layers (activations, normalisation, sums, several
    paths) counts as it is. The variance is taken over all entries of y, and over all
    calls where a layer is called several times or shares its weights with another.

    The network is run on ``x`` as it stands, in training or evaluation mode, by a
    copy: running statistics, states and generators of the network stay as they are.
    Layers that are not run on ``x`` stay orthogonal, and so do recurrent layers, whose
    y is bounded.

    Parameters
    ----------
    net : Module
    x : ndarray or table
        A batch, some hundred samples of the training set.
    tolerance : float, default=0.01
        Positive; how far a variance may be from 1.
    rounds : int, default=10
        At least 1; a layer is run again at most so many times. A layer whose inputs do
        not depend on its own weights needs one.
    rng : int, numpy.random.Generator or None, default=None
        None takes the default generator.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, if the network refuses ``x``, or if the
        variance of a layer is 0 or not finite; nothing has changed then.

    References
    ----------
    .. [1] D. Mishkin, J. Matas, "All you need is a good init", ICLR 2016, algorithm 1.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 10))
    >>> x = np.random.default_rng(0).random((200, 20))
    >>> f"{lsuv(net, x, rng=0)(x).var():.2f}"
    '1.00'
    """
    tolerance = check_positive("lsuv", "tolerance", tolerance)
    rounds = check_count("lsuv", "rounds", rounds)
    weights_of("lsuv", net)  # raises for what is no module
    rng = get_rng(rng)
    outputs = _Outputs(net)
    with unmoved_rng():
        orthogonal(outputs.net, rng=rng)
        outputs.run(x)
        for path in list(outputs.layers):
            for _ in range(rounds):
                if outputs.is_done(path, tolerance):
                    break
                outputs.rescale(path)
                outputs.run(x)
    fitted = outputs.net.named_parameters()
    for (_, p, _), (_, q, _) in zip(net.named_parameters(), fitted, strict=True):
        p[...] = q
    return net


@dataclass
class _Moments:
    """The sums over y of the layers that have some weights."""

    weights: list
    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def variance(self):
        mean = self.total / self.count
        return self.squares / self.count - mean**2


class _Outputs:
    """What each layer of a copy of a network makes of x, as it runs in the network.

    Attributes
    ----------
    net : Module
        The copy.
    layers : dict of str to _Moments
        By the path of a layer, in the order of running; layers that share a weight
        are one.
    """

    def __init__(self, net):
        self.net = Watch(net, after_forward=self._note).net
        self.layers, self._weights, first = {}, {}, {}
        every = {_address(w.kernels): w for w in weights_of("lsuv", self.net)}
        for path, module in self.net.named_modules():
            if is_recurrent(module):
                continue
            own = [_address(p) for _, p, _ in own_parameters(module)]
            weights = [every[address] for address in own if address in every]
            if weights:
                key = first.setdefault(_address(weights[0].kernels), path)
                self._weights[path] = key, weights

    def run(self, x):
        """Run the network on x, from states of 0, and measure all layers anew."""
        forget_states(self.net)
        for key, moments in self.layers.items():
            self.layers[key] = _Moments(moments.weights)
        self.net.forward(x)

    def is_done(self, path, tolerance):
        """Tell whether the variance of a layer's y is 1, or it was not run at all."""
        moments = self.layers[path]
        return not moments.count or abs(moments.variance - 1) <= tolerance

    def rescale(self, path):
        """Divide the weights of a layer by the standard deviation of its y."""
        moments = self.layers[path]
        variance = moments.variance
        if not 0 < variance < math.inf:
            raise ValueError(
                f"lsuv: y of module {path!r} has variance {variance}, expected a "
                "finite positive number; x may be too few samples"
            )
        for weight in moments.weights:
            weight.kernels[...] /= math.sqrt(variance)

    def _note(self, path, module, x, y):
        if path not in self._weights:
            return
        key, weights = self._weights[path]
        moments = self.layers.setdefault(key, _Moments(weights))
        for leaf in leaves(y):
            moments.count += leaf.size
            moments.total += float(np.sum(leaf, dtype=np.float64))
            moments.squares += float(np.sum(np.square(leaf, dtype=np.float64)))


def _address(array):
    return array.__array_interface__["data"][0]
