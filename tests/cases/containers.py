"""Cases of containers."""

import nnmods as nn
from cases.case import Case
from nnmods.testing.compare import leaves


def mlp():
    return nn.Sequential(nn.Linear(4, 6, rng=0), nn.Tanh(), nn.Linear(6, 3, rng=1))


def tied():
    first = nn.Linear(4, 4, rng=0)
    return nn.Sequential(first, nn.Tanh(), first.clone(share=True))


def sizes(axis):
    return nn.DepthConcat(
        axis,
        nn.SpatialConvolution(2, 2, 1, 1, rng=0),
        nn.SpatialConvolution(2, 3, 3, 3, rng=1),
        nn.SpatialConvolution(2, 1, 2, 2, rng=2),
    )


def kept():
    return nn.DontCast(nn.Tanh(), cast_input=True)  # parameters would stay as they are


def joined():
    x, z = nn.Input(), nn.Input()
    h = nn.Linear(4, 3, rng=0)(x).named("hidden")
    sums = nn.CAddTable()([h, nn.Tanh()(h), nn.Linear(2, 3, rng=1)(z), h])
    return nn.Graph([x, z], [sums, h])


def split():
    x = nn.Input()
    pair = nn.ConcatTable(nn.Tanh(), nn.Linear(4, 4, rng=0))(x)
    first, second = pair.split(2)
    return nn.Graph(x, nn.CMulTable()([second, first, second]))


def nested():
    x, z = nn.Input(), nn.Input()
    inner = nn.Graph([x, z], [nn.CMulTable()([x, nn.Tanh()(z)]), nn.Abs()(x)])
    pair = nn.Input("pair")
    product, _ = inner(pair).named("inner").split(2)  # an entry that nobody uses
    return nn.Graph([pair], [pair, nn.Linear(4, 2, rng=0)(product)])


def is_positive(*first):
    """Return a module that gives 0 or 1, as what chooses a branch."""
    return nn.Sequential(*first, nn.MulConstant(1e9), nn.Clamp(0, 1))


def branches():
    return {"short": nn.Linear(4, 3, rng=0), "long": mlp()}


class BySum(nn.Switch):
    def choose(self, x):
        return "long" if leaves(x)[0].sum() > 0 else "short"


class BySigns(nn.Switch):
    def choose(self, x):
        return (leaves(x)[0][:, :2] > 0).sum(axis=1)


class WhilePositive(nn.Repeat):
    def times(self, x):
        first = leaves(x)[0]
        if self.per_example:
            return (first[:, :3] > 0).sum(axis=1)
        return int(first.size > 2)


def wide(n):
    """Return a module of rows, next to which a number for each is nothing."""
    return nn.Linear(40, n)


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
    "Graph": [
        Case(joined, [(5, 4), (5, 2)]),
        Case(split, (5, 4)),
        Case(nested, [[(5, 4), (5, 4)]]),
    ],
    "Concat": [
        Case(lambda: nn.Concat(1, nn.Linear(4, 2), mlp()), (5, 4), single=False),
        Case(lambda: nn.Concat(-1, nn.Linear(4, 2), nn.Tanh()), (5, 3, 4)),
    ],
    "DepthConcat": [
        Case(lambda: sizes(1), (3, 2, 5, 4), single=False),
        Case(lambda: sizes(-3), (3, 2, 5, 4)),
    ],
    "Parallel": [
        Case(lambda: nn.Parallel(1, 1, nn.Linear(4, 2), mlp()), (5, 2, 4), single=False)
    ],
    "ConcatTable": [
        Case(lambda: nn.ConcatTable(nn.Linear(4, 2), mlp()), (5, 4)),
        Case(
            lambda: nn.ConcatTable(nn.SelectTable(0), nn.Identity()),
            [(5, 4), [(5, 3), []]],
        ),
    ],
    "ParallelTable": [
        Case(lambda: nn.ParallelTable(nn.Linear(3, 2), mlp()), [(5, 3), (5, 4)])
    ],
    "MapTable": [
        Case(lambda: nn.MapTable(mlp()), [(5, 4), (2, 4), (5, 4)]),
        Case(lambda: nn.MapTable(mlp(), shared=False).resize(2), [(5, 4)] * 2),
    ],
    "Decorator": [Case(lambda: nn.Decorator(mlp()), (5, 4))],
    "Bottle": [
        Case(lambda: nn.Bottle(mlp()), (5, 2, 4)),
        Case(lambda: nn.Bottle(nn.Linear(4, 3, rng=0)), (5, 4)),
        Case(
            lambda: nn.Bottle(nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), 3, 2),
            (5, 2, 3, 2),
            single=False,
        ),
    ],
    "WeightNorm": [
        Case(lambda: nn.WeightNorm(nn.Linear(4, 3, rng=0), rng=1), (5, 4)),
        Case(lambda: nn.WeightNorm(nn.Linear(4, 3, bias=False), 1, rng=1), (5, 4)),
        Case(
            lambda: nn.WeightNorm(nn.SpatialConvolution(2, 3, 2, 2), rng=1),
            (5, 2, 4, 3),
        ),
    ],
    "DontCast": [Case(kept, (5, 4))],
    "NaN": [Case(lambda: nn.NaN(mlp(), 1), (5, 4))],
    "Profile": [Case(lambda: nn.Profile(mlp(), 10**6), (5, 4))],
    "GPU": [Case(lambda: nn.GPU(mlp(), 0), (5, 4))],
    "Switch": [
        Case(
            lambda: nn.Switch(
                is_positive(nn.Sum(-1), nn.Sum(-1)), [nn.Linear(4, 3), mlp()]
            ),
            (5, 4),
            single=False,
            independent=False,
        ),
        Case(lambda: BySum(modules=branches()), (5, 4), independent=False),
        Case(
            lambda: BySum(
                modules={
                    "short": nn.ParallelTable(nn.Linear(4, 3, rng=0), mlp()),
                    "long": nn.SelectTable(1),
                }
            ),
            [(5, 4), (5, 4)],
            independent=False,
        ),
        Case(
            lambda: nn.Switch(
                is_positive(nn.Select(1, 0)), [nn.Tanh(), wide(40)], per_example=True
            ),
            (5, 40),
            single=False,
        ),
        Case(
            lambda: BySigns(modules=[wide(3), wide(3), wide(3)], per_example=True),
            (7, 40),
            single=False,
        ),
        Case(
            lambda: BySigns(
                modules=[nn.ParallelTable(wide(2), nn.Tanh()) for _ in range(3)],
                per_example=True,
            ),
            [(7, 40), (7, 2, 3)],
            single=False,
        ),
    ],
    "Repeat": [
        Case(lambda: nn.Repeat(nn.Linear(4, 4, rng=0), 3), (5, 4)),
        Case(lambda: nn.Repeat(nn.Identity, 0), (5, 4)),
        Case(
            lambda: WhilePositive(nn.Sequential(nn.Linear(4, 4, rng=0), nn.Tanh())),
            (5, 4),
        ),
        Case(
            lambda: nn.Repeat(
                nn.Sequential(wide(40), nn.Tanh()),
                is_positive(nn.Select(1, 0)),
                per_example=True,
            ),
            (5, 40),
            single=False,
        ),
        Case(
            lambda: WhilePositive(lambda: wide(40), per_example=True),
            (7, 40),
            single=False,
        ),
        Case(
            lambda: WhilePositive(
                nn.ParallelTable(wide(40), nn.Tanh()), per_example=True
            ),
            [(7, 40), (7, 2, 3)],
            single=False,
        ),
    ],
    "Serial": [Case(lambda: nn.Serial(mlp()), (5, 4))],
}
