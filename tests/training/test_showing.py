"""What is shown as a training goes on: a bar at a terminal, plain lines elsewhere."""

import io
import re
import sys

import numpy as np
import pytest

import nnmods as nn
from nnmods.optim import SGD
from nnmods.training import Callback, History, Show, Trainer
from nnmods.training.showing import described


class Terminal(io.StringIO):
    def isatty(self):
        return True


def make_trainer(callbacks=()):
    net = nn.Linear(2, 2, rng=0)
    return Trainer(net, nn.CrossEntropyCriterion(), SGD(net), callbacks=callbacks)


DATA = np.eye(2).repeat(5, axis=0), np.arange(2).repeat(5)


class Raise(Callback):
    def on_step(self, trainer):
        if trainer.optimizer.t == 2:
            raise KeyError("in a callback")


def test_plain_lines_where_there_is_no_terminal(capsys):
    history = make_trainer().fit(DATA, 2, DATA, batch_size=5)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2 and "\r" not in err
    for k, line in enumerate(lines):
        assert line.startswith(
            f"epoch {k + 1}/2  train cost {history.train_cost[k]:.4f} accuracy "
        )
        assert f"  validation cost {history.validation_cost[k]:.4f} accuracy " in line
        assert re.search(r"  \d+\.\d s$", line)


def test_nothing_on_request(capsys):
    make_trainer().fit(DATA, 2, show=False)
    assert capsys.readouterr() == ("", "")


def test_a_closed_stderr_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)  # as of a daemon
    assert len(make_trainer().fit(DATA, 2)) == 2


def test_bar_with_throughput_and_time_left_at_a_terminal(monkeypatch):
    pytest.importorskip("tqdm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    make_trainer().fit(DATA, 3, batch_size=5)
    shown = terminal.getvalue()
    assert "epoch 1/3" in shown and "/30.0 " in shown  # samples of all epochs
    assert "samples/s" in shown and re.search(
        r"\[\d\d:\d\d<", shown
    )  # <: the time left
    assert sum("train cost" in line for line in shown.splitlines()) == 3


def test_the_bar_counts_samples(monkeypatch):
    pytest.importorskip("tqdm")
    counted = []

    class Bar:
        def update(self, n=1):
            counted.append(n)

        def __getattr__(self, name):
            return lambda *args: None

    monkeypatch.setattr("nnmods.training.showing.progress", lambda *a, **k: Bar())
    trainer = make_trainer()
    trainer.fit(DATA, 2, batch_size=4)
    assert counted == [0, 4, 4, 2, 4, 4, 2]
    counted.clear()
    trainer.fit(DATA, 1, batch_size=4)
    assert counted == [20, 4, 4, 2]  # those of the epochs before are done


def test_the_bar_is_gone_after_an_error(monkeypatch):
    tqdm = pytest.importorskip("tqdm").tqdm
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(KeyError):
        make_trainer([Raise()]).fit(DATA, 3, batch_size=5)
    assert not tqdm._instances


def test_terminal_without_tqdm(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    make_trainer().fit(DATA, 2)
    assert len(terminal.getvalue().splitlines()) == 2


def test_why_it_stopped():
    class Stop(Callback):
        def on_epoch(self, trainer):
            trainer.stop("enough")

    said = []
    make_trainer([Stop(), Show(said.append, "test")]).fit(DATA, 9, DATA, show=False)
    assert len(said) == 2 and "  test cost " in said[0]
    assert said[1] == "stopped after epoch 1: enough"


@pytest.mark.parametrize(
    "record, wanted",
    [
        (
            {"train_cost": 0.5, "seconds": 2.04},
            "epoch   1/100  train cost 0.5000  2.0 s",
        ),
        ({"train_cost": 1e-9, "seconds": 0}, "epoch   1/100  train cost 1e-09  0.0 s"),
        (
            {
                "train_cost": 1.0,
                "train_accuracy": None,
                "train_recall": 0.25,
                "seconds": 0,
            },
            "epoch   1/100  train cost 1.0000 recall 0.2500  0.0 s",
        ),
    ],
)
def test_lines(record, wanted):
    history = History()
    history.add(record)
    assert described(history, 100) == wanted
