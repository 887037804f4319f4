"""Fractional max poolings of Torch7."""

import numpy as np

from nnmods.interop.t7.fields import REQUIRED
from nnmods.interop.t7.kinds import integer, number
from nnmods.interop.t7.spec import Field, Spec


def fractional(*axes):
    """Return the spec of a fractional pooling; y has a size or a ratio to x's."""

    def make(fields, given):
        chosen = {k: v for k, v in given.items() if None not in v}
        if "output_ratio" in chosen:  # goes before a size
            chosen.pop("output_size", None)
        return spec.cls(**chosen)

    def finish(module, fields):
        # Torch7 means by newRandomPool that the regions are fixed.
        if fields.boolean("newRandomPool", False):
            module.fix_pooling_regions()
            samples = fields.array("randomSamples", None)
            if samples is not None:
                module.random_samples = samples.astype(np.float64)

    def store(module, out):
        out["newRandomPool"] = module.regions_fixed
        if module.regions_fixed and module.random_samples is not None:
            out["randomSamples"] = module.random_samples.astype(module.dtype)

    def per_axis(argument, prefix, kind, default=REQUIRED):
        def attribute(module):
            value = getattr(module, argument)
            return (None,) * len(axes) if value is None else value

        names = tuple(prefix + axis for axis in axes)
        return Field(argument, names, kind, default, attribute)

    spec = Spec(
        per_axis("kernel_size", "poolSize", integer),
        per_axis("output_size", "out", integer, None),
        per_axis("output_ratio", "ratio", number, None),
        make=make,
        finish=finish,
        store=store,
    )
    return spec
