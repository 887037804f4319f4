"""Records: what is noted of a module while values and gradients go through it."""

import numpy as np

from nnmods.analysis.singular import largest_singular_value
from nnmods.analysis.units import Slopes
from nnmods.analysis.values import (
    are_whole,
    arrays_of,
    extent,
    is_finite,
    joined,
    norm,
    real,
    shapes,
)
from nnmods.core.parameters import own_parameters

#: What there is of a module that was called.
KEYS = """x_shape y_shape jacobian parameters dC_dy_norm dC_dx_norm ratio singular_value
saturated dead zero x_norm x_range y_norm parameter_norm gradient_norm finite""".split()


class Tally:
    """What is known of a module, added up over its calls.

    Results are buffers, so everything is computed while a call is reported.

    Parameters
    ----------
    path : str
    module : Module
        Of the tree; stand-ins may be the ones that are called.
    outer : list of ndarray
        The arrays that the network is given as x.
    """

    def __init__(self, path, module, outer=()):
        self.path, self.module, self.outer = path, module, outer
        self.calls = 0
        self.sizes = [0, 0]  # of y and x: the Jacobian of all calls is block-diagonal
        self.zeros = 0
        self.x_shape = self.y_shape = self.x_range = None
        self.x_norm = self.y_norm = self.dC_dy_norm = self.dC_dx_norm = None
        self.is_finite = {"y": True, "dC_dx": True}
        self.slopes = Slopes()
        self.singular_value = None
        self._values = []  # the largest singular value of each call
        self.is_first = True  # whether its x is that of the network
        self._are_whole = True

    def forward(self, x, y):
        """Take in a call of `forward`."""
        ins, outs = arrays_of(x), arrays_of(y)
        if not self.calls:
            self.x_shape, self.y_shape = shapes(x), shapes(y)
        self.calls += 1
        self.sizes[0] += sum(array.size for array in outs)
        self.sizes[1] += sum(array.size for array in ins)
        self.zeros += sum(int(np.count_nonzero(array == 0)) for array in outs)
        self.x_norm = joined(self.x_norm, norm(ins))
        self.y_norm = joined(self.y_norm, norm(outs))
        self.x_range = extent([*ins, np.asarray(self.x_range or [])])
        self.is_finite["y"] &= is_finite(outs)
        self.is_first &= self._are_given(ins)
        self._are_whole &= self.is_first and are_whole(ins)

    def measure(self, module, x, dC_dy, singular_values):
        """Look at the Jacobian of a call, before its `backward`."""
        value = self.slopes.add(module, x)
        if singular_values is False:
            return
        if value is None:
            value = largest_singular_value(module, x, dC_dy, bool(singular_values))
        self._values.append(value)
        self.singular_value = None if None in self._values else max(self._values)

    def backward(self, x, dC_dy, dC_dx):
        """Take in a call of `backward`."""
        self.dC_dy_norm = joined(self.dC_dy_norm, norm(arrays_of(dC_dy)))
        back = real(arrays_of(dC_dx), x)
        if back:
            self.dC_dx_norm = joined(self.dC_dx_norm, norm(back))
            self.is_finite["dC_dx"] &= is_finite(back)

    def record(self, parameters=None):
        """Return a dict of plain numbers; see `explain`.

        ``parameters``, a list of (name, p, grad_p), stands for the module's own.
        """
        what = {"path": self.path, "class": type(self.module).__name__}
        what |= {"repr": repr(self.module), "calls": self.calls}
        if not self.calls:
            return what | dict.fromkeys(KEYS)
        own = list(own_parameters(self.module)) if parameters is None else parameters
        grads = [grad for _, _, grad in own]
        gradient_norm = norm(grads) if own and self.dC_dy_norm is not None else None
        dC_dx_norm = self.dC_dx_norm
        if self._are_whole and dC_dx_norm == 0 and gradient_norm and not parameters:
            dC_dx_norm = None  # indices, given as floats
        return what | {
            "x_shape": self.x_shape,
            "y_shape": self.y_shape,
            "jacobian": list(self.sizes),
            "parameters": sum(p.size for _, p, _ in own),
            "dC_dy_norm": self.dC_dy_norm,
            "dC_dx_norm": dC_dx_norm,
            "ratio": ratio(dC_dx_norm, self.dC_dy_norm),
            "singular_value": self.singular_value,
            "saturated": self.slopes.saturated,
            "dead": self.slopes.dead,
            "zero": self.zeros / self.sizes[0] if self.sizes[0] else None,
            "x_norm": self.x_norm,
            "x_range": self.x_range,
            "y_norm": self.y_norm,
            "parameter_norm": norm([p for _, p, _ in own]) if own else None,
            "gradient_norm": gradient_norm,
            "finite": self._not_finite(own),
        }

    def _are_given(self, arrays):
        """Tell whether these are what the network was given, not what it computed."""
        return all(
            any(np.may_share_memory(array, given) for given in self.outer)
            for array in arrays
        )

    def _not_finite(self, own):
        """Return what is not finite first, on the way forth and back, or None."""
        checks = [(name, is_finite([p])) for name, p, _ in own]
        checks += self.is_finite.items()
        checks += [(f"grad_{name}", is_finite([grad])) for name, _, grad in own]
        return next((name for name, finite in checks if not finite), None)


def ratio(a, b):
    """Return a / b, or None where there is none."""
    return None if a is None or not b else a / b
