"""Normalisations of Torch7."""

import numpy as np

from nnmods.activations import MulConstant
from nnmods.containers import ConcatTable, Sequential
from nnmods.interop.t7.classes.neighbourhoods import NEIGHBOURHOODS
from nnmods.interop.t7.kinds import Kind, integer, length, number, parts
from nnmods.interop.t7.spec import Field, Spec
from nnmods.layers import (
    CAdd,
    CMul,
    CSubTable,
    Identity,
    LayerNormalization,
    Mean,
    Normalize,
    Replicate,
)


def _upgrade_statistics(fields):
    """Leave out the empty tensors that fbnn's classes have for no weight and bias."""
    for name in ("weight", "bias"):
        if fields.has(name) and not fields.array(name).size:
            del fields.named[name]
    if not fields.has("running_std"):
        fields.array("running_var")


def _restore_variance(module, fields):
    """Set what a file does not say: the variance before version 2, and no bias.

    Until then, 1 / sqrt(variance + eps) was called the running standard deviation.
    """
    if module.weight is not None and not fields.has("bias"):
        module.bias[...] = 0
    if not fields.has("running_var"):
        root = fields.array("running_std").astype(module.dtype)
        if root.size != module.n_features:
            fields.fail(f"running_std has shape {root.shape}", f"{module.n_features}")
        with np.errstate(all="ignore"):
            module.running_var[...] = root.reshape(-1) ** -2.0 - module.eps


def _batch_normalization(version):
    return Spec(
        Field("n_features", "running_mean", length(0)),
        Field("eps", "eps", number, 1e-5),
        Field("momentum", "momentum", number, 0.1),
        # Torch7 looks at the weight; its flag is for the constructor.
        Field("affine", "affine", Kind(lambda fields, *_: fields.has("weight"), bool)),
        arrays=dict.fromkeys(
            ("weight", "bias", "running_mean", "running_var"),
            lambda given: (given["n_features"],),
        ),
        upgrade=_upgrade_statistics,
        finish=_restore_variance,
        version=version,
    )


def _layers(module):
    """Return the modules that Torch7 builds its LayerNormalization of."""
    if not module.mixed_means:
        raise ValueError(
            f"{module!r}: mixed_means is False, expected True, as Torch7's class has "
            "no other"
        )
    n = module.n_output
    means = Sequential(Mean(0, 1), Replicate(n, 0, 1))
    layers = [
        ConcatTable(Identity(), means),
        CSubTable(),
        Normalize(2, module.eps),
        MulConstant(n**0.5),
    ]
    if module.weight is not None:
        layers += CMul(n), CAdd(n)
    layers = [layer.astype(module.dtype) for layer in layers]
    if module.weight is not None:
        gain, shift = layers[-2:]
        gain.weight, gain.grad_weight = module.weight, module.grad_weight
        shift.bias, shift.grad_bias = module.bias, module.grad_bias
    return layers


def _make_layer_normalization(fields, given):
    """Return the module that stands for these."""
    layers = given["modules"]
    kinds = [ConcatTable, CSubTable, Normalize, MulConstant, CMul, CAdd]
    if [type(layer) for layer in layers] not in (kinds, kinds[:4]):
        names = ", ".join(type(layer).__name__ for layer in layers)
        wanted = ", ".join(kind.__name__ for kind in kinds)
        fields.fail(f"modules are {names}", f"{wanted}, or without the last two")
    (replicate,) = layers[0].find_modules(Replicate)
    n, affine = replicate.n, len(layers) == len(kinds)
    if affine and not layers[4].weight.size == layers[5].bias.size == n:
        fields.fail(f"modules have {layers[4].weight.size} weights", f"{n}, as outputs")
    made = LayerNormalization(n, eps=layers[2].eps, affine=affine, rng=0)
    if affine:
        gain, shift = layers[4:]
        made.weight, made.grad_weight = gain.weight.ravel(), gain.grad_weight.ravel()
        made.bias, made.grad_bias = shift.bias.ravel(), shift.grad_bias.ravel()
    return made


def _rename_k(fields):
    if fields.has("K"):  # of cudnn's class, until 2016
        fields.named["k"] = fields.named["K"]


CLASSES = {
    "BatchNormalization": _batch_normalization(version=2),
    "SpatialBatchNormalization": _batch_normalization(version=2),
    "VolumetricBatchNormalization": _batch_normalization(version=1),
    "LayerNormalization": Spec(
        Field("modules", "modules", parts, attribute=_layers),
        make=_make_layer_normalization,
    ),
    "Normalize": Spec(Field("p", "p"), Field("eps", "eps", number, 1e-10)),
    "SpatialCrossMapLRN": Spec(
        Field("size", "size", integer),
        Field("alpha", "alpha", number, 1e-4),
        Field("beta", "beta", number, 0.75),
        Field("k", "k", number, 1),
        upgrade=_rename_k,
    ),
    **NEIGHBOURHOODS,
}
ALIASES = {
    "cudnn.BatchNormalization": "BatchNormalization",
    "cudnn.SpatialBatchNormalization": "SpatialBatchNormalization",
    "cudnn.SpatialCrossMapLRN": "SpatialCrossMapLRN",
    "cudnn.VolumetricBatchNormalization": "VolumetricBatchNormalization",
    "fbnn.BatchNormalization": "BatchNormalization",
    "fbnn.SpatialBatchNormalization": "SpatialBatchNormalization",
    "inn.SpatialCrossResponseNormalization": "SpatialCrossMapLRN",
}
