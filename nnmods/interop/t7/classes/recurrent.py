"""Recurrent layers and containers of the package rnn."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import tensor, with_buffers
from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.classes.recurrent_containers import RECURRENTS
from nnmods.interop.t7.classes.recurrent_steps import STEPS
from nnmods.interop.t7.classes.seq_brnn import SEQ_BRNN
from nnmods.interop.t7.classes.sequencers import SEQUENCERS, set_remembered
from nnmods.interop.t7.spec import Field, Spec

_OPTIONS = (
    Field("batchfirst", "batchfirst", kinds.boolean, False),
    Field("maskzero", "maskzero", kinds.boolean, False),
)
_TENSORS = ("gates", "buffer1", "buffer2", "buffer3", "grad_a_buffer", "h0", "grad_h0")


def _weight(gates, hidden):
    """Return the shapes of what meets x and h, and of the bias."""

    def shape(given):
        rows = given["in_features"] + given["out_features"]
        return rows, gates * given[hidden]

    return {"weight": shape, "bias": lambda given: (gates * given[hidden],)}


def _lstm_is_whole(fields):
    needed("weight", "bias")(fields)
    if fields.has("remember_states"):  # its first days: sequences in front
        mode = b"both" if fields.boolean("remember_states") else b"neither"
        fields.named = {"batchfirst": True, "_remember": mode} | fields.named
    outputs = fields.integer("outputsize")
    hidden = fields.integer("hiddensize", outputs)  # the first versions have none
    if hidden != outputs:
        fields.fail(f"hiddensize is {hidden}", f"{outputs}, the outputsize")


def _buffers(*names, then=None):
    """Return a `Spec.store` that adds buffers, and gradients by states and x."""

    def store(module, out):
        out["_remember"] = module.remembered
        states = [name for name in ("grad_c0", "grad_h0") if name in out]
        out["gradInput"] = [out[name] for name in (*states, "grad_x")]
        if then is not None:
            then(module, out)

    return with_buffers(store, **dict.fromkeys((*_TENSORS, "grad_x", *names), tensor))


def _hidden_size(module, out):
    out["hiddensize"] = module.out_features


def _no_lengths(module, out):
    out |= {"seqLength": 1, "miniBatch": 1}


CLASSES = {
    "SeqLSTM": Spec(
        Field("in_features", "inputsize", kinds.integer),
        Field("out_features", "outputsize", kinds.integer),
        *_OPTIONS,
        arrays=_weight(4, "out_features"),
        upgrade=_lstm_is_whole,
        finish=set_remembered,
        store=_buffers("cell", "c0", "grad_c0", then=_hidden_size),
        reads=("hiddensize", "remember_states"),
    ),
    "SeqLSTMP": Spec(
        Field("in_features", "inputsize", kinds.integer),
        Field("hidden_features", "hiddensize", kinds.integer),
        Field("out_features", "outputsize", kinds.integer),
        *_OPTIONS,
        arrays=_weight(4, "hidden_features")
        | {"weightO": lambda given: (given["hidden_features"], given["out_features"])},
        upgrade=needed("weight", "bias", "weightO"),
        finish=set_remembered,
        store=_buffers("cell", "c0", "grad_c0"),
    ),
    "SeqGRU": Spec(
        Field("in_features", "inputSize", kinds.integer),
        Field("out_features", "outputSize", kinds.integer),
        *_OPTIONS,
        arrays=_weight(3, "out_features"),
        upgrade=needed("weight", "bias"),
        finish=set_remembered,
        store=_buffers(then=_no_lengths),
    ),
    **RECURRENTS,
    **SEQ_BRNN,
    **STEPS,
    **SEQUENCERS,
}
ALIASES = {}
