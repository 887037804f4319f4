"""Torch7's package rnn: recurrent layers, and containers of their steps."""

import nnmods as nn
from torch7.families.containers import indices_from_0


def recurrent(start, *modules):
    """Return the module, of at most so many steps, which a Sequencer sets itself."""
    *parts, _ = modules
    return nn.Recurrent(nn.CAdd(int(start)), *parts)


CONSTRUCTORS = {
    "Recurrent": recurrent,
    "SeqBRNN": lambda n_in, n_out: nn.SeqBRNN(nn.SeqLSTM(n_in, n_out)),
    "SeqReverseSequence": lambda axis: nn.SeqReverseSequence(axis - 1),
    "LSTM": lambda n_in, n_out, rho=None, *cell: nn.LSTM(n_in, n_out, *cell),
}
INPUTS = {"Sequencer": indices_from_0}
FAULTS = {
    "rnn:MaskZero.01": {
        f"gradParam.{part}.2": "Torch7's MaskZero lets masked samples into the bias"
        for part in ("s1", "s05", "acc")
    }
}
FAULTS["rnn:SeqBRNN.01"] = {
    f"gradParam.{part}": "Torch7's SeqBRNN ignores scale" for part in ("s05", "acc")
}
FAULTS |= {
    f"rnn:Sequencer.{case}": "its module, MuFuRu, is not built"
    for case in ("nobatch.04", "tensor.04")
}
