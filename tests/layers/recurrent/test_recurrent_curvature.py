"""Second derivatives and single examples of recurrent steps and layers."""

import copy

import numpy as np
import pytest

from nnmods.core.recurrent_step import Carry
from nnmods.layers.recurrent import GRU, LSTM, FastLSTM, SeqGRU, SeqLSTM, SeqLSTMP
from nnmods.testing.compare import DIFFERENCES, EXACT, STEP

STEPS = {
    "FastLSTM": lambda: FastLSTM(4, 3, rng=0),
    "LSTM": lambda: LSTM(4, 3, rng=0),
    "GRU": lambda: GRU(4, 3, rng=0),
}
LAYERS = {
    "SeqLSTM": lambda **options: SeqLSTM(4, 3, **options, rng=0),
    "SeqLSTMP": lambda **options: SeqLSTMP(4, 6, 3, **options, rng=0),
    "SeqGRU": lambda **options: SeqGRU(4, 3, **options, rng=0),
}
each_step = pytest.mark.parametrize("make", STEPS.values(), ids=STEPS)
each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
ONE = np.ones((1, 1))


def close(got, wanted, tolerance=EXACT):
    np.testing.assert_allclose(got, wanted, tolerance, tolerance)


def small_lstm():
    """Return one with h = s(3x) tanh(s(x) tanh(4x)) = x + 2 x^2 + ..."""
    layer = SeqLSTM(1, 1)
    layer.weight[...] = [[1, 2, 3, 4], [0, 0, 0, 0]]
    layer.bias[...] = 0
    return layer


def test_lstm_by_hand():
    layer, x = small_lstm(), 0 * ONE
    layer.forward(x)
    layer.zero_grad_params()
    close(layer.hvp(x, ONE, ONE), [[4]])
    # h by its sums in i, f, o, g is s(o) tanh(s(i) tanh(g)); at 0 it is 0, dh/dg is
    # 1/4, and dg couples with di and do by 1/8 each. The weight's gradient is x da,
    # so that its derivative by x is da, and the bias' that of da.
    close(layer.grad_weight[0], [0, 0, 0, 0.25])
    close(layer.grad_bias, [0.5, 0, 0.5, 0.125 * (1 + 3)])
    close(layer.backward_diag_hessian(x, 2 * ONE), [[2]])
    close(layer.backward_diag_hessian(x, 2 * ONE, ONE), [[6]])


def test_gru_by_hand():
    """u = s(2x), n = tanh(3x): h = (1 - u) n = 1.5 x - 1.5 x^2 + ..."""
    layer, x = SeqGRU(1, 1), 0 * ONE
    layer.weight[...] = [[1, 2, 3], [0, 0, 0]]
    layer.bias[...] = 0
    layer.forward(x)
    close(layer.hvp(x, ONE, ONE), [[-3]])
    close(layer.backward_diag_hessian(x, ONE), [[2.25]])
    close(layer.backward_diag_hessian(x, ONE, ONE), [[-0.75]])


@each_layer
@pytest.mark.parametrize("options", [{}, {"maskzero": True}, {"batchfirst": True}])
def test_hvp_with_masks_and_kept_states(make, options, rng):
    layer, x = make(**options), rng.standard_normal((4, 5, 4))
    x[2, 1:3] = x[0, 4] = 0
    layer.remember().forward(x)
    kept = copy.deepcopy(layer.kept())
    dC_dy, dx = layer.forward(x).copy(), rng.standard_normal(x.shape)
    dx[2, 1:3] = dx[0, 4] = 0  # what is masked stays so
    dparams = [rng.standard_normal(p.shape) for p in layer.parameters()[0]]
    layer.put_kept(kept)
    layer.forward(x)
    layer.zero_grad_params()
    got = [layer.hvp(x, dC_dy, dx, dparams, 2.0), *layer.parameters()[1]]
    got = copy.deepcopy(got)

    def gradients(t):
        for p, dp in zip(layer.parameters()[0], dparams, strict=True):
            p += t * dp
        layer.put_kept(copy.deepcopy(kept))
        layer.forward(x + t * dx)
        layer.zero_grad_params()
        found = [layer.backprop(x + t * dx, dC_dy), *layer.parameters()[1]]
        for p, dp in zip(layer.parameters()[0], dparams, strict=True):
            p -= t * dp
        return copy.deepcopy(found)

    pairs = zip(gradients(STEP), gradients(-STEP), strict=True)
    wanted = [(a - b) / (2 * STEP) for a, b in pairs]
    wanted[1:] = [2 * grad for grad in wanted[1:]]
    for a, b in zip(got, wanted, strict=True):
        assert abs(a - b).max() <= DIFFERENCES * abs(b).max()


@each_layer
def test_hvp_leaves_the_last_jvp(make, rng):
    layer, x = make(), rng.standard_normal((3, 2, 4))
    dC_dy = layer.forward(x).copy()
    dy = layer.jvp(x, x)
    before = dy.copy()
    layer.hvp(x, dC_dy, rng.standard_normal(x.shape))
    layer.backward_diag_hessian(x, dC_dy, dC_dy)
    np.testing.assert_array_equal(dy, before)


@each_layer
def test_nothing_comes_back_from_masked_steps(make, rng):
    layer, x = make(maskzero=True), rng.standard_normal((4, 2, 4))
    x[2, 1] = 0
    still = layer.forward(x).copy()
    results = []
    for value in (0, np.nan):
        still[2, 1] = value
        layer.zero_grad_params()
        found = [layer.backprop(x, still), layer.hvp(x, still, x)]
        found.append(layer.backward_diag_hessian(x, still, still))
        layer.acc_diag_hessian_params(x, still, 1.0, still)
        results.append(copy.deepcopy([*found, *layer.parameters()[1]]))
    for with_nan, wanted in zip(*reversed(results), strict=True):
        np.testing.assert_array_equal(with_nan, wanted)


@each_layer
def test_diagonals_of_integers(make, rng):
    layer, x = make(), rng.standard_normal((3, 2, 4))
    ones = np.ones(layer.forward(x).shape)
    wanted = layer.backward_diag_hessian(x, ones).copy()
    close(layer.backward_diag_hessian(x, ones.astype(int)), wanted)


@each_layer
@pytest.mark.parametrize("single", [True, False])
def test_squared_norms_of_one_sequence_and_of_tables(make, single, rng):
    layer, N = make(), () if single else (2,)
    x = [rng.standard_normal((*N, 3)), rng.standard_normal((4, *N, 4))]
    for form in (x, x[1]):
        dC_dy = layer.forward(form).copy()
        grads = layer.per_example_grads(form, dC_dy)
        n = 1 if single else 2
        wanted = sum((part**2).reshape(n, -1).sum(axis=1) for part in grads)
        norms = layer.per_example_sq_norms(form, dC_dy)
        assert norms.shape == (n,)
        close(norms, wanted)


@each_layer
@pytest.mark.parametrize("shape", [(0, 2, 4), (3, 0, 4)])
def test_nothing_to_turn(make, shape):
    layer, x = make(), np.ones(shape)
    dC_dy = layer.forward(x)
    assert layer.hvp(x, dC_dy, x).shape == shape
    assert layer.backward_diag_hessian(x, dC_dy, dC_dy).shape == shape
    layer.acc_diag_hessian_params(x, dC_dy, 1.0, dC_dy)
    assert not any(grad.any() for grad in layer.parameters()[1])
    for part, p in zip(
        layer.per_example_grads(x, dC_dy), layer.parameters()[0], strict=True
    ):
        assert part.shape == (shape[1], *p.shape) and not part.any()


@each_layer
def test_errors_change_nothing(make, rng):
    layer, x = make(), rng.standard_normal((3, 2, 4))
    dC_dy = layer.forward(x).copy()
    for grad in layer.parameters()[1]:
        grad[...] = 1
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 3\)"):
        layer.hvp(x, dC_dy[0], x)
    with pytest.raises(ValueError, match=r"dparams\[0\] has shape"):
        layer.hvp(x, dC_dy, x, [dC_dy] * len(layer.parameters()[0]))
    with pytest.raises(ValueError, match="dparams has 1 entries"):
        layer.jvp(x, x, layer.parameters()[0][:1])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 3\)"):
        layer.acc_diag_hessian_params(x, dC_dy, 1.0, dC_dy[0])
    with pytest.raises(RuntimeError, match="not that of the last forward"):
        layer.backward_diag_hessian(x + 1, dC_dy)
    assert all((grad == 1).all() for grad in layer.parameters()[1])
    assert layer.hvp(x, dC_dy, x).shape == x.shape


def linked(step, x, rng):
    """Return a step between two others, with gradients from the one after it."""
    sizes = 1 if isinstance(step, GRU) else 2
    before, after = (list(rng.standard_normal((sizes, len(x), 3))) for _ in range(2))
    step.link(Carry(before), Carry())
    step.forward(x)
    step.after.grad = after
    return step


@each_step
def test_diagonals_of_one_step_in_a_chain(make, rng):
    """They are sums over squares of all that backward returns, for x and the states."""
    x, dC_dy = rng.standard_normal((2, 4)), rng.standard_normal((2, 3))
    step = linked(make(), x, rng)
    n = len(step.after.grad)
    grads, still = step.after.grad, np.zeros_like(dC_dy)
    step.after.curvature = list(rng.random((n, 2, 3)))
    h = rng.random((2, 3))
    weights = [step.after.curvature[0] + h, *step.after.curvature[1:]]
    d2x, d2before = np.zeros_like(x), np.zeros((n, 2, 3))
    d2params = [np.zeros_like(p) for p in step.parameters()[0]]
    for k, row, j in np.ndindex(n, 2, 3):
        step.after.grad = list(np.zeros((n, 2, 3)))
        step.after.grad[k][row, j] = 1
        step.zero_grad_params()
        d2x += weights[k][row, j] * step.backprop(x, still) ** 2
        d2before += weights[k][row, j] * np.square(step.before.grad)
        for total, grad in zip(d2params, step.parameters()[1], strict=True):
            total += weights[k][row, j] * grad**2
    step.after.grad = grads
    close(step.backward_diag_hessian(x, h), d2x)
    close(step.before.curvature, d2before)
    step.zero_grad_params()
    step.acc_diag_hessian_params(x, h)
    for grad, wanted in zip(step.parameters()[1], d2params, strict=True):
        close(grad, wanted)

    for row, j in np.ndindex(*x.shape):  # its own second derivatives
        dx = np.zeros_like(x)
        dx[row, j] = 1
        step.before.tangent = None
        d2x[row, j] += step.hvp(x, dC_dy, dx)[row, j]
    for k, row, j in np.ndindex(n, 2, 3):
        step.before.tangent = list(np.zeros((n, 2, 3)))
        step.before.tangent[k][row, j] = 1
        step.hvp(x, dC_dy, np.zeros_like(x))
        d2before[k, row, j] += step.before.grad_tangent[k][row, j]
    step.before.tangent = None
    dparams = [np.zeros_like(p) for p in step.parameters()[0]]
    for p, dp in enumerate(dparams):
        for j in np.ndindex(dp.shape):
            dp[j] = 1
            step.zero_grad_params()
            step.hvp(x, dC_dy, np.zeros_like(x), dparams)
            d2params[p][j] += step.parameters()[1][p][j]
            dp[j] = 0
    close(step.backward_diag_hessian(x, h, dC_dy), d2x)
    close(step.before.curvature, d2before)
    step.zero_grad_params()
    step.acc_diag_hessian_params(x, h, 1.0, dC_dy)
    for grad, wanted in zip(step.parameters()[1], d2params, strict=True):
        close(grad, wanted)


@each_step
def test_the_second_sweep_leaves_the_first(make, rng):
    x, dC_dy = rng.standard_normal((2, 4)), rng.standard_normal((2, 3))
    step = linked(make(), x, rng)
    step.backward(x, dC_dy)
    step.jvp(x, x)
    held = step.before.grad, step.after.grad, step.after.tangent, step._dy
    before = copy.deepcopy(held)
    step.backprop_jvp(x, dC_dy, x, dC_dy)
    step.backward_diag_hessian(x, dC_dy, dC_dy)
    for mine, wanted in zip(held, before, strict=True):
        np.testing.assert_array_equal(mine, wanted)


@each_step
def test_examples_of_a_step_with_its_own_state(make, rng):
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    step = linked(make(), x, rng)
    got = step.per_example_grads(x, dC_dy)
    norms = step.per_example_sq_norms(x, dC_dy)
    close(norms, sum((part**2).reshape(5, -1).sum(axis=1) for part in got))
    before, after = step.before.value, step.after.grad
    for i in range(5):
        one = slice(i, i + 1)
        step.link(Carry([state[one] for state in before]), Carry())
        step.forward(x[one])
        step.after.grad = [grad[one] for grad in after]
        step.zero_grad_params()
        step.acc_grad_params(x[one], dC_dy[one])
        for part, grad in zip(got, step.parameters()[1], strict=True):
            close(part[i], grad)


@each_step
def test_squared_norm_of_one_row(make, rng):
    step, x = make(), rng.standard_normal(4)
    dC_dy = step.forward(x).copy()
    grads = step.per_example_grads(x, dC_dy)
    norms = step.per_example_sq_norms(x, dC_dy)
    assert norms.shape == (1,)
    close(norms, sum(np.square(part).sum() for part in grads))


@each_step
def test_examples_of_several_rows(make, rng):
    step, x = make(), rng.standard_normal((5, 2, 4))
    dC_dy = step.forward(x).copy()
    step.acc_grad_params(x, dC_dy)
    got = step.per_example_grads(x, dC_dy)
    norms = step.per_example_sq_norms(x, dC_dy)
    close(norms, sum((part**2).reshape(5, -1).sum(axis=1) for part in got))
    for part, grad in zip(got, step.parameters()[1], strict=True):
        assert len(part) == 5
        close(part.sum(axis=0), grad)
    step.forget().forward(x[:1])
    step.zero_grad_params()
    step.acc_grad_params(x[:1], dC_dy[:1])
    for part, grad in zip(got, step.parameters()[1], strict=True):
        close(part[0], grad)
