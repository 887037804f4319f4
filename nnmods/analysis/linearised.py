"""Linearised: a network at one x, which takes tangents forward and gradients back."""

import numpy as np

from nnmods.analysis.checks import check_module
from nnmods.analysis.values import (
    arrays_of,
    entries_of,
    like,
    real,
    real_entries,
    real_size,
)
from nnmods.core import Module
from nnmods.core.arrays import memory_key
from nnmods.core.parameters import walk_parameters
from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import copied, map_table


class Linearised:
    """A copy of a network, with all that its last `forward` of x left in it.

    What goes in and comes out are flat vectors: the entries of an array in C order,
    those of a table one array after another, and the parameters in the order of
    `flatten_parameters`. Arrays of indices, in x or y, have no part in these.

    Attributes
    ----------
    net : Module
        The copy. The one that was given stays as it is, and so do its generators.
    x, y : ndarray or table
        Copies.
    parameters : list of (path, p, grad_p)

    Raises
    ------
    TypeError
        If ``net`` is no Module.
    ValueError
        If a part of it is a surrogate: its `backward` is by design not the transpose of
        its Jacobian.
    """

    def __init__(self, owner, net, x, argument="net"):
        check_module(owner, net, argument)
        for path, part in net.named_modules():
            if part.surrogate:
                where = f"module {path} is " if path else f"{argument} is "
                raise ValueError(
                    f"{owner}: {where}{part!r}, expected modules whose backward is the "
                    "transposed Jacobian; this one has another by design"
                )
        self.net, self.x = net.clone(), copied(map_table(np.asarray, x))
        with unmoved_rng():
            self.y = copied(self.net.forward(self.x))
        self.parameters = self.net.named_parameters()
        self.dtype = np.result_type(*real(arrays_of(self.y), self.y) or [float])

    @property
    def outputs(self):
        """The number of real entries of y."""
        return real_size(self.y)

    @property
    def inputs(self):
        """The number of real entries of x."""
        return real_size(self.x)

    @property
    def weights(self):
        """The number of entries of all parameters."""
        return sum(p.size for _, p, _ in self.parameters)

    @property
    def has_jvp(self):
        """Whether a tangent takes one sweep, and not one for each entry of y."""
        parts = self.net.list_modules()
        return all(type(part).jvp is not Module.jvp for part in parts)

    def named(self, path):
        """Return which parameters a path names: of one, or of a module around it.

        Of a shared one the path of any place will do.
        """
        named = {}
        for place, _, _, p, _ in walk_parameters(self.net):
            here = place == path or place.startswith(f"{path}.")
            key = memory_key(p)
            named[key] = named.get(key, False) or here
        return list(named.values())

    def tangent(self, dx=None, dw=None):
        """Return dy, a vector, for tangents of x and of the parameters; None is 0."""
        return self.entries(self.tangent_table(dx, dw))

    def tangent_table(self, dx=None, dw=None):
        """Return the same as the array or table that y is, in the network's buffer."""
        self.dx = like(self.x, dx, self.dtype)
        self.dparams = None if dw is None else self.split(dw)
        return self.net.jvp(self.x, self.dx, self.dparams)

    def gradient(self, dC_dy, inputs=True, weights=False):
        """Return the gradients by x and by the parameters, as two vectors or None."""
        return self.gradient_of_table(self.as_y(dC_dy), inputs, weights)

    def gradient_of_table(self, dC_dy, inputs=True, weights=False):
        if weights:
            self.zero()
            dC_dx = self.net.backprop(self.x, dC_dy, input_grad=inputs)
        else:
            dC_dx = self.net.backward(self.x, dC_dy)
        return (
            real_entries(dC_dx, self.x, self.dtype) if inputs else None,
            self.gathered() if weights else None,
        )

    def as_y(self, flat):
        """Return a vector as an array or table shaped like y."""
        return like(self.y, flat, self.dtype)

    def entries(self, values):
        """Return an array or table shaped like y as a vector."""
        return real_entries(values, self.y, self.dtype)

    def zero(self):
        """Set all gradients to 0."""
        for _, _, grad in self.parameters:
            grad[...] = 0

    def gathered(self):
        """Return a copy of the gradients by all parameters, as one vector."""
        return entries_of([grad for _, _, grad in self.parameters], self.dtype)

    def split(self, dw):
        """Return a vector as a list of arrays, shaped like the parameters."""
        return like([p for _, p, _ in self.parameters], dw, self.dtype)
