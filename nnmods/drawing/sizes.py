"""Sizes: the shapes of what goes through a network, as texts."""

import math

import numpy as np

from nnmods.core.rng import unmoved_rng
from nnmods.core.tables import is_table, map_table
from nnmods.core.watching import Watch

LENGTH = 40  # in characters, before a table is shortened


class Sizes:
    """The shapes of x and y of all modules in a forward of a network.

    Of a module that was called several times, as in a `Sequencer`, those of its first
    call; one that was not called has none. The network is left as it is.

    Parameters
    ----------
    net : Module
    x : ndarray, table or None
        Without one nothing has a shape.

    Examples
    --------
    >>> import nnmods as nn
    >>> sizes = Sizes(nn.Sequential(nn.Linear(4, 3), nn.Tanh()), np.ones((5, 4)))
    >>> sizes.x("0"), sizes.y("0"), sizes.jacobian("0")
    ('(5, 4)', '(5, 3)', '15 x 20')
    """

    def __init__(self, net, x=None):
        self._seen = {}
        if x is None:
            return
        watched = Watch(net, after_forward=self._note).net
        with unmoved_rng():  # modules without one draw from the default one
            watched.forward(x)

    def _note(self, path, module, x, y):
        if path not in self._seen:
            self._seen[path] = _shapes(x), _shapes(y)

    def x(self, path, entry=()):
        """Return the shape of x of a module, or of an entry of x, as text."""
        return self._text(path, 0, entry)

    def y(self, path, entry=()):
        """Likewise of y."""
        return self._text(path, 1, entry)

    def _text(self, path, which, entry):
        if path not in self._seen:
            return ""
        shapes = self._seen[path][which]
        for i in entry:
            if not isinstance(shapes, list) or not i < len(shapes):
                return ""  # a slice of an array
            shapes = shapes[i]
        return _shown(shapes)

    def counts(self, path):
        """Return the numbers of entries of y and of x, or None."""
        if path not in self._seen:
            return None
        x, y = self._seen[path]
        return _count(y), _count(x)

    def jacobian(self, path):
        """Return the size of the Jacobian of y by x as text."""
        counts = self.counts(path)
        return "" if counts is None else f"{counts[0]} x {counts[1]}"

    def product(self, path):
        """Return the sizes of dC/dy and the Jacobian, of which dC/dx is the product."""
        counts = self.counts(path)
        return "" if counts is None else f"(1 x {counts[0]})({counts[0]} x {counts[1]})"


def _shapes(value):
    return map_table(np.shape, value) if is_table(value) else np.shape(value)


def _shown(shapes):
    """Return shapes as text, those of a long table in part.

    Examples
    --------
    >>> _shown([(5, 4), [(2,)]]), _shown([(5, 4)] * 100)
    ('[(5, 4), [(2,)]]', '[(5, 4)] * 100')
    >>> _shown([(5, n) for n in range(100)])
    '[(5, 0), ... 99 more]'
    """
    if not isinstance(shapes, list):
        return str(shapes)
    if len(shapes) > 2 and all(entry == shapes[0] for entry in shapes):
        return f"[{_shown(shapes[0])}] * {len(shapes)}"
    texts = []
    for entry in shapes:
        texts.append(_shown(entry))
        if len(", ".join(texts)) > LENGTH and len(shapes) > 1:
            return f"[{texts[0]}, ... {len(shapes) - 1} more]"
    return f"[{', '.join(texts)}]"


def _count(shapes):
    if isinstance(shapes, list):
        return sum(map(_count, shapes))
    return math.prod(shapes)
