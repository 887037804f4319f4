"""Optimizer: what every minimiser over a flat parameter vector has in common."""

import inspect

import numpy as np

from nnmods.kernels.threads import LEAST_BYTES, in_lanes, lanes_for, share
from nnmods.optim.blocks import cut, flush_tiny
from nnmods.optim.checks import check_count, check_number, check_vectors, unpack

# Steps between two searches for tiny numbers: of no cost, and too few for a moment
# with a decay of 0.81 or more to fall through the margin of 2^20
FLUSH_EVERY = 64


class Optimizer:
    """Update the parameter vector ``w`` in place from the gradient vector ``dC_dw``.

    A subclass takes the settings of its rule and writes `_update`. A vector is worked
    through in blocks that stay in cache, made once; a step allocates nothing.

    Parameters
    ----------
    net_or_pair : object or tuple
        A net, whose ``flatten_parameters()`` gives ``(w, dC_dw)``, or that pair itself:
        contiguous vectors of one length and floating dtype. Where the net's parameters
        move to other memory (another dtype, another module), make a new optimiser.
    lr : float
        The learning rate, at least 0. It may be assigned between steps.
    schedule : callable, default=None
        ``t -> factor`` of the rate at step t, counted from 0; None is the factor 1.
    state : tuple of str, default=()
        Names of the vectors that the rule carries from step to step. Each becomes an
        attribute, a vector like ``w`` that starts at 0. What decays to next to nothing
        (`nnmods.optim.blocks.flush_tiny`) is set to 0 once in 64 steps.

    Attributes
    ----------
    w, dC_dw : ndarray, shape (n,)
        The vectors themselves. ``dC_dw`` is written by `zero_grad` only.
    t : int
        Number of steps done.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(self, net_or_pair, lr, schedule=None, state=()):
        owner = type(self).__name__
        if schedule is not None and not callable(schedule):
            raise TypeError(
                f"{owner}: schedule has type {type(schedule).__name__}, expected a "
                "callable t -> factor"
            )
        self.lr = check_number(owner, "lr", lr)
        self.schedule = schedule
        self.t = 0
        self.net, (self.w, self.dC_dw) = unpack(owner, net_or_pair)
        self._are_flat = getattr(self.net, "are_flat", None)
        check_vectors(owner, self.w, self.dC_dw)
        self._state = state
        for name in state:
            setattr(self, name, np.zeros_like(self.w))
        self._lanes = self._cut(1)

    @property
    def current_lr(self):
        """The rate of the coming step, ``lr * schedule(t)``."""
        factor = 1.0 if self.schedule is None else self.schedule(self.t)
        # a NumPy scalar would draw float32 vectors up to float64
        return float(self.lr * factor)

    def step(self):
        """Update ``w`` in place from ``dC_dw``, which is only read.

        Raises
        ------
        RuntimeError
            If the net's parameters are no longer in ``w``.
        """
        if self._are_flat is not None and not self._are_flat(self.w):
            raise RuntimeError(
                f"{self!r}: the parameters of the net moved to other memory (by "
                "astype, or by flatten_parameters of a larger net); make a new "
                "optimiser after that"
            )
        lanes = lanes_for(self._bytes) if self._bytes >= LEAST_BYTES else 1
        if lanes != len(self._lanes):
            self._lanes = self._cut(lanes)
        rate = self.current_lr
        if lanes == 1:
            self._update(rate, self._lanes[0])
        else:
            in_lanes(lambda lane: self._update(rate, self._lanes[lane]), lanes)
        self.t += 1
        if self.t % FLUSH_EVERY == 0 and self._state:
            in_lanes(self._flush, lanes)

    def zero_grad(self):
        """Fill ``dC_dw`` with 0."""
        if self.dC_dw.nbytes < LEAST_BYTES:
            self.dC_dw.fill(0)
            return
        n, lanes = self.dC_dw.size, lanes_for(self.dC_dw.nbytes)
        in_lanes(lambda lane: self.dC_dw[share(n, lanes, lane)].fill(0), lanes)

    def state_dict(self):
        """Return what changes from step to step: ``t``, ``lr`` and copies of vectors.

        The parameters belong to the net, and the settings and the schedule to the
        constructor: neither is included.
        """
        vectors = {name: getattr(self, name).copy() for name in self._state}
        return {"t": self.t, "lr": self.lr, **vectors}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken; ``state`` is copied.

        Raises
        ------
        TypeError, ValueError
            If names, shapes or values are not those of such an optimiser; nothing has
            changed then.
        """
        if not isinstance(state, dict):
            raise TypeError(
                f"{self!r}: state has type {type(state).__name__}, expected a dict"
            )
        if set(state) != {"t", "lr", *self._state}:
            raise ValueError(
                f"{self!r}: state has names {sorted(state, key=str)}, expected "
                f"{sorted(['t', 'lr', *self._state])}"
            )
        # arrays as well as numbers: a file may have made 0-d arrays of t and lr
        arrays = {name: np.asarray(value) for name, value in state.items()}
        for name, array in arrays.items():
            wanted = self.w.shape if name in self._state else ()
            if array.shape != wanted:
                raise ValueError(
                    f"{self!r}: {name} has shape {array.shape}, expected {wanted}"
                )
            if array.dtype.kind not in "iuf":
                raise ValueError(
                    f"{self!r}: {name} has dtype {array.dtype}, expected real numbers"
                )
        t = check_count(repr(self), "t", arrays["t"].item(), least=0)
        lr = check_number(repr(self), "lr", arrays["lr"].item())
        self.t, self.lr = t, lr  # only now that nothing can fail
        for name in self._state:
            getattr(self, name)[...] = arrays[name]

    def _update(self, rate, blocks):
        """Apply the rule to each of ``blocks``, ``(w, dC_dw, *state, a, b)``.

        ``a`` and ``b`` are scratch; ``self.t`` is the number of steps done before. A
        long vector is shared among threads, which call this at the same time with
        blocks of their own.
        """
        raise NotImplementedError(f"{type(self).__name__} has no _update(rate, blocks)")

    def _flush(self, lane):
        for _, _, *state, a, _ in self._lanes[lane]:
            for vector in state:
                flush_tiny(vector, a)

    def _cut(self, lanes):
        vectors = [self.w, self.dC_dw, *(getattr(self, name) for name in self._state)]
        self._bytes = 2 * len(vectors) * self.w.nbytes
        return cut(vectors, scratch=2, lanes=lanes)

    def __getstate__(self):
        state = {
            k: v for k, v in self.__dict__.items() if k not in ("_lanes", "_are_flat")
        }
        if self.net is not None:  # its copy brings its own vectors
            del state["w"], state["dC_dw"]
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        if self.net is not None:
            self.w, self.dC_dw = self.net.flatten_parameters()
        self._are_flat = getattr(self.net, "are_flat", None)
        self._lanes = self._cut(1)

    def __repr__(self):
        settings = list(inspect.signature(type(self)).parameters.values())[1:]
        shown = [
            f"{p.name}={getattr(self, p.name)!r}"
            for p in settings
            if p.name == "lr" or getattr(self, p.name) != p.default
        ]
        return f"{type(self).__name__}({self.w.size} parameters, {', '.join(shown)})"
