import numpy as np
import pytest

from nnmods.layers.shape import Reshape
from nnmods.testing import check_module


@pytest.mark.parametrize(
    "reshape, shape, wanted",
    [
        (Reshape(6), (2, 3), (6,)),
        (Reshape(3, 2), (2, 3), (3, 2)),
        (Reshape(3, 2), (4, 6), (4, 3, 2)),
        (Reshape((3, 2)), (4, 2, 3), (4, 3, 2)),
        (Reshape(6), (1, 2, 3), (1, 6)),  # a first axis of 1 is a batch
        (Reshape(3), (1, 3), (1, 3)),
        (Reshape(6), (0, 2, 3), (0, 6)),
        (Reshape(6, batch_mode=False), (1, 2, 3), (6,)),
        (Reshape(6, batch_mode=True), (1, 6), (1, 6)),
        (Reshape(0, batch_mode=True), (4, 0, 2), (4, 0)),
        (Reshape(6, False), (1, 2, 3), (6,)),  # Torch7's last argument
        (Reshape((3, 2), True), (1, 6), (1, 3, 2)),
        (Reshape(-1), (4, 2, 3), (4, 6)),  # a -1: a batch, as in Torch7
        (Reshape(-1), (6,), (6, 1)),
        (Reshape(-1), (1, 2, 3), (1, 6)),
        (Reshape(-1), (0, 2, 3), (0, 6)),
        (Reshape(2, -1, False), (4, 3), (2, 6)),
        (Reshape(-1, 2, batch_mode=True), (3, 4), (3, 2, 2)),
    ],
)
def test_shapes(reshape, shape, wanted):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = reshape.forward(x)
    np.testing.assert_array_equal(y, x.reshape(wanted))
    np.testing.assert_array_equal(reshape.backward(x, y), x)


@pytest.mark.parametrize(
    "batch_mode, shape", [(None, (2, 4)), (True, (2, 3)), (False, (2, 6)), (True, ())]
)
def test_x_that_does_not_fit(batch_mode, shape):
    with pytest.raises(ValueError, match="expected 6 entries in a sample"):
        Reshape(6, batch_mode=batch_mode).forward(np.ones(shape))


def test_what_does_not_fill_a_shape_with_a_rest():
    with pytest.raises(ValueError, match="expected a multiple of 4 entries in a sam"):
        Reshape(4, -1).forward(np.ones((2, 6)))


def test_sizes_that_make_no_sense():
    with pytest.raises(ValueError, match="Reshape: sizes has entry -2, expected at l"):
        Reshape(-2)
    for sizes in ((-1, -1), (0, -1)):
        with pytest.raises(ValueError, match=r"Reshape: sizes is .*, expected one -1"):
            Reshape(sizes)
    with pytest.raises(ValueError, match="Reshape: batch_mode is 'yes', expected None"):
        Reshape(6, batch_mode="yes")


def test_logical_order_whatever_the_memory(rng):
    x = rng.standard_normal((3, 4, 2)).swapaxes(1, 2)
    np.testing.assert_array_equal(Reshape(8)(x)[1], [*x[1, 0], *x[1, 1]])


def test_contract_of_a_batch(rng):
    reshape = Reshape(3, 2, batch_mode=True)
    check_module(reshape, rng.standard_normal((4, 6)), single=False)


def test_repr():
    assert repr(Reshape(3, 2)) == "Reshape(3, 2)"
    assert repr(Reshape((6,), batch_mode=True)) == "Reshape(6, batch_mode=True)"
