"""Profile: the time that a module takes."""

import time

from nnmods.containers.decorator import Decorator


class Profile(Decorator):
    """Compute what its module computes, and print at times how long it takes.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    A pass back is a `backward` or a `backprop`.

    Parameters
    ----------
    module : Module
    print_interval : int, default=100
        Of how many passes the time is added up, printed, and begun anew.
    name : str, default=None
        What the lines call it; None means the class of the module.

    Attributes
    ----------
    num_fwds, num_bwds : int
        Passes since the last line.
    summed_fwd_time, summed_bwd_time : float
        Their seconds.

    Raises
    ------
    ValueError
        If ``print_interval`` is less than 1.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.Profile``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import Tanh
    >>> net = Profile(Tanh(), 2)
    >>> y = net.forward(np.zeros(3))
    >>> y = net.forward(np.zeros(3))  # doctest: +ELLIPSIS
    Tanh took 0.0... seconds for 2 forward passes
    """

    def __init__(self, module, print_interval=100, name=None):
        super().__init__(module)
        self.print_interval = 100 if print_interval is None else print_interval
        if self.print_interval < 1:
            raise ValueError(
                f"Profile: print_interval is {print_interval}, expected at least 1"
            )
        self.name = type(module).__name__ if name is None else name
        self.num_fwds = self.num_bwds = 0
        self.summed_fwd_time = self.summed_bwd_time = 0.0

    def forward(self, x):
        start = time.perf_counter()
        y = super().forward(x)
        self.summed_fwd_time += time.perf_counter() - start
        self.num_fwds += 1
        if self.num_fwds >= self.print_interval:
            self._print("forward", self.summed_fwd_time, self.num_fwds)
            self.num_fwds, self.summed_fwd_time = 0, 0.0
        return y

    def _sweep_back(self, x, dC_dy, input_grad, scale=None):
        start = time.perf_counter()
        dC_dx = super()._sweep_back(x, dC_dy, input_grad, scale)
        self.summed_bwd_time += time.perf_counter() - start
        self.num_bwds += 1
        if self.num_bwds >= self.print_interval:
            self._print("backward", self.summed_bwd_time, self.num_bwds)
            self.num_bwds, self.summed_bwd_time = 0, 0.0
        return dC_dx

    def _print(self, which, seconds, count):
        print(f"{self.name} took {seconds:.3f} seconds for {count} {which} passes")

    def _arguments(self):
        name, interval = self.name, self.print_interval
        given = [str(interval)] if interval != 100 else []
        if self.modules and name != type(self.modules[0]).__name__:
            given.append(f"name={name!r}")
        return ", ".join(given)
