"""Optimizer: what every minimiser over a flat parameter vector has in common."""

import inspect

import numpy as np

from nnmods.optim.checks import (
    check_number,
    check_vector,
    check_vectors,
    unpack,
)
from nnmods.optim.groups import slots_of, split
from nnmods.optim.lanes import InLanes
from nnmods.optim.saved import Saved
from nnmods.optim.variants import variant


class Optimizer(InLanes, Saved):
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

    def _check_place(self):
        if self._are_flat is not None and not self._are_flat(self.w):
            raise RuntimeError(
                f"{self!r}: the parameters of the net moved to other memory (by "
                "astype, or by flatten_parameters of a larger net); make a new "
                "optimiser after that"
            )

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
