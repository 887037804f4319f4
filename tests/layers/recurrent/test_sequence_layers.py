import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.kernels import threads
from nnmods.layers.recurrent import SeqGRU, SeqLSTM, SeqLSTMP
from nnmods.testing.compare import EXACT

LAYERS = {
    "SeqLSTM": lambda **options: SeqLSTM(4, 3, **options),
    "SeqLSTMP": lambda **options: SeqLSTMP(4, 6, 3, **options),
    "SeqGRU": lambda **options: SeqGRU(4, 3, **options),
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def lstm(layer, x, h, c):
    """Return all h, by the formulas as they stand."""
    out = []
    for x_t in x:
        sums = np.concatenate([x_t, h], axis=-1) @ layer.weight + layer.bias
        i, f, o, g = np.split(sums, 4, axis=-1)
        c = logistic(f) * c + logistic(i) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
        if isinstance(layer, SeqLSTMP):
            h = h @ layer.weight_o
        out.append(h)
    return np.array(out)


def gru(layer, x, h):
    out, (of_r, of_u, of_n) = [], np.split(layer.weight, 3, axis=1)
    r_0, u_0, n_0 = np.split(layer.bias, 3)
    for x_t in x:
        both = np.concatenate([x_t, h], axis=-1)
        r, u = logistic(both @ of_r + r_0), logistic(both @ of_u + u_0)
        n = np.tanh(np.concatenate([x_t, r * h], axis=-1) @ of_n + n_0)
        h = (1 - u) * n + u * h
        out.append(h)
    return np.array(out)


def test_values_of_lstm(rng):
    x, h, c = rng.standard_normal((5, 2, 4)), *rng.standard_normal((2, 2, 3))
    layer, zero = SeqLSTM(4, 3, rng=0), np.zeros((2, 3))
    np.testing.assert_allclose(layer(x), lstm(layer, x, zero, zero), EXACT)
    np.testing.assert_allclose(layer([h, x]), lstm(layer, x, h, zero), EXACT)
    np.testing.assert_allclose(layer([c, h, x]), lstm(layer, x, h, c), EXACT)


def test_values_of_the_projected_lstm(rng):
    x, h, c = rng.standard_normal((5, 2, 4)), np.ones((2, 3)), np.full((2, 6), 0.5)
    layer = SeqLSTMP(4, 6, 3, rng=0)
    np.testing.assert_allclose(layer([c, h, x]), lstm(layer, x, h, c), EXACT)


def test_values_of_gru(rng):
    x, h = rng.standard_normal((5, 2, 4)), rng.standard_normal((2, 3))
    layer = SeqGRU(4, 3, rng=0)
    np.testing.assert_allclose(layer(x), gru(layer, x, np.zeros((2, 3))), EXACT)
    np.testing.assert_allclose(layer([h, x]), gru(layer, x, h), EXACT)


def test_one_step_by_hand():
    layer = SeqLSTM(1, 1)
    layer.weight[...] = [[1, 2, 3, 4], [0, 0, 0, 0]]
    layer.bias[...] = 0
    cell = logistic(1) * np.tanh(4)
    np.testing.assert_allclose(layer(np.ones((1, 1))), logistic(3) * np.tanh([[cell]]))


@each
def test_initial_values(make):
    layer = make(rng=0)
    size = getattr(layer, "hidden_features", 3)
    wanted = np.zeros_like(layer.bias)
    wanted[size : 2 * size] = 1
    np.testing.assert_array_equal(layer.bias, wanted)
    assert 0.2 < layer.weight.std() < 0.5
    assert abs(make(rng=0).reset(1, stdv=1e-3).weight).max() < 0.01


@each
def test_gradients_are_scaled(make, rng):
    """Torch7 refused any scale but 1."""
    layer, x = make(rng=0), rng.standard_normal((4, 5, 4))
    dC_dy = layer(x)
    layer.backprop(x, dC_dy)
    once = copy.deepcopy(layer.parameters()[1])
    layer.zero_grad_params()
    layer.backprop(x, dC_dy, 0.25)
    for grad, wanted in zip(layer.parameters()[1], once, strict=True):
        np.testing.assert_allclose(grad, 0.25 * wanted, EXACT)


@each
def test_batchfirst_is_a_transposition(make, rng):
    x, dC_dy = rng.standard_normal((5, 2, 4)), rng.standard_normal((5, 2, 3))
    one, two = make(rng=0), make(rng=0, batchfirst=True)
    turned = x.swapaxes(0, 1).copy()
    np.testing.assert_array_equal(two(turned).swapaxes(0, 1), one(x))
    one.forward(x)
    two.forward(turned)
    dC_dx = two.backprop(turned, dC_dy.swapaxes(0, 1).copy())
    np.testing.assert_array_equal(dC_dx.swapaxes(0, 1), one.backprop(x, dC_dy))
    np.testing.assert_array_equal(two.grad_weight, one.grad_weight)


@each
def test_one_sequence(make, rng):
    layer, x, dC_dy = make(rng=0), rng.standard_normal((5, 4)), np.ones((5, 3))
    np.testing.assert_array_equal(layer(x), layer(x[:, None])[:, 0])
    h = np.full(3, 0.5)
    y = layer([h, x])
    np.testing.assert_array_equal(y, layer([h[None], x[:, None]])[:, 0])
    layer.forward([h, x])
    dh, dx = layer.backward([h, x], dC_dy)
    assert dh.shape == h.shape and dx.shape == x.shape


@each
def test_parts_of_a_long_sequence(make, rng):
    layer, x = make(rng=0), rng.standard_normal((6, 2, 4))
    whole = layer(x)
    layer.remember().forget()
    parts = [layer(part) for part in (x[:2], x[2:3], x[3:3], x[3:])]
    np.testing.assert_allclose(np.concatenate(parts), whole, EXACT)
    layer.forget()
    np.testing.assert_allclose(layer(x[:2]), whole[:2], EXACT)
    layer.remember("neither")
    np.testing.assert_allclose(layer(x[:2]), whole[:2], EXACT)


@each
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_memory_of_one_mode(mode, make, rng):
    layer, x = make(rng=0).remember(mode), rng.standard_normal((3, 2, 4))
    first = layer.training()(x)
    assert np.array_equal(layer(x), first) == (mode == "eval")
    assert np.array_equal(layer.evaluate()(x), first)  # the change has forgotten
    assert np.array_equal(layer(x), first) == (mode == "train")


@each
def test_the_state_before_is_a_constant(make, rng):
    layer, x = make(rng=0).remember(), rng.standard_normal((3, 2, 4))
    dC_dy = rng.standard_normal((3, 2, 3))
    layer.forward(x)
    state = {name: np.array(value) for name, value in layer._end.items()}
    layer.forward(x)
    other = make(rng=0)
    table = [*(state[name] for name in other.STATES), x]
    other.forward(table)
    dC_dx = other.backprop(table, dC_dy)[-1]
    np.testing.assert_allclose(layer.backprop(x, dC_dy), dC_dx, EXACT)
    np.testing.assert_allclose(layer.grad_weight, other.grad_weight, EXACT)


@each
def test_copies_begin_anew(make, rng):
    layer, x = make(rng=0).remember(), rng.standard_normal((3, 2, 4))
    first = layer(x)
    for other in (layer.clone(), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(other(x), first)
        assert not np.array_equal(other(x), first)
    np.testing.assert_array_equal(layer.clear_state()(x), first)


@each
def test_steps_of_zeros_separate_sequences(make, rng):
    x = rng.standard_normal((5, 2, 4))
    x[2, 0] = 0
    layer, dC_dy = make(rng=0, maskzero=True), rng.standard_normal((5, 2, 3))
    y = layer(x)
    alone, plain = x[:, 0], make(rng=0)
    np.testing.assert_array_equal(y[2, 0], 0)
    np.testing.assert_allclose(y[:2, 0], plain(alone[:2]), EXACT)
    np.testing.assert_allclose(y[3:, 0], plain(alone[3:]), EXACT)
    np.testing.assert_allclose(y[:, 1], plain(x[:, 1]), EXACT)
    layer.forward(x)
    dC_dx = layer.backprop(x, dC_dy)
    np.testing.assert_array_equal(dC_dx[2, 0], 0)
    for part in (slice(2), slice(3, 5)):
        plain.forward(alone[part])
        wanted = plain.backprop(alone[part], dC_dy[part, 0])
        np.testing.assert_allclose(dC_dx[part, 0], wanted, EXACT)
    plain.forward(x[:, 1])
    plain.backprop(x[:, 1], dC_dy[:, 1])
    for grad, wanted in zip(layer.parameters()[1], plain.parameters()[1], strict=True):
        np.testing.assert_allclose(grad, wanted, EXACT)
    dx = rng.standard_normal(x.shape)
    got = np.vdot(layer.jvp(x, dx), dC_dy)
    np.testing.assert_allclose(got, np.vdot(dC_dx, dx), EXACT)
    layer.mask_zero()
    assert "maskzero=True" in repr(layer)


@each
def test_a_nan_stays_in_its_sequence(make, rng):
    layer, x = make(rng=0), rng.standard_normal((4, 2, 4))
    wanted = layer(x)
    x[1, 0, 0] = np.nan
    y = layer(x)
    assert np.isnan(y[1:, 0]).all() and np.isfinite(y[0]).all()
    np.testing.assert_allclose(y[:, 1], wanted[:, 1], EXACT)
    layer.forward(x)
    assert np.isnan(layer.backprop(x, y)).any()


@each
def test_x_of_another_dtype(make, rng):
    layer, x = make(rng=0), rng.standard_normal((4, 2, 4)).astype(np.float32)
    wanted = layer(x.astype(np.float64))
    np.testing.assert_allclose(layer(x), wanted, EXACT)
    counts = np.arange(8).reshape(1, 2, 4)
    assert layer(counts).dtype == np.float64
    np.testing.assert_array_equal(layer(counts), layer(counts.astype(float)))


@each
@pytest.mark.parametrize("shape", [(0, 2, 4), (3, 0, 4), (0, 0, 4)])
def test_nothing_at_all(shape, make):
    layer, x = make(rng=0), np.ones(shape)
    assert layer.forward(x).shape == (*shape[:2], 3)
    assert layer.backprop(x, np.ones((*shape[:2], 3))).shape == shape
    assert layer.jvp(x, x).shape == (*shape[:2], 3)
    assert not layer.grad_weight.any() and not layer.grad_bias.any()


def test_no_features():
    for layer in (SeqLSTM(0, 2), SeqLSTM(2, 0), SeqGRU(0, 2), SeqGRU(2, 0)):
        x = np.ones((3, 2, layer.in_features))
        y = layer.forward(x)
        assert layer.backprop(x, y).shape == x.shape


@each
def test_the_first_state_may_be_the_last_result(make, rng):
    layer, x = make(rng=0), rng.standard_normal((3, 2, 4))
    h = layer(x)[-1]
    wanted = layer([h, x])
    layer.forward(x)
    np.testing.assert_array_equal(layer.forward([layer.y[-1], x]), wanted)


@each
def test_what_is_refused(make, rng):
    layer, x = make(rng=0), rng.standard_normal((3, 2, 4))
    name = repr(layer).replace("(", r"\(").replace(")", r"\)")
    for wrong, text in (
        (np.ones((3, 2, 5)), r"x has shape \(3, 2, 5\), expected \(\.\.\., \*, 4\)"),
        (np.ones(4), r"x has shape \(4,\)"),
        (np.ones((1, 3, 2, 4)), r"x has shape \(1, 3, 2, 4\), expected \(\*, \*, 4\)"),
        ([x], "x has 1 entries, expected 2"),
        ([np.ones((3, 3)), x], r"x\[0\] has shape \(3, 3\), expected \(2, 3\)"),
    ):
        with pytest.raises(ValueError, match=f"^{name}: {text}"):
            layer.forward(wrong)
    with pytest.raises(RuntimeError, match="forward"):
        layer.backward(x, x)
    y = layer.forward(x)
    with pytest.raises(ValueError, match="dC_dy has shape"):
        layer.backward(x, y[:2])
    with pytest.raises(RuntimeError, match="x is not that of the last forward"):
        layer.backward(x + 1, y)
    with pytest.raises(TypeError, match="dx is a table of 2, expected an array"):
        layer.jvp(x, [y[0], x])
    with pytest.raises(ValueError, match="mode is 'always', expected one of 'both'"):
        layer.remember("always")
    layer.remember().forward(x)
    with pytest.raises(ValueError, match="x has 1 sequences, expected 2, those of th"):
        layer.forward(x[:, :1])
    assert layer.forget()(x[:, :1]).shape == (3, 1, 3)


@each
@pytest.mark.parametrize("N", [3, 20], ids=["few sequences", "many"])
@pytest.mark.parametrize("T", [0, 1, 5, 30])
def test_products_beside_the_recurrence_change_nothing(make, N, T, monkeypatch, rng):
    x = rng.standard_normal((T, N, 4))
    dC_dy = rng.standard_normal((T, N, 3))
    x[T // 2 :, 1] = 0  # skipped

    def step(lanes):
        layer = make(rng=0, maskzero=True)
        monkeypatch.setattr(threads, "LEAST_PRODUCTS", 2 if lanes > 1 else 1 << 40)
        y = layer.forward(x)
        dC_dx = layer.backprop(x, dC_dy, scale=0.5)
        return y, dC_dx, *layer.parameters()[1]

    nn.set_num_threads(2)
    try:
        alone, beside, again = step(1), step(2), step(2)
    finally:
        nn.set_num_threads()
    for wanted, found, same in zip(alone, beside, again, strict=True):
        np.testing.assert_allclose(found, wanted, EXACT, 1e-15)
        np.testing.assert_array_equal(found, same)


def test_repr():
    assert repr(SeqLSTM(4, 3)) == "SeqLSTM(4 -> 3)"
    assert repr(SeqGRU(4, 3, True, True)) == (
        "SeqGRU(4 -> 3, batchfirst=True, maskzero=True)"
    )
    assert repr(SeqLSTMP(4, 6, 3)) == "SeqLSTMP(4 -> 6 -> 3)"
