"""Windows: what convolutions and poolings have in common, such as a kernel."""

from nnmods.interop.t7.fields import REQUIRED
from nnmods.interop.t7.kinds import NOTHING, Kind, present
from nnmods.interop.t7.spec import Field

#: What Torch7 calls our axes, in their order, by their number.
AXES = {1: ("W",), 2: ("H", "W"), 3: ("T", "H", "W")}
BIAS = Field("bias", "bias", present)


def _whole(fields, name, default):
    """Return a number as Torch7's C code gets it, without its fraction.

    Paddings such as (4 - 1) / 2 stand in files as Lua computed them.
    """
    value = fields.number(name, default)
    if value is default or isinstance(value, int):
        return value
    if not abs(value) < 2**31:
        fields.fail(f"{name} is {value}", "a number that an int can hold")
    return int(value)


whole = Kind(_whole, int)
#: A setting that only some class of the same fields has, and that is not written.
read_only = Kind(_whole, lambda value: NOTHING)


def per_axis(argument, prefix, axes, default=REQUIRED, kind=whole):
    """Return the field of a setting such as ``kernel_size``: kT, kH and kW."""
    return Field(argument, tuple(prefix + axis for axis in AXES[axes]), kind, default)


def kernel(axes):
    return per_axis("kernel_size", "k", axes)


def stride(axes):
    """Return the field of the stride; SpatialConvolutionMM once had none."""
    return per_axis("stride", "d", axes, 1)


def padding(axes, kind=whole):
    """Return the field of the padding, of which old files know nothing."""
    return per_axis("padding", "pad", axes, 0, kind)


def dilation(axes):
    return per_axis("dilation", "dilation", axes, 1)


def only(biased=False, **settings):
    """Return a ``store`` that raises a ValueError for what Torch7's class has not.

    Parameters
    ----------
    biased : bool, default=False
        Whether Torch7's class always has a bias.
    **settings
        The only value that there is, of attributes that are a value or one for each
        axis.
    """

    def store(module, out):
        for name, wanted in settings.items():
            got = getattr(module, name)
            if set(got if isinstance(got, tuple) else [got]) != {wanted}:
                raise ValueError(
                    f"{module!r}: {name} is {got}, expected {wanted}, as Torch7's "
                    "class has no other"
                )
        if biased and module.bias is None:
            raise ValueError(
                f"{module!r}: bias is None, expected one, as Torch7's class needs it"
            )

    return store
