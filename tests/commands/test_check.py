"""``nnmods check``: what it prints, what it writes, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnmods.__main__ import main

CODE = """
import threading

import numpy as np
import nnmods as nn


class Affine(nn.Module):
    def __init__(self, n=4, m=3):
        self.weight = np.arange(1.0, n * m + 1).reshape(m, n)
        self.grad_weight = np.zeros((m, n))

    def forward(self, x):
        return x @ self.weight.T

    def backward(self, x, dC_dy):
        return dC_dy @ self.weight

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += scale * (dC_dy.T @ x)


class Negative(Affine):
    def backward(self, x, dC_dy):
        return -dC_dy @ self.weight


class Silent(nn.Module):
    pass


class Sized(Affine):
    def __init__(self, n, *, m):
        super().__init__(n, m)


class Leaves(nn.Module):
    def forward(self, x):
        raise SystemExit(0)


class Unlike(Affine):
    def __init__(self):
        super().__init__()
        self.grad_weight = np.zeros((4, 3))


class Selfless(nn.Module):
    def forward(x):
        return x


class Odd(nn.Module):
    def forward(self, x):
        raise ValueError("takes nothing")


class Total(nn.Module):
    def forward(self, x):
        return x[0] + x[1]

    def backward(self, x, dC_dy):
        return [dC_dy, 2 * dC_dy]


class Locked(Affine):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def build():
    return nn.Sequential(nn.Linear(7, 2), Negative(2, 3))


made = nn.Sequential(nn.Linear(7, 2))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work.py").write_text(CODE)
    return tmp_path


def run(capsys, *argv, code=0):
    assert main(["check", *map(str, argv)]) == code
    return tuple(capsys.readouterr())


def test_a_right_module(capsys):
    out, err = run(capsys, "work.py:Affine")
    assert out == (
        "x: float64 5 x 4\n\nAffine(): no mistake found, x of shape (5, 4)\n"
    )
    assert err == ""


def test_a_wrong_one(capsys):
    out, err = run(capsys, "work.py:Negative", code=1)
    line = 1 + CODE.splitlines().index("        return -dC_dy @ self.weight")
    assert "dC_dx: wrong-sign\n" in out
    assert f"work.py, line {line}: return -dC_dy @ self.weight\n" in out
    assert "smallest x that shows it: (1, 4)\n" in out
    assert err == ""


def test_a_missing_verb_is_at_the_class(capsys):
    out, _ = run(capsys, "work.py:Silent", code=1)
    assert "y: missing-verb\n" in out and "forward(x) is not written" in out


def test_a_forward_that_leaves_python(capsys):
    out, _ = run(capsys, "work.py:Leaves", code=1)
    assert "y: raises" in out and "work.py, line " in out and "SystemExit" in out


def test_a_gradient_unlike_its_parameter_is_at_the_constructor(capsys):
    out, _ = run(capsys, "work.py:Unlike", code=1)
    assert "module: wrong-twin" in out and "has shape (4, 3), expected (3, 4)" in out
    assert ": def __init__(self):\n" in out


def test_a_module_that_cannot_be_copied(capsys):
    out, _ = run(capsys, "work.py:Locked", code=1)
    assert "module: raises\n" in out and "no copy can be made, TypeError: " in out


@pytest.mark.parametrize("what", ["build", "build()"])
def test_a_function_and_a_child_of_what_it_returns(capsys, what):
    out, _ = run(capsys, f"work.py:{what}", code=1)
    assert "x: float64 5 x 7\n" in out and "1.dC_dx: wrong-sign\n" in out


def test_a_module_that_the_file_made(capsys):
    assert "no mistake found" in run(capsys, "work.py:made")[0]


def test_arguments(capsys):
    out, _ = run(capsys, "work.py:Sized", "--args", "6", "m=2")
    assert "x: float64 5 x 6\n" in out


def test_inputs(capsys):
    assert "x of shape (2, 4)" in run(capsys, "work.py:Affine", "--input", "2x4")[0]
    np.save("x.npy", np.ones((3, 4)))
    out, _ = run(capsys, "work.py:Affine", "--input-file", "x.npy")
    assert "x of shape (3, 4)" in out


def test_several_inputs_are_a_table(capsys):
    table = ["--input", "5x3", "--input", "5x3"]
    out, _ = run(capsys, "work.py:Total", *table, code=1)
    assert (
        "x: [float64 5 x 3, float64 5 x 3]" in out and "dC_dx: constant-factor" in out
    )
    assert "(in dC_dx[1], right elsewhere)" in " ".join(out.split())


def test_json(capsys):
    run(capsys, "work.py:Negative", "--json", "report.json", code=1)
    report = json.loads(Path("report.json").read_text())
    assert report["ok"] is False and report["settings"]["file"] == "work.py:Negative"
    [finding] = report["findings"]
    assert finding["term"] == "dC_dx" and finding["mistake"] == "wrong-sign"
    assert finding["shape"] == [1, 4] and len(finding["got"][0]) == 4


@pytest.mark.parametrize(
    "argv, text",
    [
        (["work.py"], "work.py: names no class, expected PATH.py:NAME"),
        (["none.py:A"], "none.py:A: there is no file none.py"),
        (["work.py:None"], "work.py:None: work.py has no function None"),
        (["work.py:Sized"], "work.py:Sized: missing a required argument: 'n'; --args"),
        (
            ["work.py:Selfless"],
            "takes 1 positional argument but 2 were given); --input",
        ),
        (["work.py:Odd"], "takes nothing); --input 5x3 gives another"),
        (["work.py:Affine", "--input", "5x"], "is '5,', expected whole numbers"),
        (["work.py:Affine", "--input-file", "no.npy"], "--input-file no.npy: No such"),
        (["work.py:Affine", "--json", "no/a.json"], "--json no/a.json: cannot write"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, argv, text):
    out, err = run(capsys, *argv, code=2)
    assert err.startswith("nnmods check: error: ") and text in err
    assert err.count("\n") == 1 and out == ""
