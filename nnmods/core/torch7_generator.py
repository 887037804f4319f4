"""Torch7Generator: the random numbers of Torch7, to the last bit."""

import math

import numpy as np


class Torch7Generator(np.random.Generator):
    """A generator that draws what Torch7 draws after ``torch.manualSeed(seed)``.

    It goes wherever ``rng`` is taken: a module built or reset with it has the
    parameters that the same line of Lua would give. With raw the 32-bit outputs of the
    Mersenne Twister [1]_::

        random           raw / 2**32, one raw number each
        uniform(a, b)    a + (b - a) * random
        integers(a, b)   a + raw % (b - a)
        normal           pairs sqrt(-2 ln(1 - v)) * (cos, sin)(2 pi u), u drawn first;
                         the second of a pair waits for the next call
        permutation(n)   swaps entry i with entry i + raw % (n - i), i = 0 ... n - 2

    Other methods of a NumPy generator work too, with numbers that Torch7 did not draw.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Attributes
    ----------
    waiting : float or None
        The second normal number of a pair.

    References
    ----------
    .. [1] M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998; Torch7,
           ``torch7/lib/TH/THRandom.c``.

    Examples
    --------
    >>> rng = Torch7Generator(123)
    >>> rng.random(2)  # torch.rand(2)
    array([0.69646919, 0.71295532])
    """

    def __init__(self, seed):
        bits = np.random.MT19937()
        bits._legacy_seeding(seed)
        super().__init__(bits)
        self.waiting = None

    def random(self, size=None, dtype=np.float64, out=None):
        raw = self._raw(_length(size, out)) / 2.0**32
        return _shaped(raw, size, dtype, out)

    def uniform(self, low=0.0, high=1.0, size=None):
        u = self.random(size)
        return u * (high - low) + low

    def integers(self, low, high=None, size=None, dtype=np.int64, endpoint=False):
        low, high = (0, low) if high is None else (low, high)
        raw = self._raw(_length(size, None)) % (high - low + bool(endpoint)) + low
        return _shaped(raw, size, dtype, None)

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        length = _length(size, out)
        values = np.empty(length)
        start = 0
        if self.waiting is not None and length:
            values[0], self.waiting, start = self.waiting, None, 1
        u, v = (self._raw(2 * ((length - start + 1) // 2)) / 2.0**32).reshape(-1, 2).T
        rho, angle = np.sqrt(-2 * np.log(1 - v)), 2 * math.pi * u
        pairs = np.stack([rho * np.cos(angle), rho * np.sin(angle)], axis=1).reshape(-1)
        values[start:] = pairs[: length - start]
        if len(pairs) > length - start:
            self.waiting = float(pairs[-1])
        return _shaped(values, size, dtype, out)

    def normal(self, loc=0.0, scale=1.0, size=None):
        return self.standard_normal(size) * scale + loc

    def permutation(self, x, axis=0):
        n = x if isinstance(x, (int, np.integer)) else len(x)
        order = np.arange(n)
        for i, raw in enumerate(self._raw(max(n - 1, 0)).tolist()):
            other = i + raw % (n - i)
            order[[i, other]] = order[[other, i]]
        return order if isinstance(x, (int, np.integer)) else np.take(x, order, axis)

    def _raw(self, length):
        return self.bit_generator.random_raw(length).astype(np.int64)

    @classmethod
    def at(cls, state, waiting):
        """Return a generator that goes on from a state.

        Parameters
        ----------
        state : dict
            That of its ``bit_generator``, a `numpy.random.MT19937`.
        waiting : float or None
            The second normal number of a pair, if it is still to come.
        """
        rng = cls(0)
        rng.bit_generator.state = state
        rng.waiting = None if waiting is None else float(waiting)
        return rng

    def __reduce__(self):
        return Torch7Generator.at, (self.bit_generator.state, self.waiting)


def _length(size, out):
    if out is not None:
        return out.size
    return 1 if size is None else int(np.prod(size))


def _shaped(values, size, dtype, out):
    if out is not None:
        out[...] = values.reshape(out.shape)
        return out
    values = values.astype(dtype, copy=False)
    return values[0].item() if size is None else values.reshape(size)
