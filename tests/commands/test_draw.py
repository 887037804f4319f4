"""``nnmods draw``: what it prints, what it writes, and what it refuses."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import nnmods as nn
from nnmods.__main__ import main

T7 = Path(__file__).parents[1] / "t7"
CODE = """
import nnmods as nn

class Odd(nn.Module):
    def forward(self, x):
        return x[:, ::2]
    def backward(self, x, dC_dy):
        return x * 0

def build(input_shape, n_classes):
    return nn.Sequential(nn.Linear(*input_shape, 8), nn.Linear(8, n_classes))

odd = nn.Sequential(Odd())
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    nn.save(nn.Sequential(nn.Linear(4, 3), nn.Tanh()), "net.npz")
    return tmp_path


def run(capsys, *argv, code=0):
    """Return what ``nnmods draw`` printed on stdout and on stderr."""
    assert main(["draw", *map(str, argv)]) == code
    return tuple(capsys.readouterr())


def test_text_is_printed(capsys):
    out, err = run(capsys, "net.npz")
    assert (out, err) == (nn.draw(nn.load("net.npz")).text + "\n", "")
    assert out.startswith("Sequential(\n  [x -> (0) -> (1) -> y]\n")
    assert "[dC/dx <- (0) <- (1) <- dC/dy]" in out
    out, _ = run(capsys, "net.npz", "--no-gradient")
    assert "dC/dx" not in out and out.count("Sequential") == 1


@pytest.mark.parametrize("given", [("--shape", "5,4"), ("--data", "x.npy")])
def test_shapes_and_sizes_of_jacobians(capsys, given):
    np.save("x.npy", np.ones((5, 4), int))
    out, _ = run(capsys, "net.npz", *given)
    assert "(5, 4) -> (5, 3)" in out and "J: 15 x 20" in out


@pytest.mark.parametrize(
    "model, argv, shapes",
    [
        ("net.py:build", ["--data", "moons", "--samples", "6"], "(6, 2) -> (6, 8)"),
        ("net.py:build", ["--shape", "5,7", "--n-classes", "3"], "(5, 7) -> (5, 8)"),
        ("lenet", ["--shape", "1,1,28,28", "--n-classes", "3"], "(1, 120) -> (1, 3)"),
        (T7 / "mlp.binary.t7", ["--shape", "4,6"], "(4, 6) -> (4, 5)"),
        (T7 / "mlp_float.ascii.t7", ["--shape", "4,6"], "(4, 6) -> (4, 5)"),
    ],
)
def test_each_kind_of_model(capsys, model, argv, shapes):
    out, err = run(capsys, model, *argv)
    assert shapes in out and err == ""


def test_several_shapes_are_a_table(capsys):
    nn.save(nn.Sequential(nn.JoinTable(1), nn.Linear(5, 2)), "join.npz")
    out, _ = run(capsys, "join.npz", "--shape", "7,2", "--shape", "7,3")
    assert "(7, 5) -> (7, 2)" in out


def test_batch_normalisation_of_one_sample(capsys):
    nn.save(nn.Sequential(nn.BatchNormalization(4)), "norm.npz")
    out, _ = run(capsys, "norm.npz", "--shape", "1,4")
    assert "(1, 4) -> (1, 4)" in out


def test_files(capsys, folder):
    out, _ = run(capsys, "net.npz", "--out", "net.svg", "--shape", "5,4")
    svg = ElementTree.parse("net.svg").getroot()
    sides = [f"{float(svg.get(side)):.0f}" for side in ("width", "height")]
    assert out == f"saved net.svg: 2 modules, {' x '.join(sides)}\n"
    assert run(capsys, "net.npz", "--out", "net.dot") == (
        "saved net.dot: 2 modules\n",
        "",
    )
    assert (folder / "net.dot").read_text().startswith("digraph")
    run(capsys, "net.npz", "--out", "NET.GV")
    assert (folder / "NET.GV").read_text() == (folder / "net.dot").read_text()
    run(capsys, "net.npz", "--out", "net.txt")
    assert (folder / "net.txt").read_text() == run(capsys, "net.npz")[0]


@pytest.mark.parametrize("option", [("--limit", 3), ("--depth", 0)])
def test_folding(capsys, folder, option):
    nn.save(nn.Sequential(*[nn.Tanh() for _ in range(40)]), "long.npz")
    out, _ = run(capsys, "long.npz", "--out", "all.svg")
    assert out.startswith("saved all.svg: 40 modules, ")
    run(capsys, "long.npz", "--out", "few.svg", *option)
    sizes = [(folder / name).stat().st_size for name in ("few.svg", "all.svg")]
    assert sizes[0] < sizes[1] / 3


@pytest.mark.parametrize(
    "argv, line",
    [
        ([], "the following arguments are required: MODEL"),
        (["net.npz", "more"], "unknown argument more; --help lists all"),
        (["no.npz", "--out", "a.svg"], "no.npz: No such file or directory"),
        (
            ["net.npz", "--out", "a.png"],
            "--out a.png: has another ending, expected one of .svg, .dot, .gv, .txt",
        ),
        (
            ["net.npz", "--out", ".svg"],
            "--out .svg: has another ending, expected one of .svg, .dot, .gv, .txt",
        ),
        (
            ["net.npz", "--out", "no/a.svg"],
            "--out no/a.svg: cannot write to folder no: No such file or directory",
        ),
        (["net.npz", "--out", "d.svg"], "--out d.svg: is a folder, expected a file"),
        (
            ["net.npz", "--shape", "5,3", "--out", "a.svg"],
            "--shape 5,3: Linear(4 -> 3): x has shape (5, 3), expected (..., 4) "
            "(in module 0 of Sequential)",
        ),
        (
            ["net.npz", "--data", "moons", "--out", "a.svg"],
            "--data moons: Linear(4 -> 3): x has shape (128, 2), expected (..., 4) "
            "(in module 0 of Sequential)",
        ),
        (
            ["net.py:odd", "--shape", "5", "--out", "a.svg"],
            "net.py, line 6: IndexError: too many indices for array: array is "
            "1-dimensional, but 2 were indexed (in module 0 of Sequential)",
        ),
        (
            ["net.npz", "--depth", "-1"],
            "argument --depth: is '-1', expected a whole number of at least 0",
        ),
        (
            ["net.npz", "--limit", "0"],
            "argument --limit: is '0', expected a whole number of at least 1",
        ),
    ],
)
def test_errors_are_one_line_and_leave_no_file(capsys, folder, argv, line):
    (folder / "d.svg").mkdir()
    before = sorted(path.name for path in folder.iterdir())
    out, err = run(capsys, *argv, code=2)
    assert (out, err) == ("", f"nnmods draw: error: {line}\n")
    after = {path.name for path in folder.iterdir()} - {"__pycache__"}
    assert sorted(after) == before


def test_failing_to_write_keeps_the_old_file(capsys, monkeypatch, folder):
    def full(file):
        raise OSError(28, "No space left on device")

    (folder / "a.txt").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    out, err = run(capsys, "net.npz", "--out", "a.txt", code=1)
    line = "nnmods draw: error: a.txt: [Errno 28] No space left on device\n"
    assert (out, err) == ("", line)
    assert (folder / "a.txt").read_text() == "old"


def test_as_a_process_that_nobody_reads(folder):
    nn.save(nn.Sequential(*[nn.Tanh() for _ in range(500)]), "long.npz")
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "nnmods", "draw", "long.npz"],
        env=os.environ | {"PYTHONPATH": str(Path(nn.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0
    process.stderr.close()
