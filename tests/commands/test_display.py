import io
import sys

import pytest

from nnmods.commands.display import Progress, say


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_say(capsys):
    say("one\ntwo")
    assert capsys.readouterr().out == "one\ntwo\n"


def test_say_in_an_old_encoding(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    say("caf\u00e9")
    assert out.buffer.getvalue() == b"caf\\xe9\n"


def test_no_terminal_no_bar(capsys):
    progress = Progress(["a", "b"], epochs=2)
    assert [*progress, *progress] == ["a", "b"] * 2
    progress.say("line")
    progress.close()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("line\n", "")


def test_bar_at_a_terminal(monkeypatch, capsys):
    pytest.importorskip("tqdm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(["a", "b"], epochs=2)
    assert list(progress) == ["a", "b"]
    progress.say("line")
    assert list(progress) == ["a", "b"]
    progress.close()
    progress.close()  # which does no harm
    shown = terminal.getvalue()
    assert "epoch 1/2" in shown and "epoch 2/2" in shown and "/4 " in shown
    assert capsys.readouterr().out == "line\n"


def test_terminal_without_tqdm(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert list(Progress(["a"], epochs=1)) == ["a"]
    assert terminal.getvalue() == ""
