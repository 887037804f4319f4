import io
import sys

from nnmods.commands.display import say


def test_say(capsys):
    say("one\ntwo")
    assert capsys.readouterr().out == "one\ntwo\n"


def test_say_in_an_old_encoding(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    say("caf\u00e9")
    assert out.buffer.getvalue() == b"caf\\xe9\n"
