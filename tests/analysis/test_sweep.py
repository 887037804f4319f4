"""A sweep is one of a copy: the net stays as it is, and a bar shows how far it is."""

import io
import pickle
import sys

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.rng import get_rng
from nnmods.core.tables import copied


def random_net():
    return nn.Sequential(
        nn.Linear(4, 6, rng=0),
        nn.BatchNormalization(6, rng=0),
        nn.Dropout(0.5, rng=3),
        nn.WhiteNoise(0.1),
        nn.RReLU(),
        nn.Linear(6, 2, rng=1),
    )


def test_the_net_is_left_as_it_was(rng):
    net, x = random_net(), rng.standard_normal((5, 4))
    dC_dy = net.forward(x).copy()
    net.backprop(x, dC_dy)
    before = pickle.dumps(net), get_rng().bit_generator.state
    y, dC_dx = net.y, net.dC_dx
    values, given = copied([y, dC_dx]), copied([x, dC_dy])
    first = nn.explain(net, x, dC_dy)
    assert (pickle.dumps(net), get_rng().bit_generator.state) == before
    assert net.y is y and net.dC_dx is dC_dx
    np.testing.assert_array_equal([y], values[:1])
    np.testing.assert_array_equal([dC_dx], values[1:])
    np.testing.assert_array_equal(x, given[0])
    np.testing.assert_array_equal(dC_dy, given[1])
    net.acc_grad_params(x, dC_dy)  # its last sweep is still in force
    assert nn.explain(net, x, dC_dy).records == first.records


def test_torch7s_generator_is_left_as_it_was(rng):
    generator = nn.manual_seed(nn.Torch7Generator(1))
    generator.standard_normal(3)  # one of a pair is waiting
    twin = pickle.loads(pickle.dumps(generator))
    nn.explain(nn.WhiteNoise(), rng.standard_normal((3, 3)))
    np.testing.assert_array_equal(generator.standard_normal(4), twin.standard_normal(4))


def test_modes_are_those_of_the_net(rng):
    net, x = nn.Sequential(nn.Dropout(0.5, rng=0)), rng.standard_normal((5, 4))
    assert nn.explain(net, x).records[0]["zero"] > 0
    assert nn.explain(net.evaluate(), x).records[0]["zero"] == 0


def test_none_takes_the_same_normal_numbers_each_time(rng):
    net, x = nn.Sequential(nn.Linear(4, 3, rng=0)), rng.standard_normal((5, 4))
    drawn = np.random.default_rng(0).standard_normal((5, 3))
    assert nn.explain(net, x).records == nn.explain(net, x, drawn).records


def test_gradients_may_be_whole_numbers(rng):
    net, x = nn.Linear(4, 3, rng=0), rng.standard_normal((5, 4))
    ones = np.ones((5, 3))
    told = nn.explain(net, x, ones.astype(int))
    assert told.records == nn.explain(net, x, ones).records


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_at_a_terminal_once_it_takes_long(monkeypatch, rng):
    pytest.importorskip("tqdm")
    net, x = nn.Sequential(nn.Tanh(), nn.Tanh()), rng.standard_normal((2, 3))
    shown = []
    for delay, stream in ((0, Terminal()), (0, io.StringIO()), (1e9, Terminal())):
        monkeypatch.setattr("nnmods.analysis.sweep.DELAY", delay)
        monkeypatch.setattr("sys.stderr", stream)
        nn.explain(net, x)
        shown.append("modules" in stream.getvalue())
    assert shown == [True, False, False]


def test_without_tqdm_there_is_no_bar(monkeypatch, rng):
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert nn.explain(nn.Tanh(), rng.standard_normal((2, 3))).culprit is None
