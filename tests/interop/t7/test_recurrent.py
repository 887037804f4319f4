"""Recurrent classes of the package rnn: forms that files have, and the nets inside."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
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


def written(module):
    """Return the raw fields of a module, by name."""
    return Fields(Lowering().lower(module), None).named


def read(step, name=None, /, **changes):
    """Return a step that was written, with fields of its object changed."""
    given = written(step) | changes
    return lifted(name or f"nn.{type(step).__name__}", **given)


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
    masked = raw("nn.MaskZero", modules=[net], nInputDim=1)
    for changes, message in (
        ({"p": 0.25}, r"p is 0.25, expected 0, as a step has no dropout"),
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


def test_a_sequencer_has_a_recursor_around_what_is_no_step():
    fields = written(nn.Sequencer(nn.Linear(3, 2)))
    assert fields["module"].name == "nn.Recursor"
    assert repr(lifted("nn.Sequencer", **fields)) == repr(nn.Sequencer(nn.Linear(3, 2)))
    fields = written(nn.Sequencer(nn.GRU(3, 2)))
    assert fields["module"].name == "nn.GRU"
    with pytest.raises(ValueError, match="has no module"):
        written(nn.Sequencer(None))


@pytest.mark.parametrize(
    "stored, mode",
    [("both", "both"), ("train", "train"), (True, "eval"), (False, "neither")]
    + [(None, "neither")],
)
def test_modes_of_remembering(stored, mode):
    for module in nn.Sequencer(nn.GRU(3, 2)), nn.SeqGRU(3, 2), nn.SeqLSTM(3, 2):
        got = read(module, _remember=stored)
        assert got.remembered == mode
        assert written(got)["_remember"] == mode.encode()
        with pytest.raises(T7Error, match="mode is 'never', expected one of"):
            read(module, _remember="never")


def test_a_sequencer_goes_on_in_the_mode_that_it_had():
    got = read(nn.Sequencer(nn.GRU(3, 2, rng=0)).remember("eval").evaluate())
    whole = nn.Sequencer(nn.GRU(3, 2, rng=0))(X)
    parts = np.concatenate([got(X[:1]).copy(), got(X[1:])])
    np.testing.assert_allclose(parts, whole, rtol=1e-12)


def test_a_repeater_of_the_first_versions():
    step = written(nn.Repeater(nn.GRU(3, 2, rng=0), 3))["module"]
    got = lifted("nn.Repeater", rnn=step, modules=[step], nStep=3)
    wanted = nn.Repeater(nn.GRU(3, 2, rng=0), 3)(X[0])
    for a, b in zip(got(X[0]), wanted, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cls", [nn.BiSequencer, nn.BiSequencerLM])
@pytest.mark.parametrize("merge", [None, nn.CMulTable(), nn.JoinTable(0)])
def test_both_directions(cls, merge):
    module = cls(nn.GRU(3, 2, rng=0), nn.FastLSTM(3, 2, rng=1), merge)
    module.modules[1].remember("eval")
    fields, table = written(module), list(X)
    old = {"fwdSeq": "forwardSequencer", "bwdSeq": "backwardSequencer"}
    old["mergeSeq"] = "mergeSequencer"
    for names in {}, old:
        given = {names.get(name, name): value for name, value in fields.items()}
        got = lifted(f"nn.{cls.__name__}", **given)
        assert repr(got) == repr(module)
        assert [part.remembered for part in got.modules[:2]] == ["neither", "eval"]
        for a, b in zip(got(table), module(table), strict=True):
            np.testing.assert_array_equal(a, b)


def test_both_directions_are_sequencers():
    fields = written(nn.BiSequencerLM(nn.GRU(3, 2)))
    with pytest.raises(T7Error, match="bwdSeq is of type Linear, expected a Sequencer"):
        lifted("nn.BiSequencerLM", **fields | {"bwdSeq": written_raw(nn.Linear(2, 2))})


def written_raw(module):
    return Lowering().lower(module)


def test_the_net_of_a_bi_sequencer_computes_the_same():
    module = nn.BiSequencer(nn.GRU(3, 2, rng=0), nn.GRU(3, 2, rng=1))
    net = Lifting().lift(written(module)["module"])
    for a, b in zip(net(list(X)), module(list(X)), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("merge", [None, nn.JoinTable(2), nn.JoinTable(-1)])
def test_a_seq_brnn_between_transposes_takes_batches_first(merge):
    layers = nn.SeqLSTM(3, 2, rng=0), nn.SeqLSTM(3, 2, rng=1)
    fields = written(nn.SeqBRNN(*layers, merge))
    inner = Fields(fields["module"], None).entries("modules", Object)
    swap = written_raw(nn.Transpose((0, 1))), written_raw(nn.Transpose((0, 1)))
    net = raw("nn.Sequential", modules=[swap[0], *inner, swap[1]])
    got = lifted("nn.SeqBRNN", module=net)
    y = nn.SeqBRNN(*[layer.clone() for layer in layers], merge and merge.clone())(X)
    np.testing.assert_allclose(got(X.swapaxes(0, 1)), y.swapaxes(0, 1), rtol=1e-12)
    if merge is None:  # of one sequence, steps are in front
        np.testing.assert_allclose(got(X[:, 0]), y[:, 0], rtol=1e-12)


def test_what_a_seq_brnn_cannot_be():
    fields = written(nn.SeqBRNN(nn.SeqGRU(3, 2), merge=nn.JoinTable(0)))
    inner = Fields(fields["module"], None).entries("modules", Object)
    swap = written_raw(nn.Transpose((0, 1))), written_raw(nn.Transpose((0, 1)))
    net = raw("nn.Sequential", modules=[swap[0], *inner, swap[1]])
    with pytest.raises(T7Error, match="merge is JoinTable"):
        lifted("nn.SeqBRNN", module=net)
    with pytest.raises(T7Error, match="module is another net"):
        lifted("nn.SeqBRNN", module=written_raw(nn.Sequential(nn.Linear(2, 2))))
    with pytest.raises(ValueError, match="axis is 3, expected -3 to 2"):
        written(nn.SeqBRNN(nn.Identity(), nn.Identity(), axis=3))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_axes_that_are_reversed(axis):
    got = lifted("nn.SeqReverseSequence", dim=axis + 1)
    np.testing.assert_array_equal(got(X), np.flip(X, axis))
    assert written(got)["dim"] == axis + 1


@pytest.mark.parametrize("axis", [-1, 3])
def test_axes_that_torch7_does_not_reverse(axis):
    with pytest.raises(ValueError, match="Torch7"):
        written(nn.SeqReverseSequence(axis))
    with pytest.raises(T7Error, match="dim is"):
        lifted("nn.SeqReverseSequence", dim=4 if axis == 3 else 0)


def test_a_seq_lstm_of_the_first_versions():
    layer = nn.SeqLSTM(3, 2, rng=0)
    got = read(layer, hiddensize=None, batchfirst=None, maskzero=None)
    np.testing.assert_array_equal(got(X), layer(X))
    got = read(layer, batchfirst=None, _remember=None, remember_states=True)
    assert got.batchfirst
    assert got.remembered == "both"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"hiddensize": 5}, "hiddensize is 5, expected 2, the outputsize"),
        ({"inputsize": 2**40}, "weight has shape"),
        ({"outputsize": -2, "hiddensize": -2}, "weight has shape"),
        ({"weight": None}, "weight is missing"),
        ({"bias": None}, "bias is missing"),
        ({"inputsize": 2.5}, "inputsize is 2.5, expected a whole number"),
    ],
)
def test_sizes_that_the_weights_do_not_have(changes, message):
    with pytest.raises(T7Error, match=message):
        read(nn.SeqLSTM(3, 2), **changes)


def test_trim_zero_is_mask_zero():
    x = X[0].copy()
    x[::2] = 0
    mask = nn.MaskZero(nn.Linear(3, 2, rng=0), 1)
    np.testing.assert_array_equal(read(mask, "nn.TrimZero")(x), mask(x))
