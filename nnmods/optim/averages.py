"""Averages: what averages of the weights over the steps have in common."""

from contextlib import contextmanager

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count, check_vectors, unpack
from nnmods.optim.companion import Companion
from nnmods.optim.saved import check_real


class Average:
    """A running average of the flat parameter vector ``w``.

    ::

        average = average + share * (w - average)      (in `update`, after a step)

    A subclass says in ``_share()`` what the share of the present w is. Before the
    first one is taken in there is no average to apply, and w stays as it is.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net, whose ``flatten_parameters()`` gives ``(w, dC_dw)``, or that pair itself.

    Attributes
    ----------
    average : ndarray, shape (n,)
    t : int
        Number of calls of `update`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(self, net_or_pair):
        owner = type(self).__name__
        self.net, (self.w, dC_dw) = unpack(owner, net_or_pair)
        check_vectors(owner, self.w, dC_dw)
        self.t = 0
        self.average = self.w.copy()
        self._applied = False
        self._pair = Companion(self.w, self.average)

    def update(self):
        """Take the present w in, after a step of an optimiser.

        Raises
        ------
        RuntimeError
            If the average is in the net's place, or the parameters are elsewhere.
        """
        self._check_place("update")
        self.t += 1
        share = self._share()
        if share == 1:
            self._pair.each(lambda w, average, _: np.copyto(average, w))
        elif share:
            self._pair.each(lambda *block: _follow(*block, share))

    @contextmanager
    def applied(self):
        """Return a context in which w is the average; then it is as it was.

        The two change places, so that nothing is lost, whatever is raised inside.

        Raises
        ------
        RuntimeError
            If the average is in the net's place already, or the parameters are
            elsewhere.
        """
        self._check_place("applied")
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def copy_to_net(self):
        """Write the average to w, for good.

        Raises
        ------
        RuntimeError
            If it is in the net's place for a while only, or the parameters are
            elsewhere.
        """
        self._check_place("copy_to_net")
        if self._has_any():
            np.copyto(self.w, self.average)

    def state_dict(self):
        """Return ``t`` and a copy of the average."""
        swapped = self._applied and self._has_any()
        average = self.w if swapped else self.average
        return {"t": self.t, "average": average.copy()}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError, RuntimeError
            If names, shapes or values are not those of such an average, or `applied`
            is in force; nothing has changed then.
        """
        owner = repr(self)
        self._check_place("load_state_dict")
        check_names(owner, state, ("t", "average"))
        t = check_real(owner, "t", state["t"], ()).item()
        average = check_real(owner, "average", state["average"], self.w.shape)
        self.t = check_count(owner, "t", t, least=0)
        self.average[...] = average

    def _exchange(self):
        if self._has_any():
            self._pair.each(_swap)
        self._applied = not self._applied

    def _share(self):
        """Return the share of the present w at the t-th call of `update`."""
        raise NotImplementedError(f"{type(self).__name__} has no _share()")

    def _has_any(self):
        """Tell whether anything is averaged yet."""
        return self.t > 0

    def _check_place(self, method):
        if self._applied:
            raise RuntimeError(
                f"{self!r}: {method} has the average in the place of w, expected w; "
                "leave applied() first"
            )
        are_flat = getattr(self.net, "are_flat", None)
        if are_flat is not None and not are_flat(self.w):
            raise RuntimeError(
                f"{self!r}: the parameters of the net moved to other memory (by "
                "astype, or by flatten_parameters of a larger net); make a new "
                "average after that"
            )

    def __getstate__(self):
        state = {k: v for k, v in vars(self).items() if k != "_pair"}
        if self.net is not None:  # its copy brings its own vector
            del state["w"]
        return state

    def __setstate__(self, state):
        vars(self).update(state)
        if self.net is not None:
            self.w, _ = self.net.flatten_parameters()
        self._pair = Companion(self.w, self.average)
        if self._applied:  # nobody will leave that context of the original
            self._exchange()


def _follow(w, average, scratch, share):
    np.subtract(w, average, scratch)
    np.add(average, np.multiply(scratch, share, scratch), average)


def _swap(w, average, scratch):
    np.copyto(scratch, w)
    np.copyto(w, average)
    np.copyto(average, scratch)
