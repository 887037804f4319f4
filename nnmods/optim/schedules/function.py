"""Lambda: a schedule by a function of the user's."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from nnmods.optim.checks import check_number


@dataclass(frozen=True)
class Lambda:
    """The factor that a function gives, once known to be a finite number >= 0.

    A bare function serves as a schedule too; this one refuses what would ruin the
    parameters. One that is defined with a name in a module can be pickled, a lambda
    cannot.

    Parameters
    ----------
    function : callable
        ``t -> factor``.

    Examples
    --------
    >>> Lambda(lambda t: 0.5 * t)(3)
    1.5
    >>> Lambda(lambda t: 1 - t)(3)
    Traceback (most recent call last):
    ValueError: Lambda: function(3) has value -2, expected a finite number >= 0
    """

    function: Callable

    def __post_init__(self):
        if not callable(self.function):
            raise TypeError(
                f"Lambda: function has type {type(self.function).__name__}, expected "
                "a callable t -> factor"
            )

    def __call__(self, t):
        factor = self.function(t)
        if type(factor) is float and 0 <= factor < math.inf:
            return factor
        return check_number("Lambda", f"function({t})", factor)
