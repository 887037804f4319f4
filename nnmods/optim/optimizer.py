"""Optimizer: what every minimiser over a flat parameter vector has in common."""

import inspect

import numpy as np

from nnmods.core.states import check_names
from nnmods.kernels.threads import LEAST_BYTES, in_lanes, lanes_for, share
from nnmods.optim.blocks import cut, flush_tiny
from nnmods.optim.checks import (
    check_count,
    check_number,
    check_vector,
    check_vectors,
    unpack,
)
from nnmods.optim.groups import joined, slots_of, split
from nnmods.optim.saved import check_like, check_real, copied
from nnmods.optim.variants import variant

# Steps between two searches for tiny numbers: of no cost, and too few for a moment
# with a decay of 0.81 or more to fall through the margin of 2^20
FLUSH_EVERY = 64


class Optimizer:
    """Update the parameter vector ``w`` in place from the gradient vector ``dC_dw``.

    A subclass takes the settings of its rule, keeps each as an attribute of the
    argument's name, and writes `_update`. A vector is worked through in blocks that
    stay in cache, made once; a step allocates nothing.

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
    more_state : tuple of str, default=()
        Names of further attributes that change from step to step: numbers, texts,
        None, arrays, and lists and dicts of these. The subclass sets them first.
    vectors : dict of str to ndarray, default=None
        Settings of one number for each of ``w``, or None, which become attributes of
        these names: copies in the dtype of ``w``. Those not None are in the blocks.
    groups : dict of str to dict, default=None
        Settings of their own for the parameters whose path matches a pattern:
        ``{"*.bias": {"weight_decay": 0.0}}`` (`fnmatch`; the first match counts). A
        rate ``lr`` among them takes the place of the optimiser's.

    Attributes
    ----------
    w, dC_dw : ndarray, shape (n,)
        The vectors themselves. ``dC_dw`` is written by `zero_grad` only.
    t : int
        Number of steps done.
    groups : dict of str to Optimizer
        By pattern, the settings of each group, which may be assigned between steps.
    costs : list of float
        Those that the last step evaluated, where it was given a function.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    #: Whether `step` cannot do without a function that evaluates the cost.
    needs_fun = False
    #: Whether a block is a whole parameter in its own shape, as some rules want it.
    by_parameter = False

    def __init__(
        self,
        net_or_pair,
        lr,
        schedule=None,
        state=(),
        more_state=(),
        groups=None,
        vectors=None,
    ):
        owner = type(self).__name__
        if schedule is not None and not callable(schedule):
            raise TypeError(
                f"{owner}: schedule has type {type(schedule).__name__}, expected a "
                "callable t -> factor"
            )
        self.lr = lr
        self.schedule = schedule
        self.t = 0
        self.costs = []
        self.net, (self.w, self.dC_dw) = unpack(owner, net_or_pair)
        self._are_flat = getattr(self.net, "are_flat", None)
        check_vectors(owner, self.w, self.dC_dw)
        self._state, self._more_state = tuple(state), tuple(more_state)
        for name in state:
            setattr(self, name, np.zeros_like(self.w))
        self._vectors = ()
        for name, vector in (vectors or {}).items():
            if vector is not None:
                self._vectors += (name,)
                vector = check_vector(owner, name, vector, self.w)
            setattr(self, name, vector)
        self.groups = self._grouped(groups or {})
        self._lanes = self._cut(1)

    @property
    def lr(self):
        """The learning rate, which may be assigned."""
        return self._lr

    @lr.setter
    def lr(self, lr):
        self._lr = check_number(type(self).__name__, "lr", lr)

    @property
    def current_lr(self):
        """The rate of the coming step, ``lr * schedule(t)``."""
        factor = 1.0 if self.schedule is None else self.schedule(self.t)
        # a NumPy scalar would draw float32 vectors up to float64
        return float(self.lr * factor)

    def step(self, fun=None):
        """Update ``w`` in place from ``dC_dw``, which is only read.

        Parameters
        ----------
        fun : callable, default=None
            ``fun() -> C``, which computes the cost for the present ``w`` and fills
            ``dC_dw`` with its gradient, from 0 on. Without it ``dC_dw`` is taken as it
            stands.

        Returns
        -------
        float or None
            What ``fun`` returned for the w before the step.

        Raises
        ------
        TypeError
            If ``fun`` is missing, and the rule cannot do without.
        RuntimeError
            If the net's parameters are no longer in ``w``.
        """
        if fun is None and self.needs_fun:
            raise TypeError(
                f"{self!r}: fun has type NoneType, expected a callable () -> C"
            )
        self._check_place()
        C = None
        if fun is not None:
            self.costs.clear()
            C = self._evaluate(fun)
        self._apply()
        self.t += 1
        return C

    def zero_grad(self):
        """Fill ``dC_dw`` with 0."""
        if self.dC_dw.nbytes < LEAST_BYTES:
            self.dC_dw.fill(0)
            return
        n, lanes = self.dC_dw.size, lanes_for(self.dC_dw.nbytes)
        in_lanes(lambda lane: self.dC_dw[share(n, lanes, lane)].fill(0), lanes)

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

    def _update(self, rate, blocks):
        """Apply the rule to each of ``blocks``: ``(w, dC_dw, *state, *vectors, a, b)``.

        ``a`` and ``b`` are scratch; ``self.t`` is the number of steps done before. A
        long vector is shared among threads, which call this at the same time with
        blocks of their own.
        """
        raise NotImplementedError(f"{type(self).__name__} has no _update(rate, blocks)")

    def _evaluate(self, fun):
        """Return the cost at the present w, and note it in ``costs``."""
        C = float(fun())
        self.costs.append(C)
        return C

    def _fill(self, name, setting):
        """Fill a vector of the state with the setting of each weight's group."""
        position = 2 + self._state.index(name)
        for lane in self._lanes:
            for rule, blocks in lane:
                for block in blocks:
                    block[position].fill(getattr(rule, setting))

    def _check_place(self):
        if self._are_flat is not None and not self._are_flat(self.w):
            raise RuntimeError(
                f"{self!r}: the parameters of the net moved to other memory (by "
                "astype, or by flatten_parameters of a larger net); make a new "
                "optimiser after that"
            )

    def _apply(self):
        """Let the rule of each group update its blocks."""
        lanes = lanes_for(self._bytes) if self._bytes >= LEAST_BYTES else 1
        if self.by_parameter:
            lanes = 1
        if lanes != len(self._lanes):
            self._lanes = self._cut(lanes)
        factor = 1.0 if self.schedule is None else self.schedule(self.t)
        if lanes == 1:
            self._update_lane(0, factor)
        else:
            in_lanes(lambda lane: self._update_lane(lane, factor), lanes)
        if (self.t + 1) % FLUSH_EVERY == 0 and self._state:
            in_lanes(self._flush, lanes)

    def _update_lane(self, lane, factor):
        for rule, blocks in self._lanes[lane]:
            # a NumPy scalar would draw float32 vectors up to float64
            rule._update(float(rule.lr * factor), blocks)

    def _flush(self, lane):
        for _, blocks in self._lanes[lane]:
            for _, _, *vectors, a, b in blocks:
                for vector in vectors[: len(self._state)]:
                    flush_tiny(vector, a, b)

    def _grouped(self, groups):
        """Return a variant of this optimiser for each pattern."""
        if not isinstance(groups, dict):
            raise TypeError(
                f"{type(self).__name__}: groups has type {type(groups).__name__}, "
                "expected a dict of settings for each pattern"
            )
        self.groups = {}
        split(slots_of(self.net, self.w), groups, type(self).__name__)
        return {pattern: variant(self, own) for pattern, own in groups.items()}

    def _cut(self, lanes):
        """Return for each lane a list of rules, each with its blocks."""
        names = (*self._state, *self._vectors)
        vectors = [self.w, self.dC_dw, *(getattr(self, name) for name in names)]
        self._bytes = 2 * len(vectors) * self.w.nbytes
        if not self.groups and not self.by_parameter:
            return [[(self, blocks)] for blocks in cut(vectors, 2, lanes)]
        slots = slots_of(self.net, self.w)
        parts, rest = split(slots, self.groups, type(self).__name__)
        result = [[] for _ in range(lanes)]
        for rule, part in [
            (self, rest),
            *zip(self.groups.values(), parts, strict=True),
        ]:
            if self.by_parameter:
                pieces = [[rule._block(vectors, slot) for slot in part]]
            else:
                pieces = cut(vectors, 2, lanes, joined(part))
            for lane, blocks in zip(result, pieces, strict=True):
                lane.append((rule, blocks))
        return result

    def _block(self, vectors, slot):
        """Return the block of one parameter, in its shape."""
        scratch = [np.empty(slot.shape, self.w.dtype) for _ in range(2)]
        return (*(v[slot.span].reshape(slot.shape) for v in vectors), *scratch)

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

    def __repr__(self):
        shown = []
        for p in list(inspect.signature(type(self)).parameters.values())[1:]:
            value = getattr(self, p.name)
            if isinstance(value, np.ndarray):
                shown.append(f"{p.name} of {value.size}")
            elif p.name == "groups":
                shown += [f"groups={list(value)}"] if value else []
            elif p.name == "lr" or value != p.default:
                shown.append(f"{p.name}={value!r}")
        shown.insert(0, f"{self.w.size} parameters")
        return f"{type(self).__name__}({', '.join(shown)})"
