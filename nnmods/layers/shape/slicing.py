"""Slicing: the family of modules that take a part of x along an axis."""

from nnmods.core import LinearMap, check, reuse


class Slicing(LinearMap):
    """A part of x; the rest gets a gradient of 0.

    ::

        y          = x[key(x)]                  (a view)
        dC_dx[key] = dC_dy, elsewhere 0

    A subclass writes ``key(x)``, a tuple of slices and integers, which raises where x
    does not fit.
    """

    def key(self, x):
        """Return the index of y in x."""
        raise NotImplementedError(f"{self!r}: key(x) is not written")

    def forward(self, x):
        check(self, "x", x, (...,))
        self.y = x[self.key(x)]
        return self.y

    def backward(self, x, dC_dy):
        check(self, "x", x, (...,))
        key = self.key(x)
        check(self, "dC_dy", dC_dy, x[key].shape)
        self.dC_dx = reuse(self.dC_dx, x.shape, x, dC_dy, module=self)
        self.dC_dx.fill(0)
        self.dC_dx[key] = dC_dy
        return self.dC_dx

    def jvp(self, x, dx, dparams=None):
        check(self, "dx", dx, x.shape)
        return super().jvp(x, dx)


def part_of(axis, part):
    """Return the key of a part, a slice or an integer, of an axis counted from 0."""
    return (*(slice(None),) * axis, part, ...)
