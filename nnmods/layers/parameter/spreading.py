"""Spreading: the family of layers with one parameter, spread over x."""

from math import prod

import numpy as np

from nnmods.core import Module, check, get_rng, uniform_bound
from nnmods.layers.linear.indices import size_of


class Spreading(Module):
    """A parameter p that meets x entry by entry, repeated where it is smaller.

    The first that fits:

    1. p has as many entries as x: entry by entry, in order.
    2. p has as many axes as x: an axis of length 1 is repeated.
    3. p has one entry: it is for all.
    4. p has as many entries as x[0]: it is for each sample.

    A subclass names its parameter, ``weight`` or ``bias``, in ``name``, and writes
    ``_terms(x, dC_dy)``, an array shaped like x: the gradient by p before any sums.
    """

    name = "weight"

    def __init__(self, size, *, dtype=None, rng=None):
        super().__init__(dtype)
        owner = type(self).__name__
        if len(size) == 1 and isinstance(size[0], (tuple, list, np.ndarray)):
            size = tuple(size[0])
        if not size:
            raise ValueError(f"{owner}: size has 0 entries, expected at least 1")
        size = tuple(size_of(owner, "size", n) for n in size)
        setattr(self, self.name, np.empty(size, self.dtype))
        setattr(self, f"grad_{self.name}", np.zeros(size, self.dtype))
        self.reset(rng)

    def reset(self, rng=None, stdv=None):
        p = getattr(self, self.name)
        bound = uniform_bound(stdv, p.size)
        p[...] = get_rng(rng).uniform(-bound, bound, p.shape)
        return self

    def _spread(self, x):
        """Return the shape of p in which it meets x, with as many axes as x."""
        check(self, "x", x, (...,))
        p, shape = getattr(self, self.name), x.shape
        if p.size == x.size:
            return shape
        if p.ndim == len(shape):
            if all(n in (1, m) for n, m in zip(p.shape, shape, strict=True)):
                return p.shape
        elif p.size == 1:
            return (1,) * len(shape)
        elif shape and p.size == prod(shape[1:]):
            return 1, *shape[1:]
        raise ValueError(
            f"{self!r}: x has shape {shape}, expected one that {p.shape} fits; "
            "an axis to be repeated needs a 1 there"
        )

    def _add_summed(self, terms, shape, scale):
        """Add ``scale`` times the sums of terms, over what was repeated, to grad_p."""
        grad = getattr(self, f"grad_{self.name}")
        over = tuple(
            i for i, (n, m) in enumerate(zip(shape, terms.shape, strict=True)) if n != m
        )
        share = self.work("share", shape, grad.dtype)
        if over:
            np.add.reduce(terms, axis=over, out=share, keepdims=True)
        else:
            np.copyto(share, terms, casting="same_kind")
        np.multiply(share, scale, out=share)
        grad += share.reshape(grad.shape)

    def per_example_grads(self, x, dC_dy):
        shape, sums = self._example_sums(x, dC_dy)
        N, p = len(sums), getattr(self, self.name)
        if shape[0] == 1:
            return [sums.reshape(N, *p.shape)]
        # p has entries of their own for each example: all others have no gradient.
        grads = np.zeros((N, *shape), sums.dtype)
        grads[np.arange(N), np.arange(N)] = sums
        return [grads.reshape(N, *p.shape)]

    def per_example_sq_norms(self, x, dC_dy):
        _, sums = self._example_sums(x, dC_dy)
        return np.add.reduce(np.square(sums), axis=tuple(range(1, sums.ndim)))

    def _example_sums(self, x, dC_dy):
        """Return p's shape, as `_spread` does, and for each x[n] sums (N, *shape[1:]).

        They are those of the terms over what was repeated, but for the first axis.
        """
        shape = self._spread(x)
        check(self, "dC_dy", dC_dy, x.shape)
        pairs = list(zip(shape, x.shape, strict=True))
        over = tuple(i for i, (n, m) in enumerate(pairs) if i and n != m)
        return shape, np.add.reduce(self._terms(x, dC_dy), axis=over, keepdims=True)

    def _options(self):
        return ""

    def __repr__(self):
        size = ", ".join(map(str, getattr(self, self.name).shape))
        return f"{type(self).__name__}({size}{self._options()})"
