"""Neighbourhoods: Torch7's normalisations by what is around each place of an image.

In Torch7 each is built of other modules, which are written along; reading takes the
kernel alone.
"""

import numpy as np

from nnmods.activations import Sqrt, Square, Threshold
from nnmods.containers import Sequential
from nnmods.interop.t7.kinds import NOTHING, Kind, integer, number
from nnmods.interop.t7.spec import Field, Spec
from nnmods.kernels.neighbourhood import passes
from nnmods.layers import (
    CDivTable,
    CSubTable,
    Replicate,
    SpatialConvolution,
    SpatialConvolutionMap,
    SpatialDivisiveNormalization,
    SpatialSubtractiveNormalization,
    SpatialZeroPadding,
)
from nnmods.layers.convolution.tables import one_to_one

#: The longest kernel: one of a single axis stands for its square.
LONGEST = 255


def _read_kernel(fields, name, default):
    kernel = fields.array(name)
    if max(kernel.shape) > LONGEST:
        fields.fail(f"{name} has shape {kernel.shape}", f"{LONGEST} along an axis")
    return kernel


PLANES = Field("n_input_plane", "nInputPlane", integer)
KERNEL = Field("kernel", "kernel", Kind(_read_kernel, lambda value: NOTHING))
THRESHOLDS = (
    Field("threshold", "threshold", number, 1e-4),
    Field("thresval", "thresval", number, None),
)


def _spec(*more, store):
    return Spec(PLANES, KERNEL, *more, finish=_keep_kernel, store=store)


def _keep_kernel(module, fields):
    """Take a kernel with the right sum as it is, as Torch7 does, to the last digit."""
    module.kernel = module.kernel.astype(module.dtype)
    kernel, n = fields.array("kernel").astype(np.float64), module.n_input_plane
    if abs(n * kernel.sum() - 1) < 1e-6:
        module.kernel = kernel.astype(module.dtype)
        plane = kernel if kernel.ndim == 2 else n * np.outer(kernel, kernel)
        module._pairs = passes(plane)


def _estimator(module, kernel, *before):
    """Return the modules that sum around each place, over all planes."""
    n = module.n_input_plane
    height, width = kernel.shape * (2 // kernel.ndim)
    border = SpatialZeroPadding(width // 2, width // 2, height // 2, height // 2)
    if kernel.ndim == 2:
        convolutions = [SpatialConvolution(n, 1, width, height, rng=0)]
        weights = [kernel]
    else:
        convolutions = [
            SpatialConvolutionMap(one_to_one(n), width, 1, rng=0),
            SpatialConvolution(n, 1, 1, height, rng=0),
        ]
        weights = [kernel, kernel[:, None]]
    for convolution, weight in zip(convolutions, weights, strict=True):
        convolution.weight[...] = weight
        convolution.bias[...] = 0
    layers = *before, border, *convolutions, Replicate(n, 0, 3)
    return Sequential(*layers).astype(module.dtype)


def _write_subtractive(module, out):
    kernel = module.kernel
    out |= {
        "kernel": kernel,
        "meanestimator": _estimator(module, kernel),
        "subtractor": CSubTable().astype(module.dtype),
        "divider": CDivTable().astype(module.dtype),
        "coef": np.ones((1, 1, 1), module.dtype),
    }


def _write_divisive(module, out):
    kernel, n = module.kernel, module.n_input_plane
    out["kernel"] = kernel
    if kernel.ndim == 1:  # applied twice, and the planes are summed once
        kernel = kernel * np.sqrt(n).astype(kernel.dtype)
    plane = kernel if kernel.ndim == 2 else np.outer(kernel, kernel)
    # Torch7 computes coef unless it is of the image's size: here that of one pixel.
    centre = n * plane[plane.shape[0] // 2, plane.shape[1] // 2]
    out |= {
        "meanestimator": _estimator(module, kernel),
        "stdestimator": _estimator(module, kernel, Square()).add(Sqrt()),
        "normalizer": CDivTable().astype(module.dtype),
        "divider": CDivTable().astype(module.dtype),
        "thresholder": Threshold(module.threshold, module.thresval).astype(
            module.dtype
        ),
        "coef": np.full((1, 1, 1), centre, module.dtype),
    }


def _write_contrastive(module, out):
    planes, kernel = module.n_input_plane, module.kernel
    thresholds = module.threshold, module.thresval
    out["kernel"] = kernel
    out["normalizer"] = Sequential(
        SpatialSubtractiveNormalization(planes, kernel),
        SpatialDivisiveNormalization(planes, kernel, *thresholds),
    ).astype(module.dtype)


NEIGHBOURHOODS = {
    "SpatialSubtractiveNormalization": _spec(store=_write_subtractive),
    "SpatialDivisiveNormalization": _spec(*THRESHOLDS, store=_write_divisive),
    "SpatialContrastiveNormalization": _spec(*THRESHOLDS, store=_write_contrastive),
}
