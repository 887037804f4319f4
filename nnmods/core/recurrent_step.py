"""RecurrentStep: modules that take what an earlier step left, besides their x."""

from nnmods.core.forgetting import Forgetting
from nnmods.core.module import Module

#: Verbs whose general ways, those of `Module`, know of no state.
HANDING_ON = ("jvp", "backprop_jvp", "backward_diag_hessian", "acc_diag_hessian_params")


class Carry:
    """What one step hands to the next, and the gradient that comes back for it.

    Attributes
    ----------
    value, tangent, grad : list of ndarray, or None
        The states, their tangents in `jvp`, and the gradients by them; None means 0.
    grad_tangent, curvature : list of ndarray, or None
        The tangents of the gradients in `backprop_jvp`, which reads the gradients too,
        and the second derivatives by the states in `backward_diag_hessian`.
    """

    __slots__ = ("curvature", "grad", "grad_tangent", "tangent", "value")

    def __init__(self, value=None):
        self.value, self.tangent, self.grad = value, None, None
        self.grad_tangent = self.curvature = None


class RecurrentStep(Forgetting, Module):
    """A module whose result depends on the state that the step before it left.

    Called by itself, one step follows another: each `forward` starts from the state
    that the last one ended with, until `forget`. What came before counts as a
    constant then. A container that unrolls a sequence has a copy of the module for
    each step instead, and links them, so that gradients flow back through all.

    A subclass calls `entering` in `forward`, and sets ``self.after.value``. In
    `backward` and the like it reads ``self.after.grad`` and sets
    ``self.before.grad``, and in `jvp` it reads ``self.before.tangent`` and sets
    ``self.after.tangent``. The second sweeps back do with ``grad_tangent`` and
    ``curvature`` what the first one does with ``grad``, which stays. Of these verbs,
    one that no class writes raises NotImplementedError.

    Attributes
    ----------
    before, after : Carry
        Of the last `forward`: what it started from, and what it left.
    """

    _results = (*Module._results, "before", "after", "_left", "_linked")
    before = after = _left = None
    _linked = False

    def __init_subclass__(cls):
        super().__init_subclass__()
        for verb in HANDING_ON:
            if getattr(cls, verb) is getattr(Module, verb):
                setattr(cls, verb, _unwritten(verb))

    def link(self, before, after):
        """Let the next `forward` be a step of a chain.

        Parameters
        ----------
        before, after : Carry
            That of the step before, which ends with it, and its own.
        """
        self.before, self.after, self._linked = before, after, True

    def forget(self):
        """Let the next step start from 0, and return self."""
        self._left, self._linked = None, False  # linked: a chain that broke off
        return self

    def kept(self):
        """Return the states that the last step left for the next one, as data."""
        return self._left

    def put_kept(self, kept):
        """Go on as if the last step had left what `kept` returned."""
        self._left, self._linked = kept, False

    def entering(self, rows=None):
        """Return the states that this step starts from, or None for 0.

        Parameters
        ----------
        rows : int, default=None
            The wanted length of each state; None takes any.

        Raises
        ------
        ValueError
            If the step before had another number of rows.
        """
        start = self.before.value if self._linked else self._left
        if start and rows is not None and len(start[0]) != rows:
            linked, self._linked = self._linked, False
            raise ValueError(
                f"{self!r}: x has {rows} rows, expected {len(start[0])}, as the step "
                "before" + ("" if linked else "; forget() drops its state")
            )
        if not self._linked:
            if start is not None:
                start = [self._kept_copy(i, state) for i, state in enumerate(start)]
            self.before, self.after = Carry(start), Carry()
        self._linked = False
        return start

    def _kept_copy(self, i, state):
        """Return a copy, as this step will write where the last one left its state."""
        copy = self.work(f"entering {i}", state.shape, state.dtype)
        copy[...] = state
        return copy


def _unwritten(verb):
    """Return a method in the place of a verb that has to be written."""

    def refuse(self, *args, **kwargs):
        raise NotImplementedError(
            f"{self!r}: {verb} is not written; the general way would not hand on states"
        )

    return refuse
