"""Squeeze, Unsqueeze, Transpose, Replicate and Collapse: axes that come and go."""

import numpy as np
import pytest

from nnmods.layers.shape import Collapse, Replicate, Squeeze, Transpose, Unsqueeze


@pytest.mark.parametrize(
    "module, shape, wanted",
    [
        (Squeeze(), (1, 3, 1, 2), (3, 2)),
        (Squeeze(), (1, 1), (1,)),
        (Squeeze(), (1,), (1,)),
        (Squeeze(None, 3), (1, 3, 1, 2), (1, 3, 2)),
        (Squeeze(None, 4), (1, 3, 1, 2), (3, 2)),
        (Squeeze(None, 2), (5, 1, 3), (5, 3)),
        (Squeeze(None, 2), (1, 1, 1), (1, 1)),  # Torch7 leaves an axis of the sample
        (Squeeze(1), (4, 1, 3), (4, 3)),
        (Squeeze(1), (4, 2, 3), (4, 2, 3)),
        (Squeeze(0, 2), (4, 1, 3), (4, 3)),
        (Squeeze(0, 2), (1, 3), (3,)),
        (Squeeze(-1), (4, 3, 1), (4, 3)),
        (Squeeze(0), (1,), (1,)),
        (Squeeze().set_num_input_dims(2), (1, 3, 1), (1, 3)),
        (Unsqueeze(0), (3, 2), (1, 3, 2)),
        (Unsqueeze(2), (3, 2), (3, 2, 1)),
        (Unsqueeze(-1), (3, 2), (3, 2, 1)),
        (Unsqueeze(-3), (3, 2), (1, 3, 2)),
        (Unsqueeze(0, 1), (4, 3), (4, 1, 3)),
        (Unsqueeze(1, 1), (5, 4, 3), (5, 4, 3, 1)),
        (Unsqueeze(0).set_num_input_dims(2), (5, 4, 3), (5, 1, 4, 3)),
        (Collapse(1), (4,), (4,)),
        (Collapse(1), (4, 3), (4, 3)),
        (Collapse(3), (5, 2, 3, 4), (5, 24)),
        (Collapse(3), (2, 3, 4), (24,)),
        (Collapse(2), (5, 2, 3, 4), (5, 24)),
        (Collapse(2), (0, 3, 4), (0, 12)),
    ],
    ids=repr,
)
def test_shapes(module, shape, wanted):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = module.forward(x)
    np.testing.assert_array_equal(y, x.reshape(wanted))
    np.testing.assert_array_equal(module.backward(x, y), x)


@pytest.mark.parametrize(
    "module, order",
    [
        (Transpose((0, 1)), (1, 0, 2)),
        (Transpose([1, 2]), (0, 2, 1)),
        (Transpose((0, 1), (1, 2)), (1, 2, 0)),  # one pair after the other
        (Transpose((1, 2), (0, 1)), (2, 0, 1)),
        (Transpose((0, -1)), (2, 1, 0)),
        (Transpose((0, 1)).set_num_input_dims(2), (0, 2, 1)),
        (Transpose((0, -1)).set_num_input_dims(2), (0, 2, 1)),
        (Transpose(), (0, 1, 2)),
    ],
    ids=repr,
)
def test_transpose(module, order):
    x = np.arange(24.0).reshape(2, 3, 4)
    y = module.forward(x)
    np.testing.assert_array_equal(y, np.transpose(x, order))
    np.testing.assert_array_equal(module.backward(x, y), x)


@pytest.mark.parametrize(
    "module, axis",
    [
        (Replicate(3), 0),
        (Replicate(3, 1), 1),
        (Replicate(3, 2), 2),
        (Replicate(3, None, 1), 1),
        (Replicate(3, 1, 1), 2),
        (Replicate(3, 1, 2), 1),
    ],
    ids=repr,
)
def test_replicate(module, axis, rng):
    x = rng.standard_normal((2, 4))
    y = module.forward(x)
    np.testing.assert_array_equal(y, np.stack([x] * 3, axis))
    dC_dy = rng.standard_normal(y.shape)
    dC_dx = module.backward(x, dC_dy)
    np.testing.assert_allclose(dC_dx, dC_dy.sum(axis), rtol=1e-14)


def test_replicate_returns_a_view_that_cannot_be_written():
    x = np.ones(2)
    y = Replicate(3).forward(x)
    assert np.shares_memory(x, y) and not y.flags.writeable
    assert Replicate(3)(x).flags.writeable


@pytest.mark.parametrize(
    "make, shape, message",
    [
        (lambda: Squeeze(3), (2, 3), r"Squeeze\(3\): x has shape .*, expected an axis"),
        (lambda: Squeeze(2, 2), (2, 3, 4), "expected an axis 2"),
        (
            lambda: Unsqueeze(3),
            (2, 3),
            r"Unsqueeze\(3\): x .* expected at least 3 axes",
        ),
        (lambda: Unsqueeze(-4), (2, 3), "expected at least 3 axes"),
        (lambda: Unsqueeze(0, 3), (2, 3), "expected at least 3 axes"),
        (lambda: Transpose((0, 2)), (2, 3), r"x has shape .*, expected axes \(0, 2\)"),
        (lambda: Transpose((0, -3)), (2, 3), r"expected axes \(0, -3\)"),
        (
            lambda: Transpose((0, 1)).set_num_input_dims(3),
            (2, 3),
            r"expected axes \(0, 1\) in 3",
        ),
        (lambda: Transpose((0, 1, 2)), (2,), "pairs has an entry .*, expected two"),
        (lambda: Replicate(2, 3), (2, 3), "expected at least 3 axes"),
        (lambda: Replicate(2, 2, 1), (2, 3), "expected at least 3 axes"),
        (lambda: Replicate(2, -1), (2, 3), "Replicate: axis is -1, expected 0 or more"),
        (lambda: Replicate(-2), (2, 3), "Replicate: n is -2, expected 0 or more"),
        (lambda: Collapse(-1), (2, 3), "num_input_dims is -1, expected 0 or more"),
    ],
)
def test_what_does_not_fit(make, shape, message):
    with pytest.raises(ValueError, match=message):
        make().forward(np.ones(shape))


def test_the_gradient_has_the_shape_of_y():
    x = np.ones((2, 1, 3))
    for module in (Squeeze(), Unsqueeze(0), Transpose((0, 2)), Replicate(2)):
        with pytest.raises(ValueError, match=r": dC_dy has shape \(6, 1\), expected"):
            module.backward(x, np.ones((6, 1)))


def test_repr():
    assert repr(Squeeze()) == "Squeeze()"
    assert repr(Squeeze(1, 2)) == "Squeeze(1, num_input_dims=2)"
    assert repr(Unsqueeze(1, 2)) == "Unsqueeze(1, num_input_dims=2)"
    assert repr(Transpose((0, 1), [1, 2])) == "Transpose((0, 1), (1, 2))"
    assert repr(Replicate(3)) == "Replicate(3)"
    assert repr(Replicate(3, 1, 2)) == "Replicate(3, 1, num_input_dims=2)"
    assert repr(Collapse(2)) == "Collapse(2)"
