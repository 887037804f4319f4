"""Cases of recurrent layers."""

import nnmods as nn
from cases.case import Case


def sequences(make, states):
    """Return cases of a layer, made with its options, whose table has such states."""
    return [
        Case(lambda: make(rng=0), (5, 2, 4), single=False),
        Case(lambda: make(batchfirst=True, rng=0), (6, 5, 4)),
        Case(lambda: make(rng=0), (5, 4), single=False, memory=False),
        Case(lambda: make(rng=0), [*states, (5, 2, 4)], batch=False),
        Case(lambda: make(rng=0), [*states[-1:], (5, 2, 4)], batch=False),
    ]


def projected(**options):
    return nn.SeqLSTMP(4, 6, 3, **options)


def step(make):
    """Return cases of a step in a Sequencer: alone it goes on from the last call."""
    return [
        Case(lambda: nn.Sequencer(make()), (5, 2, 4), batch=False),
        Case(lambda: nn.Sequencer(make()), [(3, 4)] * 4),
        Case(
            lambda: nn.Sequencer(nn.Recursor(nn.Sequential(make(), nn.Linear(3, 2)))),
            [(3, 4)] * 3,
        ),
    ]


def plain(merge=None):
    parts = nn.CAdd(3, rng=0), nn.Linear(4, 3, rng=1), nn.Linear(3, 3, rng=2)
    return nn.Recurrent(*parts, nn.Tanh(), merge)


#: Of each class its cases; the key is the exported name.
MODULES = {
    "SeqLSTM": sequences(lambda **o: nn.SeqLSTM(4, 3, **o), [(2, 3), (2, 3)]),
    "SeqLSTMP": sequences(projected, [(2, 6), (2, 3)]),
    "SeqGRU": sequences(lambda **o: nn.SeqGRU(4, 3, **o), [(2, 3)]),
    "SeqBRNN": [
        Case(
            lambda: nn.SeqBRNN(nn.SeqLSTM(4, 3, rng=0), rng=1),
            (5, 2, 4),
            single=False,
            independent=False,
        ),
        Case(
            lambda: nn.SeqBRNN(
                nn.SeqGRU(4, 3, True, rng=0), merge=nn.Add(), axis=-2, rng=1
            ),
            (6, 5, 4),
        ),
    ],
    "SeqReverseSequence": [
        Case(lambda: nn.SeqReverseSequence(0), (5, 3, 4), False, independent=False),
        Case(lambda: nn.SeqReverseSequence(-1), (5, 3, 4)),
    ],
    "FastLSTM": step(lambda: nn.FastLSTM(4, 3, rng=0)),
    "LSTM": [
        *step(lambda: nn.LSTM(4, 3, rng=0)),
        Case(lambda: nn.Sequencer(nn.LSTM(4, 3, False, rng=0)), [(3, 4)] * 4),
    ],
    "GRU": step(lambda: nn.GRU(4, 3, rng=0)),
    "Recurrent": step(plain),
    "Recursor": [
        Case(lambda: nn.Recursor(nn.Linear(4, 3, rng=0)), (5, 4)),
        Case(lambda: nn.Sequencer(nn.Recursor(plain(nn.Add()))), [(3, 4)] * 3),
    ],
    "Sequencer": [
        Case(lambda: nn.Sequencer(nn.Linear(4, 3, rng=0)), (5, 2, 4), batch=False),
        Case(
            lambda: nn.Sequencer(
                nn.Sequential(nn.GRU(4, 3, rng=0), nn.Sequencer(nn.GRU(3, 2, rng=1)))
            ),
            [(5, 4)] * 3,
            batch=False,
        ),
    ],
    "Repeater": [Case(lambda: nn.Repeater(nn.GRU(4, 3, rng=0), 3), (5, 4))],
    "BiSequencer": [
        Case(lambda: nn.BiSequencer(nn.GRU(4, 3, rng=0), rng=1), [(5, 4)] * 3),
        Case(
            lambda: nn.BiSequencer(nn.GRU(4, 3, rng=0), merge=nn.Add(), rng=1),
            [(5, 4)] * 3,
        ),
    ],
    "BiSequencerLM": [
        Case(lambda: nn.BiSequencerLM(nn.GRU(4, 3, rng=0), rng=1), [(5, 4)] * n)
        for n in (2, 4)
    ],
    "MaskZero": [
        Case(lambda: nn.MaskZero(nn.Linear(4, 3, rng=0), 1), (5, 4)),
    ],
    "TrimZero": [Case(lambda: nn.TrimZero(nn.Linear(4, 3, rng=0), 1), (5, 4))],
}
