"""Noise, penalties and tools of Torch7."""

import numpy as np

from nnmods.interop.t7 import kinds
from nnmods.interop.t7 import names as nn
from nnmods.interop.t7.classes.buffers import tensor, with_buffers
from nnmods.interop.t7.spec import Field, Spec

_P_DROP = Field("p_drop", "p", kinds.number)
_STOCHASTIC = Field(
    "stochastic_inference", "stochastic_inference", kinds.boolean, False
)
_NOISE = with_buffers(noise=tensor)


def _refuse_exact(module, out):
    if module.exact:
        raise ValueError(f"{module!r}: exact is True, expected False, as in nn.Dropout")


def _lambda_of_1(fields):
    if fields.version < 2:  # its older versions do not look at lambda
        fields.named["lambda"] = 1.0


def _set_average(module, fields):
    module.size_average = fields.boolean("sizeAverage", False)


def _entropy_fields(module, out):
    """Add the network that computes the entropy of a batch, as Torch7 runs it."""
    to_one = nn.MulConstant(1)
    log = nn.Sequential(nn.AddConstant(0.000001), nn.Log())
    terms = nn.ConcatTable(nn.Identity(), log)
    network = nn.Sequential(
        nn.Sum(0), to_one, terms, nn.CMulTable(), nn.Sum(), nn.MulConstant(-1)
    ).astype(module.dtype)
    out |= {
        "module": network,
        "modules": [network],
        "_mul": to_one,
        "minusOne": np.array([-module.scale], module.dtype),
        "sizeAverage": module.size_average,
    }


CLASSES = {
    # The first version, without v2, scales in evaluation. In training that of the
    # package rnn may hold on to its noise, or share it among samples: lazy, mono.
    "Dropout": Spec(
        _P_DROP,
        _STOCHASTIC,
        Field("inverted", "v2", kinds.boolean, False),
        also={"inplace": False},
        store=with_buffers(_refuse_exact, noise=tensor),
    ),
    "SpatialDropout": Spec(_P_DROP, _STOCHASTIC, store=_NOISE),
    "VolumetricDropout": Spec(_P_DROP, _STOCHASTIC, store=_NOISE),
    "WhiteNoise": Spec(Field("mean", "mean"), Field("std", "std"), store=_NOISE),
    "L1Penalty": Spec(
        Field("l1weight", "l1weight"),
        Field("size_average", "sizeAverage", kinds.boolean, False),
        Field("provide_output", "provideOutput", kinds.boolean, False),
    ),
    "GradientReversal": Spec(Field("lambd", "lambda"), upgrade=_lambda_of_1, version=2),
    "ZeroGrad": Spec(),
    "PrintSize": Spec(Field("prefix", "prefix", kinds.string, None)),
    "Identity": Spec(),
    "CategoricalEntropy": Spec(
        Field("scale", "scale", kinds.number, 1),
        Field("min_entropy", "minEntropy", kinds.number, None),
        finish=_set_average,
        store=_entropy_fields,
    ),
}
ALIASES = {"nn.CopyGrad": "Identity"}
