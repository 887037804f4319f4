"""Steps of a recurrence of the package rnn: each has a net of other modules inside."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.building import grad_name
from nnmods.interop.t7.classes.inner_nets import Inner, fast_lstm_net, gru_net
from nnmods.interop.t7.classes.lstm_net import lstm_parts
from nnmods.interop.t7.classes.recurrent_parts import (
    AMONG_CLONES,
    layers_of,
    recurrent_fields,
    take,
)
from nnmods.interop.t7.kinds import measured
from nnmods.interop.t7.spec import Field, Spec

#: Gates of an LSTM in the order of its net, which is that of our parameters.
_GATES = ("Forget", "Input", "Hidden", "Output")


def _step_fields(module, out, net, arrays):
    """Add a net in the place of the arrays that are in it."""
    for name in arrays:
        out.pop(name, None)
        out.pop(grad_name(name), None)
    out |= recurrent_fields(net, 9999)
    out |= {"p": 0, "mono": False, "cells": [], "gradCells": []}
    out["zeroTensor"] = out["output"].copy()


def _sized(rows, columns):
    """Return a shape: multiples of H, or the length of x."""

    def shape(given):
        H = given["out_features"]
        size = rows * H, given["in_features"] if columns == "x" else H
        return size if columns else size[:1]

    return shape


_FAST = {"weight": _sized(4, "x"), "bias": _sized(4, ""), "feedback": _sized(4, "h")}
_GRU = {
    "weight": _sized(2, "x"),
    "bias": _sized(2, ""),
    "feedback": _sized(2, "h"),
    "weightN": _sized(1, "x"),
    "biasN": _sized(1, ""),
    "feedbackN": _sized(1, "h"),
}
_LSTM = {
    f"{name}{gate}": _sized(1, columns)
    for gate in _GATES
    for name, columns in (
        ("weight", "x"),
        ("bias", ""),
        ("feedback", "h"),
        ("peephole", ""),
    )
    if (name, gate) != ("peephole", "Hidden")
}


def _take_affine(fields, layers, i, ending=""):
    take(fields, layers["Linear"][i], weight=f"weight{ending}", bias=f"bias{ending}")
    take(fields, layers["LinearNoBias"][i], weight=f"feedback{ending}")


def _from_fast_lstm(fields):
    form = {"Linear": 1, "LinearNoBias": 1, "Sigmoid": 3, "Tanh": 2}
    _take_affine(fields, layers_of(fields, form), 0)


def _from_gru(fields):
    form = {"Linear": 2, "LinearNoBias": 2, "Sigmoid": 2, "Tanh": 1, "SAdd": 1}
    layers = layers_of(fields, form)
    _take_affine(fields, layers, 0)
    _take_affine(fields, layers, 1, "N")


def _from_lstm(fields):
    # In July 2015 the hidden layer got its Tanh, and feedback lost its bias.
    form = {"Linear": 4, "LinearNoBias": 4, "Sigmoid": 3, "Tanh": 2}
    layers = layers_of(fields, form | {"CMul": 3}, form)
    for i, gate in enumerate(_GATES):
        _take_affine(fields, layers, i, gate)
    fields.named["weight"] = fields.named["weightForget"]  # says the dtype
    seeing = [gate for gate in _GATES if gate != "Hidden"]
    for gate, layer in zip(seeing, layers.get("CMul", ()), strict=False):
        take(fields, layer, weight=f"peephole{gate}")


def _fast_lstm_fields(module, out):
    inner = Inner(module)
    i2g, o2g = inner.linear("weight", "bias"), inner.linear("feedback")
    _step_fields(module, out, fast_lstm_net(inner, i2g, o2g), _FAST)
    out |= {"i2g": i2g, "o2g": o2g, "affine": True, "cell2gate": True}


def _gru_fields(module, out):
    inner = Inner(module)
    i2g, o2g = inner.linear("weight", "bias"), inner.linear("feedback")
    _step_fields(module, out, gru_net(inner, i2g, o2g), _GRU)
    out |= {"i2g": i2g, "o2g": o2g}


def _lstm_fields(module, out):
    parts = lstm_parts(Inner(module), module.peepholes)
    _step_fields(module, out, parts.pop("recurrentModule"), _LSTM)
    out |= parts


_SIZES = (
    Field("in_features", "inputSize", measured("weight", 1)),
    Field("out_features", "outputSize", measured("feedback", 1)),
)
_NET = ("recurrentModule",)
STEPS = {
    "FastLSTM": Spec(
        *_SIZES,
        arrays=_FAST,
        also=AMONG_CLONES,
        upgrade=_from_fast_lstm,
        store=_fast_lstm_fields,
        reads=_NET,
    ),
    "LSTM": Spec(
        Field("in_features", "inputSize", measured("weightForget", 1)),
        Field("out_features", "outputSize", measured("feedbackForget", 1)),
        Field("peepholes", "peepholeForget", kinds.present),
        arrays=_LSTM,
        also=AMONG_CLONES,
        upgrade=_from_lstm,
        store=_lstm_fields,
        reads=_NET,
    ),
    "GRU": Spec(
        *_SIZES,
        arrays=_GRU,
        also=AMONG_CLONES,
        upgrade=_from_gru,
        store=_gru_fields,
        reads=_NET,
    ),
}
