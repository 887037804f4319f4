"""Unfold and Fold."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nnmods as nn

SETTINGS = {
    "plain": (2,),
    "uneven": ((2, 3), 1, (1, 2), (2, 1)),
    "dilated": (2, (2, 3), 1, 2),
    "wide padding": (1, 1, 2, 3),
}


def test_by_hand():
    x = np.arange(12.0).reshape(2, 2, 3)
    y = nn.Unfold((2, 2))(x)
    assert_array_equal(y[:4], [[0, 1], [1, 2], [3, 4], [4, 5]])
    assert_array_equal(y[4:], y[:4] + 6)
    image = nn.Fold((2, 3), 2)(y)
    assert_array_equal(image, x * [1, 2, 1])  # by how many windows see each pixel


def test_one_and_three_axes():
    assert_array_equal(
        nn.Unfold((3,))(np.arange(5.0)[None]), np.add.outer(*[range(3)] * 2)
    )
    fold = nn.Fold((2, 3, 2), (1, 2, 2))
    assert_array_equal(
        fold(np.ones((4, 4))), np.multiply.outer([1, 1], [[1, 1], [2, 2], [1, 1]])[None]
    )
    assert nn.Unfold(2, stride=(1, 2, 3)).axes == 3


@pytest.mark.parametrize("name", SETTINGS)
def test_transposes_of_each_other(name, rng):
    unfold, fold = nn.Unfold(*SETTINGS[name]), nn.Fold((6, 7), *SETTINGS[name])
    x = rng.standard_normal((3, 2, 6, 7))
    col = rng.standard_normal(unfold.forward(x).shape)
    assert_allclose(unfold.backward(x, col), fold.forward(col), 1e-13)
    assert_allclose(fold.backward(col, x), unfold.forward(x), 1e-13)
    assert_allclose(np.vdot(unfold.forward(x), col), np.vdot(x, fold.forward(col)))


@pytest.mark.parametrize("name", SETTINGS)
def test_as_in_pytorch(name, rng):
    torch = pytest.importorskip("torch")
    x = rng.standard_normal((3, 2, 6, 7))
    col = torch.nn.Unfold(*SETTINGS[name])(torch.from_numpy(x))
    assert_array_equal(nn.Unfold(*SETTINGS[name])(x), col.numpy())
    image = torch.nn.Fold((6, 7), *SETTINGS[name])(col)
    assert_allclose(nn.Fold((6, 7), *SETTINGS[name])(col.numpy()), image.numpy(), 1e-13)


def test_repr():
    assert repr(nn.Unfold((2, 3), padding=1)) == "Unfold(2x3, padding=1)"
    assert repr(nn.Fold((4, 5), 2, stride=2)) == "Fold(4x5, 2x2, stride=2)"


def test_refused():
    with pytest.raises(ValueError, match="stride has 3 entries, expected one number"):
        nn.Unfold((2, 2), stride=(1, 1, 1))
    with pytest.raises(ValueError, match=r"dilation is \(0, 0\), expected at least 1"):
        nn.Unfold(2, 0)
    with pytest.raises(ValueError, match=r"kernel_size is .* expected at least 1"):
        nn.Unfold(None)
    with pytest.raises(ValueError, match=r"Fold: output_size is \(2, 3\), expected at"):
        nn.Fold((2, 3), 3)
    with pytest.raises(ValueError, match=r"Unfold\(3x3\): x has spatial size \(2, 4\)"):
        nn.Unfold(3).forward(np.ones((1, 2, 4)))
    with pytest.raises(ValueError, match=r"x has shape \(4, 3\), expected \(\*, 2\)"):
        nn.Fold((2, 3), 2).forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match="x has 6 rows, expected a multiple of 4"):
        nn.Fold((2, 3), 2).forward(np.ones((6, 2)))
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(1, 2, 2\), expected \(1, 2"
    ):
        nn.Fold((2, 3), 2).backward(np.ones((4, 2)), np.ones((1, 2, 2)))
