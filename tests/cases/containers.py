"""Cases of containers."""

import nnmods as nn
from cases.case import Case


def mlp():
    return nn.Sequential(nn.Linear(4, 6, rng=0), nn.Tanh(), nn.Linear(6, 3, rng=1))


def tied():
    first = nn.Linear(4, 4, rng=0)
    return nn.Sequential(first, nn.Tanh(), first.clone(share=True))


#: Of each class its cases; the key is the exported name.
MODULES = {
    "Sequential": [
        Case(mlp, (5, 4)),
        Case(nn.Sequential, (5, 4)),
        Case(tied, (5, 4)),
        Case(
            lambda: nn.Sequential(
                nn.SpatialConvolution(1, 2, 3, 3, rng=0),
                nn.Tanh(),
                nn.SpatialMaxPooling(2, 2),
                nn.Flatten(),
                nn.Linear(8, 3, rng=1),
                nn.LogSoftMax(),
            ),
            (3, 1, 6, 6),
            single=False,
        ),
    ],
    "Concat": [
        Case(lambda: nn.Concat(1, nn.Linear(4, 2), mlp()), (5, 4), single=False),
        Case(lambda: nn.Concat(-1, nn.Linear(4, 2), nn.Tanh()), (5, 3, 4)),
    ],
    "Parallel": [
        Case(lambda: nn.Parallel(1, 1, nn.Linear(4, 2), mlp()), (5, 2, 4), single=False)
    ],
    "ConcatTable": [Case(lambda: nn.ConcatTable(nn.Linear(4, 2), mlp()), (5, 4))],
    "ParallelTable": [
        Case(lambda: nn.ParallelTable(nn.Linear(3, 2), mlp()), [(5, 3), (5, 4)])
    ],
    "MapTable": [Case(lambda: nn.MapTable(mlp()), [(5, 4), (2, 4), (5, 4)])],
}
