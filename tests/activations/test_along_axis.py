"""The softmaxes: the axis, the Jacobian and the extremes of all."""

import numpy as np
import pytest
from memory import taken_again

from nnmods.activations import LogSoftMax, SoftMax
from nnmods.testing import check_module

BOTH = pytest.mark.parametrize("cls", [SoftMax, LogSoftMax])


def random(*shape):
    return np.random.default_rng(0).standard_normal(shape)


@BOTH
@pytest.mark.parametrize("shape", [(5, 4), (3, 2, 4, 5)])
def test_contract(cls, shape):
    check_module(cls(), random(*shape))


@BOTH
@pytest.mark.parametrize("axis", [-1, -2])
def test_contract_with_axis(cls, axis):
    check_module(cls(axis), random(5, 2, 3, 4))


@BOTH
@pytest.mark.parametrize(
    "shape, axis", [((6,), 0), ((3, 6), 1), ((6, 2, 3), 0), ((2, 6, 2, 3), 1)]
)
def test_default_axis_is_that_of_torch7(cls, shape, axis):
    module, x, dC_dy = cls(), random(*shape), random(*shape)[::-1]
    wanted = np.apply_along_axis(lambda row: np.exp(row) / np.exp(row).sum(), axis, x)
    wanted = np.log(wanted) if cls is LogSoftMax else wanted
    np.testing.assert_allclose(module.forward(x), wanted, rtol=1e-13)
    explicit = cls(axis)
    np.testing.assert_array_equal(explicit.forward(x), module.y)
    np.testing.assert_array_equal(
        explicit.backward(x, dC_dy), module.backward(x, dC_dy)
    )


@BOTH
def test_jacobian_of_three_scores(cls):
    p = np.array([0.5, 0.25, 0.25])
    x, eye = np.log(p), np.eye(3)
    # dp_i/dx_j = p_i (delta_ij - p_j), and d(log p_i)/dx_j = delta_ij - p_j
    J = eye - p if cls is LogSoftMax else p[:, None] * (eye - p)
    module = cls()
    rows = [module.backward(x, dC_dy).copy() for dC_dy in eye]
    columns = [module.jvp(x, dx).copy() for dx in eye]
    np.testing.assert_allclose(rows, J, rtol=1e-14)
    np.testing.assert_allclose(np.transpose(columns), J, rtol=1e-14)


@BOTH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores(cls, dtype):
    x = np.array([[1e30, -1e30], [1e30, 1e30], [-np.inf, -5], [-1e30, -1e30]], dtype)
    with np.errstate(divide="ignore"):
        wanted = np.array([[1, 0], [0.5, 0.5], [0, 1], [0.5, 0.5]], dtype)
        wanted = np.log(wanted) if cls is LogSoftMax else wanted
    if cls is LogSoftMax:
        wanted[0, 1] = dtype(-1e30) - dtype(1e30)
    np.testing.assert_allclose(cls()(x), wanted, rtol=1e-7)


@BOTH
def test_rows_without_a_softmax_are_nan_and_no_other_is(cls):
    x = np.array([[np.nan, 0], [np.inf, 0], [-np.inf, -np.inf], [1, 2]])
    got = np.isnan(cls()(x)).all(axis=1)
    np.testing.assert_array_equal(got, [True, True, True, False])


@BOTH
def test_integers_do_not_wrap(cls):
    got = cls()(np.array([0, 3, 255], np.uint8))
    np.testing.assert_array_equal(got, cls()(np.array([0.0, 3.0, 255.0])))


@BOTH
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (0, 3, 2, 2)])
def test_empty(cls, shape):
    module, x = cls(), np.zeros(shape)
    assert module.forward(x).shape == shape
    assert module.backward(x, x).shape == shape


@BOTH
def test_axis_is_checked(cls):
    name = cls.__name__
    text = rf"{name}\(\): x has 5 axes, expected 1 to 4; axis= takes others"
    with pytest.raises(ValueError, match=text):
        cls().forward(np.zeros((1, 1, 1, 1, 1)))
    assert cls(axis=2).forward(np.zeros((1, 1, 4, 1, 1)))[0, 0, 0, 0, 0] != 0
    text = rf"{name}\(2\): x has 2 axes, expected more, to have axis 2"
    with pytest.raises(ValueError, match=text):
        cls(2).forward(np.zeros((3, 4)))
    with pytest.raises(TypeError, match=f"{name}: axis has type float, expected int"):
        cls(1.0)


@BOTH
def test_direction_is_checked(cls):
    with pytest.raises(ValueError, match=r"dC_dy has shape \(4, 3\), expected"):
        cls().backward(np.zeros((3, 4)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"dx has shape \(4, 3\), expected \(3, 4\)"):
        cls().jvp(np.zeros((3, 4)), np.zeros((4, 3)))


@BOTH
def test_repr(cls):
    assert repr(cls()) == f"{cls.__name__}()"
    assert repr(cls(axis=-1)) == f"{cls.__name__}(-1)"


@BOTH
def test_nothing_array_sized_is_allocated_on_repeat(cls):
    module, x = cls(), random(20_000, 10)
    dC_dy = x[::-1].copy()

    def work():
        module.forward(x)
        module.backward(x, dC_dy)
        module.jvp(x, dC_dy)

    # NumPy broadcasts a column through a buffer of its own, of 8192 entries.
    assert taken_again(work) < 8192 * 8 + 4096


@pytest.mark.parametrize("shape", [(3, 4), (40, 900)])
def test_exponentials_are_kept_in_training_alone(shape):
    x, dC_dy = random(*shape), random(*shape)[::-1]
    module, other = LogSoftMax(), LogSoftMax().evaluate()
    np.testing.assert_array_equal(module.forward(x), other.forward(x))
    wanted = other.backward(x, dC_dy)
    np.testing.assert_allclose(
        module.backward(x, dC_dy), wanted, rtol=1e-12, atol=1e-14
    )
    assert len(module._kept) == 2 and not other._kept
    module.evaluate().forward(x + 1)  # what was kept is of another x
    assert not module._kept
    np.testing.assert_array_equal(
        module.backward(x + 1, dC_dy), other.backward(x + 1, dC_dy)
    )
