"""Decorator: one module, and something around it."""

from nnmods.core import Container
from nnmods.core.sketch import Sketch
from nnmods.core.workspace import Workspace


class Decorator(Container):
    """Compute what its one module computes: the base of modules around another.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    A subclass changes what goes in or comes out, in `push` and in `pull`, or watches.

    Parameters
    ----------
    module : Module

    Raises
    ------
    ValueError
        If another module is added to it.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.Decorator``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> Decorator(ReLU())(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    _results = (*Container._results, "_tangent_work")
    _tangent_work = None

    def __init__(self, module):
        super().__init__(module)

    def insert(self, index, module):
        if self.modules:
            raise ValueError(
                f"{type(self).__name__}: modules has 1 entry, expected no other"
            )
        return super().insert(index, module)

    def forward(self, x):
        if not self.modules:
            raise ValueError(
                f"{type(self).__name__}: modules has 0 entries, expected 1"
            )
        return super().forward(x)

    def push(self, x, visit):
        return visit(0, x)

    def pull(self, dC_dy, visit, input_grad=True):
        return visit(0, dC_dy, input_grad)

    def sketch(self):
        return Sketch.chain(len(self))

    def jvp(self, x, dx, dparams=None):
        work, self.work = self.work, self._tangent_work or Workspace()
        try:
            return super().jvp(x, dx, dparams)
        finally:
            self._tangent_work, self.work = self.work, work
