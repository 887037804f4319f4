"""Saved state: what an optimiser was left with, checked before it is taken over."""

import numpy as np

from nnmods.core.states import check_names
from nnmods.optim.checks import check_count, check_number


def copied(value):
    """Return a state tree (dicts, lists, arrays, plain values) with its own arrays."""
    if isinstance(value, dict):
        return {name: copied(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(entry) for entry in value]
    return value.copy() if isinstance(value, np.ndarray) else value


def check_real(owner, name, value, shape):
    """Return an array of real numbers of a shape; a file may have made 0-d ones."""
    array = np.asarray(value)
    if array.shape != shape:
        raise ValueError(f"{owner}: {name} has shape {array.shape}, expected {shape}")
    if array.dtype.kind not in "iuf":
        raise ValueError(
            f"{owner}: {name} has dtype {array.dtype}, expected real numbers"
        )
    return array


def check_like(owner, name, value, like):
    """Raise unless a state tree is built like another; None there stands for any."""
    if like is None or value is None:
        return
    if isinstance(like, dict):
        check_names(f"{owner}: {name}", value, like)
        for key in like:
            check_like(owner, f"{name}[{key!r}]", value[key], like[key])
    elif isinstance(like, (list, tuple)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(
                f"{owner}: {name} has type {type(value).__name__}, expected a list"
            )
    elif isinstance(like, np.ndarray):
        check_real(owner, name, value, like.shape)
    elif not isinstance(value, (bool, int, float, str, np.generic, np.ndarray)):
        raise TypeError(
            f"{owner}: {name} has type {type(value).__name__}, expected a "
            f"{type(like).__name__}"
        )


class Saved:
    """The part of an `Optimizer` that is saved, and goes on from what was saved."""

    def state_dict(self):
        """Return what changes from step to step: ``t``, the rates, copies of the rest.

        The parameters belong to the net, and the settings to the constructor: neither
        is included. A schedule that has a ``state_dict()`` of its own is.
        """
        state = {"t": self.t, "lr": self.lr}
        if self.groups:
            state["group_lr"] = {name: group.lr for name, group in self.groups.items()}
        if hasattr(self.schedule, "state_dict"):
            state["schedule"] = self.schedule.state_dict()
        names = (*self._state, *self._more_state)
        return state | {name: copied(getattr(self, name)) for name in names}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If names, shapes or values are not those of such an optimiser; nothing has
            changed then.
        """
        owner = repr(self)
        check_names(owner, state, self.state_dict())
        arrays = {
            name: check_real(owner, name, state[name], self.w.shape)
            for name in self._state
        }
        numbers = {
            name: check_real(owner, name, state[name], ()) for name in ("t", "lr")
        }
        t = check_count(owner, "t", numbers["t"].item(), least=0)
        lr = check_number(owner, "lr", numbers["lr"].item())
        for name in self._more_state:
            check_like(owner, name, state[name], getattr(self, name))
        rates = state.get("group_lr", {})
        check_names(f"{owner}: group_lr", rates, self.groups)
        rates = {name: check_number(owner, "lr", rates[name]) for name in rates}
        if "schedule" in state:  # which may refuse, as the last of all
            self.schedule.load_state_dict(state["schedule"])
        self.t, self.lr = t, lr
        for name, rate in rates.items():
            if rate != self.groups[name].lr:  # else it may follow that of the whole
                self.groups[name].lr = rate
        for name, array in arrays.items():
            getattr(self, name)[...] = array
        for name in self._more_state:
            setattr(self, name, copied(state[name]))

    def __getstate__(self):
        state = {
            k: v for k, v in vars(self).items() if k not in ("_lanes", "_are_flat")
        }
        if self.net is not None:  # its copy brings its own vectors
            del state["w"], state["dC_dw"]
        return state

    def __setstate__(self, state):
        vars(self).update(state)
        if self.net is not None:
            self.w, self.dC_dw = self.net.flatten_parameters()
        self._are_flat = getattr(self.net, "are_flat", None)
        self._lanes = self._cut(1)
