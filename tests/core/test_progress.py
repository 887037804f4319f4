"""Bars: shown at a terminal, and silent everywhere else."""

import io
import sys

import pytest

from nnmods.core.progress import NoBar, progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_at_a_terminal_there_is_one(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress(3, " steps", mininterval=0) as bar:
        bar.update()
        bar.update(2)
    assert "/3 " in sys.stderr.getvalue() and " steps" in sys.stderr.getvalue()
    assert sys.stderr.getvalue().endswith("\r")  # and gone at its end


@pytest.mark.parametrize("stream", [None, io.StringIO()], ids=["closed", "a file"])
def test_elsewhere_nothing_is_written(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(3, " steps") as bar:
        bar.set_description("first")
        bar.update()
        bar.clear()
        bar.refresh()
        bar.close()
    assert stream is None or stream.getvalue() == ""


def test_without_tqdm_nothing_is_written(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert isinstance(progress(3, " steps"), NoBar)
    assert sys.stderr.getvalue() == ""
