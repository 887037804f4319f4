import warnings

import numpy as np
import pytest

from nnmods.criterions import ClassNLLCriterion, CrossEntropyCriterion

P = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
TARGET = np.array([1, 1])


def test_scores_are_logarithms_up_to_a_constant():
    cost, y = CrossEntropyCriterion(), np.log(P) + np.array([[7.0], [-3.0]])
    assert cost(y, TARGET) == pytest.approx(np.log(4 * 4 / 3) / 2, rel=1e-15)
    wanted = np.array([[0.5, -0.75, 0.25], [0.125, -0.25, 0.125]]) / 2
    np.testing.assert_allclose(cost.backward(y, TARGET), wanted, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_classes", [2, 100])
def test_exact_at_1000(dtype, n_classes):
    y = np.full((2, n_classes), -1000, dtype)
    y[0, 0] = y[1, 1] = 1000
    cost = CrossEntropyCriterion(size_average=False)
    assert cost(y, np.array([0, 1])) == 0
    np.testing.assert_array_equal(cost.backward(y, np.array([0, 1])), 0 * y)
    assert cost(y, np.array([1, 1])) == 2000
    wanted = 0 * y
    wanted[0, :2] = 1, -1
    np.testing.assert_array_equal(cost.backward(y, np.array([1, 1])), wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_scores(dtype):
    cost, y = CrossEntropyCriterion(), np.array([[1e30, -1e30], [-1e30, -1e30]], dtype)
    assert cost(y[:1], np.array([1])) == float(dtype(2e30))
    assert cost(y[1:], np.array([1])) == pytest.approx(np.log(2), rel=1e-7)


def test_a_class_that_is_masked_out():
    cost, y = CrossEntropyCriterion(), np.array([[-np.inf, 2.0, 2.0]])
    assert cost(y, np.array([1])) == pytest.approx(np.log(2), rel=1e-15)
    np.testing.assert_array_equal(cost.backward(y, np.array([1])), [[0, -0.5, 0.5]])
    assert cost(y, np.array([0])) == np.inf


@pytest.mark.parametrize("row", [[np.inf, 0.0], [-np.inf, -np.inf], [np.nan, 0.0]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_without_a_softmax_gives_nan_and_leaves_the_others_alone(row, dtype):
    cost, y = CrossEntropyCriterion(), np.array([row, [0.0, 0.0]], dtype)
    assert np.isnan(cost(y, np.array([0, 1])))
    dC_dy = cost.backward(y, np.array([0, 1]))
    assert np.isnan(dC_dy[0]).any()
    np.testing.assert_array_equal(dC_dy[1], [0.25, -0.25])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_difference_beyond_the_range_of_the_dtype(dtype):
    cost, big = CrossEntropyCriterion(), np.finfo(dtype).max
    y = np.array([[big, -big]])
    assert cost(y, np.array([0])) == 0 and cost(y, np.array([1])) == np.inf
    np.testing.assert_array_equal(cost.backward(y, np.array([1])), [[1, -1]])


def test_log_probabilities_cost_what_class_nll_says_without_a_warning():
    y = np.log(P)
    C = ClassNLLCriterion()(y, TARGET)
    assert CrossEntropyCriterion()(y, TARGET) == pytest.approx(C, rel=1e-15)


@pytest.mark.parametrize("shape", [(2, 3, 1, 1), (1, 2, 3), (2, 1, 3)])
@pytest.mark.parametrize("target", [TARGET, TARGET[:, None], TARGET[None]])
def test_axes_of_length_1_are_dropped(shape, target):
    cost, y = CrossEntropyCriterion(), np.log(P)
    C, dC_dy = cost(y, TARGET), cost.backward(y, TARGET).copy()
    square = y.reshape(shape)
    assert cost(square, target) == C
    np.testing.assert_array_equal(cost.backward(square, target), dC_dy.reshape(shape))


def test_one_image_or_one_class_remain_a_batch():
    cost = CrossEntropyCriterion()
    one = np.log(P)[:1].reshape(1, 3, 1, 1)
    assert cost(one, np.array([1])) == pytest.approx(np.log(4), rel=1e-15)
    assert cost.backward(one, np.array([1])).shape == (1, 3, 1, 1)
    assert cost(np.ones((4, 1, 1, 1)), np.zeros(4, int)) == 0


@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 3, 1), (1, 1, 3), (3, 1), (1, 3)])
@pytest.mark.parametrize("target", [1, np.array([1]), np.array([[1.0]])])
def test_one_label_makes_one_sample_of_whatever_axis_is_longer(shape, target):
    cost, y = CrossEntropyCriterion(), np.log(P[0])
    C, dC_dy = cost(y, 1), cost.backward(y, 1).copy()
    assert C == pytest.approx(np.log(4), rel=1e-15)
    assert cost(y.reshape(shape), target) == C
    got = cost.backward(y.reshape(shape), target)
    np.testing.assert_array_equal(got, dC_dy.reshape(shape))


def test_backward_keeps_the_memory_order_of_batch_last_images():
    y = np.moveaxis(np.log(P).T.copy().reshape(3, 1, 1, 2), -1, 0)
    cost = CrossEntropyCriterion()
    dC_dy = cost.backward(y, TARGET)
    assert dC_dy.shape == (2, 3, 1, 1) and dC_dy[:, :, 0, 0].flags.f_contiguous
    wanted = CrossEntropyCriterion().backward(np.log(P), TARGET)
    np.testing.assert_array_equal(dC_dy[:, :, 0, 0], wanted)


def test_backward_follows_y_and_target_whatever_forward_had():
    cost, y = CrossEntropyCriterion(), np.log(P)
    other = y[:, ::-1].copy()
    wanted = cost.backward(other, TARGET - 1).copy()
    cost.forward(y, TARGET)
    np.testing.assert_array_equal(cost.backward(other, TARGET - 1), wanted)
    cost.forward(other, TARGET)
    np.testing.assert_array_equal(cost.backward(other, TARGET - 1), wanted)
    cost.forward(y[:1], TARGET[:1])
    np.testing.assert_array_equal(cost.backward(other, TARGET - 1), wanted)


def test_a_refused_label_spoils_nothing():
    cost, y = CrossEntropyCriterion(), np.log(P)
    cost.forward(y, TARGET)
    wanted = cost.backward(y, TARGET).copy()
    with pytest.raises(ValueError, match="target has label 3 at 0"):
        cost.forward(y[::-1], np.array([3, 0]))
    np.testing.assert_array_equal(cost.backward(y, TARGET), wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_are_taken_for_a_mistake(dtype):
    text = r"y holds probabilities, expected scores; leave out the SoftMax before it"
    with pytest.warns(UserWarning, match=text) as record:
        CrossEntropyCriterion().forward(P.astype(dtype), TARGET)
    assert record[0].filename == __file__


@pytest.mark.parametrize(
    "y",
    [
        [[0.5, 0.25, 0.25], [0.5, 0.75, 0.125]],  # the second row sums to 1.375
        [[0.5, 0.25, 0.25], [0.5, 0.75, -0.25]],
        [[1.5, -0.25, -0.25], [0.5, 0.25, 0.25]],
        [[0.5, 0.25, 0.2502], [0.5, 0.25, 0.25]],
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        [[1.0], [1.0]],  # one class: nothing to be a mistake about
    ],
)
def test_other_scores_are_not(y):
    y = np.array(y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CrossEntropyCriterion().forward(y, np.zeros(2, int))


def test_backward_sees_that_y_was_overwritten_since_forward():
    cost, target = CrossEntropyCriterion(), np.array([0])
    y = np.array([[0.0, 0.0]])
    cost.forward(y, target)
    y[...] = np.log([[1.0, 3.0]])
    np.testing.assert_allclose(cost.backward(y, target), [[-0.75, 0.75]])
    y[...] = np.log([[3.0, 1.0]])  # and since the last backward
    np.testing.assert_allclose(cost.backward(y, target), [[-0.25, 0.25]])


@pytest.mark.parametrize("n_classes", [2, 10, 100])
@pytest.mark.parametrize("size", [4, 16, 50, 1e4])
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.25}])
def test_float32_is_right_to_a_few_units_for_scores_of_any_size(
    n_classes, size, options, rng
):
    """Of each sample's cost, or of 1 where it is less: not of the scores."""
    y = rng.uniform(-size, size, (200, n_classes)).astype(np.float32)
    target = np.where(rng.random(200) < 0.5, y.argmax(1), y.argmin(1))
    single, double = (
        CrossEntropyCriterion(size_average=False, **options) for _ in range(2)
    )
    units = 4 * float(np.finfo(np.float32).eps)
    for i in range(len(y)):
        C = double(y[i : i + 1].astype(float), target[i : i + 1])
        assert single(y[i : i + 1], target[i : i + 1]) == pytest.approx(C, units, units)
    wanted = double.backward(y.astype(float), target)
    got = single.backward(y, target)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, 0, units)
