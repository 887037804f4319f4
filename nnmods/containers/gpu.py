"""GPU: Torch7's decorator of a device, here without one."""

from operator import index

from nnmods.containers.decorator import Decorator


class GPU(Decorator):
    """Compute what its module computes, where a script asks for a device.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    There are no devices here: all arrays stay where they are.

    Parameters
    ----------
    module : Module
    device : int
    outdevice : int, default=None
        Where y would go; None means to ``device``.

    Raises
    ------
    TypeError
        If ``device`` is not an integer.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.GPU``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> GPU(ReLU(), 1)(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __init__(self, module, device, outdevice=None):
        super().__init__(module)
        self.device = index(device)
        self.outdevice = self.device if outdevice is None else index(outdevice)

    def set_device(self, device=None):
        """Note another device, and return self."""
        self.device = self.device if device is None else index(device)
        return self

    def _arguments(self):
        out = f", {self.outdevice}" if self.outdevice != self.device else ""
        return f"{self.device}{out}"
