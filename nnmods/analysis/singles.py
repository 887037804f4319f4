"""Singles: the parameter gradients of each example, where there are such."""

import numpy as np

from nnmods.analysis.values import agree
from nnmods.core.examples import count, cut, part
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import map_table


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
        """Tell whether y and the gradients of one example come from it alone."""
        at, i = self.at, self.n // 2
        twin = at.net.clone()
        with unmoved_rng():
            y = twin.forward(part(at.x, i, self.axis))
        if not agree(y, part(at.y, i, self.axis)):
            return False
        draw = np.random.default_rng(0).standard_normal
        dC_dy = map_table(lambda a: draw(a.shape).astype(a.dtype), at.y)
        at.net.backward(at.x, dC_dy)
        mine = [grad[i] for grad in at.net.per_example_grads(at.x, dC_dy)]
        twin.zero_grad_params()
        twin.backprop(
            part(at.x, i, self.axis), part(dC_dy, i, self.axis), input_grad=False
        )
        return agree(mine, twin.parameters()[1])

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
            with unmoved_rng():
                twin.forward(x)
            twin.backward(x, g)
            found = twin.per_example_grads(x, g)
            yield some, [a.reshape(len(a), -1) for a in found]
