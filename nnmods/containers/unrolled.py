"""Unrolled: the family of containers that make their module's steps one by one."""

from nnmods.containers.map_table import MapTable
from nnmods.core import Container
from nnmods.core.examples import Examples, count
from nnmods.core.places import places_of
from nnmods.core.recurrent_step import Carry, RecurrentStep
from nnmods.core.remembering import Remembering
from nnmods.core.tree import changes


class Unrolled(Remembering, MapTable):
    """A module with a stand-in for each step of a sequence, as `MapTable` has.

    Each recurrent step below the module has a twin in each stand-in. Twins are linked:
    a `Carry` between two of them holds the state on its way forward, the tangent, and
    the gradient on its way back. So there is nothing to do here but to visit the
    stand-ins in order, and backwards in `pull`.

    A subclass calls ``begin(n)`` in `forward`, with the number of steps.
    """

    _results = (*MapTable._results, *Remembering._results, "_last")
    _results += ("_steps", "_walked")
    _last = _steps = _walked = None
    _leading = 0  # how many axes x has before those of a step

    def __init__(self, module=None):
        super().__init__(module)

    def begin(self, n):
        """Make stand-ins for ``n`` steps and link them, the first one to the last call.

        Raises
        ------
        ValueError
            If there is no module, or one that a MapTable below has for all entries.
        """
        self._grow(n)
        twins = [steps for _, steps, _ in self._walked_through(max(n, 1))]
        kept = self._end if self.recalls() else None
        if kept is not None and len(kept) != len(twins[0]):
            kept = None  # of a module that was built otherwise
        chains = [
            Carry(kept and self._kept_copy(k, kept[k].value))
            for k in range(len(twins[0]))
        ]
        self._end = [*chains]  # should a step raise, the next call begins there too
        for steps in twins[:n]:
            for k, step in enumerate(steps):
                before, chains[k] = chains[k], Carry()
                step.link(before, chains[k])
        self._last = chains

    def _run(self, x):
        y = super()._run(x)
        self._end = self._last
        return y

    def forget(self):
        self._end = None
        for _, _, others in self._walked_through(len(self.modules)):
            for module in others:
                module.forget()
        return self

    def kept(self):
        end = None if self._end is None else [carry.value for carry in self._end]
        return super().kept() | {"end": end}

    def put_kept(self, kept):
        super().put_kept(kept)
        if self._end is not None:
            self._end = [Carry(value) for value in self._end]

    def _kept_copy(self, k, state):
        """Return a copy of a state of the last call: its memory will be written to."""
        if state is None:
            return None
        copies = []
        for i, array in enumerate(state):
            copy = self.work(f"first {k} {i}", array.shape, array.dtype)
            copy[...] = array
            copies.append(copy)
        return copies

    def _rows_of_examples(self, x, dC_dy, verb):
        """Return the same of the steps, which have rows where all below them do.

        Where one has not, a copy that takes examples one by one has to be one of the
        whole sequence: a copy of a step alone would start from 0.
        """
        n, _ = super()._rows_of_examples(x, dC_dy, verb)
        axis, taught = self.example_axis - self._leading, places_of(self).taught
        taught = [(i, self.modules[i]) for i in taught if self._grads[i] is not None]
        try:
            for i, module in taught:
                pair = self._inputs[i], self._grads[i]
                if module.example_axis != axis or {n} != {count(a, axis) for a in pair}:
                    return n, None
                for part in module.list_modules():
                    if not self._keeps_rows(part, n, verb):
                        return n, None
        except ValueError:  # an array has no such axis
            return n, None
        return n, taught

    def _keeps_rows(self, part, n, verb):
        """Tell whether a part needs no copies for n examples, or has no steps."""
        if not self._below(part)[0]:
            return True
        if not isinstance(part, Container):  # a step itself
            return type(part).per_example_grads is not Examples.per_example_grads
        if part._grads is None:  # nothing came by
            return True
        rows, taught = part._rows_of_examples(part._x, part._dC_dy, verb)
        return rows == n and taught is not None

    def _walked_through(self, n):
        """Return (stand-in, recurrent steps, what remembers) of the first stand-ins."""
        if self._walked != changes[0]:
            self._steps, self._walked = [], changes[0]
        known = self._steps
        for i, module in enumerate(self.modules[:n]):
            if i == len(known) or known[i][0] is not module:
                known[i : i + 1] = [(module, *self._below(module))]
        return known[:n]

    def _below(self, module):
        """Return the recurrent steps below a module, and what remembers by itself."""
        if isinstance(module, Remembering):
            return [], [module]
        steps, others = [module] if isinstance(module, RecurrentStep) else [], []
        for _, child in module.children():
            found = self._below(child)
            steps += found[0]
            others += found[1]
        if steps and isinstance(module, MapTable):
            raise ValueError(
                f"{type(self).__name__}: {type(steps[0]).__name__} is in a MapTable, "
                "whose entries would share one state; a Sequencer there has one of each"
            )
        return steps, others
