"""Recurrent layers: whole sequences at once, and single steps that carry a state."""

from nnmods.core.lazy import lazily

FILES = {
    "fast_lstm": "FastLSTM",
    "gru": "GRU",
    "lstm": "LSTM",
    "seq_gru": "SeqGRU",
    "seq_lstm": "SeqLSTM",
    "seq_lstmp": "SeqLSTMP",
    "seq_reverse_sequence": "SeqReverseSequence",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
