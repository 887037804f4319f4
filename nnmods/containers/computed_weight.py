"""Computed weights: the family of decorators that give their module its weight."""

import contextlib

import numpy as np

from nnmods.containers.computed_weight_second_order import ComputedWeightSecondOrder
from nnmods.core import check


class ComputedWeight(ComputedWeightSecondOrder):
    """A module whose weight is computed from parameters of the decorator.

    The weight is then no parameter itself: while the module is in here, it has no
    ``grad_weight`` but during the verbs that ask for one. A subclass writes
    `compute_weight`, `pass_on` and `weight_direction`, for second derivatives also
    `pass_on_direction`, `pass_on_curvatures` and `pass_on_examples`, and may refuse a
    weight in `check_weight`.
    """

    def check_weight(self, weight):
        """Raise where a module with this weight does not fit."""

    def compute_weight(self):
        """Write the weight of the module, in place."""
        raise NotImplementedError(f"{type(self).__name__}: compute_weight() is missing")

    def pass_on(self, grad_weight):
        """Add to the gradients of the own parameters what is due to the weight's."""
        raise NotImplementedError(f"{type(self).__name__}: pass_on(...) is missing")

    def weight_direction(self, known):
        """Return how the weight changes with the parameters: a dict of directions."""
        raise NotImplementedError(f"{type(self).__name__}: weight_direction is missing")

    def insert(self, index, module):
        weight, grad = (getattr(module, k, None) for k in ("weight", "grad_weight"))
        if not isinstance(weight, np.ndarray) or not isinstance(grad, np.ndarray):
            raise TypeError(
                f"{type(self).__name__}: module is {type(module).__name__}, expected "
                "one with a weight and its gradient"
            )
        self.check_weight(weight)
        super().insert(index, module)
        del module.grad_weight  # without its twin the weight is no parameter
        return self

    def remove(self, index=-1):
        module = super().remove(index)
        module.grad_weight = np.zeros_like(module.weight)
        return module

    def set_child(self, name, module):
        self.remove()
        self.insert(0, module)

    def forward(self, x):
        if self.modules:
            self.compute_weight()
        return super().forward(x)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        with self._grad_weight() as grad:
            super().acc_grad_params(x, dC_dy, scale)
        self.pass_on(grad)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        with self._grad_weight() as grad:
            dC_dx = super().backprop(x, dC_dy, scale, input_grad)
        self.pass_on(grad)
        return dC_dx

    def jvp(self, x, dx, dparams=None):
        with self._grad_weight():
            return super().jvp(x, dx, dparams)

    def _shares(self, dparams):
        if dparams is None:
            return [None]
        known = self._known(dparams)
        known["0.weight"] = self.weight_direction(known)
        paths = [path for path, _, _ in self.modules[0].named_parameters()]
        return [[known[f"0.{path}"] for path in paths]]

    def _known(self, dparams):
        """Return directions of all parameters but the weight, by their paths."""
        own = self.named_parameters()  # perhaps with the weight, for the time being
        own = [(path, p) for path, p, _ in own if path != "0.weight"]
        if len(dparams) != len(own):
            raise ValueError(
                f"{type(self).__name__}: dparams has {len(dparams)} entries, "
                f"expected {len(own)}"
            )
        known = {}
        for i, ((path, p), dp) in enumerate(zip(own, dparams, strict=True)):
            check(self, f"dparams[{i}]", dp, p.shape)
            known[path] = dp
        return known

    @contextlib.contextmanager
    def _grad_weight(self):
        """Let the module have a gradient of its weight for a while, from 0."""
        module = self.modules[0]
        grad = self.work("grad_weight", module.weight.shape, module.weight.dtype)
        grad.fill(0)
        module.grad_weight = grad
        try:
            yield grad
        finally:
            del module.grad_weight
