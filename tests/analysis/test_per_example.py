"""Gradients of single examples, and what is made of them, against plain loops."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import (
    gradient_noise_scale,
    hardest_pulls,
    per_example_grad_norms,
    per_example_grads,
    private_gradient,
)
from nnmods.data import load_digits
from nnmods.optim import Adam
from nnmods.testing.compare import EXACT, SINGLE


def mlp(rng):
    return nn.Sequential(nn.Linear(4, 5, rng=rng), nn.Tanh(), nn.Linear(5, 3, rng=rng))


def lenet(rng):
    return nn.Sequential(
        nn.View(1, 2, 2).set_num_input_dims(1),
        nn.SpatialConvolution(1, 3, 2, 2, 1, 1, 1, 1, rng=rng),
        nn.ReLU(),
        nn.SpatialMaxPooling(2, 2),
        nn.View(-1).set_num_input_dims(3),
        nn.Linear(3, 3, rng=rng),
    )


def shared(rng):
    one = nn.Linear(4, 4, rng=rng)
    branches = nn.ConcatTable(one, nn.Sequential(nn.Tanh(), one.clone(share=True)))
    return nn.Sequential(branches, nn.Add(), nn.LayerNorm(4), nn.Linear(4, 3, rng=rng))


def graph(rng):
    x = nn.Input()
    h = nn.Sigmoid()(nn.Linear(4, 4, rng=rng)(x))
    return nn.Graph(x, nn.Linear(4, 3, rng=rng)(nn.Add()([h, x])))


NETS = {f.__name__: f for f in (mlp, lenet, shared, graph)}


def loop(net, x, dC_dy):
    found = []
    for n in range(len(x)):
        net.zero_grad_params()
        net.forward(x[n : n + 1])
        net.backprop(x[n : n + 1], dC_dy[n : n + 1])
        grads = [grad.ravel() for grad in net.parameters()[1]]
        found.append(np.concatenate(grads))
    return np.array(found)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("net", NETS)
def test_against_a_loop(net, dtype):
    rng = np.random.default_rng(0)
    net = NETS[net](rng).astype(dtype)
    x, dC_dy = (rng.standard_normal((6, n)).astype(dtype) for n in (4, 3))
    net.parameters()[1][0][...] = 7
    got = per_example_grads(net, x, dC_dy)
    assert np.all(net.parameters()[1][0] == 7)
    assert {grad.dtype for grad in got} == {np.dtype(dtype)}
    norms = per_example_grad_norms(net, x, dC_dy)
    wanted = loop(net, x, dC_dy)
    flat = np.concatenate([grad.reshape(6, -1) for grad in got], axis=1)
    bound = EXACT if dtype == "float64" else SINGLE
    np.testing.assert_allclose(flat, wanted, rtol=0, atol=bound * np.abs(wanted).max())
    np.testing.assert_allclose(norms, np.linalg.norm(wanted, axis=1), rtol=bound)


def test_words_of_a_sentence_share_rows():
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.LookupTable(5, 3, rng=0), nn.Sum(1), nn.Linear(3, 2, rng=1))
    x, dC_dy = np.array([[1, 1, 4], [0, 2, 1]]), rng.standard_normal((2, 2))
    wanted = loop(net, x, dC_dy)
    norms = per_example_grad_norms(net, x, dC_dy)
    np.testing.assert_allclose(norms, np.linalg.norm(wanted, axis=1), rtol=EXACT)


def test_steps_of_a_sequence():
    rng = np.random.default_rng(0)
    net = nn.Sequencer(nn.Linear(4, 3, rng=rng))
    x, dC_dy = [rng.standard_normal((5, 4))] * 2, [rng.standard_normal((5, 3))] * 2
    weight, bias = per_example_grads(net, x, dC_dy)
    np.testing.assert_allclose(weight, 2 * dC_dy[0][:, :, None] * x[0][:, None, :])
    np.testing.assert_allclose(bias, 2 * dC_dy[0])


@pytest.mark.parametrize("steps", [3, 5])
def test_the_second_axis_counts_examples_after_a_recurrent_layer(steps):
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.SeqLSTM(4, 3, rng=rng), nn.Linear(3, 2, rng=rng))
    x, dC_dy = (rng.standard_normal((steps, 5, n)) for n in (4, 2))
    grads = per_example_grads(net, x, dC_dy)
    flat = np.concatenate([grad.reshape(5, -1) for grad in grads], axis=1)
    net.zero_grad_params().forward(x[:, 1:2])
    net.backprop(x[:, 1:2], dC_dy[:, 1:2])
    wanted = np.concatenate([grad.ravel() for grad in net.parameters()[1]])
    np.testing.assert_allclose(flat[1], wanted, rtol=0, atol=EXACT)


def test_no_examples():
    net = mlp(0)
    got = per_example_grads(net, np.zeros((0, 4)), np.zeros((0, 3)))
    assert [grad.shape for grad in got] == [(0, *p.shape) for p in net.parameters()[0]]


def test_batch_statistics_are_refused():
    net = nn.Sequential(nn.BatchNormalization(4), nn.Linear(4, 3, rng=0))
    x, dC_dy = np.random.default_rng(0).standard_normal((2, 6, 4)), np.ones((6, 3))
    with pytest.raises(ValueError, match="do not depend on each other") as caught:
        per_example_grads(net, x[0], dC_dy)
    assert "\n" not in str(caught.value)
    net.evaluate()
    wanted = loop(net, x[0], dC_dy)
    norms = per_example_grad_norms(net, x[0], dC_dy)
    np.testing.assert_allclose(norms, np.linalg.norm(wanted, axis=1), rtol=EXACT)


def test_wrong_gradients_are_named():
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(6, 2\), expected \(6, 3\)"
    ):
        per_example_grads(mlp(0), np.ones((6, 4)), np.ones((6, 2)))


@pytest.mark.parametrize("size_average", [True, False])
def test_noise_scale(size_average):
    rng = np.random.default_rng(0)
    net, x, target = mlp(rng), rng.standard_normal((8, 4)), rng.integers(0, 3, 8)
    criterion = nn.CrossEntropyCriterion(size_average=size_average)
    got = gradient_noise_scale(net, criterion, x, target)
    alone = [criterion.backward(net(x[[n]]), target[[n]])[0].copy() for n in range(8)]
    g = loop(net, x, np.array(alone))
    variance = g.var(axis=0, ddof=1).sum()
    squared = np.square(g.mean(axis=0)).sum() - variance / 8
    wanted = variance / squared if squared > 0 else np.inf, variance, squared
    np.testing.assert_allclose(got, wanted, rtol=1e3 * EXACT)
    with pytest.raises(ValueError, match="x has 1 examples, expected at least 2"):
        gradient_noise_scale(net, criterion, x[:1], target[:1])


@pytest.mark.parametrize("size_average", [True, False])
def test_private_gradient(size_average):
    rng = np.random.default_rng(0)
    net, x, target = mlp(rng), rng.standard_normal((8, 4)), rng.integers(0, 3, 8)
    criterion = nn.CrossEntropyCriterion(size_average=size_average)
    alone = [criterion.backward(net(x[[n]]), target[[n]])[0].copy() for n in range(8)]
    g = loop(net, x, np.array(alone))
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
