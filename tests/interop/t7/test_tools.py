"""Noise and tools of Torch7: what its files say of them, from any year."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.lowering import Lowering

X = np.array([[1.0, -2.0], [0.0, 4.0]])
ONES = np.ones((2, 2))


def written(module):
    return dict(Lowering().lower(module).content.pairs())


@pytest.mark.parametrize(
    "name, fields, wanted",
    [
        ("Dropout", {"p": 0.25, "v2": True}, "Dropout(0.25)"),
        ("Dropout", {"p": 0.25}, "Dropout(0.25, inverted=False)"),
        (
            "Dropout",
            {"p": 0.5, "v2": True, "inplace": True, "stochastic_inference": True},
            "Dropout(stochastic_inference=True)",
        ),
        ("SpatialDropout", {"p": 0.25}, "SpatialDropout(0.25)"),
        ("VolumetricDropout", {"p": 1}, "VolumetricDropout(1)"),
        ("WhiteNoise", {"mean": 0.5, "std": 2}, "WhiteNoise(0.5, 2.0)"),
        ("GradientReversal", {"lambda": 0.5}, "GradientReversal(0.5)"),
        ("ZeroGrad", {}, "ZeroGrad()"),
        ("Identity", {}, "Identity()"),
        ("PrintSize", {"prefix": "here"}, "PrintSize('here')"),
        ("PrintSize", {}, "PrintSize()"),
        ("CategoricalEntropy", {"scale": 2}, "CategoricalEntropy(2.0)"),
    ],
)
def test_fields_become_arguments(name, fields, wanted):
    assert repr(lifted(f"nn.{name}", 2, **fields)) == wanted


def test_the_first_dropout_scales_in_evaluation():
    x = np.array([[8.0, -4.0]])
    first = lifted("nn.Dropout", p=0.25, train=False)
    np.testing.assert_array_equal(first(x), 0.75 * x)
    second = lifted("nn.Dropout", p=0.25, v2=True, train=False)
    np.testing.assert_array_equal(second(x), x)


@pytest.mark.parametrize("version, factor", [(0, -1), (1, -1), (2, -0.5)])
def test_versions_of_a_gradient_reversal(version, factor):
    module = lifted("nn.GradientReversal", version, **{"lambda": 0.5})
    module.forward(X)
    np.testing.assert_array_equal(module.backward(X, X), factor * X)


def test_a_gradient_reversal_without_lambda():
    assert repr(lifted("nn.GradientReversal", 1)) == "GradientReversal()"
    with pytest.raises(T7Error, match="lambda is missing"):
        lifted("nn.GradientReversal", 2)


@pytest.mark.parametrize(
    "fields, dC_dx",
    [
        ({"provideOutput": True}, [[3, -1], [1, 3]]),
        ({"provideOutput": False}, [[2, -2], [0, 2]]),
        ({}, [[2, -2], [0, 2]]),  # nil is not true
        ({"sizeAverage": True}, [[0.5, -0.5], [0, 0.5]]),
    ],
)
def test_an_l1_penalty(fields, dC_dx):
    module = lifted("nn.L1Penalty", l1weight=2, **fields)
    module.forward(X)
    np.testing.assert_array_equal(module.backward(X, ONES), dC_dx)


def test_the_entropy_is_averaged_if_it_says_so():
    x, zeros = np.array([[0.2, 0.8], [0.6, 0.4]]), np.zeros((2, 2))
    gradients = []
    for size_average in (True, False):
        module = lifted("nn.CategoricalEntropy", scale=1, sizeAverage=size_average)
        module.forward(x)
        gradients.append(module.backward(x, zeros).copy())
    np.testing.assert_array_equal(2 * gradients[0], gradients[1])
    assert gradients[0].any()


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("Dropout", {}, "p is missing"),
        ("Dropout", {"p": 1}, "p_drop is 1, expected 0 <= p_drop < 1"),
        ("SpatialDropout", {"p": -0.5}, "p_drop is -0.5"),
        ("WhiteNoise", {"mean": 0, "std": -1}, "std is -1.0"),
        ("L1Penalty", {"l1weight": "x"}, "l1weight is of type bytes"),
        ("PrintSize", {"prefix": 3}, "prefix is of type float, expected a string"),
    ],
)
def test_nonsense(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)


@pytest.mark.parametrize(
    "module, fields",
    [
        (nn.Dropout(0.25), {"p": 0.25, "v2": True, "stochastic_inference": False}),
        (nn.Dropout(0.25, v1=True), {"p": 0.25, "v2": False}),
        (nn.Dropout(0.25).evaluate(), {"train": False}),
        (nn.WhiteNoise(1, 2), {"mean": 1, "std": 2}),
        (nn.L1Penalty(2), {"l1weight": 2, "provideOutput": True}),
        (nn.GradientReversal(3), {"lambda": 3}),
        (nn.CategoricalEntropy(2, 0.5), {"scale": 2, "minEntropy": 0.5}),
    ],
    ids=repr,
)
def test_fields_are_written_as_torch7_has_them(module, fields):
    found = written(module)
    assert {name: found[name.encode()] for name in fields} == fields


def test_versions_are_written():
    assert Lowering().lower(nn.GradientReversal()).version == 2
    assert Lowering().lower(nn.Dropout()).version == 1


def test_the_network_of_an_entropy_is_written_once():
    fields = written(nn.CategoricalEntropy())
    network = dict(fields[b"module"].content.pairs())
    assert fields[b"modules"].items == [1.0, fields[b"module"]]
    assert network[b"modules"].items[3] is fields[b"_mul"]


def test_an_exact_dropout_is_refused():
    with pytest.raises(ValueError, match="exact is True, expected False"):
        Lowering().lower(nn.Dropout(exact=True))
