import re
import warnings

import pytest

from nnmods import __main__
from nnmods.__main__ import main
from nnmods.commands import train
from nnmods.commands.errors import CommandError


def test_version(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"nnmods (\d+(\.\w+)*|unknown)\n", capsys.readouterr().out)


def test_no_command_prints_help(capsys):
    assert main([]) == 2
    out = capsys.readouterr().out
    assert out.startswith("usage: nnmods ") and "train a network" in out


@pytest.mark.parametrize("argv", [["--help"], ["train", "--help"]])
def test_help(capsys, argv):
    assert main(argv) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("usage: nnmods ") and captured.err == ""


@pytest.mark.parametrize(
    "argv, line",
    [
        (["swim"], "nnmods: error: argument COMMAND: invalid choice: 'swim'"),
        (["--swim"], "nnmods: error: unknown argument --swim; --help lists all"),
        (["train", "--swim"], "nnmods train: error: unknown argument --swim; --help"),
    ],
)
def test_errors_name_the_command(capsys, argv, line):
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(line) and captured.err.count("\n") == 1
    assert captured.out == ""


def run_instead(monkeypatch, function):
    """Let ``nnmods train`` call another function."""
    monkeypatch.setattr(train, "run", function)


def test_interrupt_anywhere(capsys, monkeypatch):
    def run(options):
        raise KeyboardInterrupt

    run_instead(monkeypatch, run)
    assert main(["train"]) == __main__.INTERRUPTED == 130
    assert capsys.readouterr().err == "nnmods train: interrupted\n"


def test_exit_code_of_an_error(capsys, monkeypatch):
    def run(options):
        raise CommandError("that is it", code=1)

    run_instead(monkeypatch, run)
    assert main(["train"]) == 1
    assert capsys.readouterr().err == "nnmods train: error: that is it\n"


def test_warnings_are_one_line(capsys, monkeypatch):
    def run(options):
        warnings.simplefilter("always")
        warnings.warn("mind the gap", stacklevel=1)
        return 0

    run_instead(monkeypatch, run)
    shown = warnings.showwarning
    assert main(["train"]) == 0
    assert capsys.readouterr().err == "nnmods train: warning: mind the gap\n"
    assert warnings.showwarning is shown


def test_errors_of_our_own_are_not_hidden(monkeypatch):
    def run(options):
        raise ZeroDivisionError

    run_instead(monkeypatch, run)
    with pytest.raises(ZeroDivisionError):
        main(["train"])
