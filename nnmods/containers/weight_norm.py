"""WeightNorm: a module whose weight is a length times a direction."""

import math

import numpy as np

from nnmods.containers.computed_weight import ComputedWeight
from nnmods.containers.row_norms import add_gradients, direction_of, weight_of
from nnmods.containers.row_norms_second_order import (
    add_bend,
    add_curvatures,
    gradients_of_each,
)
from nnmods.core import get_rng
from nnmods.core.arrays import as_size
from nnmods.core.sketch import Sketch


class WeightNorm(ComputedWeight):
    """Give a module the weight g * v / |v|, and learn g and v.

    ::

        n        = sqrt((v * v).sum(axis=1) + 1e-4)
        weight   = (g / n) * v, row by row      (v as wide as one output's weights)
        grad_g  += (grad_weight * v).sum(axis=1) / n
        grad_v  += (g / n) * (grad_weight - (its grad_g / n) * v)

    grad_weight being that of the module, in the layout of v. Its other parameters stay
    its own; its weight becomes a result of g and v, written by every `forward`.

    Parameters
    ----------
    module : Module
        With an array ``weight``; it is taken over, not copied.
    output_dim : int, default=0
        The axis of the weight that counts outputs.
    rng : int, numpy.random.Generator or None, default=None
        Draws v, normal with variance 2 / width; g is its lengths, a bias becomes 0.

    Attributes
    ----------
    v, grad_v : ndarray, shape (outputs, width)
    g, grad_g : ndarray, shape (outputs, 1)

    Raises
    ------
    TypeError
        If the module has no weight with a gradient.
    ValueError
        If the weight has no axis ``output_dim``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    T. Salimans, D. P. Kingma, "Weight Normalization", NIPS 2016; Torch7,
    ``nn.WeightNorm``.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = WeightNorm(Linear(3, 2), rng=0)
    >>> [path for path, _, _ in net.named_parameters()]
    ['v', 'g', '0.bias']
    """

    v = None

    def __init__(self, module, output_dim=0, *, rng=None):
        output_dim = 0 if output_dim is None else output_dim
        self.output_dim = as_size("WeightNorm", "output_dim", output_dim)
        super().__init__(module)
        self._dtype = module.weight.dtype
        outputs = module.weight.shape[output_dim]
        width = module.weight.size // max(outputs, 1)
        self.v, self.g = (np.zeros((outputs, n), self._dtype) for n in (width, 1))
        self.grad_v, self.grad_g = np.zeros_like(self.v), np.zeros_like(self.g)
        self._draw(get_rng(rng))

    def reset(self, rng=None, stdv=None):
        """Redraw the parameters in place and return self.

        With ``stdv`` the module is reset with it, and v and g stay, as in Torch7.
        """
        rng = get_rng(rng)
        super().reset(rng, stdv)
        if stdv is None:
            self._draw(rng)
        return self

    def _draw(self, rng):
        stdv = math.sqrt(2 / max(self.v.shape[1], 1))
        self.v[...] = rng.normal(0, stdv, self.v.shape)
        self.g[...] = np.sqrt(np.square(self.v).sum(axis=1, keepdims=True))
        if getattr(self.modules[0], "bias", None) is not None:
            self.modules[0].bias[...] = 0
        self.compute_weight()

    def check_weight(self, weight):
        if self.output_dim >= weight.ndim:
            raise ValueError(
                f"WeightNorm: weight has shape {weight.shape}, expected an axis "
                f"{self.output_dim}"
            )
        if self.v is not None and weight.size != self.v.size:
            raise ValueError(
                f"WeightNorm: weight has shape {weight.shape}, expected "
                f"{self.v.size} entries, as v has"
            )

    def compute_weight(self):
        rows = self._by_outputs(self.modules[0].weight)
        rows[...] = weight_of(self.v, self.g, self.work).reshape(rows.shape)

    def pass_on(self, grad_weight):
        rows = self._by_outputs(grad_weight)
        grad = self.work("grad", self.v.shape, self.v.dtype)
        grad.reshape(rows.shape)[...] = rows
        add_gradients(self.v, self.g, grad, self.grad_v, self.grad_g, self.work)

    def pass_on_direction(self, grad_weight, known):
        G = self._by_outputs(grad_weight).reshape(self.v.shape)
        add_bend(self.v, self.g, G, known["v"], known["g"], self.grad_v, self.grad_g)

    def pass_on_curvatures(self, curvatures, grad_weight):
        shape = self.v.shape
        H = self._by_outputs(curvatures).reshape(shape)
        G = None if grad_weight is None else self._by_outputs(grad_weight)
        G = None if G is None else G.reshape(shape)
        add_curvatures(self.v, self.g, H, G, self.grad_v, self.grad_g)

    def pass_on_examples(self, grads):
        G = np.moveaxis(grads, 1 + self.output_dim, 1)
        G = G.reshape(len(G), *self.v.shape)
        return dict(zip("vg", gradients_of_each(self.v, self.g, G), strict=True))

    def weight_direction(self, known):
        rows = self._by_outputs(self.modules[0].weight)
        change = direction_of(self.v, self.g, known["v"], known["g"], self.work)
        return np.moveaxis(change.reshape(rows.shape), 0, self.output_dim)

    def sketch(self):
        return Sketch.chain(len(self), note="weight = g v / |v|")

    def _by_outputs(self, weight):
        """Return a view in which the axis of outputs comes first."""
        return np.moveaxis(weight, self.output_dim, 0)

    def _arguments(self):
        return f"output_dim={self.output_dim}" if self.output_dim else ""
