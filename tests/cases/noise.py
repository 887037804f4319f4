"""Cases of noise, and of tools."""

import numpy as np

import nnmods as nn
from cases.case import Case


def probabilities(rng):
    scores = np.exp(rng.standard_normal((5, 4)))
    return scores / scores.sum(axis=1, keepdims=True)


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Dropout": [
        Case(lambda: nn.Dropout(0.4, rng=0), (5, 4)),
        Case(lambda: nn.Dropout(0.4, inverted=False, rng=0), (3, 2, 4, 5)),
        Case(lambda: nn.Dropout(exact=True, rng=0), (5, 6)),
        Case(lambda: nn.Dropout(0.3, exact=True), (3, 2, 4, 5), single=False),
        Case(lambda: nn.Dropout(0.4, inverted=False).evaluate(), (5, 4)),
        Case(lambda: nn.Dropout(0.4, True, None, True, rng=0).evaluate(), (5, 4)),
    ],
    "SpatialDropout": [
        Case(lambda: nn.SpatialDropout(0.4, rng=0), (5, 4, 2, 3)),
        Case(lambda: nn.SpatialDropout(0.4).evaluate(), (5, 4, 2, 3)),
        Case(lambda: nn.SpatialDropout(0.4, True, rng=0).evaluate(), (5, 4, 2, 3)),
    ],
    "VolumetricDropout": [
        Case(lambda: nn.VolumetricDropout(0.4, rng=0), (3, 4, 2, 1, 3)),
        Case(lambda: nn.VolumetricDropout(0.4).evaluate(), (3, 4, 2, 1, 3)),
    ],
    "WhiteNoise": [
        Case(lambda: nn.WhiteNoise(0.5, 0.3, rng=0), (5, 4)),
        Case(lambda: nn.WhiteNoise(0.5, 0.3).evaluate(), (5, 4, 3)),
    ],
    "L1Penalty": [
        Case(lambda: nn.L1Penalty(0.1), (5, 4)),
        Case(lambda: nn.L1Penalty(0.1, True, False), (5, 4), independent=False),
    ],
    "GradientReversal": [
        Case(nn.GradientReversal, (5, 4)),
        Case(lambda: nn.GradientReversal(0.3), [(5, 4), [(5, 2)]]),
    ],
    "ZeroGrad": [Case(nn.ZeroGrad, (5, 4)), Case(nn.ZeroGrad, [(5, 4), [(5, 2)]])],
    "PrintSize": [
        Case(nn.PrintSize, (5, 4)),
        Case(lambda: nn.PrintSize("x"), [(5, 4), [(5, 2)]]),
    ],
    "CategoricalEntropy": [
        Case(nn.CategoricalEntropy, probabilities, single=False, independent=False),
        Case(
            lambda: nn.CategoricalEntropy(0.5, 1.0),
            probabilities,
            single=False,
            independent=False,
        ),
    ],
}
