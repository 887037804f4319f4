"""SpatialLPPooling of Torch7, which is a Sequential."""

from nnmods.activations import MulConstant, Power, Sqrt, Square
from nnmods.interop.t7.classes.windows import kernel, per_axis
from nnmods.interop.t7.kinds import Kind
from nnmods.interop.t7.spec import Field, Spec
from nnmods.interop.t7.values import number
from nnmods.layers import SpatialAveragePooling


def _read_power(fields, name, default):
    """Return p of a SpatialLPPooling, which its first module has."""
    parts = fields.parts.get(name)
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, Power):
        return number(first.pow)
    if not isinstance(first, Square):
        fields.fail(f"{name} begins with {first!r}", "Square or Power")
    return 2


def _write_powers(module):
    p, kernel_size = module.power, module.kernel_size
    children = [
        Square() if p == 2 else Power(p),
        SpatialAveragePooling(kernel_size=kernel_size, stride=module.stride),
        MulConstant(kernel_size[0] * kernel_size[1]),
        Sqrt() if p == 2 else Power(1 / p),
    ]
    return [child.astype(module.dtype) for child in children]


LP_POOLING = Spec(
    Field(
        "pnorm",
        "modules",
        Kind(_read_power, _write_powers, holds_modules=True),
        attribute=lambda module: module,
    ),
    *(kernel(2), per_axis("stride", "d", 2)),
    fixed={"n_input_plane": None},
)
