"""Singles: the parameter gradients of each example, where there are such."""

import numpy as np

from nnmods.analysis.values import agree, arrays_of, like
from nnmods.core.examples import count, cut, part
from nnmods.core.forgetting import forget_states
from nnmods.core.rng import unmoved_rng

#: Examples that tell whether these are single, and whether a network is random.
TRIED = 8


class Singles:
    """Single gradients of a network at one x.

    Attributes
    ----------
    fits : bool
        Whether the gradient of an example is that of the example alone. It is not with
        batch statistics, and with random modules nobody can tell.
    """

    def __init__(self, at):
        self.at = at
        self.axis = at.net.example_axis
        try:
            self.n = count(at.x, self.axis)
            count(at.y, self.axis)
        except ValueError:
            self.n, self.fits = 0, False
        else:
            self.fits = self.n > 0 and self._is_alone()

    def _is_alone(self):
        """Tell whether y and the gradients of one example come from it alone.

        A few examples tell, in copies of the network: single gradients are large.
        """
        few = cut(self.at.x, slice(TRIED), self.axis)
        twin = self.at.net.clone()
        try:
            with unmoved_rng(), np.errstate(all="ignore"):
                return self._is_certain(twin, few) and self._is_single(twin, few)
        except Exception:  # whatever it does with another batch size
            return False

    def _is_certain(self, twin, few):
        """Tell whether y comes twice as it was: of one example it may by luck."""
        y = cut(self.at.y, slice(TRIED), self.axis)
        for _ in range(2):
            forget_states(twin)
            if not agree(twin.forward(few), y):
                return False
        return True

    def _is_single(self, twin, few):
        """Compare one of a few examples, of which a twin did a `forward`, with itself.

        y and the gradients of the parameters have to be those of the example alone.
        """
        at, i = self.at, min(self.n, TRIED) // 2
        y = cut(at.y, slice(TRIED), self.axis)
        entries = sum(array.size for array in arrays_of(y))
        dC_dy = like(y, np.random.default_rng(0).standard_normal(entries), at.dtype)
        twin.backward(few, dC_dy)
        mine = [grad[i] for grad in twin.per_example_grads(few, dC_dy)]
        alone, x = at.net.clone(), part(few, i, self.axis)
        if not agree(alone.forward(x), part(y, i, self.axis)):
            return False
        alone.zero_grad_params()
        alone.backprop(x, part(dC_dy, i, self.axis), input_grad=False)
        return agree(mine, alone.parameters()[1])

    def grads(self, dC_dy):
        """Return a list of (N, *p.shape)."""
        self.at.net.backward(self.at.x, dC_dy)
        return self.at.net.per_example_grads(self.at.x, dC_dy)

    def parts(self, dC_dy, most):
        """Yield (slice of examples, their gradients as (n, entries)), in turn."""
        step = max(most // max(self.at.weights, 1), 1)
        if step >= self.n:
            yield slice(None), [g.reshape(self.n, -1) for g in self.grads(dC_dy)]
            return
        twin = self.at.net.clone()
        for start in range(0, self.n, step):
            some = slice(start, start + step)
            x, g = cut(self.at.x, some, self.axis), cut(dC_dy, some, self.axis)
            forget_states(twin)
            with unmoved_rng():
                twin.forward(x)
            twin.backward(x, g)
            found = twin.per_example_grads(x, g)
            yield some, [a.reshape(len(a), -1) for a in found]
