"""Dual: a value together with its tangent along a direction."""


class Dual:
    """A value and its tangent, which sums and products carry along.

    ::

        d(a + b) = da + db
        d(a b)   = da b + a db        (a @ b likewise)

    Whatever is no Dual counts as a constant. A formula of a way back, given Duals, so
    returns the gradients and, as their tangents, what Pearlmutter's R{} makes of them.

    Parameters
    ----------
    value : ndarray
    tangent : ndarray or None, default=None
        None means 0.

    Examples
    --------
    >>> import numpy as np
    >>> a = Dual(np.array(3.0), np.array(1.0))
    >>> float((a * a).tangent), float((1 - a).tangent)
    (6.0, -1.0)
    """

    __slots__ = ("tangent", "value")
    __array_ufunc__ = None  # an array on the left leaves the operation to this class

    def __init__(self, value, tangent=None):
        self.value, self.tangent = value, tangent

    @property
    def T(self):
        tangent = None if self.tangent is None else self.tangent.T
        return Dual(self.value.T, tangent)

    def __add__(self, other):
        other = _dual(other)
        return Dual(self.value + other.value, _sum(self.tangent, other.tangent))

    def __sub__(self, other):
        return self + -_dual(other)

    def __rsub__(self, other):
        return -self + other

    def __neg__(self):
        return Dual(-self.value, None if self.tangent is None else -self.tangent)

    def __mul__(self, other):
        other = _dual(other)
        one = None if self.tangent is None else self.tangent * other.value
        two = None if other.tangent is None else self.value * other.tangent
        return Dual(self.value * other.value, _sum(one, two))

    def __matmul__(self, other):
        other = _dual(other)
        one = None if self.tangent is None else self.tangent @ other.value
        two = None if other.tangent is None else self.value @ other.tangent
        return Dual(self.value @ other.value, _sum(one, two))


def _dual(x):
    return x if isinstance(x, Dual) else Dual(x)


def _sum(a, b):
    if a is None or b is None:
        return b if a is None else a
    return a + b


def brought_back(dsums, weights):
    """Return the gradient by what several weights (H, in) multiply: sum of dsum @ W."""
    total, *others = (
        dsum @ weight for dsum, weight in zip(dsums, weights, strict=True)
    )
    for other in others:
        total = total + other
    return total
