"""ByParameter: rules that keep arrays of other shapes beside each parameter."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.blocks import flush_tiny
from nnmods.optim.lanes import FLUSH_EVERY
from nnmods.optim.optimizer import Optimizer
from nnmods.optim.saved import check_real


class ByParameter(Optimizer):
    """Optimiser whose blocks are ``(w, dC_dw, own, *more, a, b)``.

    ``own`` is a dict of arrays that belong to the parameter; a subclass says which in
    ``_shapes(shape)``. They start at 0.

    Parameters
    ----------
    net_or_pair, lr, schedule, groups
        As in `Optimizer`.

    Attributes
    ----------
    by_path : dict of str to dict of str to ndarray
        The arrays of each parameter.
    """

    by_parameter = True

    def __init__(self, net_or_pair, lr, schedule, groups):
        self.by_path = {}
        super().__init__(
            net_or_pair, lr, schedule, more_state=("by_path",), groups=groups
        )

    def load_state_dict(self, state):
        by_path = self.by_path  # which the blocks refer to
        if isinstance(state, dict) and "by_path" in state:
            self._check_arrays(f"{self!r}: by_path", state["by_path"])
        super().load_state_dict(state)
        for path, own in by_path.items():
            for name, array in own.items():
                array[...] = self.by_path[path][name]
        self.by_path = by_path

    def _check_arrays(self, owner, by_path):
        """Raise unless all arrays are there, of the right shapes."""
        check_names(owner, by_path, self.by_path)
        for path, own in self.by_path.items():
            check_names(f"{owner}[{path!r}]", by_path[path], own)
            for name, array in own.items():
                check_real(f"{owner}[{path!r}]", name, by_path[path][name], array.shape)

    def _shapes(self, shape):
        """Return the shape of each of a parameter's arrays, by its name."""
        raise NotImplementedError(f"{type(self).__name__} has no _shapes(shape)")

    def _block(self, vectors, slot):
        w, dC_dw, a, b = super()._block(vectors, slot)
        if slot.path not in self.by_path:
            self.by_path[slot.path] = {
                name: np.zeros(shape, w.dtype)
                for name, shape in self._shapes(slot.shape).items()
            }
        return w, dC_dw, self.by_path[slot.path], a, b

    def _apply(self):
        super()._apply()
        if (self.t + 1) % FLUSH_EVERY == 0:
            for _, blocks in self._lanes[0]:
                for _, _, own, *_, a, b in blocks:
                    for array in own.values():
                        flat, n = array.reshape(-1), array.size
                        flush_tiny(flat, a.reshape(-1)[:n], b.reshape(-1)[:n])
