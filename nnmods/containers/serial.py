"""Serial: Torch7's decorator of how a module is saved."""

from nnmods.containers.decorator import Decorator
from nnmods.containers.tensor_types import tensor_dtype


class Serial(Decorator):
    """Compute what its module computes, where a script arranges how it is saved.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    In Torch7 it left results of the last call out of a file. No copy, pickle or file
    has these here, so that there is nothing to arrange.

    Parameters
    ----------
    module : Module
    tensor_type : numpy dtype or str, default=None
        In which dtype Torch7 saved it; it is kept, and changes nothing.

    Raises
    ------
    TypeError
        If ``tensor_type`` is no floating-point type.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.Serial`` of the package dpnn.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import ReLU
    >>> Serial(ReLU(), "torch.FloatTensor")(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __init__(self, module, tensor_type=None):
        super().__init__(module)
        if tensor_type is not None:
            tensor_type = tensor_dtype("Serial", tensor_type)
        self.tensor_type = tensor_type

    def _arguments(self):
        return "" if self.tensor_type is None else repr(self.tensor_type.name)
