"""Borders and upsampling of Torch7."""

from nnmods.interop.t7.classes.buffers import longs, with_buffers
from nnmods.interop.t7.kinds import Kind, integer, string
from nnmods.interop.t7.spec import Field, Spec

#: The keys of a table of sizes, which are fields too.
SIZES = ("odepth", "oheight", "owidth")


def _border(*names, fields):
    """Return the spec of a border: a number for each side, width first."""

    def side(i):
        # Ours has a pair for each axis, height before width.
        return lambda module: [n for ends in module.padding[::-1] for n in ends][i]

    sides = zip(names, fields, strict=True)
    return Spec(
        *(
            Field(name, field, integer, attribute=side(i))
            for i, (name, field) in enumerate(sides)
        )
    )


def _spatial_border():
    names = "pad_l", "pad_r", "pad_t", "pad_b"
    return _border(*names, fields=names)


def _read_scale(fields, name, default):
    """Return the factor, or a table of sizes where there is none."""
    if fields.has(name):
        return fields.integer(name)
    sizes = {key: fields.integer(key) for key in SIZES if fields.has(key)}
    if not sizes:
        fields.fail(f"{name} is missing", "a number")
    return sizes


def _upsampling(axes, *more, **options):
    """Return the spec of an upsampling; Torch7's code fills in the sizes it notes."""
    return Spec(
        Field("scale", "scale_factor", Kind(_read_scale, int)),
        *more,
        store=with_buffers(
            **options,
            inputSize=lambda module: longs([0] * (axes + 2)),
            outputSize=lambda module: longs([0] * (axes + 2)),
        ),
    )


def _write_sizes(module, out):
    """Write a size instead of a factor."""
    sizes = module.output_size
    if sizes is not None:
        if not isinstance(sizes, dict):
            sizes = dict(zip(SIZES[1:], sizes, strict=True))
        out |= sizes


CLASSES = {
    "SpatialZeroPadding": _spatial_border(),
    "SpatialReflectionPadding": _spatial_border(),
    "SpatialReplicationPadding": _spatial_border(),
    "VolumetricReplicationPadding": _border(
        *("p_left", "p_right", "p_top", "p_bottom", "p_front", "p_back"),
        fields=("pleft", "pright", "ptop", "pbottom", "pfront", "pback"),
    ),
    "SpatialUpSamplingNearest": _upsampling(2),
    "SpatialUpSamplingBilinear": _upsampling(2, then=_write_sizes),
    "UpSampling": _upsampling(
        3, Field("mode", "mode", string, "nearest"), then=_write_sizes
    ),
    "PixelShuffle": Spec(
        Field("upscale_factor", "upscaleFactor", integer),
        store=lambda module, out: out.update(
            upscaleFactorSquared=module.upscale_factor**2
        ),
    ),
}
ALIASES = {}
