"""What a call does, counted: its matrix products, ufuncs and copies."""

import sys
from collections import Counter
from contextlib import contextmanager
from math import prod
from unittest.mock import patch

import numpy as np


class Calls:
    """A function, and the arguments of its calls."""

    def __init__(self, function):
        self._function, self.made = function, []

    def __call__(self, *args, **kwargs):
        self.made.append(args)
        return self._function(*args, **kwargs)

    def __getattr__(self, name):  # the methods of a ufunc, which are no calls of it
        return getattr(self._function, name)


@contextmanager
def counted(*names):
    """Count the calls of functions of NumPy, by name: yield a Counter.

    It is filled when the context is left.
    """
    calls = {name: Calls(getattr(np, name)) for name in names}
    counts = Counter()
    with patch.multiple(np, **calls):
        yield counts
    counts.update({name: len(c.made) for name, c in calls.items() if c.made})


@contextmanager
def counted_products():
    """Count the products of `numpy.matmul` by their sizes (M, K, N).

    A call with stacks of matrices is as many products. Filled when the context is left.
    """
    matmul, counts = Calls(np.matmul), Counter()
    with patch.object(np, "matmul", matmul):
        yield counts
    for a, b, *_ in matmul.made:
        stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        counts[(*a.shape[-2:], b.shape[-1])] += prod(stack)


@contextmanager
def listed_dots():
    """List the shape of ``a`` in each ``a.dot(...)`` of arrays in this thread."""
    shapes = []

    def see(frame, event, function):
        if event == "c_call" and function.__name__ == "dot":
            shapes.append(function.__self__.shape)

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield shapes
    finally:
        sys.setprofile(before)


UFUNCS = tuple(
    name
    for name, value in vars(np).items()
    if isinstance(value, np.ufunc) and value.__name__ == name
)
