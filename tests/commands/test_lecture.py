"""``nnmods lecture``: what it prints, what it draws, and what it refuses."""

import dataclasses
import subprocess
import sys

import pytest

from nnmods.__main__ import main
from nnmods.lecture import EXPERIMENTS


def run(capsys, *argv, code=0):
    """Return what ``nnmods lecture`` printed on stdout and on stderr."""
    assert main(["lecture", *map(str, argv)]) == code
    return tuple(capsys.readouterr())


def test_the_list_has_every_experiment(capsys):
    out, err = run(capsys)
    lines = [f"{n:>2}  {module.TITLE}" for n, module in EXPERIMENTS.items()]
    assert (out.splitlines(), err) == (lines, "")


def test_other_commands_load_no_experiments():
    code = (
        "import sys; from nnmods.__main__ import main; main(['--help']);"
        "assert 'nnmods.commands.lecture' in sys.modules;"
        "assert 'nnmods.lecture' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_an_experiment_is_told(capsys):
    out, err = run(capsys, 24)
    experiment = EXPERIMENTS[24].run(0)
    assert out.startswith(f"24  {experiment.title}\n\n{experiment.statement}\n\n")
    assert experiment.table in out and err == ""
    assert experiment.verdict in " ".join(out.split())
    assert " ".join(out.split()).endswith("These numbers agree with the statement.")
    assert max(map(len, out.splitlines())) <= 88


def test_the_seed_decides_the_numbers(capsys):
    outputs = [run(capsys, 24, "--seed", seed)[0] for seed in (5, 5, 6)]
    assert outputs[0] == outputs[1] != outputs[2]


def test_what_does_not_agree_is_said(capsys, monkeypatch):
    found = dataclasses.replace(EXPERIMENTS[24].run(0), holds=False)
    monkeypatch.setattr(EXPERIMENTS[24], "run", lambda rng: found)
    out, _ = run(capsys, 24)
    assert " ".join(out.split()).endswith("DO NOT agree with the statement.")


def test_it_is_drawn(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "a.png"
    out, _ = run(capsys, 24, "--plot", path)
    assert out.endswith(f"saved {path}\n")
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("number", ["3", "99", "-1", "x", "3.5", ""])
def test_no_experiment(number, capsys):
    out, err = run(capsys, "--seed=0", "--", number, code=2)
    wanted = ", ".join(map(str, EXPERIMENTS))
    line = (
        f"nnmods lecture: error: {number}: is no experiment; expected one of {wanted}"
    )
    assert (out, err) == ("", line + "\n")


@pytest.mark.parametrize(
    "argv, words",
    [
        (["13", "--plot", "a.txt"], "--plot a.txt: is no kind of picture"),
        (["13", "--plot", "no/a.png"], "--plot no/a.png: cannot write to folder no"),
        (["--plot", "a.png"], "--plot a.png: has no NN; expected one of 13,"),
        (["13", "--seed", "-1"], "argument --seed: is '-1', expected a whole number"),
    ],
)
def test_errors_come_before_the_work(argv, words, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(EXPERIMENTS[13], "run", None)
    out, err = run(capsys, *argv, code=2)
    assert out == "" and err.startswith(f"nnmods lecture: error: {words}")
    assert err.count("\n") == 1 and not list(tmp_path.iterdir())


def test_without_matplotlib(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *rest: None)
    _, err = run(capsys, 13, "--plot", "a.png", code=2)
    assert "pip install 'nnmods[cli]'" in err
