"""ModuleCriterion: a cost of what modules make of y and of the target."""

import warnings

from nnmods.core import Criterion, Module
from nnmods.core.tables import summed
from nnmods.criterions.module_curvature import ModuleCurvature
from nnmods.criterions.options import as_flag
from nnmods.criterions.snapshot import TableSnapshot, copied_to


class ModuleCriterion(ModuleCurvature, Criterion):
    """Criterion of y and target that went through a module each.

    ::

        C     = criterion(f(y), g(target))
        dC_dy = (df/dy)^T dC/df          no gradient goes to the target

    with f the input module and g the target module.

    Parameters
    ----------
    criterion : Criterion
    input_module : Module, default=None
        f; None for y itself. Its parameters, if any, are not trained.
    target_module : Module, default=None
        g; None for the target itself.
    cast_target : bool, default=True
        Whether `astype` converts the target module too.

    Warns
    -----
    UserWarning
        If the input module has parameters.

    References
    ----------
    Torch7, nn.ModuleCriterion.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> cost = ModuleCriterion(nn.MSECriterion(), nn.ReLU())
    >>> y, target = np.array([-1.0, 2.0]), np.array([0.0, 3.0])
    >>> cost(y, target), cost.backward(y, target)
    (0.5, array([ 0., -1.]))
    """

    _results = (*Criterion._results, "_kept")
    _kept = None

    def __init__(
        self, criterion, input_module=None, target_module=None, cast_target=True
    ):
        super().__init__()
        for name, value, kind in (
            ("criterion", criterion, Criterion),
            ("input_module", input_module, Module),
            ("target_module", target_module, Module),
        ):
            optional = kind is Module and value is None
            if not optional and not isinstance(value, kind):
                raise TypeError(
                    f"ModuleCriterion: {name} has type {type(value).__name__}, "
                    f"expected a {kind.__name__}"
                )
        self.criterion = criterion
        self.input_module = input_module
        self.target_module = target_module
        self.cast_target = as_flag(cast_target)
        if input_module is not None and input_module.parameters()[0]:
            warnings.warn(
                "ModuleCriterion: input_module has parameters, expected none; "
                "they will not be trained",
                stacklevel=2,
            )

    def forward(self, y, target=None):
        self.C = self.criterion.forward(*self._through(y, target, anew=True))
        return self.C

    def backward(self, y, target=None):
        dC_dy = self.criterion.backward(*self._through(y, target, anew=False))
        if self.input_module is not None:
            # Not in the module's memory: a second sweep through it would write to that.
            dC_dy = summed(self, self.dC_dy, [self.input_module.backward(y, dC_dy)])
        self.dC_dy = dC_dy
        return dC_dy

    def _through(self, y, target, anew):
        """Return f(y) and g(target); what they gave last, if that is of the same.

        A random module must not draw anew between `forward` and `backward`. What it
        gave is copied: f may be g, or be at work elsewhere before `backward`.
        """
        results, parts = [y, target], [(0, self.input_module), (1, self.target_module)]
        shared = self._is_shared()
        if shared:
            parts.reverse()  # f last: it goes backward from its last forward
        for i, module in parts:
            if module is None:
                continue
            if self._kept is None:
                self._kept = [[TableSnapshot(), None], [TableSnapshot(), None]]
            given, result = self._kept[i]
            if anew or result is None or not given.equals(results[i]):
                self._kept[i][1] = None  # should the module raise
                result = copied_to(result, module.forward(results[i]))
                given.take(results[i])
                self._kept[i][1] = result
                anew = anew or shared
            results[i] = result
        return results

    def _is_shared(self):
        """Tell whether f and g have modules in common, or are one."""
        f, g = self.input_module, self.target_module
        if f is None or g is None:
            return False
        return not {*map(id, f.list_modules())}.isdisjoint(map(id, g.list_modules()))

    def astype(self, dtype):
        """Convert the criterion and the modules too, in place, and return self."""
        self.criterion.astype(dtype)
        for module, cast in (
            (self.input_module, True),
            (self.target_module, self.cast_target),
        ):
            if module is not None and cast:
                module.astype(dtype)
        return super().astype(dtype)

    def clear_state(self):
        """Drop results and scratch memory everywhere, and return self."""
        for part in (self.criterion, self.input_module, self.target_module):
            if part is not None:
                part.clear_state()
        return super().clear_state()

    def __repr__(self):
        options = "".join(
            f", {name}={getattr(self, name)!r}"
            for name in ("input_module", "target_module")
            if getattr(self, name) is not None
        )
        cast = "" if self.cast_target else ", cast_target=False"
        return f"ModuleCriterion({self.criterion!r}{options}{cast})"
