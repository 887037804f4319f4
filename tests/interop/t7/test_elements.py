"""Parameters by element, products and distances as files of Torch7 hold them."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, longs
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.registry import find_writer

W = np.array([[3.0, 0.0], [4.0, 2.0]])
TWO = [np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]


def saved(module):
    return find_writer(module).save(module)


@pytest.mark.parametrize("size", [None, longs(2, 1)])
def test_a_factor_by_element(size):
    weight, grad = np.array([[2.0], [3.0]]), np.ones((2, 1))
    module = lifted("nn.CMul", size=size, weight=weight, gradWeight=grad)
    assert module(np.ones((2, 2))).tolist() == [[2, 2], [3, 3]]
    assert module.grad_weight.tolist() == grad.tolist()
    assert saved(module)["size"].tolist() == [2, 1]


def test_a_bias_by_element():
    bias = np.array([[1.0, 2.0]])
    module = lifted("nn.CAdd", size=longs(1, 2), bias=bias)
    assert module(np.zeros((2, 2))).tolist() == [[1, 2], [1, 2]]
    assert saved(module)["size"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "fields, y",
    [
        ({"bias": np.array([1.0, 2.0])}, [[1, 2], [1, 2]]),
        ({"bias": np.array([3.0]), "scalar": True}, [[3, 3], [3, 3]]),
    ],
)
def test_add_of_torch7_is_a_bias(fields, y):
    module = lifted("nn.Add", gradBias=fields["bias"], _ones=np.ones(1), **fields)
    assert type(module) is nn.CAdd
    assert module(np.zeros((2, 2))).tolist() == y
    assert module.grad_bias.tolist() == fields["bias"].tolist()
    assert find_writer(module).name == "nn.CAdd"


def test_one_factor_for_all():
    module = lifted("nn.Mul", weight=np.array([2.0]), gradWeight=np.array([5.0]))
    assert module(W).tolist() == (2 * W).tolist()
    assert module.grad_weight.tolist() == [5]


def test_a_constant():
    value = np.array([[1, 2]], np.float32)
    module = lifted("nn.Constant", value=value, nInputDim=1, _type="torch.FloatTensor")
    assert module.value.dtype == np.float32
    assert module(np.zeros((2, 5), np.float32)).tolist() == [[[1, 2]], [[1, 2]]]
    assert saved(module)["nInputDim"] == 1
    alone = lifted("nn.Constant", value=value)
    assert alone(np.zeros((2, 5))).tolist() == [[1, 2]]
    assert alone.value.dtype == np.float64
    assert "nInputDim" not in saved(alone)


def test_products():
    a, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
    assert lifted("nn.MM", transB=True)([a, b]).tolist() == [[11]]
    assert lifted("nn.MM", transA=True)([a, b]).tolist() == [[3, 4], [6, 8]]
    assert lifted("nn.MV")([a, b[0]]).tolist() == [11]
    assert lifted("nn.MV", trans=True)([W, b[0]]).tolist() == [25, 8]
    assert saved(nn.MM(True))["transA"] is True
    assert saved(nn.MV(True))["trans"] is True


def test_distances_from_templates():
    x = np.zeros(2)
    module = lifted("nn.Euclidean", weight=W, gradWeight=W)
    assert module(x).tolist() == [5, 2]
    assert module.grad_weight.tolist() == W.tolist()
    fields = {"diagCov": np.array([[1.0, 0.0], [2.0, 3.0]]), "gradDiagCov": W}
    module = lifted("nn.WeightedEuclidean", weight=W, **fields)
    assert module(x).tolist() == [np.sqrt(73), 6]
    assert module.grad_diag_cov.tolist() == W.tolist()
    assert saved(module)["diagCov"] is module.diag_cov
    assert saved(module)["gradDiagCov"] is module.grad_diag_cov
    module = lifted("nn.Cosine", weight=W)
    np.testing.assert_allclose(module(np.array([1.0, 0.0])), [1, 2 / np.sqrt(5)])


def test_templates_as_the_first_torch7_held_them():
    cov = np.ones((2, 2))
    fields = {"templates": W, "gradTemplates": W, "weight": W, "bias": cov}
    module = lifted("nn.WeightedEuclidean", 0, diagCov=cov, **fields)
    assert [name for name, _, _ in module.named_parameters()] == ["weight", "diag_cov"]
    assert module(np.zeros(2)).tolist() == [5, 2]


def test_numbers_of_two_rows():
    assert lifted("nn.DotProduct")(TWO).tolist() == [11]
    assert lifted("nn.CosineDistance")(TWO)[0] == pytest.approx(11 / np.sqrt(125))
    assert lifted("nn.PairwiseDistance", norm=1)(TWO).tolist() == [4]
    assert lifted("nn.PairwiseDistance")(TWO)[0] == pytest.approx(np.sqrt(8))
    assert saved(nn.PairwiseDistance(3))["norm"] == 3


@pytest.mark.parametrize(
    "make", [nn.MM, nn.MV, nn.DotProduct, nn.CosineDistance, nn.PairwiseDistance]
)
def test_the_gradients_of_a_table_are_there(make):
    first, second = saved(make().float())["gradInput"]
    assert first is not second
    assert first.size == second.size == 0
    assert first.dtype == second.dtype == np.float32


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("CMul", {}, "weight is missing"),
        ("CMul", {"weight": np.empty(0)}, "size is 0"),
        ("CAdd", {"weight": W}, "bias is missing"),
        ("Mul", {}, "weight is missing"),
        ("Mul", {"weight": W}, r"weight has shape \(2, 2\)"),
        ("Constant", {"value": 1}, "value is of type float"),
        ("Constant", {"value": np.empty(0)}, r"value has shape \(0,\)"),
        ("Constant", {"value": W, "nInputDim": 0.5}, "nInputDim is 0.5"),
        ("MM", {"transA": 1}, "transA is of type float"),
        ("Cosine", {"weight": np.ones(2)}, "weight has shape"),
        ("Euclidean", {"weight": "w"}, "weight is of type bytes"),
        ("WeightedEuclidean", {"weight": W}, "diagCov is missing"),
        ("WeightedEuclidean", {"weight": W, "diagCov": W[:, :1]}, "weight has shape"),
        ("PairwiseDistance", {"norm": 0}, "p is 0"),
    ],
)
def test_nonsense_is_refused(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)
