"""Gradients of single examples, against plain loops."""

import numpy as np
import pytest
from analysis.one_by_one import loop, mlp

import nnmods as nn
from nnmods.analysis import per_example_grad_norms, per_example_grads
from nnmods.testing.compare import EXACT, SINGLE


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
