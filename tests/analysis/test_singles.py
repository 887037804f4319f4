"""Whether examples are alone: it takes few of them, whatever numbers they hold."""

import numpy as np
import pytest
from analysis.one_by_one import loop

import nnmods as nn
from nnmods.analysis import diag_hessian, per_example_grad_norms, per_example_grads
from nnmods.analysis.linearised import Linearised
from nnmods.analysis.singles import TRIED, Singles
from nnmods.analysis.values import agree
from nnmods.core.examples import part
from nnmods.core.forgetting import forget_states
from nnmods.testing.compare import EXACT


class Noted(nn.Linear):
    """Notes of how many examples at once the gradients were formed."""

    most = 0

    def per_example_grads(self, x, dC_dy):
        Noted.most = max(Noted.most, len(x))
        return super().per_example_grads(x, dC_dy)


class Fixed(nn.Linear):
    """Takes batches of one size only."""

    def forward(self, x):
        if len(x) != 6:
            raise ArithmeticError("not a batch of 6")
        return super().forward(x)


def test_what_counts_as_equal():
    nan, inf = np.nan, np.inf
    values = np.array([nan, inf, -inf, 1.0])
    assert agree(values, values.copy())
    for i, other in enumerate([0.0, -inf, nan, inf]):
        changed = values.copy()
        changed[i] = other
        assert not agree(values, changed)
        assert not agree(changed, values)
    assert agree(np.ones(2), np.array([1.0, 1 + 1e-12]))
    assert not agree(np.array([inf, 1.0]), np.array([inf, 1 + 1e-11]))
    assert agree(np.arange(3), np.arange(3)) and not agree(np.arange(3), np.ones(3))
    assert agree(np.array([True]), np.array([True]))
    assert agree([np.zeros((0, 2))], [np.zeros((0, 2))])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_inf_in_an_example(value):
    net = nn.Sequential(nn.CMul(4, rng=0), nn.Linear(4, 3, rng=0))
    x, dC_dy = np.random.default_rng(0).standard_normal((2, 6, 4))
    x[3, 1] = value
    with np.errstate(invalid="ignore"):
        grads = per_example_grads(net, x, dC_dy[:, :3])
        wanted = loop(net, x, dC_dy[:, :3])
    flat = np.concatenate([grad.reshape(6, -1) for grad in grads], axis=1)
    assert not np.isfinite(flat[3]).all()
    np.testing.assert_allclose(flat, wanted, rtol=0, atol=EXACT)


def test_indices_in_y():
    net = nn.ParallelTable(nn.Identity(), nn.Linear(4, 2, rng=0))
    x, dC_dy = np.random.default_rng(0).standard_normal((2, 3, 4))
    weight, bias = per_example_grads(
        net, [np.arange(3), x], [np.zeros(3), dC_dy[:, :2]]
    )
    np.testing.assert_allclose(weight, dC_dy[:, :2, None] * x[:, None], atol=EXACT)
    np.testing.assert_array_equal(bias, dC_dy[:, :2])


def test_norms_form_the_gradients_of_few():
    net, x = Noted(4, 3, rng=0), np.random.default_rng(0).standard_normal((100, 4))
    Noted.most = 0
    norms = per_example_grad_norms(net, x, np.ones((100, 3)))
    assert 0 < Noted.most <= TRIED
    wanted = np.sqrt(3 * np.square(x).sum(axis=1) + 3)
    np.testing.assert_allclose(norms, wanted, rtol=EXACT)


def test_the_diagonal_holds_few_gradients_at_a_time(monkeypatch):
    monkeypatch.setattr("nnmods.analysis.ggn_diagonal.MOST", 10 * 15)
    net, x = Noted(4, 3, rng=0), np.random.default_rng(0).standard_normal((100, 4))
    Noted.most = 0
    diagonal = diag_hessian(net, nn.MSECriterion(), x, np.zeros((100, 3)), "ggn")
    assert 0 < Noted.most <= 10
    wanted = 2 / 300 * np.square(x).sum(axis=0)
    np.testing.assert_allclose(diagonal[:12].reshape(3, 4), [wanted] * 3, rtol=EXACT)


def test_a_net_that_takes_no_other_batch_has_no_singles():
    net, x = Fixed(4, 3, rng=0), np.random.default_rng(0).standard_normal((6, 4))
    assert not Singles(Linearised("", net, x)).fits
    with pytest.raises(ValueError, match="do not depend on each other"):
        per_example_grads(net, x, np.ones((6, 3)))
    mse, target = nn.MSECriterion(), np.zeros((6, 3))
    plain = nn.Linear(4, 3, rng=0)
    np.testing.assert_allclose(
        diag_hessian(net, mse, x, target, "ggn"),
        diag_hessian(plain, mse, x, target, "ggn"),
        rtol=EXACT,
    )


def recurrent(kind):
    """Return a net that goes on from its last call, and x of 12 examples."""
    rng = np.random.default_rng(0)
    step, last = nn.GRU(4, 3, rng=rng), nn.Linear(3, 2, rng=rng)
    seq, one = rng.standard_normal((3, 12, 4)), rng.standard_normal((12, 4))
    return {
        "layer": (nn.Sequential(nn.SeqLSTM(4, 3, rng=rng).remember(), last), seq),
        "step": (nn.Sequential(step, last), one),
        "recursor": (nn.Recursor(nn.Sequential(step, last)), one),
        "array": (nn.Sequencer(nn.Sequential(step, last)).remember(), seq),
        "table": (nn.Sequencer(nn.Sequential(step, last)).remember(), list(seq)),
    }[kind]


@pytest.mark.parametrize("kind", ["layer", "step", "recursor", "array", "table"])
def test_nets_that_remember(kind):
    net, x = recurrent(kind)
    net.forward(x)
    at = Linearised("", net, x)
    singles = Singles(at)
    assert singles.n == 12 and singles.fits
    dC_dy = at.as_y(np.random.default_rng(1).standard_normal(at.outputs))
    grads = singles.grads(dC_dy)
    for i in range(12):
        forget_states(net)
        sample = part(x, i, singles.axis)
        net.zero_grad_params().forward(sample)
        net.backprop(sample, part(dC_dy, i, singles.axis))
        for grad, wanted in zip(grads, net.parameters()[1], strict=True):
            np.testing.assert_allclose(grad[i], wanted, rtol=0, atol=EXACT)


def test_the_diagonal_of_a_net_that_remembers(monkeypatch):
    """No part of the examples goes on from the one before it."""
    net, x = recurrent("step")
    given = net, nn.MSECriterion(), x, np.zeros((12, 2)), "ggn"
    whole = diag_hessian(*given)
    monkeypatch.setattr("nnmods.analysis.ggn_diagonal.MOST", 5 * whole.size)
    atol = EXACT * whole.max()
    np.testing.assert_allclose(diag_hessian(*given), whole, rtol=0, atol=atol)
