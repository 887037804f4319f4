"""Shapes, selections and reductions of Torch7: what its files say, from any year."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, longs
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.raw import Function

X = np.arange(24.0).reshape(2, 3, 4)
DOUBLES, FLOATS = np.empty(0), np.empty(0, np.float32)


@pytest.mark.parametrize(
    "name, fields, wanted",
    [
        ("Contiguous", {}, "Contiguous()"),
        ("Reshape", {"size": longs(12)}, "Reshape(12)"),
        (
            "Reshape",
            {"size": longs(3, 4), "nelement": 12, "batchMode": False},
            "Reshape(3, 4, batch_mode=False)",
        ),
        ("View", {"size": longs(-1), "numElements": 1}, "View(-1)"),
        ("View", {"size": [12], "numInputDims": 2}, "View(12, num_input_dims=2)"),
        (
            "Convert",
            {"inputShape": "bchw", "outputShape": "bf"},
            "Convert('bchw', 'bf')",
        ),
        ("Collapse", {"nInputDim": 2}, "Collapse(2)"),
        ("Select", {"dimension": 1, "index": 2}, "Select(0, 1)"),
        ("Select", {"dimension": -1, "index": -1}, "Select(-1, -1)"),
        ("Narrow", {"dimension": 2, "index": 1}, "Narrow(1, 0)"),
        ("Narrow", {"dimension": 2, "index": 3, "length": -1}, "Narrow(1, 2, -1)"),
        ("Narrow", {"dimension": -1, "index": -1, "length": 2}, "Narrow(-1, -1, 2)"),
        ("Index", {"dimension": 2}, "Index(1)"),
        ("MaskedSelect", {}, "MaskedSelect()"),
        ("Squeeze", {}, "Squeeze()"),
        ("Squeeze", {"dim": 2, "numInputDims": 3}, "Squeeze(1, num_input_dims=3)"),
        ("Unsqueeze", {"pos": 1}, "Unsqueeze(0)"),
        ("Unsqueeze", {"pos": 3, "numInputDims": 2}, "Unsqueeze(2, num_input_dims=2)"),
        ("Replicate", {"nfeatures": 3}, "Replicate(3)"),
        (
            "Replicate",
            {"nfeatures": 3, "dim": 2, "ndim": 2},
            "Replicate(3, 1, num_input_dims=2)",
        ),
        ("Transpose", {"permutations": [[1, 2], [2, 3]]}, "Transpose((0, 1), (1, 2))"),
        ("Padding", {"dim": 1, "pad": -2}, "Padding(0, -2)"),
        (
            "Padding",
            {"dim": 2, "pad": 1, "nInputDim": 2, "value": 0.5, "index": 2},
            "Padding(1, 1, num_input_dims=2, value=0.5, index=1)",
        ),
        ("OneHot", {"outputSize": 3}, "OneHot(3)"),
        ("Max", {"dimension": 1}, "Max(0)"),
        ("Max", {}, "Max(0)"),
        ("Min", {"dimension": -1}, "Min(-1)"),
        ("Min", {"dimension": 2, "nInputDims": 2}, "Min(1, num_input_dims=2)"),
        ("Sum", {"dimension": 2}, "Sum(1)"),
        (
            "Sum",
            {"dimension": 1, "sizeAverage": True, "squeeze": False},
            "Sum(0, size_average=True, squeeze=False)",
        ),
        ("Mean", {"dimension": 1}, "Mean(0)"),
    ],
)
def test_fields_become_arguments(name, fields, wanted):
    assert repr(lifted(f"nn.{name}", **fields)) == wanted


@pytest.mark.parametrize(
    "name, fields, y",
    [
        ("Reshape", {"size": longs(12)}, X.reshape(2, 12)),
        ("View", {"size": longs(4, 3)}, X.reshape(2, 4, 3)),
        ("Select", {"dimension": 2, "index": 3}, X[:, 2]),
        ("Narrow", {"dimension": 3, "index": 2, "length": 2}, X[..., 1:3]),
        ("Narrow", {"dimension": 3, "index": -1, "length": 1}, X[..., :3]),
        ("Transpose", {"permutations": [[1, 2], [2, 3]]}, X.transpose(1, 2, 0)),
        (
            "Transpose",
            {"permutations": [[1, 2]], "numInputDims": 2},
            X.transpose(0, 2, 1),
        ),
        ("Unsqueeze", {"pos": 1, "numInputDims": 2}, X[:, None]),
        ("Max", {"dimension": 1}, X[1]),
        ("Min", {"dimension": 1, "nInputDims": 2}, X[:, 0]),
        ("Sum", {"dimension": -1}, X.sum(axis=2)),
        ("Mean", {"dimension": 1}, X[0] + 6),
    ],
)
def test_it_computes_what_torch7_does(name, fields, y):
    np.testing.assert_array_equal(lifted(f"nn.{name}", **fields)(X), y)


def test_the_first_of_equal_entries_wins():
    module, x = lifted("nn.Max", dimension=2), np.array([[1.0, 3.0, 3.0]])
    module.forward(x)
    np.testing.assert_array_equal(module.backward(x, np.ones(1)), [[0, 1, 0]])


def test_a_copy_has_the_types_of_its_results():
    module = lifted("nn.Copy", gradInput=DOUBLES, output=FLOATS, dontCast=True)
    assert repr(module) == "Copy('float64', 'float32', force_copy=True, dont_cast=True)"
    assert module(X).dtype == np.float32
    assert module.backward(X, X.astype(np.float32)).dtype == np.float64


def test_a_copy_of_equal_types_has_functions_that_pass_arrays_on():
    function = Function(8, b"bytecode")
    module = lifted("nn.Copy", gradInput=FLOATS, output=FLOATS, updateOutput=function)
    assert module.forward(X) is X


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("Reshape", {}, "size is missing, expected a table of numbers"),
        ("Reshape", {"size": [2.5]}, "Reshape"),
        ("Reshape", {"size": [[1]]}, "size has an entry of type Table"),
        ("View", {"size": longs(-1, -1)}, "View: sizes has 2 times -1"),
        ("View", {"size": longs(3), "numInputDims": -1}, "num_input_dims is -1"),
        ("Convert", {"inputShape": "bchw", "outputShape": "xy"}, "Convert"),
        (
            "Select",
            {"dimension": 1, "index": 0},
            "index is 0, expected a number from 1",
        ),
        ("Narrow", {"dimension": 1, "index": 1, "length": 0}, "length is 0"),
        ("Index", {"dimension": -1}, "dimension is -1, expected a number from 1"),
        ("Unsqueeze", {"pos": 0}, "pos is 0, expected a number from 1"),
        ("Unsqueeze", {"pos": 1, "numInputDims": 0}, "numInputDims is 0, expected"),
        ("Replicate", {"nfeatures": -3}, "Replicate: n is -3"),
        ("Replicate", {"nfeatures": 3, "ndim": 0}, "ndim is 0, expected a number from"),
        ("Transpose", {"permutations": [[1, 0]]}, "permutations has an axis 0.0, exp"),
        ("Transpose", {"permutations": [[1]]}, "permutations has an axis None, exp"),
        ("Transpose", {"permutations": [3]}, "permutations has an entry of type float"),
        ("Padding", {"dim": 1}, "pad is missing"),
        ("Padding", {"dim": 1, "pad": 1, "nInputDim": -2}, "nInputDim is -2"),
        ("OneHot", {"outputSize": -1}, "OneHot: output_size is -1"),
        ("Max", {"dimension": "x"}, "dimension is of type bytes, expected a number"),
        ("Sum", {"squeeze": "no"}, "squeeze is of type bytes, expected true or false"),
    ],
)
def test_nonsense(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)


@pytest.mark.parametrize(
    "module, fields",
    [
        (nn.Reshape(3, 4), {"nelement": 12}),
        (nn.View(3, -1, num_input_dims=2), {"numElements": 3, "numInputDims": 2}),
        (
            nn.Convert("hwcb", "bf"),
            {
                "inputBatchDim": 4,
                "nInputDim": 4,
                "nOutputDim": 2,
                "transposition": False,
            },
        ),
        (nn.Convert(), {"nInputDim": -1, "transposition": True}),
        (nn.Narrow(0, -1, 2), {"dimension": 1, "index": -1, "length": 2}),
        (nn.Select(1, 0), {"dimension": 2, "index": 1}),
        (nn.Squeeze(0, 2), {"dim": 1, "numInputDims": 2}),
        (nn.Transpose((0, 1)).set_num_input_dims(2), {"numInputDims": 2}),
        (nn.Padding(0, 1, index=2), {"dim": 1, "pad": 1, "index": 3}),
        (nn.Mean(-1, 2), {"dimension": -1, "nInputDims": 2, "sizeAverage": True}),
    ],
    ids=repr,
)
def test_fields_are_written_as_torch7_has_them(module, fields):
    written = dict(Lowering().lower(module).content.pairs())
    assert {name: written[name.encode()] for name in fields} == fields


def test_sizes_are_storages():
    written = dict(Lowering().lower(nn.Reshape(3, 4)).content.pairs())
    assert written[b"size"].array.tolist() == [3, 4]
    assert written[b"batchsize"].array.tolist()[1:] == [3, 4]
    assert b"batchMode" not in written


def test_axes_of_a_transpose_are_tables():
    written = dict(Lowering().lower(nn.Transpose((0, 2))).content.pairs())
    (pair,) = written[b"permutations"].items[1:]
    assert pair.items == [1.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "module, message",
    [
        (nn.Reshape(3, -1), "sizes has -1, expected none"),
        (nn.Max(), "axis is None, expected one"),
        (nn.Squeeze(-1), "an axis is -1, expected 0 or more"),
        (nn.Unsqueeze(-1), "an axis is -1, expected 0 or more"),
        (nn.Padding(-1, 2), "an axis is -1, expected 0 or more"),
        (nn.Transpose((0, -1)), "an axis is -1, expected 0 or more"),
        (nn.Index(-2), "an axis is -2, expected 0 or more"),
        (nn.Copy("bool", "bool"), "a type is bool, expected one of Torch7"),
    ],
    ids=repr,
)
def test_what_torch7_has_not_is_refused(module, message):
    with pytest.raises(ValueError, match=message):
        Lowering().lower(module)
