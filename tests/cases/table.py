"""Cases of table."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Duplicate": [Case(nn.Duplicate, (5, 4)), Case(lambda: nn.Duplicate(3), (5, 4))],
    "Add": [Case(nn.Add, [(5, 4), (5, 4)]), Case(nn.Add, [(5, 4)] * 3)],
    "CAddTable": [
        Case(nn.CAddTable, [(5, 4)] * 3),
        Case(lambda: nn.CAddTable(True), [(5, 3, 2)]),
    ],
    "CSubTable": [Case(nn.CSubTable, [(5, 4)] * 2)],
    "CMulTable": [
        Case(nn.CMulTable, [(5, 4)] * 3),
        Case(nn.CMulTable, [(5, 3, 2)] * 2),
        Case(nn.CMulTable, [(5, 4)]),
    ],
    "CDivTable": [Case(nn.CDivTable, [(5, 4)] * 2)],
    "CMaxTable": [Case(nn.CMaxTable, [(5, 4)] * 3), Case(nn.CMaxTable, [(5, 4)])],
    "CMinTable": [Case(nn.CMinTable, [(5, 4)] * 3), Case(nn.CMinTable, [(5, 4)])],
    "CAddTensorTable": [
        Case(nn.CAddTensorTable, [(5, 4), [(5, 4)] * 3]),
        Case(nn.CAddTensorTable, [(5, 3, 2), [(5, 3, 2)]]),
    ],
    "JoinTable": [
        Case(lambda: nn.JoinTable(1), [(5, 4), (5, 3)], single=False),
        Case(lambda: nn.JoinTable(-1), [(5, 2, 4), (5, 2, 3)]),
        Case(lambda: nn.JoinTable(0, 1), [(5, 4), (5, 3)]),
    ],
    "SplitTable": [
        Case(lambda: nn.SplitTable(1), (5, 3, 4), single=False),
        Case(lambda: nn.SplitTable(-1), (5, 3, 4)),
        Case(lambda: nn.SplitTable(0, 2), (5, 3, 4)),
    ],
    "SelectTable": [
        Case(lambda: nn.SelectTable(1), [(5, 4), (5, 3), (5, 2)]),
        Case(lambda: nn.SelectTable(-1), [(5, 4), [(5, 3), (5, 2)]]),
    ],
    "NarrowTable": [
        Case(lambda: nn.NarrowTable(1), [(5, 4), (5, 3), (5, 2)]),
        Case(lambda: nn.NarrowTable(0, 2), [(5, 4), [(5, 3), (5, 2)], (5, 1)]),
    ],
    "FlattenTable": [
        Case(nn.FlattenTable, [(5, 4), [(5, 3), [(5, 2)]], (5, 1)]),
        Case(nn.FlattenTable, [[(5, 4), []], []]),
    ],
    "ReverseTable": [Case(nn.ReverseTable, [(5, 4), [(5, 3), (5, 2)], (5, 1)])],
    "ZipTable": [Case(nn.ZipTable, [[(5, 4), (5, 3)], [(5, 2), (5, 1)], [(5,)] * 2])],
    "ZipTableOneToMany": [
        Case(nn.ZipTableOneToMany, [(5, 4), [(5, 3), (5, 2)]]),
        Case(nn.ZipTableOneToMany, [[(5, 4), (5,)], [(5, 3), [(5, 2)]]]),
    ],
    "MixtureTable": [
        Case(nn.MixtureTable, [(5, 3), [(5, 4)] * 3]),
        Case(nn.MixtureTable, [(5, 2), [(5, 4, 3)] * 2]),
        Case(nn.MixtureTable, [(5, 3), (5, 3, 4)]),
        Case(lambda: nn.MixtureTable(2), [(5, 3), (5, 2, 3, 4)], single=False),
        Case(lambda: nn.MixtureTable(-1), [(5, 3), (5, 2, 3)]),
        Case(nn.MixtureTable, [(5, 3), [(5,)] * 3]),
    ],
    "CriterionTable": [
        Case(
            lambda: nn.CriterionTable(nn.ClassNLLCriterion()),
            lambda rng: [rng.standard_normal((5, 4)), rng.integers(0, 4, 5)],
            single=False,
            independent=False,
        )
    ],
}
