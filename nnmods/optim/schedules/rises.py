"""Rises: schedules that begin low, while the gradients are still wild."""

from dataclasses import dataclass

from nnmods.optim.checks import check_count, check_fraction, check_number
from nnmods.optim.schedules.cosine import descent


@dataclass(frozen=True)
class LinearWarmup:
    """A straight line from ``start`` up to 1, where it stays [1]_.

    ::

        factor(t) = start + (1 - start) * min(t / steps, 1)

    This is PyTorch's ``LinearLR`` with its ``start_factor`` and ``total_iters``. The
    default start is 0, as that of most warm-ups: the very first step then changes
    nothing; ``start=1 / steps`` would lose none. What follows the warm-up stands
    after it in a `Sequence`, or beside it in a `Product`.

    Parameters
    ----------
    steps : int
        The first step at full rate, at least 1.
    start : float, default=0.0
        The factor of step 0, from 0 to 1.

    References
    ----------
    .. [1] P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1
           hour", 2017, section 2.2, "gradual warmup".

    Examples
    --------
    >>> schedule = LinearWarmup(4, start=0.5)
    >>> [schedule(t) for t in (0, 2, 4, 5)]
    [0.5, 0.75, 1.0, 1.0]
    """

    steps: int
    start: float = 0.0

    def __post_init__(self):
        check_count("LinearWarmup", "steps", self.steps)
        check_fraction("LinearWarmup", "start", self.start)

    def __call__(self, t):
        if t >= self.steps:
            return 1.0
        return self.start + (1 - self.start) * (t / self.steps)


@dataclass(frozen=True)
class OneCycle:
    """Up to the peak, which is 1, and down to next to nothing [1]_.

    ::

        start = 1 / div_factor,  end = start / final_div_factor
        peak  = pct_start * steps - 1,  last = steps - 1

        from start to 1 over the steps 0 to peak, from 1 to end over the steps peak to
        last, then end; on half a cosine wave, or on straight lines

    These are the names, defaults and values of PyTorch's ``OneCycleLR``, without its
    cycle of the momentum and its third phase; ``lr`` is its ``max_lr``.

    Parameters
    ----------
    steps : int
        Of the whole training, at least 1.
    pct_start : float, default=0.3
        Share of the rise, from 0 to 1.
    div_factor, final_div_factor : float, default=25.0, 1e4
        At least 1.
    anneal : {"cos", "linear"}, default="cos"

    References
    ----------
    .. [1] L. N. Smith, N. Topin, "Super-convergence: very fast training of neural
           networks using large learning rates", 2018.

    Examples
    --------
    >>> schedule = OneCycle(11, pct_start=3 / 11, div_factor=2, final_div_factor=2)
    >>> [schedule(t) for t in (0, 1, 2, 6, 10, 11)]
    [0.5, 0.75, 1.0, 0.625, 0.25, 0.25]
    """

    steps: int
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    anneal: str = "cos"

    def __post_init__(self):
        check_count("OneCycle", "steps", self.steps)
        check_fraction("OneCycle", "pct_start", self.pct_start)
        for name in ("div_factor", "final_div_factor"):
            value = getattr(self, name)
            if check_number("OneCycle", name, value) < 1:
                raise ValueError(
                    f"OneCycle: {name} has value {value}, expected at least 1"
                )
        if self.anneal not in ("cos", "linear"):
            raise ValueError(
                f"OneCycle: anneal has value {self.anneal!r}, expected 'cos' or "
                "'linear'"
            )

    def __call__(self, t):
        start = 1 / self.div_factor
        peak, last = self.pct_start * self.steps - 1, self.steps - 1
        if t < peak:
            return self._from_1(start, 1 - t / peak)
        end = start / self.final_div_factor
        if t > last:
            return end
        if t == peak:  # which may be the last step, too
            return 1.0
        return self._from_1(end, (t - peak) / (last - peak))

    def _from_1(self, low, share):
        """Return what is between 1 and ``low``, at a share of the way."""
        if self.anneal == "cos":
            return descent(share, low)
        return 1 + (low - 1) * share
