"""Activations as files of Torch7 hold them, old ones too."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.registry import find_writer, known_classes

PLAIN = """
    Abs Exp Log Square Sigmoid LogSigmoid Tanh TanhShrink SoftSign SoftMax SoftMin
    LogSoftMax SpatialSoftMax SpatialLogSoftMax
""".split()


def saved(module):
    return find_writer(module).save(module)


def y_and_slope(module, *x):
    """Return lists of y and of dy/dx, entry by entry."""
    x = np.array(x, float)
    return module(x).tolist(), module.backward(x, np.ones_like(x)).tolist()


@pytest.mark.parametrize("name", PLAIN)
def test_those_without_fields_need_none(name):
    module = lifted(f"nn.{name}")
    assert type(module) is getattr(nn, name)
    assert find_writer(module) is known_classes()[f"nn.{name}"]


@pytest.mark.parametrize(
    "name, fields, x, y, slope",
    [
        ("ReLU", {"threshold": 0, "val": 0}, [-1, 0, 2], [0, 0, 2], [0, 0, 1]),
        ("Threshold", {"threshold": 1, "val": -3}, [1, 2], [-3, 2], [0, 1]),
        ("HardTanh", {"min_val": -2, "max_val": 3}, [-2, 1, 4], [-2, 1, 3], [0, 1, 0]),
        ("Clamp", {"min_val": -2, "max_val": 3}, [-2, 1, 4], [-2, 1, 3], [0, 1, 0]),
        ("ReLU6", {"inplace": True}, [-1, 5, 7], [0, 5, 6], [0, 1, 0]),
        ("Clip", {"minval": -2, "maxval": 3}, [-3, 1, 4], [-2, 1, 3], [1, 1, 1]),
        ("LeakyReLU", {"negval": 0.5}, [-2, 0, 2], [-1, 0, 2], [0.5, 0.5, 1]),
        ("HardShrink", {"lambda": 0.25}, [-0.5, 0.25, 1], [-0.5, 0, 1], [1, 0, 1]),
        ("SoftShrink", {"lambda": 0.25}, [-0.5, 0.25, 1], [-0.25, 0, 0.75], [1, 0, 1]),
        ("Power", {"pow": 3}, [2, 0.5], [8, 0.125], [12, 0.75]),
        ("Sqrt", {"eps": 0}, [0, 4], [0, 2], [0, 0.25]),
        ("MulConstant", {"constant_scalar": -2}, [1, 2], [-2, -4], [-2, -2]),
        ("AddConstant", {"constant_scalar": -2}, [1, 2], [-1, 0], [1, 1]),
        ("SAdd", {"addend": -1, "negate": True}, [0.25], [0.75], [-1]),
    ],
)
def test_settings(name, fields, x, y, slope):
    module = lifted(f"nn.{name}", **fields)
    assert y_and_slope(module, *x) == (y, slope)
    written = saved(module)
    assert {key: written[key] for key in fields if key != "inplace"} == {
        key: value for key, value in fields.items() if key != "inplace"
    }


@pytest.mark.parametrize(
    "name, same",
    [
        ("HardTanh", nn.HardTanh()),
        ("SoftPlus", nn.SoftPlus()),
        ("Sqrt", nn.Sqrt()),
        ("ELU", nn.ELU()),
        ("LeakyReLU", nn.LeakyReLU()),
        ("HardShrink", nn.HardShrink()),
        ("SoftShrink", nn.SoftShrink()),
        ("RReLU", nn.RReLU()),
        ("ReLU", nn.ReLU(grad_at_zero=0)),
        ("GatedLinearUnit", nn.GatedLinearUnit()),
    ],
)
def test_old_files_lack_fields(name, same):
    assert repr(lifted(f"nn.{name}")) == repr(same)


def test_a_relu_whose_threshold_was_changed_is_a_threshold():
    module = lifted("nn.ReLU", threshold=1, val=0)
    assert y_and_slope(module, 0.5, 2) == ([0, 2], [0, 1])


def test_every_relu_is_written_as_that_of_torch7():
    for grad_at_zero in (0, 1):
        written = saved(nn.ReLU(grad_at_zero))
        assert (written["threshold"], written["val"]) == (0, 0)
        assert written["inplace"] is False


def test_a_constant_may_be_a_vector():
    module = lifted(
        "nn.AddConstant",
        constant_scalar=np.array([1, -1], np.float32),
        _type="torch.FloatTensor",
    )
    assert module.constant_scalar.dtype == np.float32
    assert module(np.zeros((1, 2))).tolist() == [[1, -1]]
    assert saved(module)["constant_scalar"].tolist() == [1, -1]


def test_the_axis_of_a_gate_counts_from_one():
    x = np.zeros((2, 4, 6))
    for dim, shape in ((None, (2, 4, 3)), (1, (1, 4, 6)), (2, (2, 2, 6))):
        module = lifted("nn.GatedLinearUnit", dim=dim)
        assert module(x).shape == shape
        assert saved(module).get("dim") == dim
    assert "dim" not in saved(nn.GatedLinearUnit(-1))
    with pytest.raises(ValueError, match="axis is -2"):
        saved(nn.GatedLinearUnit(-2))


def test_prelu_has_one_slope_or_one_for_each_plane():
    x = np.array([[-1.0, -1.0]])
    one = lifted("nn.PReLU", nOutputPlane=0, weight=np.array([0.5]))
    two = lifted("nn.PReLU", nOutputPlane=2, weight=np.array([0.5, 2]))
    assert one(x).tolist() == [[-0.5, -0.5]]
    assert two(x).tolist() == [[-0.5, -2]]
    assert saved(two)["nOutputPlane"] == 2
    with pytest.raises(T7Error, match=r"weight has shape \(2,\), expected"):
        lifted("nn.PReLU", nOutputPlane=2.0**40, weight=np.array([0.5, 2]))
    with pytest.raises(T7Error, match="weight is missing"):
        lifted("nn.PReLU", nOutputPlane=2)


def test_noise_is_not_kept_and_the_mode_is():
    module = lifted("nn.RReLU", lower=0.25, upper=0.75, noise=np.ones(3), train=False)
    assert y_and_slope(module, -2, 2) == ([-1, 2], [0.5, 1])
    written = saved(module)
    assert written["noise"].size == 0
    assert written["train"] is False


def test_crelu_is_written_as_the_sequential_that_it_is():
    module = lifted("nn.CReLU", nInputDims=1, inplace=True)
    x = np.array([[-2.0, 0.0, 3.0]])
    assert module(x).tolist() == [[0, 0, 3, 2, 0, 0]]
    both, join, relu = saved(module.evaluate().float())["modules"]
    inside = nn.Sequential(both, join, relu)
    assert inside.forward(x).tolist() == [[0, 0, 3, 2, 0, 0]]
    assert inside.backward(x, np.ones((1, 6))).tolist() == [[-1, 0, 1]]
    assert all(part.dtype == np.float32 for part in (both, join, relu))
    assert not any(part.train for part in (both, join, relu))


def test_tanh_shrink_has_its_tanh():
    assert type(saved(nn.TanhShrink())["tanh"]) is nn.Tanh


def test_the_linear_part_of_softplus_begins_at_20():
    assert lifted("nn.SoftPlus", beta=2, threshold=20).beta == 2
    with pytest.raises(T7Error, match="threshold is 30, expected 20"):
        lifted("nn.SoftPlus", beta=2, threshold=30)


def test_the_norm_may_be_infinite():
    module = lifted("nn.Normalize", p=float("inf"), eps=0)
    assert module(np.array([3.0, 4.0])).tolist() == [0.75, 1]
    assert lifted("nn.Normalize", p=2).eps == 1e-10
    assert saved(module)["p"] == np.inf


def test_layers_of_cudnn():
    x = np.array([[-1.0, 0.0, 5.0]])
    for name in ("ReLU", "Tanh", "Sigmoid", "SoftMax", "SpatialLogSoftMax"):
        module = lifted(f"cudnn.{name}", mode="CUDNN_SOMETHING", inplace=True)
        np.testing.assert_array_equal(module(x), getattr(nn, name)()(x))
        assert find_writer(module).name == f"nn.{name}"
    module = lifted("cudnn.ClippedReLU", ceiling=3, inplace=False)
    assert y_and_slope(module, -1, 0, 2, 5) == ([0, 0, 2, 3], [0, 0, 1, 0])
    with pytest.raises(T7Error, match="ceiling is missing"):
        lifted("cudnn.ClippedReLU")


def test_a_softmax_of_cudnn_may_take_logarithms():
    module = lifted("cudnn.SpatialSoftMax", algorithm="CUDNN_SOFTMAX_LOG")
    assert type(module) is nn.SpatialLogSoftMax
    module = lifted("cudnn.SpatialSoftMax", algorithm="CUDNN_SOFTMAX_FAST")
    assert type(module) is nn.SpatialSoftMax


def test_an_axis_of_ones_own_cannot_be_written():
    for name in ("SoftMax", "SoftMin", "LogSoftMax", "SpatialSoftMax"):
        assert "axis" not in saved(getattr(nn, name)())
        with pytest.raises(ValueError, match="expected None, as Torch7 chooses it"):
            saved(getattr(nn, name)(axis=0))


@pytest.mark.parametrize(
    "name, fields, message",
    [
        ("HardTanh", {"min_val": 1, "max_val": 0}, "max_value has value 0.0"),
        ("HardTanh", {"min_val": "low"}, "min_val is of type bytes"),
        ("LeakyReLU", {"negval": True}, "negval is of type bool"),
        ("AddConstant", {}, "constant_scalar is missing"),
        ("AddConstant", {"constant_scalar": np.ones((2, 2))}, "shape"),
        ("Power", {}, "pow is missing"),
        ("Normalize", {"p": -1}, "p is -1"),
        ("RReLU", {"lower": 1, "upper": 0}, "lower and upper"),
        ("SoftPlus", {"beta": 0}, "beta is 0"),
        ("CReLU", {"nInputDims": -1}, "n_input_dims"),
        ("CReLU", {"nInputDims": 0.5}, "nInputDims is 0.5"),
        ("GatedLinearUnit", {"dim": 0}, "dim is 0"),
        ("GatedLinearUnit", {"dim": 1.5}, "dim is 1.5"),
    ],
)
def test_nonsense_is_refused(name, fields, message):
    with pytest.raises(T7Error, match=message):
        lifted(f"nn.{name}", **fields)
