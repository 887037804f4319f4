"""Seeded alike, every class has the initial values that it has in Torch7."""

import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT, ROUNDING, require_close
from torch7.families import FAULTS
from torch7.golden import cases, put

CASES = [pytest.param(case, id=case.id) for case in cases() if case.kind == "init"]


@pytest.mark.parametrize("case", CASES)
def test_initial_values(case):
    if case.id in FAULTS:
        pytest.skip(FAULTS[case.id])
    nn.manual_seed(nn.Torch7Generator(case.entry["seed"]))
    module = case.make()
    compare(case, module, "param.")
    if case.entry.get("reset_ok"):
        rng = nn.Torch7Generator(case.entry["reset_seed"])
        assert module.reset(rng, stdv=case.entry["reset_stdv"]) is module
        compare(case, module, "reset01.param.")


def compare(case, module, prefix):
    parameters, names = module.parameters()[0], case.names(prefix)
    assert len(parameters) == len(names)
    for i, p in enumerate(parameters, 1):
        wanted = p.copy()
        put(wanted, case.array(f"{prefix}{i}"))
        require_close(module, f"{prefix}{i}", p, wanted, EXACT, ROUNDING)
