"""Cases of table."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Duplicate": [Case(nn.Duplicate, (5, 4)), Case(lambda: nn.Duplicate(3), (5, 4))],
    "Add": [Case(nn.Add, [(5, 4), (5, 4)]), Case(nn.Add, [(5, 4)] * 3)],
    "JoinTable": [
        Case(lambda: nn.JoinTable(1), [(5, 4), (5, 3)], single=False),
        Case(lambda: nn.JoinTable(-1), [(5, 2, 4), (5, 2, 3)]),
    ],
    "SelectTable": [
        Case(lambda: nn.SelectTable(1), [(5, 4), (5, 3), (5, 2)]),
        Case(lambda: nn.SelectTable(-1), [(5, 4), [(5, 3), (5, 2)]]),
    ],
}
