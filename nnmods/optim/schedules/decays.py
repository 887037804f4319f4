"""Smooth decays: powers of the step, and powers to the step."""

from dataclasses import dataclass

from nnmods.optim.checks import check_count, check_fraction, check_number


@dataclass(frozen=True)
class Constant:
    """The factor 1 at every step.

    Examples
    --------
    >>> Constant()(1000)
    1.0
    """

    def __call__(self, t):
        return 1.0


@dataclass(frozen=True)
class InverseTime:
    """The factor ``1 / (1 + t * decay)``: Torch7's ``learningRateDecay`` [1]_.

    The sum of the rates diverges and the sum of their squares does not, which is what
    lets a noisy gradient converge [2]_.

    Parameters
    ----------
    decay : float
        At least 0. The rate is halved after ``1 / decay`` steps.

    References
    ----------
    .. [1] Torch7, optim, ``sgd.lua`` and ``adam.lua``.
    .. [2] H. Robbins, S. Monro, "A stochastic approximation method", Annals of
           Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> schedule = InverseTime(0.25)
    >>> [schedule(t) for t in (0, 4, 12)]
    [1.0, 0.5, 0.25]
    """

    decay: float

    def __post_init__(self):
        check_number("InverseTime", "decay", self.decay)

    def __call__(self, t):
        return 1 / (1 + t * self.decay)


@dataclass(frozen=True)
class Exponential:
    """The factor ``factor ** t``, PyTorch's ``ExponentialLR``.

    Parameters
    ----------
    factor : float
        Of one step, from 0 to 1. To lose a share p in n steps: ``(1 - p) ** (1 / n)``.

    Examples
    --------
    >>> schedule = Exponential(0.5)
    >>> [schedule(t) for t in (0, 1, 3)]
    [1.0, 0.5, 0.125]
    """

    factor: float

    def __post_init__(self):
        check_fraction("Exponential", "factor", self.factor)

    def __call__(self, t):
        return float(self.factor ** int(t))  # an integer of NumPy rounds otherwise


@dataclass(frozen=True)
class Polynomial:
    """A power of the time that is left, down to ``floor``, where it stays.

    ::

        factor(t) = floor + (1 - floor) * (1 - min(t / steps, 1)) ^ power

    With floor 0 this is PyTorch's ``PolynomialLR``; power 1 is a straight line.

    Parameters
    ----------
    steps : int
        Length of the descent, at least 1.
    power : float, default=1.0
        At least 0.
    floor : float, default=0.0
        The last factor, from 0 to 1.

    Examples
    --------
    >>> schedule = Polynomial(4, power=2)
    >>> [schedule(t) for t in (0, 2, 4, 5)]
    [1.0, 0.25, 0.0, 0.0]
    """

    steps: int
    power: float = 1.0
    floor: float = 0.0

    def __post_init__(self):
        check_count("Polynomial", "steps", self.steps)
        check_number("Polynomial", "power", self.power)
        check_fraction("Polynomial", "floor", self.floor)

    def __call__(self, t):
        left = 1 - min(t / self.steps, 1.0)
        return self.floor + (1 - self.floor) * left**self.power
