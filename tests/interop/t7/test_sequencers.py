"""Containers and layers of the package rnn that take sequences."""

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import lifted, raw
from interop.t7.rewritten import read, written
from nnmods.interop.t7 import T7Error
from nnmods.interop.t7.fields import Fields
from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.raw import Object

X = np.random.default_rng(0).standard_normal((4, 5, 3))


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


def test_a_sequencer_that_was_in_use_is_written_without_its_steps():
    net = nn.Sequencer(nn.Sequential(nn.LSTM(3, 2, rng=0), nn.Linear(2, 2, rng=1)))
    new = sorted(written(net))
    w, _ = net.flatten_parameters()
    net.backprop(X, np.ones_like(net(X)))
    assert sorted(written(net)) == new
    got = read(net)
    np.testing.assert_array_equal(got(X), net(X))
    bases = {p.base.__array_interface__["data"] for p in got.parameters()[0]}
    assert len(bases) == 1  # still in one memory
    assert sum(p.size for p in got.parameters()[0]) == len(w)


def test_one_sequencer_at_two_places_is_two_with_one_weight():
    fields = written(nn.Sequential(nn.Sequencer(nn.GRU(3, 3, rng=0))))
    (part,) = Fields(raw("nn.Sequential", **fields), None).entries("modules", Object)
    net = lifted("nn.Sequential", modules=[part, part])
    once = lifted("nn.Sequential", modules=[part])
    first, second = net[0][0], net[1][0]
    assert first.feedback is second.feedback
    assert first.grad_feedback is second.grad_feedback
    np.testing.assert_array_equal(net(X), once(once(X).copy()))


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


def test_a_repeater_of_torch7_forgets():
    module = nn.Repeater(nn.GRU(3, 2), 3).remember()
    with pytest.raises(ValueError, match="remember is 'both', expected 'neither'"):
        written(module)
    assert read(module.remember("neither"), _remember="both").remembered == "neither"


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
    fields["bwdSeq"] = Lowering().lower(nn.Linear(2, 2))
    with pytest.raises(T7Error, match="bwdSeq is of type Linear, expected a Sequencer"):
        lifted(
            "nn.BiSequencerLM", **fields | {"bwdSeq": Lowering().lower(nn.Linear(2, 2))}
        )


def test_the_net_of_a_bi_sequencer_computes_the_same():
    module = nn.BiSequencer(nn.GRU(3, 2, rng=0), nn.GRU(3, 2, rng=1))
    net = Lifting().lift(written(module)["module"])
    for a, b in zip(net(list(X)), module(list(X)), strict=True):
        np.testing.assert_array_equal(a, b)


def between_transposes(module):
    """Return the raw net of a SeqBRNN, as Torch7 has it for batches in front."""
    inner = Fields(written(module)["module"], None).entries("modules", Object)
    first, last = (Lowering().lower(nn.Transpose((0, 1))) for _ in range(2))
    return raw("nn.Sequential", modules=[first, *inner, last])


@pytest.mark.parametrize("merge", [None, nn.JoinTable(2), nn.JoinTable(-1)])
def test_a_seq_brnn_between_transposes_takes_batches_first(merge):
    layers = nn.SeqLSTM(3, 2, rng=0), nn.SeqLSTM(3, 2, rng=1)
    fields = written(nn.SeqBRNN(*layers, merge))
    inner = Fields(fields["module"], None).entries("modules", Object)
    swap = (
        Lowering().lower(nn.Transpose((0, 1))),
        Lowering().lower(nn.Transpose((0, 1))),
    )
    net = raw("nn.Sequential", modules=[swap[0], *inner, swap[1]])
    got = lifted("nn.SeqBRNN", module=net)
    y = nn.SeqBRNN(*[layer.clone() for layer in layers], merge and merge.clone())(X)
    np.testing.assert_allclose(got(X.swapaxes(0, 1)), y.swapaxes(0, 1), rtol=1e-12)
    if merge is None:  # of one sequence, steps are in front
        np.testing.assert_allclose(got(X[:, 0]), y[:, 0], rtol=1e-12)


def test_what_a_seq_brnn_cannot_be():
    fields = written(nn.SeqBRNN(nn.SeqGRU(3, 2), merge=nn.JoinTable(0)))
    inner = Fields(fields["module"], None).entries("modules", Object)
    swap = (
        Lowering().lower(nn.Transpose((0, 1))),
        Lowering().lower(nn.Transpose((0, 1))),
    )
    net = raw("nn.Sequential", modules=[swap[0], *inner, swap[1]])
    with pytest.raises(T7Error, match="merge is JoinTable"):
        lifted("nn.SeqBRNN", module=net)
    with pytest.raises(T7Error, match="module is another net"):
        lifted("nn.SeqBRNN", module=Lowering().lower(nn.Sequential(nn.Linear(2, 2))))
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
