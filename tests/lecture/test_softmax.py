"""LogSoftMax vs SoftMax: statements 12 to 15."""

import numpy as np
import pytest

import nnmods as nn


def h(s):
    return 1 / (1 + np.exp(-s))


def test_lecture_12_softmax_is_a_probability_distribution(rng):
    x = rng.standard_normal((6, 5)) * 3
    y = nn.SoftMax()(x)
    assert (y > 0).all() and (y < 1).all()
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(nn.SoftMax()(x + 11), y, rtol=1e-12)


def test_lecture_12_sigmoid_is_the_softmax_of_one_value():
    s = np.linspace(-20, 20, 41)
    two = nn.SoftMax()(np.stack([s, 0 * s], axis=1))
    np.testing.assert_allclose(two[:, 0], h(s), rtol=1e-12)
    np.testing.assert_allclose(nn.Sigmoid()(s), h(s), rtol=1e-12)


def test_lecture_13_sigmoids_gradient_vanishes_at_both_ends():
    s = np.array([-20.0, 0.0, 20.0])
    slope = nn.Sigmoid().backward(s, np.ones(3))
    assert 0 < slope[0] < 3e-9 and 0 <= slope[2] < 3e-9
    assert slope[1] == 0.25


def train_one_unit(cost_and_gradient, s, steps, lr):
    for _ in range(steps):
        s = s - lr * cost_and_gradient(s)[1]
    return s


def test_lecture_13_squared_error_on_a_sigmoid_stalls_where_the_log_loss_does_not():
    """Target 1, from s = -20: as wrong as can be."""
    sigmoid, mse, bce = nn.Sigmoid(), nn.MSECriterion(), nn.BCECriterion()
    log_sigmoid = nn.LogSigmoid()
    target = np.ones(1)

    def squared(s):
        y = sigmoid.forward(s)
        return mse(y, target), sigmoid.backward(s, mse.backward(y, target))

    def log_loss(s):
        y = log_sigmoid.forward(s)
        return -y.sum(), log_sigmoid.backward(s, -np.ones(1))

    start = np.array([-20.0])
    assert train_one_unit(squared, start, 1000, 1.0)[0] < -19.99
    assert train_one_unit(log_loss, start, 1000, 1.0)[0] > 5
    assert bce(sigmoid(start), target) == pytest.approx(20, rel=1e-3)


def test_lecture_14_log_softmax_is_x_minus_log_sum_exp(rng):
    x = rng.standard_normal((4, 3))
    wanted = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(nn.LogSoftMax()(x), wanted, rtol=1e-12)


def test_lecture_14_log_softmax_is_finite_where_the_chain_is_not():
    x, dC_dy = np.array([1000.0, -1000.0]), np.array([0.0, -1.0])
    softmax, log_softmax = nn.SoftMax(), nn.LogSoftMax()
    np.testing.assert_array_equal(log_softmax(x), [0, -2000])
    np.testing.assert_array_equal(log_softmax.backward(x, dC_dy), [1, -1])
    with np.errstate(all="ignore"):
        p = softmax(x)
        assert np.log(p)[1] == -np.inf
        assert np.isnan(softmax.backward(x, dC_dy / p)).all()


def test_lecture_15_log_of_the_sigmoid_is_s_minus_softplus():
    s = np.linspace(-30, 30, 61)
    softplus = nn.SoftPlus()(s)
    np.testing.assert_allclose(np.log(h(s)), s - softplus, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(nn.LogSigmoid()(s), s - softplus, rtol=1e-8, atol=1e-8)
    assert nn.SoftPlus()(np.array([-40.0]))[0] < 1e-17  # -> 0
    assert nn.SoftPlus()(np.array([40.0]))[0] == 40  # -> s


def test_lecture_15_it_saturates_on_one_side_only():
    """A confident wrong answer (s << 0) keeps slope 1; a right one has none left."""
    slope = nn.LogSigmoid().backward(np.array([-40.0, 40.0]), np.ones(2))
    np.testing.assert_allclose(slope, [1, 0], atol=1e-16)
