import numpy as np
import pytest

from nnmods.layers.shape import Padding

x = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "padding, wanted",
    [
        (Padding(0, 2), [1, 2, 3, 0, 0]),
        (Padding(0, -2), [0, 0, 1, 2, 3]),
        (Padding(0, 0), [1, 2, 3]),
        (Padding(0, 1, 1, 9.5, 1), [1, 2, 9.5, 3]),
        (Padding(0, -1, 1, 9.5, 1), [1, 9.5, 2, 3]),
        (Padding(-1, 2, value=-1, index=3), [-1, -1, 1, 2, 3]),
        (Padding(0, -2, index=3), [1, 2, 3, 0, 0]),
    ],
    ids=repr,
)
def test_values_and_gradients(padding, wanted):
    np.testing.assert_array_equal(padding(x), wanted)
    dC_dx = padding.backward(x, np.array(wanted) * 10)
    np.testing.assert_array_equal(dC_dx, 10 * x)
    without_value = [0 if w in (-1, 9.5) else 5 * w for w in wanted]
    np.testing.assert_array_equal(padding.jvp(x, 5 * x), without_value)


def test_any_other_number_of_axes_is_a_batch():
    assert Padding(0, 2, 2)(np.ones((3, 4))).shape == (5, 4)
    assert Padding(0, 2, 2)(np.ones((3, 4, 5))).shape == (3, 6, 5)
    assert Padding(0, 2, 2)(np.ones((3, 4, 5, 6))).shape == (3, 6, 5, 6)  # as Torch7
    assert Padding(-1, 2, 2)(np.ones((3, 4, 5))).shape == (3, 4, 7)


def test_padding_an_empty_axis():
    np.testing.assert_array_equal(Padding(0, 2, value=7)(np.ones(0)), [7, 7])


def test_errors():
    with pytest.raises(
        ValueError, match=r"Padding\(0, 1, index=4\): x .*, expected at l"
    ):
        Padding(0, 1, index=4).forward(x)
    with pytest.raises(ValueError, match="Padding: index is -1, expected 0 or more"):
        Padding(0, 1, index=-1)
    with pytest.raises(ValueError, match="expected an axis 1"):
        Padding(1, 1).forward(x)
    with pytest.raises(ValueError, match="expected an axis 1"):
        Padding(0, 1, 2).forward(x)  # a batch, whose axis 1 is meant
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(5,\)"):
        Padding(0, 2).backward(x, x)


def test_repr():
    assert repr(Padding(1, -2)) == "Padding(1, -2)"
    padding = Padding(0, 1, 2, 9.5, 1)
    assert repr(padding) == "Padding(0, 1, num_input_dims=2, value=9.5, index=1)"
