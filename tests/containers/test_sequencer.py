import pickle

import numpy as np
import pytest

from nnmods.activations import Tanh
from nnmods.containers import (
    MapTable,
    Recurrent,
    Recursor,
    Repeater,
    Sequencer,
    Sequential,
)
from nnmods.layers import (
    GRU,
    LSTM,
    CAdd,
    FastLSTM,
    Linear,
    LookupTable,
    SeqGRU,
    SeqLSTM,
)
from nnmods.testing import check_module
from nnmods.testing.compare import EXACT

STEPS = {
    "FastLSTM": lambda: FastLSTM(4, 3, rng=0),
    "LSTM": lambda: LSTM(4, 3, rng=0),
    "LSTM without peepholes": lambda: LSTM(4, 3, False, rng=0),
    "GRU": lambda: GRU(4, 3, rng=0),
    "Recurrent": lambda: Recurrent(
        CAdd(3, rng=0), Linear(4, 3, rng=1), Linear(3, 3, rng=2), Tanh()
    ),
}
each = pytest.mark.parametrize("make", STEPS.values(), ids=STEPS)


def gates(weight, count, order):
    """Return rows of a weight, a part for each gate, as columns in another order."""
    return np.concatenate([np.split(weight, count)[k].T for k in order], axis=-1)


def equal_layer(step):
    """Return the layer of whole sequences that computes the same."""
    if isinstance(step, GRU):
        layer, order = SeqGRU(4, 3), (0, 1)
        of_x = [gates(step.weight, 2, order), step.weight_n.T]
        of_h = [gates(step.feedback, 2, order), step.feedback_n.T]
        layer.bias[...] = np.concatenate([step.bias, step.bias_n])
    else:
        layer, order = SeqLSTM(4, 3), (0, 2, 3, 1)
        of_x, of_h = [gates(step.weight, 4, order)], [gates(step.feedback, 4, order)]
        layer.bias[...] = gates(step.bias, 4, order)
    layer.weight[...] = np.concatenate(
        [np.concatenate(of_x, axis=1), np.concatenate(of_h, axis=1)]
    )
    return layer


@pytest.mark.parametrize("name", ["FastLSTM", "GRU"])
def test_steps_are_the_layer_of_whole_sequences(name, rng):
    step, x = STEPS[name](), rng.standard_normal((5, 2, 4))
    layer, net, dC_dy = (
        equal_layer(step),
        Sequencer(step),
        rng.standard_normal((5, 2, 3)),
    )
    np.testing.assert_allclose(net.forward(x), layer.forward(x), EXACT)
    np.testing.assert_allclose(net.backprop(x, dC_dy), layer.backprop(x, dC_dy), EXACT)
    gradient = sum(np.square(grad).sum() for grad in step.parameters()[1])
    wanted = sum(np.square(grad).sum() for grad in layer.parameters()[1])
    np.testing.assert_allclose(gradient, wanted, EXACT)


def test_an_lstm_without_peepholes_is_a_fast_one(rng):
    one, two = LSTM(4, 3, False), FastLSTM(4, 3, rng=0)
    for kind in ("weight", "bias", "feedback"):
        parts = np.split(getattr(two, kind), 4)
        for gate, part in zip(
            ("input", "hidden", "forget", "output"), parts, strict=True
        ):
            getattr(one, f"{kind}_{gate}")[...] = part
    x = rng.standard_normal((5, 2, 4))
    np.testing.assert_allclose(Sequencer(one)(x), Sequencer(two)(x), EXACT)


def test_peepholes_by_hand():
    lstm = LSTM(1, 1)
    for p in lstm.parameters()[0]:
        p[...] = 0
    lstm.bias_hidden[...] = 1
    lstm.peephole_input[...], lstm.peephole_forget[...] = 2, 3
    lstm.peephole_output[...] = 4

    def s(a):
        return 1 / (1 + np.exp(-a))

    c = np.tanh(1) / 2
    x = np.zeros((1, 1))
    np.testing.assert_allclose(lstm(x), s(4 * c) * np.tanh([[c]]))
    c = s(3 * c) * c + s(2 * c) * np.tanh(1)
    np.testing.assert_allclose(lstm(x), s(4 * c) * np.tanh([[c]]))


@each
def test_tables_and_arrays(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((5, 2, 4))
    dC_dy = rng.standard_normal((5, 2, 3))
    y, dC_dx = net(x), net.backprop(x, dC_dy).copy()
    grads = [grad.copy() for grad in net.parameters()[1]]
    net.zero_grad_params()
    table = net(list(x))
    assert isinstance(table, list)
    np.testing.assert_array_equal(np.stack(table), y)
    np.testing.assert_array_equal(np.stack(net.backprop(list(x), list(dC_dy))), dC_dx)
    for grad, wanted in zip(net.parameters()[1], grads, strict=True):
        np.testing.assert_array_equal(grad, wanted)


@each
def test_a_step_by_itself_goes_on_until_it_forgets(make, rng):
    x = rng.standard_normal((4, 2, 4))
    whole = Sequencer(make())(x)
    step = make()
    for _ in range(2):
        np.testing.assert_allclose([step(x_t) for x_t in x], whole, EXACT)
        step.forget()
    net = Recursor(Sequential(make(), Linear(3, 2, rng=0)))
    first = net(x[0])
    assert not np.array_equal(net(x[0]), first)
    np.testing.assert_array_equal(net.forget()(x[0]), first)


@each
def test_the_last_step_by_itself_has_its_gradient(make, rng):
    """The state before is a constant."""
    step, x, dC_dy = make(), rng.standard_normal((2, 2, 4)), rng.standard_normal((2, 3))
    for x_t in x:
        step.forward(x_t)
    dC_dx = step.backprop(x[1], dC_dy).copy()
    grads = [grad.copy() for grad in step.parameters()[1]]
    u = rng.standard_normal((2, 4))
    wanted = np.vdot(step.jvp(x[1], u), dC_dy)
    np.testing.assert_allclose(np.vdot(dC_dx, u), wanted, EXACT)
    net = Sequencer(make())  # gradients of the last step alone, by both
    net.forward(x)
    full = net.backprop(x, np.stack([np.zeros((2, 3)), dC_dy]))
    np.testing.assert_allclose(full[1], dC_dx, EXACT)
    assert full[0].any()
    assert any(
        not np.allclose(a, b, EXACT)
        for a, b in zip(net.parameters()[1], grads, strict=True)
    )


@each
def test_lengths_may_differ_from_call_to_call(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((6, 2, 4))
    dC_dy = rng.standard_normal((6, 2, 3))
    for n in (2, 6, 1, 4):
        other = Sequencer(make())
        np.testing.assert_array_equal(net.forward(x[:n]), other.forward(x[:n]))
        got, wanted = (m.backprop(x[:n], dC_dy[:n]) for m in (net, other))
        np.testing.assert_array_equal(got, wanted)
    assert net([]) == []
    assert net.forward([]) == [] == net.backprop([], [])


@each
def test_one_child_and_its_parameters_once(make, rng):
    net = Sequencer(make())
    count = len(make().parameters()[0])
    net.forward(rng.standard_normal((5, 2, 4)))
    assert len(net) == 1 and len(net.parameters()[0]) == count
    assert repr(net).startswith("Sequencer(\n  (0): ")
    size = len(pickle.dumps(net))
    net.forward(rng.standard_normal((50, 2, 4)))
    assert len(pickle.dumps(net)) == size


@each
def test_parts_of_a_long_sequence(make, rng):
    net, x = Sequencer(make()).remember(), rng.standard_normal((7, 2, 4))
    whole = Sequencer(make())(x)
    parts = [net(part) for part in (x[:3], x[3:4], x[4:6], x[6:])]
    np.testing.assert_allclose(np.concatenate(parts), whole, EXACT)
    np.testing.assert_allclose(net.forget()(x[:2]), whole[:2], EXACT)
    np.testing.assert_allclose(net.remember("neither")(x[:2]), whole[:2], EXACT)


@each
def test_memory_of_one_mode(make, rng):
    net, x = Sequencer(make()).remember("eval"), rng.standard_normal((3, 2, 4))
    first = net(x)
    np.testing.assert_array_equal(net(x), first)
    np.testing.assert_array_equal(net.evaluate()(x), first)
    assert not np.array_equal(net(x), first)
    np.testing.assert_array_equal(net.training()(x), first)


@each
def test_gradients_of_a_later_part(make, rng):
    """They are those of a net whose first states are constants."""
    net, x = Sequencer(make()).remember(), rng.standard_normal((5, 2, 4))
    dC_dy = rng.standard_normal((5, 2, 3))
    net.forward(x[:2])
    y = net.forward(x[2:])
    dC_dx = net.backward(x[2:], dC_dy[2:])
    dx = rng.standard_normal((3, 2, 4))
    got = np.vdot(net.jvp(x[2:], dx), dC_dy[2:])
    np.testing.assert_allclose(got, np.vdot(dC_dx, dx), EXACT)
    whole = Sequencer(make())
    np.testing.assert_allclose(whole.forward(x)[2:], y, EXACT)
    late = np.concatenate([np.zeros((2, 2, 3)), dC_dy[2:]])
    np.testing.assert_allclose(whole.backward(x, late)[2:], dC_dx, EXACT)


@each
@pytest.mark.parametrize("flat", [False, True])
def test_copies_after_use(flat, make, rng):
    net, x = Sequencer(make()).remember(), rng.standard_normal((3, 2, 4))
    if flat:
        net.flatten_parameters()
    first = net(x)
    copies = net.clone(), net.clone(share=True), pickle.loads(pickle.dumps(net))
    for other in copies:
        np.testing.assert_array_equal(other(x), first)
        assert not np.array_equal(other(x), first)
    net.clear_state()
    np.testing.assert_array_equal(net(x), first)


@each
def test_float_and_double_after_use(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((3, 2, 4))
    wanted = net(x)
    y = net.float()(x.astype(np.float32))
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, wanted, atol=1e-6)
    assert net.double()(x).dtype == np.float64


@each
def test_verbs_of_one_after_those_of_the_other_form(make, rng):
    net, x = Sequencer(make()), rng.standard_normal((3, 2, 4))
    w, dC_dw = net.flatten_parameters()
    y = net.forward(x).copy()
    net.backward(x, y)
    net.acc_grad_params(x, y)
    once = dC_dw.copy()
    net.backprop(x, y, 2, input_grad=False)
    np.testing.assert_allclose(dC_dw, 3 * once, EXACT)
    w *= 0.5
    assert not np.allclose(net.forward(x), y)


def test_a_stack_of_sequencers(rng):
    net = Sequential(
        Sequencer(LookupTable(6, 4, rng=0)),
        Sequencer(Sequential(GRU(4, 3, rng=1), Linear(3, 4, rng=2))),
        Sequencer(FastLSTM(4, 2, rng=3)),
    )
    words = [rng.integers(0, 6, 5) for _ in range(3)]
    check_module(net, words)
    check_module(net, np.stack(words), batch=False)


def test_sequences_of_sequences(rng):
    inner = Sequencer(GRU(4, 3, rng=0))
    net, x = Sequencer(inner), rng.standard_normal((3, 5, 2, 4))
    alone = Sequencer(GRU(4, 3, rng=0))
    np.testing.assert_array_equal(net(x), [alone(part) for part in x])
    inner.remember()
    first = net.forward(x).copy()
    np.testing.assert_array_equal(net.forward(x), first)  # each outer call is new


def test_two_steps_in_one_module(rng):
    net = Sequencer(Sequential(GRU(4, 3, rng=0), FastLSTM(3, 2, rng=1)))
    stack = Sequential(Sequencer(GRU(4, 3, rng=0)), Sequencer(FastLSTM(3, 2, rng=1)))
    x = rng.standard_normal((5, 2, 4))
    np.testing.assert_allclose(net.forward(x), stack.forward(x), EXACT)
    dC_dy = rng.standard_normal((5, 2, 2))
    np.testing.assert_allclose(net.backprop(x, dC_dy), stack.backprop(x, dC_dy), EXACT)


def test_a_module_that_grows(rng):
    net, x = Sequencer(Sequential(GRU(4, 4, rng=0))), rng.standard_normal((3, 2, 4))
    net.forward(x)
    net[0].add(GRU(4, 2, rng=1))
    wanted = Sequencer(Sequential(GRU(4, 4, rng=0), GRU(4, 2, rng=1)))(x)
    np.testing.assert_array_equal(net(x), wanted)
    net.remember().forget().forward(x)
    net[0].add(GRU(2, 2, rng=2))
    wanted = Sequencer(net[0].clone())(x)
    np.testing.assert_array_equal(net(x), wanted)


def test_an_error_leaves_it_usable(rng):
    net, x = Sequencer(FastLSTM(4, 3, rng=0)), rng.standard_normal((3, 2, 4))
    y = net(x)
    with pytest.raises(ValueError, match=r"x has shape \(2, 5\)") as caught:
        net.forward(np.ones((3, 2, 5)))
    assert caught.value.__notes__ == ["in module 0 of Sequencer"]
    np.testing.assert_array_equal(net(x), y)
    with pytest.raises(
        ValueError, match="x has 1 rows, expected 2, as the step before"
    ):
        net.forward([x[0], x[1, :1]])
    np.testing.assert_array_equal(net(x), y)
    step = net.remove()
    first = step.forget()(x[0])
    np.testing.assert_array_equal(first, y[0])
    with pytest.raises(ValueError, match=r"as the step before; forget\(\) drops its"):
        step.forward(x[0, :1])


@each
@pytest.mark.parametrize("steps", [1, 3])
def test_a_refused_part_leaves_the_states_of_the_last(steps, make, rng):
    net, x = Sequencer(make()).remember(), rng.standard_normal((5, 2, 4))
    whole = Sequencer(make())(x)
    net.forward(x[:2])
    for _ in range(2):
        with pytest.raises(ValueError, match=r"x has shape \(2, 5\)"):
            net.forward([*rng.standard_normal((steps - 1, 2, 4)), np.ones((2, 5))])
    np.testing.assert_allclose(net(x[2:]), whole[2:], EXACT)


def test_a_step_of_a_chain_that_broke_off_forgets_it(rng):
    net, x = Sequencer(FastLSTM(4, 3, rng=0)).remember(), rng.standard_normal((2, 4))
    first = net([x])[0]
    with pytest.raises(ValueError, match=r"x has shape \(2, 5\)"):
        net.forward([np.ones((2, 5))])
    np.testing.assert_array_equal(net[0].forget()(x), first)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plain_step_wants_as_many_rows_as_the_last(rows, rng):
    """One row would fit any number by broadcasting."""
    step, x = STEPS["Recurrent"](), rng.standard_normal((2, 4))
    first, second = step(x), step(x)
    step.forget().forward(x)
    with pytest.raises(ValueError, match=rf"module 2 has shape \(2, 3\), .*\({rows},"):
        step.forward(np.ones((rows, 4)))
    np.testing.assert_array_equal(step(x), second)
    np.testing.assert_array_equal(step.forget()(x), first)


def test_what_is_refused(rng):
    net, x = Sequencer(Linear(4, 3)), rng.standard_normal((3, 2, 4))
    with pytest.raises(ValueError, match=r"x has shape \(0, 4\), expected at least 1"):
        net.forward(np.ones((0, 4)))
    net.forward(x)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2, 2, 3\), expected \(3"):
        net.backward(x, np.ones((2, 2, 3)))
    with pytest.raises(TypeError, match="dC_dy is a table"):
        net.backward(x, [np.ones((2, 3))] * 3)
    with pytest.raises(RuntimeError, match="x is not that of the last forward"):
        net.backward(x + 1, np.ones((3, 2, 3)))
    with pytest.raises(ValueError, match="GRU is in a MapTable"):
        Sequencer(MapTable(GRU(4, 3))).forward([[np.ones(4)]])
    with pytest.raises(ValueError, match="n_steps is 0"):
        Repeater(GRU(4, 3), 0)


@pytest.mark.parametrize("name", ["FastLSTM", "LSTM", "GRU"])
def test_steps_of_zeros_separate_sequences(name, rng):
    step, x = STEPS[name]().mask_zero(), rng.standard_normal((5, 2, 4))
    x[2, 0] = 0
    net, dC_dy = Sequencer(step), rng.standard_normal((5, 2, 3))
    y = net.forward(x)
    dC_dx = net.backprop(x, dC_dy)
    np.testing.assert_array_equal(y[2, 0], 0)
    np.testing.assert_array_equal(dC_dx[2, 0], 0)
    plain = Sequencer(STEPS[name]())
    for i, part in ((0, slice(2)), (0, slice(3, 5)), (1, slice(5))):
        alone = x[part, i : i + 1]
        np.testing.assert_allclose(y[part, i : i + 1], plain.forward(alone), EXACT)
        wanted = plain.backprop(alone, dC_dy[part, i : i + 1])
        np.testing.assert_allclose(dC_dx[part, i : i + 1], wanted, EXACT)
    for grad, wanted in zip(net.parameters()[1], plain.parameters()[1], strict=True):
        np.testing.assert_allclose(grad, wanted, EXACT)
    u = rng.standard_normal(x.shape)
    np.testing.assert_allclose(np.vdot(net.jvp(x, u), dC_dy), np.vdot(dC_dx, u), EXACT)
    assert repr(step) == f"{name}(4 -> 3, maskzero=True)"


def test_repeater_is_a_sequence_of_the_same(rng):
    net, x = Repeater(GRU(4, 3, rng=0), 3), rng.standard_normal((2, 4))
    other, dC_dy = Sequencer(GRU(4, 3, rng=0)), rng.standard_normal((3, 2, 3))
    np.testing.assert_array_equal(
        np.stack(net.forward(x)), other.forward(np.stack([x] * 3))
    )
    wanted = other.backprop(np.stack([x] * 3), dC_dy).sum(axis=0)
    np.testing.assert_allclose(net.backprop(x, list(dC_dy)), wanted, EXACT)
    assert repr(net) == "Repeater(3,\n  (0): GRU(4 -> 3)\n)"
