"""Criterions of the package rnn: what files say of them, and are told of them."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering

MSE = raw("nn.MSECriterion", sizeAverage=False)
ROW = np.ones(2)
STEPS = ["SequencerCriterion", "RepeaterCriterion"]


def written(criterion):
    return dict(Lowering().lower(criterion).content.pairs())


@pytest.mark.parametrize(
    "name, fields, shown",
    [
        ("SequencerCriterion", {"sizeAverage": True}, ", size_average=True"),
        ("SequencerCriterion", {"sizeAverage": False, "clones": []}, ""),
        ("SequencerCriterion", {"clones": [MSE, MSE]}, ""),  # once it has been used
        ("SequencerCriterion", {"gradInput": [np.ones(2)]}, ""),  # the first versions
        ("RepeaterCriterion", {"clones": [MSE]}, ""),
        ("RepeaterCriterion", {"sizeAverage": True}, ", size_average=True"),
        ("MaskZeroCriterion", {"nInputDim": 2}, ", 2"),
        (
            "MaskZeroCriterion",
            {"nInputDim": 1, "zeroMask": np.array([1]), "input": np.ones((1, 2))},
            ", 1",
        ),
    ],
)
def test_settings(name, fields, shown):
    criterion = lifted(f"nn.{name}", criterion=MSE, output=0, **fields)
    assert repr(criterion) == f"{name}(MSECriterion(size_average=False){shown})"


@pytest.mark.parametrize("name", [*STEPS, "MaskZeroCriterion"])
def test_what_is_missing_is_named(name):
    with pytest.raises(T7Error, match=f"nn.{name}.*: criterion is missing, expected a"):
        lifted(f"nn.{name}", nInputDim=1)
    if name == "MaskZeroCriterion":
        with pytest.raises(T7Error, match="nInputDim"):
            lifted(f"nn.{name}", criterion=MSE)


def test_modules_within_a_sequence_are_refused_as_by_torch7():
    inner = raw("nn.ModuleCriterion", criterion=MSE)
    with pytest.raises(T7Error, match="criterion has type ModuleCriterion, expected"):
        lifted("nn.SequencerCriterion", criterion=inner)
    assert lifted("nn.RepeaterCriterion", criterion=inner)(np.ones((3, 2)), 0 * ROW)


@pytest.mark.parametrize("name", [*STEPS, "MaskZeroCriterion"])
def test_the_dtype_is_that_of_the_criterion(name):
    inner = raw("nn.MSECriterion", gradInput=np.empty(0, np.float32))
    criterion = lifted(f"nn.{name}", criterion=inner, nInputDim=1, gradInput=[])
    assert criterion.dtype == criterion.criterion.dtype == np.float32


@pytest.mark.parametrize("name", STEPS)
def test_what_torch7_fills_is_written_empty(name):
    criterion = getattr(nn, name)(nn.MSECriterion(size_average=False))
    criterion.backward(np.ones((3, 2)), np.zeros((3, 2)) if name in STEPS[0] else ROW)
    fields = written(criterion)
    for field in (b"clones", b"gradInput"):
        assert fields[field].items == []
    assert fields[b"clones"] is not fields[b"gradInput"]
    assert fields[b"criterion"].name == "nn.MSECriterion"
    assert (b"sizeAverage" in fields) == (name == "SequencerCriterion")


def test_what_a_mask_is_written_as():
    fields = written(nn.MaskZeroCriterion(nn.L1Cost(), 2).float())
    assert fields[b"nInputDim"] == 2 and fields[b"criterion"].name == "nn.L1Cost"
    assert fields[b"gradInput"].dtype == np.float32


def test_the_mean_of_a_repeater_is_refused():
    with pytest.raises(ValueError, match="size_average is True, expected False, as To"):
        Lowering().lower(nn.RepeaterCriterion(nn.MSECriterion(), True))
