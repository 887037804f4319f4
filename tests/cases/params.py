"""The cases as parameters of pytest, called Linear-0, Linear-1 and so on."""

import pytest

from cases import CRITERIONS, MODULES


def params(table, wanted=None):
    """Return the cases of a table, or those for which wanted(name, case) is true."""
    return [
        pytest.param(case, id=f"{name}-{i}")
        for name, cases in table.items()
        for i, case in enumerate(cases)
        if wanted is None or wanted(name, case)
    ]


CASES, COSTS = params(MODULES), params(CRITERIONS)
