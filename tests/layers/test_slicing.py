"""Select and Narrow."""

import numpy as np
import pytest

from nnmods.layers.shape import Narrow, Select

x = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "module, wanted",
    [
        (Select(0, 1), x[1]),
        (Select(1, 2), x[:, 2]),
        (Select(2, -1), x[:, :, 3]),
        (Select(-1, 0), x[:, :, 0]),
        (Select(-3, -2), x[0]),
        (Narrow(1, 1, 2), x[:, 1:3]),
        (Narrow(1, 2), x[:, 2:]),
        (Narrow(-1, 1, 3), x[..., 1:]),
        (Narrow(2, 1, -1), x[..., 1:]),
        (Narrow(2, 1, -2), x[..., 1:3]),
        (Narrow(2, 0, -4), x[..., :1]),
        (Narrow(2, -1, 3), x[..., :1]),  # Torch7: all but so many
        (Narrow(2, -7, 1), x[..., :3]),
        (Narrow(2, -1, -5), x[..., :2]),
        (Narrow(0, 0, None), x[:1]),
    ],
    ids=repr,
)
def test_values_and_gradients(module, wanted):
    y = module(x)
    np.testing.assert_array_equal(y, wanted)
    dC_dx = module.backward(x, y + 1)
    picked = np.isin(x, wanted)
    np.testing.assert_array_equal(dC_dx, np.where(picked, x + 1, 0))


def test_a_vector_gives_a_number():
    y = Select(0, 1).forward(np.array([1.0, 2.0]))
    assert isinstance(y, np.ndarray) and y.shape == () and y == 2
    dC_dx = Select(0, 1).backward(np.array([1.0, 2.0]), np.array(5.0))
    np.testing.assert_array_equal(dC_dx, [0, 5])


def test_zeros_are_written_anew():
    select = Select(0, 0)
    select.backward(x, x[0]).fill(9)
    np.testing.assert_array_equal(select.backward(x, x[0])[1], np.zeros((3, 4)))


@pytest.mark.parametrize(
    "module, message",
    [
        (Select(3, 0), r"Select\(3, 0\): x has shape \(2, 3, 4\), expected an axis 3"),
        (Select(1, 3), r"Select\(1, 3\): x .*, expected an index 3 along axis 1"),
        (Select(1, -4), r"expected an index -4 along axis 1"),
        (Narrow(-4, 0), r"Narrow\(-4, 0\): x .*, expected an axis -4"),
        (Narrow(1, 1, 3), r"expected one or more places 1 to 3 along axis 1"),
        (Narrow(1, 1, -3), r"expected one or more places 1 to 0 along axis 1"),
        (Narrow(1, -1, 3), r"expected one or more places 0 to -1"),
    ],
    ids=repr,
)
def test_places_that_are_not_there(module, message):
    for verb in (module.forward, lambda x: module.backward(x, x)):
        with pytest.raises(ValueError, match=message):
            verb(x)


def test_narrow_to_the_end_of_an_empty_batch():
    assert Narrow(0, 0, -1)(np.ones((0, 3))).shape == (0, 3)


def test_a_length_of_0():
    with pytest.raises(ValueError, match="Narrow: length is 0"):
        Narrow(0, 0, 0)


def test_indices_are_integers():
    with pytest.raises(TypeError):
        Select(0, 1.5)


def test_repr():
    modules = Select(1, -1), Narrow(0, 2), Narrow(1, 0, -1)
    assert list(map(repr, modules)) == ["Select(1, -1)", "Narrow(0, 2)"] + [
        "Narrow(1, 0, -1)"
    ]
