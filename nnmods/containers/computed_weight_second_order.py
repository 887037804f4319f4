"""ComputedWeightSecondOrder: second derivatives through a weight that is computed."""

from nnmods.containers.decorator import Decorator
from nnmods.core.examples import Examples, count
from nnmods.core.rows import unchanged


class ComputedWeightSecondOrder(Decorator):
    """The part of `ComputedWeight` beyond its three verbs.

    With G the gradient of the weight W, and primes for changes along a direction, the
    own parameters p get two terms each: G' passed on as G is, and G passed on to where
    the way from p to W itself has turned::

        grad_p' = (dW/dp)^T G' + ((dW/dp)')^T G
    """

    def pass_on_direction(self, grad_weight, known):
        """Add how what `pass_on` adds changes along directions, a dict of these."""
        raise NotImplementedError(
            f"{type(self).__name__}: pass_on_direction is missing"
        )

    def pass_on_curvatures(self, curvatures, grad_weight):
        """Add the second derivatives that are due to those of the weight.

        ``grad_weight`` is None where those of the way to the weight do not count.
        """
        raise NotImplementedError(
            f"{type(self).__name__}: pass_on_curvatures is missing"
        )

    def pass_on_examples(self, grads):
        """Return what is due to gradients of the weight (N, ...): arrays by path."""
        raise NotImplementedError(f"{type(self).__name__}: pass_on_examples is missing")

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        with self._grad_weight() as grad:
            ddC_dx = super().backprop_jvp(x, dC_dy, dx, ddC_dy, dparams, scale)
        self.pass_on(grad)
        if dparams is not None:
            known = self._known(dparams)
            self.pass_on_direction(self._weight_gradient(scale), known)
        return ddC_dx

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        with self._grad_weight():
            return super().backward_diag_hessian(x, d2C_dy2, dC_dy)

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        own = None
        if dC_dy is not None:
            self._check_last(x, dC_dy, "acc_diag_hessian_params")
            own = self._weight_gradient(scale).copy()
        with self._grad_weight() as curvatures:
            super().acc_diag_hessian_params(x, d2C_dy2, scale, dC_dy)
        self.pass_on_curvatures(curvatures, own)

    def per_example_grads(self, x, dC_dy):
        self._check_last(x, dC_dy, "per_example_grads")
        child, pair = self.modules[0], (self._inputs[0], self._grads[0])
        try:
            n = count(x, self.example_axis)
            kept = all(count(value, child.example_axis) == n for value in pair)
        except ValueError:
            kept = False
        if not kept:
            return Examples.per_example_grads(self, x, dC_dy)
        with self._grad_weight():
            paths = [f"0.{path}" for path, _, _ in child.named_parameters()]
            shares = child.per_example_grads(*pair)
        found = dict(zip(paths, shares, strict=True))
        found |= self.pass_on_examples(found.pop("0.weight"))
        return [found[path] for path, _, _ in self.named_parameters()]

    per_example_sq_norms = Examples.per_example_sq_norms

    def _weight_gradient(self, scale):
        """Return the gradient of the weight by the last `backward`, in scratch memory.

        All other gradients stay as they are.
        """
        child = self.modules[0]
        with self._grad_weight() as grad:
            others = [g for g in child.parameters()[1] if g is not grad]
            with unchanged(others):
                child.acc_grad_params(self._inputs[0], self._grads[0], scale)
        return grad
