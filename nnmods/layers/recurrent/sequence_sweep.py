"""SequenceSweep: the way back through a sequence, and the gradients on it."""

from nnmods.core import check, reuse
from nnmods.core.dtypes import promote
from nnmods.kernels.columns import parts_of
from nnmods.kernels.pipeline import pipeline
from nnmods.kernels.products import add_column_sums, add_product, product
from nnmods.kernels.threads import lanes_for
from nnmods.layers.recurrent.sequences import as_rows

#: Parts that the steps are cut into where products go beside the recurrence. More of
#: them leave less to wait for at an end, and add to the gradients more often.
STAGES = 8


class SequenceSweep:
    """The part of a `SequenceLayer` that goes back: all gradients of one sweep."""

    def backward(self, x, dC_dy):
        return self._input_gradient(dC_dy, *self._swept(x, dC_dy))

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._accumulated(x, dC_dy, scale)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        found = self._accumulated(x, dC_dy, scale)  # once for both
        return self._input_gradient(dC_dy, *found) if input_grad else None

    def _accumulated(self, x, dC_dy, scale):
        """Return what `_swept` does; meanwhile add the gradients of the parameters."""
        inside = self._checked(x, dC_dy)
        T, N, _ = inside.shape
        back, met = self._slopes_for(inside), self._met(self._taken("x", self._x)[0])
        grads, dstart = self._own()[1], None
        stages, lanes = self._stages(T, T * N * self.weight.size)
        stages = [slice(T - steps.stop, T - steps.start) for steps in stages]
        firsts = {steps.start for steps in stages}

        def lead(done):
            nonlocal dstart
            dstart = self._sweep(inside, back, lambda t: t in firsts and done())

        def follow(i):
            self._add_products(grads, met, back, scale, stages[i])

        pipeline(lead, follow, lanes)
        add_column_sums(as_rows(back[0]), scale, self.grad_bias)
        return back, dstart

    def _stages(self, T, products):
        """Return slices of all steps, and the lanes of their `pipeline`.

        Products that take twice as long as the recurrence are shared among all lanes.
        """
        lanes = lanes_for(products=products)
        if lanes == 1 or self.in_features > 2 * self.out_features:
            return [slice(0, T)], 1
        return parts_of(T, -(-T // STAGES)), lanes

    def _checked(self, x, dC_dy):
        self._check_last(x)
        check(self, "dC_dy", dC_dy, self.y.shape)
        return self._inward(dC_dy)

    def _swept(self, x, dC_dy):
        return self._swept_inside(self._checked(x, dC_dy))

    def _swept_inside(self, dC_dy):
        """Return the slopes, and the gradients of the states at the start."""
        back = self._slopes_for(dC_dy)
        return back, self._sweep(dC_dy, back, lambda t: None)

    def _slopes_for(self, dC_dy):
        return self._slopes(promote(self, (dC_dy, self._h)))

    def _input_gradient(self, dC_dy, back, dstart):
        """Return dC_dx, a table if x is one."""
        shape, dsums = (*self._h.shape[:2], self.in_features), back[0]
        self._buffer = reuse(self._buffer, shape, dsums, dC_dy)
        weight = self.weight[: self.in_features]
        product(as_rows(dsums), weight.T, as_rows(self._buffer))
        self.dC_dx = self._like_x(self._buffer, dstart)
        return self.dC_dx

    def _add_products(self, grads, met, back, scale, steps=slice(None)):
        for block, one, other in self._products(grads, met, back):
            add_product(as_rows(one[steps]).T, as_rows(other[steps]), scale, block)
