import numpy as np
import pytest

import nnmods as nn


def test_default_threshold_is_a_millionth():
    module, x = nn.Threshold(), np.array([-1.0, 0.0, 1e-6, 2e-6, 3.0])
    np.testing.assert_array_equal(module.forward(x), [0, 0, 0, 2e-6, 3])
    np.testing.assert_array_equal(module.backward(x, np.ones(5)), [0, 0, 0, 1, 1])


@pytest.mark.parametrize("th, v", [(0.5, -1), (0.5, 2), (0.5, 0.5), (-1, -1), (0, 0)])
def test_the_threshold_itself_is_below(th, v):
    module, x = nn.Threshold(th, v), np.array([-2.0, th, th + 0.25, 4.0])
    np.testing.assert_array_equal(module.forward(x), [v, v, th + 0.25, 4])
    dC_dx = module.backward(x, np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(dC_dx, [0, 0, 3, 4])


def test_inplace_wants_a_value_of_at_most_the_threshold():
    nn.Threshold(0.2, 0.2, True)
    text = "Threshold: v has value 0.2, expected at most th, 0.1, for inplace"
    with pytest.raises(ValueError, match=text):
        nn.Threshold(0.1, 0.2, True)


def test_arguments_are_numbers():
    with pytest.raises(TypeError, match="Threshold: th has type str, expected a real"):
        nn.Threshold("0")
    with pytest.raises(TypeError, match="Threshold: v has type list, expected a real"):
        nn.Threshold(0, [1])


def test_repr():
    assert repr(nn.Threshold()) == repr(nn.Threshold(None, None)) == "Threshold()"
    assert repr(nn.Threshold(0.5)) == "Threshold(0.5)"
    assert repr(nn.Threshold(1e-6, 1)) == "Threshold(1e-06, 1.0)"
