"""Sequential: one module after another."""

from nnmods.core import Container
from nnmods.core.lending import desk
from nnmods.core.parameters import has_parameters
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like

#: Bytes of a result from which on it may be written over.
LEAST_IN_PLACE = 1 << 20


class Sequential(Container):
    """A chain: the output of each module is the input of the next.

    ::

        y     = f_k(... f_2(f_1(x)))
        dC_dx = J_1^T J_2^T ... J_k^T dC_dy

    An empty one passes everything through.

    Parameters
    ----------
    *modules : Module
        In the order of `forward`.

    Attributes
    ----------
    in_place : bool, default=True
        Whether an activation that needs only y for its derivative may write it over a
        large result (of 1 MB or more) of a module before it that needs it no more, as a
        convolution does. That module's ``y`` then shows what the activation made of it.
        Linear layers and convolutions have it written over each part of their result
        while that is in the processor's cache.

    Raises
    ------
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> from nnmods.layers import Linear
    >>> net = Sequential(Linear(4, 3), ReLU()).add(Linear(3, 2))
    >>> len(net), net[-1], net(np.ones((5, 4))).shape
    (3, Linear(3 -> 2), (5, 2))
    """

    in_place = is_chain = True

    def push(self, x, visit):
        if not self.modules:
            check_like(self, "x", x, x if self._x is None else self._x)
        for i in range(len(self.modules)):
            x = visit(i, x)
        return x

    def sketch(self):
        return Sketch.chain(len(self))

    def pull(self, dC_dy, visit, input_grad=True):
        if not self.modules:
            check_like(self, "dC_dy", dC_dy, self._x)
        first = self._first(input_grad)
        for i in range(len(self.modules) - 1, first - 1, -1):
            dC_dy = visit(i, dC_dy, input_grad or i > first)
        return dC_dy if input_grad else None

    def _first(self, input_grad):
        """Return the child that a sweep back ends with."""
        first = 0
        if not input_grad:  # nothing below the first parameter is of use
            while first < len(self.modules) and not has_parameters(self.modules[first]):
                first += 1
        return first

    # The same wiring again, without a function call for each child: that is a sixth of
    # the time of a small network.

    def _run(self, x):
        if not self.modules:
            return self.push(x, None)
        inputs, finished = self._inputs, False
        try:
            for i, module in enumerate(self.modules):
                inputs[i] = x
                if finished:
                    finished, x = False, module.forward_over(x, finished=True)
                elif module.finishes and (finish := self._finish_of(i, module)):
                    finished, x = True, module.forward_then(x, finish)
                elif module.overwrites and self._may_overwrite(i, x):
                    x = module.forward_over(x)
                else:
                    x = module.forward(x)
        except Exception as err:
            self._locate(err, i)
            raise
        return x

    def _may_overwrite(self, i, x):
        """Tell whether child ``i`` may write its result over ``x``."""
        if not self.in_place or i == 0 or getattr(x, "nbytes", 0) < LEAST_IN_PLACE:
            return False
        before = self.modules[i - 1]
        return x is before.y and not before.reads_y

    def _finish_of(self, i, module):
        """Return what child ``i`` is to do to parts of its result for the one after it.

        None where its last result was small: that is in the cache anyway.
        """
        y, after = module.y, i + 1
        if y is None or y.nbytes < LEAST_IN_PLACE or not self.in_place:
            return None
        if after == len(self.modules) or module.reads_y:
            return None
        following = self.modules[after]
        return getattr(following, "finish", None) if following.overwrites else None

    def _run_back(self, dC_dy, input_grad, scale):
        if scale is None or not self.modules:
            return super()._run_back(dC_dy, input_grad, scale)
        modules, inputs, grads = self.modules, self._inputs, self._grads
        first = self._first(input_grad)
        try:
            for i in range(len(modules) - 1, first - 1, -1):
                grads[i] = dC_dy
                wanted = input_grad or i > first
                dC_dy = modules[i].backprop(inputs[i], dC_dy, scale, wanted)
                if desk.blocks:
                    self._hand_back(i)
        except Exception as err:
            self._locate(err, i)
            raise
        return dC_dy if input_grad else None

    def __init_subclass__(cls):
        """Let a subclass with a wiring of its own be visited like any container."""
        super().__init_subclass__()
        if "push" in vars(cls):
            cls._run = Container._run
        if "pull" in vars(cls):
            cls._run_back = Container._run_back

    def __getitem__(self, index):
        """Return a child, or for a slice a Sequential of the same children."""
        modules = self.modules[index]
        return type(self)(*modules) if isinstance(index, slice) else modules
