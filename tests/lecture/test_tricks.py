"""The practical tricks: statements 16 to 26."""

import warnings
from itertools import pairwise

import numpy as np
import pytest

import nnmods as nn
from nnmods import data, optim, training


def deep(activation, layers, width, scheme, rng):
    net = nn.Sequential()
    for _ in range(layers):
        net.add(nn.Linear(width, width)).add(activation())
    return scheme(net, rng=rng)


def test_lecture_16_relu_is_scale_equivariant_and_the_others_are_not(rng):
    x = rng.standard_normal((5, 4))
    for a in (0.0, 0.5, 8.0):
        np.testing.assert_array_equal(nn.ReLU()(a * x), a * nn.ReLU()(x))
    for bounded in (nn.Tanh(), nn.Sigmoid()):
        assert np.abs(bounded(8 * x) - 8 * bounded(x)).max() > 1
    net = nn.Sequential(
        nn.Linear(4, 6, bias=False, rng=0),
        nn.ReLU(),
        nn.Linear(6, 3, bias=False, rng=1),
        nn.ReLU(),
    )
    np.testing.assert_allclose(net(8 * x), 8 * net(x), rtol=1e-14)


def gradient_ratio(net, x, rng):
    """Return the norm of dC_dx as a share of that of dC_dy."""
    dC_dy = rng.standard_normal(net.forward(x).shape)
    return np.linalg.norm(net.backward(x, dC_dy)) / np.linalg.norm(dC_dy)


def test_lecture_17_deep_relu_keeps_the_gradient_and_deep_sigmoid_loses_it(rng):
    x = rng.standard_normal((20, 200))
    relu = gradient_ratio(deep(nn.ReLU, 50, 200, training.kaiming, 1), x, rng)
    assert 1 / 10 < relu < 10
    shares = [
        gradient_ratio(deep(nn.Sigmoid, layers, 200, training.xavier, 1), x, rng)
        for layers in (10, 20, 50)
    ]
    assert shares[2] < 1e-25
    # Geometric: each layer takes the same share, at most the 1/4 of the sigmoid's slope
    # and what its weights add to it.
    logs = np.log(shares) / np.array([10, 20, 50])
    np.testing.assert_allclose(logs, logs[2], rtol=0.05)
    assert logs.max() < np.log(0.3)


def test_lecture_18_cross_entropy_takes_raw_scores(rng):
    x, target = rng.standard_normal((6, 4)) * 2, rng.integers(0, 4, 6)
    cost = nn.CrossEntropyCriterion()
    right = cost(x, target)
    scores = nn.LogSoftMax()(x)
    np.testing.assert_allclose(right, nn.ClassNLLCriterion()(scores, target), 1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(nn.LogSoftMax()(scores), scores, atol=1e-15)
        np.testing.assert_allclose(cost(scores, target), right, rtol=1e-12)
    with pytest.warns(UserWarning, match="probabilities"):
        wrong = cost(nn.SoftMax()(x), target)
    assert abs(wrong - right) > 0.1


def regression(rng, n=64):
    x = rng.standard_normal((n, 3))
    return x, x @ rng.standard_normal((3, 2)) + 0.5 * rng.standard_normal((n, 2))


def gradient(net, x, target):
    cost, (_, dC_dw) = nn.MSECriterion(), net.flatten_parameters()
    dC_dw[...] = 0
    net.backprop(x, cost.backward(net.forward(x), target))
    return dC_dw.copy()


def test_lecture_19_minibatch_gradient_is_the_mean_of_its_examples(rng):
    net, (x, target) = nn.Linear(3, 2, rng=0), regression(rng)
    each = [gradient(net, x[i : i + 1], target[i : i + 1]) for i in range(64)]
    whole = gradient(net, x, target)
    np.testing.assert_allclose(whole, np.mean(each, axis=0), rtol=1e-12, atol=1e-15)
    twice = gradient(net, np.r_[x, x], np.r_[target, target])  # pure redundancy
    np.testing.assert_allclose(twice, whole, rtol=1e-12, atol=1e-15)


def test_lecture_19_variance_falls_as_one_over_the_batch_size(rng):
    net, (x, target) = nn.Linear(3, 2, rng=0), regression(rng)

    def variance(size):
        draws = rng.integers(0, 64, (2000, size))
        return np.var([gradient(net, x[i], target[i]) for i in draws], axis=0).sum()

    np.testing.assert_allclose(variance(1) / variance(16), 16, rtol=0.15)


def train_on_sorted_digits(shuffle):
    """Train once through the digits in the order of their classes, or shuffled.

    Returns the class of each batch and the one that the last bias prefers after it,
    and the predictions for all digits in the end.
    """
    whole = data.load_digits()
    order = np.argsort(whole.target, kind="stable")
    x, target = whole.x[order].reshape(-1, 64) / 16, whole.target[order]
    net, cost = nn.Linear(64, 10, rng=0), nn.CrossEntropyCriterion()
    step = optim.SGD(net, lr=0.1)
    shown, preferred = [], []
    for xb, tb in data.Minibatches(x, target, 4, shuffle=shuffle, rng=0):
        step.zero_grad()
        net.backprop(xb, cost.backward(net.forward(xb), tb), input_grad=False)
        step.step()
        shown.append(tb[0])
        preferred.append(net.bias.argmax())
    return np.array(shown), np.array(preferred), net(x).argmax(axis=1), target


def test_lecture_20_unshuffled_the_bias_predicts_zero_then_one_then_two():
    shown, preferred, predicted, target = train_on_sorted_digits("never")
    assert (shown == preferred).mean() > 0.9
    assert (predicted == 9).all()  # the class that came last
    *_, predicted, target = train_on_sorted_digits("once")
    assert (predicted == target).mean() > 0.9


def test_lecture_20_stratified_batches_hold_every_class():
    whole = data.load_digits()
    _, test = data.split(whole, 100 / len(whole.target), stratified=True)
    assert set(test.target) == set(range(10))
    assert np.bincount(test.target).min() >= 9


def test_lecture_20_reshuffling_each_epoch_is_an_option():
    x = np.arange(50.0)[:, None]
    orders = {}
    for shuffle in ("epoch", "once", "never"):
        batches = data.Minibatches(x, x[:, 0], 50, shuffle=shuffle, rng=0)
        orders[shuffle] = [next(iter(batches))[0].ravel().copy() for _ in range(2)]
    assert (orders["epoch"][0] != orders["epoch"][1]).any()
    assert (orders["once"][0] == orders["once"][1]).all()
    assert (orders["once"][0] != x.ravel()).any()
    assert (orders["never"][0] == x.ravel()).all()


def test_lecture_21_inputs_are_normalised_by_the_training_set(rng):
    x = rng.uniform(0, 255, (40, 3, 8, 8)) * np.array([1, 2, 0.1]).reshape(3, 1, 1)
    x[:, 2] = 7.0  # a constant channel: 0, not nan
    normalizer = data.Normalizer("channel", eps=1e-6).fit(x[:30])
    y = normalizer.transform(x)
    for b in range(2):
        m_b, sigma_b = x[:30, b].mean(), x[:30, b].std()
        wanted = (x[:, b] - m_b) / max(sigma_b, 1e-6)
        np.testing.assert_allclose(y[:, b], wanted, rtol=1e-10)
    np.testing.assert_array_equal(y[:, 2], 0)
    assert abs(y[30:, 0].mean()) > 1e-6  # the others were not looked at
    features = data.Normalizer("feature").fit_transform(rng.gamma(2, 3, (50, 4)))
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(features.std(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize(
    "schedule",
    [optim.Constant(), optim.InverseTime(0.1), optim.Step(10), optim.Cosine(100)],
    ids=repr,
)
def test_lecture_22_schedules_never_increase(schedule):
    rates = [schedule(t) for t in range(101)]
    assert rates[0] == 1 and all(a >= b >= 0 for a, b in pairwise(rates))


def noisy_descent(schedule, optimizer=optim.SGD, lr=0.09, steps=4000):
    """Minimise (20 a**2 + b**2) / 2 from noisy gradients; return the final costs."""
    rng, costs = np.random.default_rng(0), []
    w, dC_dw = np.array([1.0, 1.0]), np.zeros(2)
    step = optimizer((w, dC_dw), lr=lr, schedule=schedule)
    scale = np.array([20.0, 1.0])
    for t in range(steps):
        dC_dw[...] = scale * w + rng.standard_normal(2)
        step.step()
        if t >= steps - 500:
            costs.append(0.5 * scale @ w**2)
    return np.mean(costs)


def test_lecture_22_decay_beats_a_constant_rate_at_the_noise_floor():
    constant = noisy_descent(optim.Constant())
    assert noisy_descent(optim.InverseTime(0.01)) < constant / 3
    assert noisy_descent(optim.Cosine(4000)) < constant / 3
    assert noisy_descent(optim.Constant(), optim.Adam, lr=0.001) < constant / 3


def test_lecture_23_l2_is_weight_decay(rng):
    """Powers of two make every product exact, so that both forms agree to the bit."""
    eta, alpha = 0.5, 0.125
    w, dC_dw = rng.integers(-8, 8, 20) / 4.0, rng.integers(-8, 8, 20) / 4.0
    wanted = (1 - 2 * eta * alpha) * w - eta * dC_dw
    gradient_form = w - eta * (dC_dw + 2 * alpha * w)
    optim.SGD((w, dC_dw), lr=eta, weight_decay=2 * alpha).step()
    np.testing.assert_array_equal(w, wanted)
    np.testing.assert_array_equal(w, gradient_form)


def test_lecture_23_decoupled_decay_differs_under_adam(rng):
    ends = []
    for decoupled in (False, True):
        w, dC_dw = np.linspace(-1, 1, 5), np.zeros(5)
        step = optim.Adam((w, dC_dw), lr=0.1, weight_decay=0.1, decoupled=decoupled)
        for _ in range(3):
            dC_dw[...] = np.array([5.0, 1.0, 0.1, 1.0, 5.0])
            step.step()
        ends.append(w)
    assert np.abs(ends[0] - ends[1]).max() > 1e-3


def lasso(proximal):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 10))
    target = x[:, :3] @ np.array([1.0, -2.0, 1.5])  # seven useless inputs
    w, dC_dw = np.full(10, 0.3), np.zeros(10)
    step = optim.SGD((w, dC_dw), lr=0.05, l1=0.1, proximal=proximal)
    for _ in range(400):
        dC_dw[...] = x.T @ (x @ w - target) / 200
        step.step()
    return w


def test_lecture_24_l1_adds_the_sign():
    w, dC_dw = np.array([2.0, -3.0, 0.0]), np.array([1.0, 1.0, 1.0])
    optim.SGD((w, dC_dw), lr=0.5, l1=0.25).step()
    np.testing.assert_array_equal(w, [2 - 0.625, -3 - 0.375, -0.5])


def test_lecture_24_only_the_soft_threshold_shrinks_to_exactly_0():
    subgradient, soft = lasso(False), lasso(True)
    assert (soft[3:] == 0).all()
    assert (subgradient[3:] != 0).all()  # they oscillate
    assert np.abs(subgradient[3:]).max() < 2 * 0.05 * 0.1
    np.testing.assert_allclose(soft[:3], [0.9, -1.9, 1.4], atol=0.05)


@pytest.mark.parametrize(
    ("scheme", "activation", "low", "high"),
    [
        (training.lecun, nn.Identity, 0.5, 2.0),
        (training.xavier, nn.Identity, 0.5, 2.0),
        (training.kaiming, nn.ReLU, 0.3, 3.0),
    ],
)
def test_lecture_25_output_variance_is_about_that_of_the_input(
    scheme, activation, low, high, rng
):
    x = rng.standard_normal((200, 300))
    y = deep(activation, 10, 300, scheme, 1)(x)
    assert low < (y**2).mean() / (x**2).mean() < high


def test_lecture_25_too_large_saturates_and_too_small_vanishes(rng):
    x = rng.standard_normal((50, 100))
    for factor, saturated, small in ((20, True, False), (0.1, False, True)):
        net = deep(nn.Tanh, 8, 100, training.lecun, 1)
        net.flatten_parameters()[0][...] *= factor
        y = np.abs(net(x))
        assert ((y > 0.99).mean() > 0.8) == saturated
        assert (y.max() < 1e-5) == small


def test_lecture_25_kaimings_variance_is_two_over_the_number_of_inputs():
    """The lecture gives the variance as 1/sqrt(n); that goes with the std."""
    for n in (100, 400):
        layer = training.kaiming(nn.Linear(n, 1000), rng=0)
        np.testing.assert_allclose(layer.weight.var(), 2 / n, rtol=0.03)


def test_lecture_26_dropout_zeroes_exactly_half(rng):
    x = rng.uniform(1, 2, (30, 8))
    dropout = nn.Dropout(exact=True, rng=0)
    y = dropout.forward(x)
    np.testing.assert_array_equal((y == 0).sum(axis=1), 4)
    np.testing.assert_allclose(y[y != 0], 2 * x[y != 0])
    assert len({tuple(row) for row in y == 0}) > 20  # drawn for each sample


@pytest.mark.parametrize("exact", [False, True])
def test_lecture_26_same_mask_backward_mean_kept_identity_when_evaluated(exact, rng):
    x = np.ones((4000, 10))
    dropout = nn.Dropout(0.3, exact=exact, rng=0)
    y = dropout(x)
    dC_dx = dropout.backward(x, np.ones_like(x))
    np.testing.assert_array_equal(dC_dx, y)
    np.testing.assert_allclose((y == 0).mean(), 0.3, atol=0.01)
    np.testing.assert_allclose(y.mean(), 1, atol=0.02)
    np.testing.assert_array_equal(dropout.evaluate()(x), x)
