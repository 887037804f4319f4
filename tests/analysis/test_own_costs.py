"""What is made of single gradients: noise scale, private SGD, the hardest examples."""

import numpy as np
import pytest
from analysis.one_by_one import loop, mlp

import nnmods as nn
from nnmods.analysis import (
    gradient_noise_scale,
    hardest_pulls,
    private_gradient,
)
from nnmods.data import load_digits
from nnmods.optim import Adam
from nnmods.testing.compare import EXACT


def classes(size_average):
    """Return a net, a criterion, x, target, and the gradient of each example alone."""
    rng = np.random.default_rng(0)
    net, x, target = mlp(rng), rng.standard_normal((8, 4)), rng.integers(0, 3, 8)
    criterion = nn.CrossEntropyCriterion(size_average=size_average)
    alone = [criterion.backward(net(x[[n]]), target[[n]])[0].copy() for n in range(8)]
    return net, criterion, x, target, loop(net, x, np.array(alone))


@pytest.mark.parametrize("size_average", [True, False])
def test_noise_scale(size_average):
    net, criterion, x, target, g = classes(size_average)
    got = gradient_noise_scale(net, criterion, x, target)
    variance = g.var(axis=0, ddof=1).sum()
    squared = np.square(g.mean(axis=0)).sum() - variance / 8
    wanted = variance / squared if squared > 0 else np.inf, variance, squared
    np.testing.assert_allclose(got, wanted, rtol=1e3 * EXACT)
    with pytest.raises(ValueError, match="x has 1 examples, expected at least 2"):
        gradient_noise_scale(net, criterion, x[:1], target[:1])


@pytest.mark.parametrize("size_average", [True, False])
def test_private_gradient(size_average):
    net, criterion, x, target, g = classes(size_average)
    norms = np.linalg.norm(g, axis=1)
    clip = np.median(norms)
    net.zero_grad_params()
    told = private_gradient(net, criterion, x, target, clip, 0.0)
    flat = np.concatenate([grad.ravel() for grad in net.parameters()[1]])
    wanted = (g * np.minimum(1, clip / norms)[:, None]).mean(axis=0)
    np.testing.assert_allclose(flat, wanted, rtol=0, atol=EXACT)
    np.testing.assert_allclose(told.norms, norms, rtol=EXACT)
    assert told.clipped == 0.5

    draws = []
    for seed in range(200):
        net.zero_grad_params()
        private_gradient(net, criterion, x, target, clip, 2.0, rng=seed, check=False)
        draws.append(np.concatenate([grad.ravel() for grad in net.parameters()[1]]))
    noise = np.array(draws) - wanted
    assert abs(noise.std() / (2 * clip / 8) - 1) < 0.03  # 8,600 draws: 4 deviations


@pytest.mark.parametrize(("clip", "sigma"), [(0, 1), (-1, 1), (1, -1), (np.nan, 1)])
def test_private_settings_are_checked(clip, sigma):
    net, x = mlp(0), np.ones((2, 4))
    with pytest.raises(ValueError, match="expected"):
        private_gradient(net, nn.MSECriterion(), x, np.ones((2, 3)), clip, sigma)
    assert not any(grad.any() for grad in net.parameters()[1])


def test_wrong_labels_pull_hardest():
    digits, rng = load_digits(), np.random.default_rng(0)
    x, target = digits.x[:500].reshape(500, 64) / 16, np.array(digits.target[:500])
    wrong = rng.choice(500, 20, replace=False)
    target[wrong] = (target[wrong] + rng.integers(1, 10, 20)) % 10
    net = nn.Sequential(nn.Linear(64, 32, rng=0), nn.Tanh(), nn.Linear(32, 10, rng=1))
    criterion = nn.CrossEntropyCriterion()
    optimizer = Adam(net, 0.01)
    for _ in range(60):
        net.zero_grad_params()
        net.backprop(x, criterion.backward(net.forward(x), target), input_grad=False)
        optimizer.step()
    pulls = hardest_pulls(net, criterion, x, target, 40)
    assert len(set(pulls.indices) & set(wrong)) >= 15
    lines = str(pulls).splitlines()
    assert len(lines) == 41 and lines[0].split() == [
        "example",
        "norm",
        "share",
        "cost",
        "target,",
        "output",
    ]


def told_by(function, net, x, target):
    settings = (1.0, 0.0) if function is private_gradient else ()
    return function(net, nn.MSECriterion(), x, target, *settings)


@pytest.mark.parametrize("function", [private_gradient, gradient_noise_scale])
def test_weights_that_changed_are_seen(function):
    """In full-batch training x is the same array in each step."""
    net, rng = mlp(0), np.random.default_rng(0)
    x, target = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    told_by(function, net, x, target)
    for p in net.parameters()[0]:
        p *= 3
    wanted = told_by(function, net.clone(), x.copy(), target)
    got = told_by(function, net, x, target)
    for mine, theirs in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("size_average", [True, False])
@pytest.mark.parametrize("size", [1.0, 1e-9, 1e-100])
def test_own_costs_however_small(size, size_average):
    net = nn.Linear(1, 1, bias=False, rng=0)
    net.weight[...] = 0
    criterion = nn.MSECriterion(size_average=size_average)
    x, target = np.ones((2, 1)), np.array([[1.0], [3.0]]) * size
    norms = hardest_pulls(net, criterion, x, target).norms
    np.testing.assert_allclose(norms, [6 * size, 2 * size], rtol=EXACT)


@pytest.mark.parametrize("size_average", [True, False])
def test_an_example_of_nan_spoils_no_other(size_average):
    net = nn.Linear(1, 1, bias=False, rng=0)
    net.weight[...] = 0
    criterion = nn.MSECriterion(size_average=size_average)
    x, target = np.ones((3, 1)), np.array([[1.0], [np.nan], [3.0]])
    pulls = hardest_pulls(net, criterion, x, target)
    np.testing.assert_allclose(pulls.norms, [6, 2, np.nan], rtol=EXACT)


WEIGHTS = [1.0, 10.0, 2.0]
UNEVEN = {
    "weights": lambda: nn.CrossEntropyCriterion(WEIGHTS),
    "a sum of weights": lambda: nn.CrossEntropyCriterion(WEIGHTS, False),
    "ignored": lambda: nn.CrossEntropyCriterion(ignore_index=1),
    "focal": lambda: nn.FocalCriterion(weights=WEIGHTS),
    "of two": lambda: (
        nn.MultiCriterion()
        .add(nn.CrossEntropyCriterion(WEIGHTS), 0.5)
        .add(nn.MultiMarginCriterion())
    ),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_an_own_gradient_hangs_on_no_other_example(name):
    criterion, rng = UNEVEN[name](), np.random.default_rng(0)
    net, x, target = mlp(rng), rng.standard_normal((4, 4)), np.array([0, 1, 2, 1])
    alone = [criterion.backward(net(x[[n]]), target[[n]])[0].copy() for n in range(4)]
    g = loop(net, x, np.array(alone))
    norms = np.linalg.norm(g, axis=1)

    pulls = hardest_pulls(net, criterion, x, target)
    np.testing.assert_allclose(pulls.norms, norms[pulls.indices], rtol=EXACT)
    got = gradient_noise_scale(net, criterion, x, target)
    variance = g.var(axis=0, ddof=1).sum()
    np.testing.assert_allclose(got.variance, variance, rtol=1e3 * EXACT)

    clip, sums = np.median(norms), []
    for some in (slice(None), slice(1, None)):
        net.zero_grad_params()
        private_gradient(net, criterion, x[some], target[some], clip, 0.0, examples=1)
        sums.append(np.concatenate([grad.ravel() for grad in net.parameters()[1]]))
    left_out = g[0] * min(1, clip / norms[0])
    np.testing.assert_allclose(sums[0] - sums[1], left_out, rtol=0, atol=1e2 * EXACT)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("check", [True, False])
def test_a_batch_of_none_is_the_noise_alone(weights, check):
    net, x, target = mlp(0), np.zeros((0, 4)), np.zeros(0, int)
    criterion, rng = nn.CrossEntropyCriterion(weights), np.random.default_rng(3)
    told = private_gradient(
        net, criterion, x, target, 2.0, 0.5, rng=3, check=check, examples=4
    )
    for grad in net.parameters()[1]:
        np.testing.assert_array_equal(grad, 0.25 * rng.standard_normal(grad.shape))
    assert (told.C, len(told.norms), told.clipped) == (0, 0, 0)


@pytest.mark.parametrize(
    ("n", "examples", "text"),
    [
        (2, 0, "examples has value 0, expected more than 0"),
        (2, -3, "examples has value -3, expected more than 0"),
        (0, None, "x has 0 examples, expected at least 1"),
    ],
)
def test_what_to_divide_by_is_checked(n, examples, text):
    net, mse = mlp(0), nn.MSECriterion()
    x, target = np.ones((n, 4)), np.ones((n, 3))
    with pytest.raises(ValueError, match=f"^private_gradient: {text}$"):
        private_gradient(net, mse, x, target, 1, 1, examples=examples)
    assert not any(grad.any() for grad in net.parameters()[1])


def test_how_many_pulls():
    net, x, target = mlp(0), np.ones((3, 4)), np.ones((3, 3))
    mse = nn.MSECriterion()
    assert [len(hardest_pulls(net, mse, x, target, n)) for n in (0, 2, 9)] == [0, 2, 3]
    text = "^hardest_pulls: n has value -2, expected 0 or more$"
    with pytest.raises(ValueError, match=text):
        hardest_pulls(net, mse, x, target, -2)


@pytest.mark.parametrize(
    "function", [private_gradient, gradient_noise_scale, hardest_pulls]
)
def test_errors_are_one_line(function):
    x = np.ones((3, 3, 4))
    for net, error, text in (
        (3, TypeError, "net has type int, expected a Module"),
        (nn.SeqLSTM(4, 4, rng=0), ValueError, "net has example_axis 1, expected 0"),
    ):
        with pytest.raises(error, match=text) as caught:
            told_by(function, net, x, x)
        assert "\n" not in str(caught.value)


def test_no_gradient_changes_by_a_wrong_generator():
    net, x = mlp(0), np.ones((2, 4))
    with pytest.raises(TypeError):
        private_gradient(net, nn.MSECriterion(), x, np.ones((2, 3)), 1, 1, rng="a")
    assert not any(grad.any() for grad in net.parameters()[1])
