"""Layers of tables of Torch7: what its files say of them, from any year."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, longs, raw
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.raw import Storage, Table

A, B = np.array([[1.0, 5.0], [2.0, 4.0]]), np.array([[3.0, 5.0], [0.0, 7.0]])


@pytest.mark.parametrize(
    "name, x, y",
    [
        ("CAddTable", [A, B], [[4, 10], [2, 11]]),
        ("CSubTable", [A, B], [[-2, 0], [2, -3]]),
        ("CMulTable", [A, B], [[3, 25], [0, 28]]),
        ("CDivTable", [B, A], [[3, 1], [0, 1.75]]),
        ("CMaxTable", [A, B], [[3, 5], [2, 7]]),
        ("CMinTable", [A, B], [[1, 5], [0, 4]]),
        ("CAddTensorTable", [A, [B]], [[[4, 10], [2, 11]]]),
        ("FlattenTable", [A, [B, [A]]], [A, B, A]),
        ("ReverseTable", [A, B], [B, A]),
        ("ZipTable", [[A, B], [B, A]], [[A, B], [B, A]]),
        ("ZipTableOneToMany", [A, [B, A]], [[A, B], [A, A]]),
    ],
)
def test_without_any_field(name, x, y):
    module = lifted(f"nn.{name}")
    assert type(module).__name__ == name
    np.testing.assert_array_equal(module(x), y)


def test_the_first_of_equal_entries_wins():
    module = lifted("nn.CMaxTable")
    module.forward([A, B])
    one, other = module.backward([A, B], np.ones((2, 2)))
    np.testing.assert_array_equal(one, [[0, 1], [1, 0]])
    np.testing.assert_array_equal(other, [[1, 0], [0, 1]])


@pytest.mark.parametrize(
    "name, fields, wanted",
    [
        ("CAddTable", {"inplace": True}, "CAddTable(inplace=True)"),
        ("SplitTable", {"dimension": 2}, "SplitTable(1)"),
        ("SplitTable", {"dimension": -1}, "SplitTable(-1)"),
        (
            "SplitTable",
            {"dimension": 1, "nInputDims": 2},
            "SplitTable(0, num_input_dims=2)",
        ),
        ("JoinTable", {"dimension": 2}, "JoinTable(1)"),
        ("JoinTable", {"dimension": 1, "nInputDims": 0}, "JoinTable(0)"),
        (
            "JoinTable",
            {"dimension": 1, "nInputDims": 1, "size": longs(4, 3)},
            "JoinTable(0, num_input_dims=1)",
        ),
        ("SelectTable", {"index": 1}, "SelectTable(0)"),
        ("SelectTable", {"index": -2}, "SelectTable(-2)"),
        ("NarrowTable", {"offset": 2}, "NarrowTable(1)"),
        ("NarrowTable", {"offset": 1, "length": 3}, "NarrowTable(0, 3)"),
        ("MixtureTable", {}, "MixtureTable()"),
        ("MixtureTable", {"dim": 2, "dimG": 2, "table": True}, "MixtureTable(1)"),
    ],
)
def test_indices_count_from_0(name, fields, wanted):
    assert repr(lifted(f"nn.{name}", **fields)) == wanted


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("SplitTable", {}, "dimension is missing, expected a number"),
        ("JoinTable", {"dimension": 0}, "dimension is 0, expected a number from 1"),
        ("JoinTable", {"dimension": 1.5}, "dimension is 1.5, expected a whole number"),
        ("SelectTable", {"index": "name"}, "index is of type bytes, expected a number"),
        ("NarrowTable", {"offset": -1}, "offset is -1, expected a number from 1"),
        ("CAddTable", {"inplace": 1}, "inplace is of type float, expected true or"),
        ("CriterionTable", {}, "criterion is missing, expected a module"),
        ("CriterionTable", {"criterion": 2}, "criterion has type float, expected a C"),
        (
            "CriterionTable",
            {"criterion": raw("nn.Identity")},
            "criterion has type Identity, expected a Criterion",
        ),
    ],
)
def test_nonsense(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)


def test_a_criterion_table_holds_its_criterion():
    module = lifted("nn.CriterionTable", criterion=raw("nn.MSECriterion"))
    assert module([A, B]) == (4 + 0 + 4 + 9) / 4


def test_the_gradient_of_a_criterion_table_is_that_of_its_criterion():
    written = dict(
        Lowering().lower(nn.CriterionTable(nn.MSECriterion())).content.pairs()
    )
    (gradient,) = written[b"gradInput"].items[1:]
    inner = dict(written[b"criterion"].content.pairs())
    assert inner[b"gradInput"] is gradient


@pytest.mark.parametrize(
    "module, fields",
    [
        (nn.SplitTable(1), {b"dimension": 2.0}),
        (nn.SplitTable(-1), {b"dimension": -1.0}),
        (nn.JoinTable(0, 2), {b"dimension": 1.0, b"nInputDims": 2.0}),
        (nn.SelectTable(0), {b"index": 1.0}),
        (nn.NarrowTable(2, 3), {b"offset": 3.0, b"length": 3.0}),
        (nn.MixtureTable(1), {b"dim": 2.0, b"batchSize": 0.0}),
    ],
    ids=repr,
)
def test_indices_count_from_1_in_files(module, fields):
    written = dict(Lowering().lower(module).content.pairs())
    assert {key: written[key] for key in fields} == fields


def test_what_torch7_fills_in_is_of_each_module_alone():
    raws = Lowering().lower([nn.JoinTable(0), nn.JoinTable(0)]).items[1::2]
    one, other = (dict(raw.content.pairs()) for raw in raws)
    for name, kind in ((b"size", Storage), (b"gradInput", Table)):
        assert type(one[name]) is kind is type(other[name])
        assert one[name] is not other[name]
    assert len(one[b"size"].array) == len(one[b"gradInput"].items) == 0
    assert b"nInputDims" not in one  # nil


def test_an_axis_from_the_end_is_refused_where_torch7_has_none():
    with pytest.raises(ValueError, match="an axis is -1, expected 0 or more"):
        Lowering().lower(nn.MixtureTable(-1))
