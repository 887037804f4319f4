import numpy as np
import pytest

import nnmods as nn

X = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 6.0, 7.0])


@pytest.mark.parametrize(
    "module, low, high",
    [
        (nn.HardTanh(), -1, 1),
        (nn.HardTanh(-0.5, 6), -0.5, 6),
        (nn.HardTanh(None, 6), -1, 6),
        (nn.Clamp(), -1, 1),
        (nn.Clamp(-0.5, 0.5), -0.5, 0.5),
        (nn.ReLU6(), 0, 6),
    ],
)
def test_values_and_no_gradient_at_the_bounds(module, low, high):
    wanted = [min(max(value, low), high) for value in X]
    np.testing.assert_array_equal(module.forward(X), wanted)
    passes = [float(low < value < high) for value in X]
    np.testing.assert_array_equal(
        module.backward(X, 2 * np.ones(8)), np.multiply(2, passes)
    )


def test_clip_passes_the_gradient_everywhere():
    module = nn.Clip(-0.5, 0.5)
    np.testing.assert_array_equal(module.forward(X), np.clip(X, -0.5, 0.5))
    np.testing.assert_array_equal(module.backward(X, X[::-1]), X[::-1])
    assert module.surrogate and not nn.Clamp().surrogate


def test_inplace_is_taken_and_writes_nothing():
    for module in (nn.HardTanh(-1, 1, True), nn.ReLU6(True)):
        x = X.copy()
        module.backward(x, np.ones(8))
        np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize("make", [nn.HardTanh, nn.Clamp, nn.Clip])
def test_bounds_are_checked(make):
    name = make.__name__
    text = f"{name}: max_value has value 0.5, expected more than min_value, 0.5"
    with pytest.raises(ValueError, match=text):
        make(0.5, 0.5)
    with pytest.raises(ValueError, match="expected more than min_value"):
        make(0, np.nan)
    with pytest.raises(
        TypeError, match=rf"{name}: max\w+ has type str, expected a real"
    ):
        make(0, "1")


def test_inplace_is_a_flag():
    with pytest.raises(
        TypeError, match="HardTanh: inplace has type str, expected True"
    ):
        nn.HardTanh(-1, 1, "yes")
    with pytest.raises(TypeError, match="ReLU6: inplace has type int, expected True"):
        nn.ReLU6(1)


def test_repr():
    assert repr(nn.HardTanh()) == "HardTanh()"
    assert repr(nn.HardTanh(-2, 1)) == "HardTanh(min_value=-2.0)"
    assert repr(nn.Clamp(-0.5, 3)) == "Clamp(min_value=-0.5, max_value=3.0)"
    assert repr(nn.Clip(-1, 1)) == "Clip(-1.0, 1.0)"
    assert repr(nn.ReLU6()) == "ReLU6()"
