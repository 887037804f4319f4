"""Steps of a recurrence of the package rnn: their options, and the nets inside."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import raw
from interop.t7.rewritten import read, written
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.fields import Fields
from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.raw import Object

X = np.random.default_rng(0).standard_normal((4, 5, 3))
STEPS = {
    "FastLSTM": lambda: nn.FastLSTM(3, 2, rng=0),
    "LSTM": lambda: nn.LSTM(3, 2, rng=0),
    "LSTM without peepholes": lambda: nn.LSTM(3, 2, False, rng=0),
    "GRU": lambda: nn.GRU(3, 2, rng=0),
}


def replaced(object, old, new):
    """Return a raw net in which objects of a class are those of another one."""
    if type(object) is not Object:
        return object
    fields = Fields(object, None).named
    if fields.get("modules") is not None:
        inner = Fields(object, None).entries("modules", Object)
        fields["modules"] = [replaced(part, old, new) for part in inner]
    return raw(new if object.name == old else object.name, **fields)


@pytest.mark.parametrize("name", STEPS)
def test_the_net_inside_computes_the_step(name):
    step = STEPS[name]()
    net = Lifting().lift(written(step)["recurrentModule"])
    state = [np.zeros((5, 2))] * (1 if name == "GRU" else 2)
    for x in X:
        state = net([x, *state])
        state = state if isinstance(state, list) else [state]
        np.testing.assert_allclose(step(x), state[0], rtol=1e-12)


@pytest.mark.parametrize("name", STEPS)
def test_the_net_inside_has_the_gradients_of_the_step(name):
    step, x = STEPS[name](), X[0]
    net = Lifting().lift(written(step)["recurrentModule"])
    state = [np.zeros((5, 2))] * (1 if name == "GRU" else 2)
    dC_dy = np.ones((5, 2))
    both = [dC_dy, 0 * dC_dy] if len(state) == 2 else dC_dy
    step(x), net([x, *state])
    dC_dx = step.backprop(x, dC_dy)
    np.testing.assert_allclose(net.backprop([x, *state], both)[0], dC_dx, rtol=1e-12)
    wanted = np.concatenate([g.ravel() for g in step.parameters()[1]])
    got = np.concatenate([g.ravel() for g in net.parameters()[1]])
    np.testing.assert_allclose(np.sort(got), np.sort(wanted), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("merge", [None, nn.CMulTable()])
def test_the_nets_inside_of_a_recurrent_share_its_weights(merge):
    parts = nn.CAdd(2, rng=0), nn.Linear(3, 2, rng=1), nn.Linear(2, 2, rng=2), nn.Tanh()
    module = nn.Recurrent(*parts, merge)
    lifting, fields = Lifting(), written(module)
    first = lifting.lift(fields["initialModule"])
    others = lifting.lift(fields["recurrentModule"])
    y, second = module(X[0]).copy(), module(X[1])
    np.testing.assert_array_equal(first(X[0]), y)
    np.testing.assert_allclose(others([X[1], y]), second, rtol=1e-12)
    assert first[0].weight is others[0][0].weight
    again = lifting.lift(Lowering().lower(module))
    assert repr(again) == repr(module)


@pytest.mark.parametrize("name", STEPS)
def test_weights_are_those_of_the_net_and_shared_with_it(name):
    lifting, fields = Lifting(), written(STEPS[name]())
    net = lifting.lift(fields["recurrentModule"])
    step = lifting.lift(raw(f"nn.{name.split()[0]}", **fields))
    shared = {id(p) for p in net.parameters()[0]}
    assert {id(p) for p in step.parameters()[0]} == shared
    shared = {id(grad) for grad in net.parameters()[1]}
    assert {id(grad) for grad in step.parameters()[1]} == shared


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_floats_is_one_whatever_its_type_says(name):
    step = STEPS[name]().float()
    got = read(step, _type="torch.DoubleTensor")
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got(X[0]), step(X[0]))


@pytest.mark.parametrize("name", STEPS)
def test_options_of_a_step_that_are_not_here_are_told(name):
    step = STEPS[name]()
    net = written(step)["recurrentModule"]
    noisy = raw("nn.Sequential", modules=[raw("nn.Dropout", p=0.25), net])
    masked = raw("nn.MaskZero", modules=[net], nInputDim=1)
    for changes, message in (
        ({"recurrentModule": noisy}, "p is 0.25, expected 0, as a step has no dropout"),
        ({"recurrentModule": masked}, r"nn.MaskZero in it, expected a step without it"),
        ({"recurrentModule": None}, r"recurrentModule is of type NoneType"),
        (
            {"recurrentModule": replaced(net, "nn.Tanh", "nn.ReLU")},
            r"it is made of .* ReLU.*, expected .* Tanh",
        ),
        (
            {"recurrentModule": replaced(net, "nn.Tanh", "nn.Identity")},
            r"it is made of .*, expected .* Tanh",  # LSTM's before July 2015
        ),
    ):
        with pytest.raises(T7Error, match=message):
            read(step, **changes)


def test_one_layer_at_two_places_is_told():
    net = written(nn.GRU(3, 2, rng=0))["recurrentModule"]
    twice = raw("nn.Sequential", modules=[net, net])
    with pytest.raises(T7Error, match="one nn.Sequential at two places"):
        read(nn.GRU(3, 2, rng=0), recurrentModule=twice)


def test_layers_of_cudnn_are_those_of_nn():
    step = nn.FastLSTM(3, 2, rng=0)
    net = replaced(written(step)["recurrentModule"], "nn.Sigmoid", "cudnn.Sigmoid")
    np.testing.assert_array_equal(read(step, recurrentModule=net)(X[0]), step(X[0]))


def test_a_fast_lstm_may_be_a_graph():
    step = nn.FastLSTM(3, 2, rng=0)
    layers = [
        raw("nn.Identity"),
        written(step)["o2g"],
        raw("nn.Identity"),
        written(step)["i2g"],
        raw("nn.CAddTable"),
        raw("nn.Reshape"),
        raw("nn.SplitTable"),
        *[raw("nn.Sigmoid") for _ in range(3)],
        *[raw("nn.Tanh") for _ in range(2)],
        *[raw("nn.CMulTable") for _ in range(3)],
    ]
    # The two layers stand apart from those above: another writing of the same step.
    got = read(step, recurrentModule=raw("nn.gModule", modules=layers))
    np.testing.assert_array_equal(got(X[0]), step(X[0]))
    layers.append(raw("nn.BatchNormalization"))
    with pytest.raises(T7Error, match="1 BatchNormalization"):
        read(step, recurrentModule=raw("nn.gModule", modules=layers))
