"""Cases of algebra and distance."""

import nnmods as nn
from cases.case import Case


def apart(*shape):
    """Return a function of two batches of rows, far from one another."""

    def draw(rng):
        signs = rng.choice([-1, 1], shape)
        a = rng.standard_normal(shape)
        return [a, a + signs * rng.uniform(20, 40, shape)]

    return draw


#: Of each class its cases; the key is the exported name.
MODULES = {
    "MM": [
        Case(nn.MM, [(5, 2, 3), (5, 3, 4)]),
        Case(lambda: nn.MM(True), [(5, 3, 2), (5, 3, 4)]),
        Case(lambda: nn.MM(False, True), [(5, 2, 3), (5, 4, 3)]),
        Case(lambda: nn.MM(True, True), [(5, 3, 2), (5, 4, 3)]),
        Case(nn.MM, [(2, 3), (3, 4)], single=False, batch=False),
    ],
    "MV": [
        Case(nn.MV, [(5, 2, 3), (5, 3)]),
        Case(lambda: nn.MV(True), [(5, 3, 2), (5, 3)]),
        Case(nn.MV, [(2, 3), (3,)], single=False, batch=False),
    ],
    "DotProduct": [Case(nn.DotProduct, [(5, 4), (5, 4)], single=False)],
    "CosineDistance": [Case(nn.CosineDistance, [(5, 4), (5, 4)], single=False)],
    "PairwiseDistance": [
        Case(lambda p=p: nn.PairwiseDistance(p), apart(5, 4), single=False)
        for p in (1, 2, 3, 1.5)
    ],
    "Cosine": [Case(lambda: nn.Cosine(4, 3, rng=0), (5, 4))],
    "Euclidean": [Case(lambda: nn.Euclidean(4, 3, rng=0), (5, 4))],
    "WeightedEuclidean": [Case(lambda: nn.WeightedEuclidean(4, 3, rng=0), (5, 4))],
}
