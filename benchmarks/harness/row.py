"""Row: one line of the table, and what is asked of it."""

from collections.abc import Callable
from dataclasses import dataclass

#: The contestants, in the order of the columns; ratios are to `REFERENCE`.
PEERS = {
    "nnmods": "nnmods",
    "pytorch": "torch",
    "compile": "torch",
    "jax": "jax",
    "sklearn": "sklearn",
}  # and the package that each needs
REFERENCE = "pytorch"

#: What the ratio to `REFERENCE` of each row of a group has to be at least.
GROUPS = {
    "small MLP": 4.0,
    "large MLP": 1.15,
    "LeNet, 1 channel, 5x5": 1.5,
    "3x3 convolution": 1.1,
    "pooling, batch norm, tanh": 2.0,
    "other": 1.0,
    "start-up": 1.0,
}
#: The geometric mean of all rows but start-up, which are no steps; small MLPs against
#: JAX; peak memory of training.
ALL, JAX, MEMORY = 2.0, 1.0, 1.0
#: Tolerances of rows with ``kinks``, in float32 and float64.
KINKS, DOUBLE = 0.05, 1e-7


class NoCounterpart(Exception):
    """A peer cannot do the same step: its column is a dash."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    name : str
    group : str
        A key of `GROUPS`.
    builders : dict
        For each contestant that can take part, a key of `PEERS`, a function that
        builds it. What it returns is called once a step, and says in ``results()``,
        which is not timed, what there is to compare: a dict of arrays.
    rtol : float, default=1e-3
        How far results may differ, in units of the largest entry of each array: some
        thousand roundings of float32, as sums of 10^5 products have in other orders.
    trains : bool, default=False
        Whether a step is one of training, whose peak memory is of interest.
    kinks : bool, default=False
        Whether it is deep and full of ReLUs. Some of a million inputs are nearer to 0
        than float32 rounds, and fall to either side: gradients of PyTorch, of nnmods
        and of float64 differ by 10^-3 to 10^-2 there, and more with each step. So
        `KINKS` is the tolerance, before the first step only, and nnmods and PyTorch
        are compared in float64 as well, to `DOUBLE`, over all steps.
    """

    name: str
    group: str
    builders: dict[str, Callable]
    rtol: float = 1e-3
    trains: bool = False
    kinks: bool = False
