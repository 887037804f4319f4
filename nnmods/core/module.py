"""Module: the contract of everything that computes y from x."""

from nnmods.core import flat
from nnmods.core.dtypes import float_dtype
from nnmods.core.examples import Examples
from nnmods.core.inheriting import follow_sweep
from nnmods.core.jvp_by_rows import jvp_by_rows
from nnmods.core.kronecker import Kronecker
from nnmods.core.node import Node, has_nodes
from nnmods.core.parameters import named_parameters, own_parameters
from nnmods.core.second_order import SecondOrder
from nnmods.core.sharing import share
from nnmods.core.state import convert
from nnmods.core.tables import copied
from nnmods.core.updates import Updates


class Module(SecondOrder, Examples, Kronecker, Updates):
    """A function y of x, its Jacobian transpose, and its parameter gradients.

    A subclass writes `forward` and `backward`, and `acc_grad_params` if it has
    parameters; nothing needs to be registered or remembered. A parameter is an array
    attribute ``p`` with a twin ``grad_p`` of its shape, both changed in place only.
    Attributes that are modules, or lists of modules, are part of it.

    Parameters
    ----------
    dtype : numpy dtype, default=None
        Of its parameters; None takes `nnmods.get_default_dtype()`.

    Attributes
    ----------
    y, dC_dx : ndarray, table or None
        The results of the last `forward` and `backward` of a built-in module: its own
        buffers, overwritten by the next call.
    train : bool
        Whether it is in training mode.
    surrogate : bool
        Whether `backward` is by design something else than the transpose of the
        Jacobian, as in a reversed gradient or a penalty. Checks then leave out what
        `forward` would demand of it.

    Examples
    --------
    >>> import numpy as np
    >>> class Gain(Module):
    ...     def __init__(self, n):
    ...         self.gain, self.grad_gain = np.ones(n), np.zeros(n)
    ...     def forward(self, x):
    ...         return self.gain * x
    ...     def backward(self, x, dC_dy):
    ...         return self.gain * dC_dy
    ...     def acc_grad_params(self, x, dC_dy, scale=1.0):
    ...         self.grad_gain += scale * (dC_dy * x).sum(axis=0)
    >>> Gain(3)(np.ones((2, 3))).shape
    (2, 3)
    """

    _results = ("y", "dC_dx", "_dy", "_x", "_ddC_dx", "_d2C_dx2", "work")
    y = dC_dx = _dy = _x = _anchor = None
    _flat = None
    surrogate = False
    # For analysis: whether a last module of its kind counts to the cost, as in
    # log-probabilities of which a cost takes one: all curvature is in the module then.
    joins_cost = False
    # For containers: whether y may be written over x, as it is all that backward needs;
    # whether backward reads y, so that nobody else may write over that; and whether
    # `forward_then` hands over parts of y while they are in the processor's cache.
    overwrites = finishes = False
    reads_y = True

    def __init_subclass__(cls):
        super().__init_subclass__()
        follow_sweep(cls)

    def __init__(self, dtype=None):
        self._dtype = float_dtype(dtype)

    def __call__(self, x):
        """Return ``forward(x)`` as a copy that the caller owns.

        On nodes it makes a node of a graph; see `Graph`.
        """
        return Node(self, x) if has_nodes(x) else copied(self.forward(x))

    # The verbs.

    def forward(self, x):
        """Return y, in the module's own buffer, which the next call overwrites."""
        raise NotImplementedError(f"{self!r}: forward(x) is not written")

    def backward(self, x, dC_dy):
        """Return dC_dx, the Jacobian-transpose product, and do nothing else."""
        raise NotImplementedError(f"{self!r}: backward(x, dC_dy) is not written")

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        """Add ``scale * (dy/dp)^T dC_dy`` to ``grad_p``, for each parameter p."""
        for name, _, _ in own_parameters(self):
            raise NotImplementedError(
                f"{self!r}: acc_grad_params(x, dC_dy, scale) is not written, "
                f"but there is a parameter {name}"
            )

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        """Do `backward` and `acc_grad_params` in one sweep, and return dC_dx.

        With ``input_grad=False`` dC_dx is not returned, and not computed either, unless
        there are modules below: those that are containers learn from `backward` only.
        """
        wanted = input_grad or self.children()
        dC_dx = self.backward(x, dC_dy) if wanted else None
        self.acc_grad_params(x, dC_dy, scale)
        return dC_dx if input_grad else None

    def jvp(self, x, dx, dparams=None):
        """Return dy, the Jacobian times a direction: dy/dx dx + sum_p dy/dp dp.

        ``dparams`` is a list of arrays in the order of `parameters`; None means 0. A
        class that does not write it pays with a `backward` for each entry of y.
        """
        return jvp_by_rows(self, x, dx, dparams)

    # Parameters.

    def named_parameters(self):
        """Return a list of (path, p, grad_p), shared parameters once."""
        return list(named_parameters(self))

    def parameters(self):
        """Return two lists: the parameters and their gradients."""
        entries = self.named_parameters()
        return [p for _, p, _ in entries], [grad for _, _, grad in entries]

    def flatten_parameters(self):
        """Make all parameters views of one vector, and return ``w, dC_dw``.

        Both are contiguous; shared parameters are counted once; a second call returns
        the same two vectors. They last through deepcopy, pickle and `reset`.

        Raises
        ------
        TypeError
            If the parameters are of several dtypes.
        ValueError
            If two parameters share a part of their memory.
        """
        self._flat, self._anchor = flat.flatten(self)
        return self._flat

    def are_flat(self, w):
        """Tell whether ``w``, of `flatten_parameters`, still holds the parameters.

        `astype` moves them elsewhere, and so does flattening a network around this one.
        """
        return self._anchor is None or self._anchor.holds(w)

    # Copies.

    def clone(self, share=False):
        """Return a deep copy, without the results of the last call.

        ``share=True`` shares all parameters, their gradients, running statistics and
        random generators with the original; a list of names shares the parameters of
        these names.
        """
        clone = super().clone()
        if share is True:
            clone.share(self)
        elif share:
            clone.share(self, *([share] if isinstance(share, str) else share))
        return clone

    def share(self, other, *names):
        """Use the arrays of ``other``, a module of the same build, and return self.

        Parameters
        ----------
        other : Module
        *names : str
            Such as ``"weight"``: a parameter is shared together with its gradient.
            Without names all arrays and generators that last are shared.

        Raises
        ------
        ValueError
            If the two differ in build or shape, or have no array of that name.
        """
        share(self, other, names)
        return self

    def astype(self, dtype):
        """Convert all floating-point arrays in place, and return self.

        Vectors that `flatten_parameters` returned before are no longer in use.
        """
        convert(self.castable(), float_dtype(dtype))
        if self._flat is not None:
            self.flatten_parameters()
        return self

    def __getstate__(self):
        state = super().__getstate__()
        if self._flat is not None:
            state["_flat"] = True  # copies of views are views no longer
        state.pop("_anchor", None)
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if self._flat is not None:
            self._flat = None
            self.flatten_parameters()

    def __repr__(self):
        return f"{type(self).__name__}()"
