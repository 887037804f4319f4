"""The largest singular value of a Jacobian, and where there is none."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT, SINGLE

norm = np.linalg.norm


def close(got, wanted, rtol=EXACT):
    np.testing.assert_allclose(got, wanted, rtol)


def test_large_jacobians_have_the_singular_value_of_their_blocks(rng):
    linear = nn.Linear(70, 80, rng=0)
    x = rng.standard_normal((90, 70))
    (record,) = nn.explain(linear, x).records
    close(record["singular_value"], norm(linear.weight, 2), SINGLE)
    (record,) = nn.explain(linear.float(), x.astype("f")).records
    close(record["singular_value"], norm(linear.weight, 2), SINGLE)


def test_singular_values_are_left_out_where_they_take_too_long(rng):
    linear, x = nn.Linear(300, 200, rng=0), rng.standard_normal((100, 300))
    assert nn.explain(linear, x).records[0]["singular_value"] is None
    told = nn.explain(linear, x, singular_values=True)
    close(told.records[0]["singular_value"], norm(linear.weight, 2), SINGLE)
    tanh = nn.explain(nn.Tanh(), x, singular_values=False).records[0]
    assert tanh["singular_value"] is None
    assert tanh["saturated"] == (1 - np.tanh(x) ** 2 < 0.01).mean() > 0


def test_batch_normalisation_in_training_takes_the_batch_into_account(rng):
    net, x = nn.BatchNormalization(3, affine=False), rng.standard_normal((4, 3))
    (record,) = nn.explain(net, x).records
    x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
    n = len(x)
    blocks = [
        (np.eye(n) - 1 / n - np.outer(c, c) / n) / s
        for c, s in zip(x_hat.T, np.sqrt(x.var(axis=0) + net.eps), strict=True)
    ]
    close(record["singular_value"], max(norm(b, 2) for b in blocks), SINGLE)
    assert not net.running_mean.any()


class Gain(nn.Module):
    """A user's module: three verbs, no jvp, no results kept."""

    def __init__(self, n):
        self.gain, self.grad_gain = np.arange(1.0, n + 1), np.zeros(n)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).sum(axis=0)


@pytest.mark.parametrize("rows, known", [(20, 3), (22, None)])
def test_a_users_module_has_a_singular_value_where_it_is_small(rows, known, rng):
    told = nn.explain(Gain(3), rng.standard_normal((rows, 3)))
    (record,) = told.records
    assert record["singular_value"] == known
    assert record["parameters"] == 3 and told.culprit is None


@pytest.mark.parametrize("rows", [(20, 22), (22, 20)])
def test_the_largest_of_all_calls_is_known_only_if_each_is(rows, rng):
    x = [rng.standard_normal((n, 3)) for n in rows]
    (record,) = nn.explain(nn.MapTable(Gain(3)), x).records
    assert record["calls"] == 2 and record["singular_value"] is None


def test_a_backward_that_is_no_transpose_has_no_singular_value(rng):
    class Wrong(nn.Linear):
        def backward(self, x, dC_dy):
            return super().backward(x, dC_dy) * 2

        jvp = nn.Linear.jvp  # without one it would be made of the rows of `backward`

    assert nn.explain(Wrong(4, 4), np.ones((2, 4))).records[0]["singular_value"] is None


@pytest.mark.parametrize("module", [nn.GradientReversal(), nn.L1Penalty(0.1)])
def test_a_backward_that_is_meant_to_be_another_has_no_singular_value(module, rng):
    (record,) = nn.explain(module, rng.standard_normal((5, 4))).records
    assert record["singular_value"] is None and record["ratio"] > 0


def test_a_recurrent_step_has_no_singular_value_even_alone(rng):
    """Its backward brings what came from the next step too."""
    told = nn.explain(nn.FastLSTM(4, 3, rng=0), rng.standard_normal((5, 4)))
    assert told.records[0]["singular_value"] is None
    assert told.records[0]["ratio"] > 0


def test_overflowing_slopes_have_no_singular_value():
    (record,) = nn.explain(nn.Exp(), np.array([[800.0, 1.0]])).records
    assert record["singular_value"] is record["saturated"] is None
    net = nn.Linear(2, 2, rng=0)
    net.weight[0, 0] = np.nan
    assert nn.explain(net, np.ones((3, 2))).records[0]["singular_value"] is None


def test_what_a_module_prints_is_not_printed_by_products(capsys):
    nn.explain(nn.PrintSize(), np.ones((2, 3)))
    assert capsys.readouterr().out.count("PrintSize") == 2
