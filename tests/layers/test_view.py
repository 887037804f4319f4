import numpy as np
import pytest

from nnmods.layers.shape import View
from nnmods.testing import check_module


@pytest.mark.parametrize(
    "view, shape, wanted",
    [
        (View(6), (2, 3), (6,)),
        (View(6), (4, 2, 3), (4, 6)),
        (View(6), (4, 1, 2, 3), (4, 6)),
        (View(8), (1, 2, 2, 2), (8,)),  # a batch of one is taken for a sample
        (View(8, num_input_dims=3), (1, 2, 2, 2), (1, 8)),
        (View(8, num_input_dims=3), (2, 2, 2), (8,)),
        (View(-1), (4, 2, 3), (24,)),
        (View(-1, 6), (4, 2, 3), (4, 6)),
        (View(-1, num_input_dims=2), (4, 2, 3), (4, 6)),
        (View(-1, num_input_dims=2), (5, 4, 2, 3), (20, 6)),
        (View(3, -1, num_input_dims=1), (4, 6), (4, 3, 2)),
        (View((2, 3)), (4, 6), (4, 2, 3)),
        (View([2, 3]), (6,), (2, 3)),
        (View(6), (0, 2, 3), (0, 6)),
        (View(-1, num_input_dims=2), (0, 2, 3), (0, 6)),
    ],
)
def test_shapes(view, shape, wanted):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = view.forward(x)
    np.testing.assert_array_equal(y, x.reshape(wanted))
    np.testing.assert_array_equal(view.backward(x, y), x)


def test_sizes_and_dims_can_be_changed():
    view = View(6).reset_size(3, 2).set_num_input_dims(1)
    assert view.forward(np.ones((1, 6))).shape == (1, 3, 2)
    assert repr(view) == "View(3, 2, num_input_dims=1)"
    assert repr(view.set_num_input_dims(None)) == "View(3, 2)"


def test_x_that_does_not_fit():
    with pytest.raises(ValueError, match=r"View\(5\): x has shape \(2, 3\), expected"):
        View(5).forward(np.ones((2, 3)))


def test_x_of_fewer_axes_than_a_sample():
    with pytest.raises(ValueError, match=r"has shape \(6,\), expected 2 axes or more"):
        View(6, num_input_dims=2).forward(np.ones(6))


@pytest.mark.parametrize("sizes", [(), ((),), (0, 3), (-2,), (-1, -1)])
def test_sizes_that_make_no_sense(sizes):
    with pytest.raises(ValueError, match="View: sizes has"):
        View(*sizes)


def test_sizes_that_are_no_integers():
    with pytest.raises(TypeError, match=r"View: sizes is \(2.5,\), expected integers"):
        View(2.5)
    with pytest.raises(ValueError, match="View: num_input_dims is -1"):
        View(2, num_input_dims=-1)


def test_contract_with_a_length_left_open(rng):
    check_module(View(2, -1, num_input_dims=2), rng.standard_normal((4, 3, 2)))
