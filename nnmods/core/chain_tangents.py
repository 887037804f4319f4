"""ChainTangents: the chain rule of derivatives along a direction, for containers."""

from nnmods.core.arrays import same
from nnmods.core.kept_gradients import KeptGradients
from nnmods.core.places import places_of
from nnmods.core.rows import zeros


class ChainTangents(KeptGradients):
    """`jvp` and its second order, of wirings that `push` and `pull` say for values too.

    `backprop_jvp` needs the last `backward` of the same dC_dy, and the last `jvp` along
    the same direction: what they brought to each child is remembered.
    """

    _tangents = _direction = None

    def jvp(self, x, dx, dparams=None):
        self._check_x(x)
        shares = self._shares(dparams)
        tangents, self._tangents = [None] * len(self.modules), None

        def visit(i, dx):
            tangents[i] = dx
            try:
                return self.modules[i].jvp(self._inputs[i], dx, shares[i])
            except Exception as err:
                self._locate(err, i)
                raise

        y, self.y = self.y, self._dy  # y is still needed: push on another buffer
        try:
            self._dy = self.push(dx, visit)
        finally:
            self.y = y
        self._tangents, self._direction = tangents, direction_of(dx, dparams)
        return self._dy

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        return self.backprop_jvp(x, dC_dy, dx, zeros(dC_dy), dparams, scale)

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        self._check_last(x, dC_dy, "backprop_jvp")
        self._own_gradients({})
        if self._tangents is None or not same(
            direction_of(dx, dparams), self._direction
        ):
            raise RuntimeError(
                f"{type(self).__name__}: backprop_jvp needs jvp(x, dx, dparams) first"
            )
        shares, self._curvatures = self._shares(dparams), None  # pull writes to them

        def visit(i, ddC_dy, input_grad=True):
            child, x, dC_dy = self.modules[i], self._inputs[i], self._grads[i]
            try:
                return child.backprop_jvp(
                    x, dC_dy, self._tangents[i], ddC_dy, shares[i], scale
                )
            except Exception as err:
                self._locate(err, i)
                raise

        return self.pull(ddC_dy, visit, True)

    def _shares(self, dparams):
        """Split a list in the order of `parameters` into one for each child."""
        if dparams is None:
            return [None] * len(self.modules)
        places = places_of(self)
        if len(dparams) != places.count:
            raise ValueError(
                f"{type(self).__name__}: dparams has {len(dparams)} entries, "
                f"expected {places.count}"
            )
        return [[dparams[k] for k in own] for own in places.of_child]


def direction_of(dx, dparams):
    """Return a direction of `jvp` as a table, by which it is known again."""
    return [dx, [] if dparams is None else list(dparams)]
