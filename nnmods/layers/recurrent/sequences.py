"""Sequences: the forms in which a layer takes them, and their one form inside."""

import numpy as np

from nnmods.core import check
from nnmods.core.tables import is_table


class Sequences:
    """The part of a layer that brings x to (T, N, in), and results back.

    One sequence is (T, in); with ``batchfirst`` several are (N, T, in). A table holds
    the states at the start, the last ones of STATES, and then x.
    """

    #: The names of the states, in the order in which a table has them.
    STATES = ("h",)

    def _size_of(self, name):
        """Return the length of a state."""
        return self.out_features

    def _taken(self, argument, x):
        """Return x as (T, N, in), and a dict of the states that came with it.

        Raises
        ------
        TypeError
            If an entry is not an array.
        ValueError
            If x, or a state, is not shaped as it should be.
        """
        states = x[:-1] if is_table(x) else ()
        if is_table(x) and not 0 < len(states) <= len(self.STATES):
            raise ValueError(
                f"{self!r}: {argument} has {len(x)} entries, expected 2"
                + "".join(f" or {n + 1}" for n in range(2, len(self.STATES) + 1))
            )
        seq = x[-1] if is_table(x) else x
        label = f"{argument}[{len(states)}]" if states else argument
        check(self, label, seq, (..., None, self.in_features))
        if seq.ndim != 2:
            check(self, label, seq, (None, None, self.in_features))
        inside = self._inward(seq)
        given = {}
        names = self.STATES[len(self.STATES) - len(states) :]
        for i, (name, state) in enumerate(zip(names, states, strict=True)):
            N, size = inside.shape[1], self._size_of(name)
            wanted = (size,) if seq.ndim == 2 else (N, size)
            check(self, f"{argument}[{i}]", state, wanted)
            given[name] = state.reshape(N, size)
        return inside, given

    def _inward(self, array):
        """Return one of (T, ...), (T, N, ...) or (N, T, ...) as (T, N, ...)."""
        if array.ndim == 2:
            return array[:, None]
        return array.swapaxes(0, 1) if self.batchfirst else array

    def _outward(self, array, x):
        """Return (T, N, ...) in the form that x has."""
        seq = x[-1] if is_table(x) else x
        if seq.ndim == 2:
            return array[:, 0]
        return array.swapaxes(0, 1) if self.batchfirst else array

    def _like_x(self, inside, dstart):
        """Return what belongs to x (T, N, in) in its form, a table if x is one."""
        x = self._x
        outside = self._outward(inside, x)
        if not is_table(x):
            return outside
        single = x[-1].ndim == 2
        states = [dstart[name] for name in self.STATES[1 - len(x) :]]
        return [*(state[0] if single else state for state in states), outside]

    def _rows(self, seq, name, dtype):
        """Return (T, N, in) as the rows of a matrix in C order."""
        return as_rows(self._in_order(seq, name, dtype))

    def _states_before(self, name, h, start, dtype):
        """Return the state before each step, from those after and the first one."""
        states = self.work(f"{name} before", h.shape, dtype)
        if len(h):
            states[0] = 0 if start is None else start
            states[1:] = h[:-1]
        return states

    def _mask(self, t, *arrays):
        """Set what belongs to step t, (..., N, M), to 0 in the masked sequences."""
        if self._masked is not None:
            for array in arrays:
                np.copyto(array, 0, where=self._masked[t])

    def _zeros(self, seq):
        """Return which steps of which sequences are all 0, (T, N, 1)."""
        apart = self.work("apart from 0", seq.shape, np.dtype(bool))
        masked = self.work("masked", (*seq.shape[:2], 1), np.dtype(bool))
        np.not_equal(seq, 0, out=apart)
        np.any(apart, axis=2, keepdims=True, out=masked)
        return np.logical_not(masked, out=masked)


def as_rows(array):
    """Return (T, N, M) as a matrix (T * N, M), whatever is empty.

    Examples
    --------
    >>> as_rows(np.ones((2, 3, 0))).shape
    (6, 0)
    """
    T, N, M = array.shape
    return array.reshape(T * N, M)
