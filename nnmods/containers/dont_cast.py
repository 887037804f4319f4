"""DontCast: a module that keeps its dtype."""

from nnmods.containers.decorator import Decorator
from nnmods.containers.tensor_types import tensor_dtype
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, is_table


class DontCast(Decorator):
    """Keep the dtype of its module when `astype` converts what is around it.

    ::

        y     = f(x)
        dC_dx = J^T dC_dy

    With ``cast_input`` x is converted to the dtype of the module, and dC_dx to that of
    the DontCast, which `astype` does change; with ``cast_output`` it is dC_dy and y.
    Without them NumPy's promotion decides.

    Parameters
    ----------
    module : Module
    cast_input : bool, default=False
        Whether to convert x and dC_dx.
    cast_output : bool, default=None
        Whether to convert y and dC_dy; None means as ``cast_input``.
    tensor_type : numpy dtype or str, default=None
        That of the module; None reads it off its parameters.

    Raises
    ------
    TypeError
        If ``tensor_type`` is no floating-point type.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.DontCast``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Linear
    >>> net = DontCast(Linear(3, 2), cast_input=True).float()
    >>> net[0].weight.dtype, net(np.ones(3, np.float32)).dtype
    (dtype('float64'), dtype('float32'))
    """

    def __init__(self, module, cast_input=False, cast_output=None, tensor_type=None):
        super().__init__(module)
        self.cast_input = bool(cast_input)
        self.cast_output = bool(cast_input if cast_output is None else cast_output)
        if tensor_type is not None:
            tensor_type = tensor_dtype("DontCast", tensor_type)
        self.tensor_type = tensor_type

    def push(self, x, visit):
        if self.cast_input:
            check_like(self, "x", x, x)
            x = self._cast("x", x, self._inner_dtype())
        y = visit(0, x)
        return self._cast("y", y, self.dtype) if self.cast_output else y

    def pull(self, dC_dy, visit, input_grad=True):
        if self.cast_output:
            check_like(self, "dC_dy", dC_dy, self.y)
            dC_dy = self._cast("dC_dy", dC_dy, self._inner_dtype())
        dC_dx = visit(0, dC_dy, input_grad)
        if input_grad and self.cast_input:
            return self._cast("dC_dx", dC_dx, self.dtype)
        return dC_dx

    def sketch(self):
        return Sketch.chain(len(self))

    def castable(self):
        """Return a list of what `astype` converts: itself, not its module."""
        return [self]

    def _inner_dtype(self):
        if self.tensor_type is not None:
            return self.tensor_type
        module = self.modules[0]
        return next((p.dtype for _, p, _ in module.named_parameters()), module.dtype)

    def _cast(self, name, x, dtype):
        """Return an array or table with its floats in this dtype."""
        if is_table(x):
            return [self._cast(f"{name}.{i}", e, dtype) for i, e in enumerate(x)]
        if x.dtype == dtype or x.dtype.kind != "f":
            return x
        cast = self.work(name, x.shape, dtype)
        cast[...] = x
        return cast

    def _arguments(self):
        given = []
        if self.cast_input:
            given.append("cast_input=True")
        if self.cast_output != self.cast_input:
            given.append(f"cast_output={self.cast_output}")
        if self.tensor_type is not None:
            given.append(f"tensor_type={self.tensor_type.name!r}")
        return ", ".join(given)
