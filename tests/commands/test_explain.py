"""``nnmods explain``: what it prints, what it writes, and what it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import nnmods as nn
from nnmods.__main__ import main
from nnmods.commands.datasets import load_problem
from nnmods.commands.outputs import spelled

T7 = Path(__file__).parents[1] / "t7"
CODE = """
import nnmods as nn

class Modes(nn.Module):
    def forward(self, x):
        return x if self.train else 0 * x
    def backward(self, x, dC_dy):
        return dC_dy

class Odd(Modes):
    def backward(self, x, dC_dy):
        return dC_dy[:, 3]

def build(input_shape, n_classes):
    return nn.Sequential(nn.Linear(*input_shape, 8), nn.Linear(8, n_classes))

modes, odd = nn.Sequential(Modes()), nn.Sequential(Odd())
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    nn.save(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)), "net.npz")
    return tmp_path


def run(capsys, *argv, code=0):
    """Return what ``nnmods explain`` printed on stdout and on stderr."""
    assert main(["explain", *map(str, argv)]) == code
    return tuple(capsys.readouterr())


def records(*argv, file="a.json"):
    """Return what is in the JSON file of a call."""
    assert main(["explain", *map(str, argv), "--json", file]) == 0
    return json.loads(Path(file).read_text())


def normalised_moons(n):
    """Return the samples and labels that are taken of a data set, in float64."""
    problem = load_problem("moons")
    chosen = np.random.default_rng(0).permutation(len(problem.train))[:n]
    x = problem.inputs(problem.train, chosen)
    return x.astype(np.float64), problem.train.target[chosen]


def test_table_and_verdict_for_a_data_set(capsys):
    out, err = run(capsys, "net.npz", "--data", "moons", "--samples", "50")
    x, target = normalised_moons(50)
    net, criterion = nn.load("net.npz"), nn.CrossEntropyCriterion()
    C = criterion.forward(net.forward(x), target)
    told = nn.explain(net, x, criterion.backward(net.y, target))
    assert out == (
        "net.npz: training mode\n"
        "x: float64 50 x 2, 50 of the 800 samples of two moons to train with\n"
        f"dC_dy: of the cross-entropy, which is {C:.4g}\n\n{told.text}\n"
    )
    assert told.verdict in out and err == ""


def test_json_has_what_the_function_tells(capsys):
    got = records("net.npz", "--data", "moons", "--samples", "50", "--evaluate")
    assert list(got) == ["settings", "versions", "verdict", "culprit", "records"]
    assert got["settings"] == {
        "file": "net.npz",
        "code": None,
        "key": None,
        "shape": None,
        "data": "moons",
        "samples": 50,
        "n_classes": None,
        "evaluate": True,
        "singular_values": True,
    }
    x, target = normalised_moons(50)
    net, criterion = nn.load("net.npz"), nn.CrossEntropyCriterion()
    dC_dy = criterion.backward(net.forward(x), target)
    told = nn.explain(net, x, dC_dy)
    assert (got["verdict"], got["culprit"]) == (told.verdict, told.culprit)
    assert got["records"] == json.loads(json.dumps(told.records))
    assert capsys.readouterr().out.endswith("saved a.json\n")


def test_numbers_that_json_lacks(capsys):
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    net[1].weight[0, 1] = np.nan
    net[0].weight[0, 1] = np.inf
    nn.save(net, "bad.npz")
    got = records("bad.npz", "--data", "moons")
    assert got["culprit"] == "0" and "inf" in got["verdict"]
    assert got["records"][0]["parameter_norm"] == "inf"
    assert got["records"][1]["parameter_norm"] == "nan"
    assert got["verdict"] in capsys.readouterr().out
    assert spelled((1, -np.inf, {"a": float("nan")})) == [1, "-inf", {"a": "nan"}]


def test_page(capsys, folder):
    out, _ = run(capsys, "net.npz", "--shape", "5,2", "--html", "a.html")
    assert out.endswith("saved a.html\n")
    text = (folder / "a.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n") and '<meta charset="utf-8">' in text
    body = text[text.index("<div") : text.index("</html>")]
    assert len(ElementTree.fromstring(body).findall(".//tbody/tr")) == 3


def test_training_mode_unless_told_otherwise(capsys):
    for argv, mode, zero in [((), "training", 0), (("--evaluate",), "evaluation", 1)]:
        got = records("net.py:modes", "--shape", "5,2", *argv)
        assert got["records"][0]["zero"] == zero
        assert capsys.readouterr().out.startswith(f"net.py:modes: {mode} mode\n")
    nn.save(nn.Sequential(nn.Linear(2, 50), nn.Dropout(0.5)).evaluate(), "drop.npz")
    zero = records("drop.npz", "--shape", "9,2")["records"][1]["zero"]
    assert 0.2 < zero < 0.8


@pytest.mark.parametrize("rng", [3, None], ids=["its own", "the default one"])
def test_dropout_is_the_same_for_cost_and_table(capsys, rng):
    nn.save(nn.Sequential(nn.Dropout(0.5, rng=rng), nn.Linear(2, 2)), "drop.npz")
    got = records("drop.npz", "--data", "moons", "--samples", "50")
    x, target = normalised_moons(50)
    nn.manual_seed(0)  # as the command does
    net, criterion = nn.load("drop.npz"), nn.CrossEntropyCriterion()
    C = criterion.forward(net.forward(x), target)
    norm = np.linalg.norm(criterion.backward(net.y, target))
    assert f"which is {C:.4g}\n" in capsys.readouterr().out
    assert got["records"][1]["dC_dy_norm"] == pytest.approx(norm)


@pytest.mark.parametrize(
    "model, argv, x, dC_dy",
    [
        ("mlp", ["--data", "moons"], "float32 128 x 2, 128 of", "of the cross-entropy"),
        ("net.py:build", ["--data", "moons"], "float32 128 x 2, 128", "of the cross-e"),
        ("net.npz", ["--data", "x.npy"], "float64 5 x 2, --data x.npy", "random\n"),
        ("net.npz", ["--shape", "3,2"], "float64 3 x 2, --shape 3,2", "random\n"),
        (
            "wide.npz",
            ["--data", "moons"],
            "float64 128 x 2, 128 of",
            "random, as the output is no score per class\n",
        ),
        (
            T7 / "mlp_float.ascii.t7",
            ["--shape", "4,6"],
            "float32 4 x 6, --shape 4,6\n",
            "random\n",
        ),
        (
            "join.npz",
            ["--shape", "7,2", "--shape", "7,3"],
            "[float64 7 x 2, float64 7 x 3], --shape 7,2 --shape 7,3\n",
            "random\n",
        ),
    ],
)
def test_each_kind_of_model_and_data(capsys, model, argv, x, dC_dy):
    np.save("x.npy", np.ones((5, 2), int))
    nn.save(nn.Linear(2, 7), "wide.npz")
    nn.save(nn.Sequential(nn.JoinTable(1), nn.Linear(5, 2)), "join.npz")
    out, err = run(capsys, model, *argv)
    lines = out.splitlines(keepends=True)
    assert lines[1].startswith(f"x: {x}") and lines[2].startswith(f"dC_dy: {dC_dy}")
    assert err == ""


def test_singular_values_can_be_left_out(capsys):
    options = ["net.npz", "--shape", "5,2"]
    wanted = np.linalg.norm(nn.load("net.npz")[0].weight, 2)
    got = records(*options)["records"][0]["singular_value"]
    assert got == pytest.approx(wanted)
    got = records(*options, "--no-singular-values")
    assert {record["singular_value"] for record in got["records"]} == {None}


@pytest.mark.parametrize(
    "argv, line",
    [
        (["net.npz"], "one of the arguments --shape --data is required"),
        (
            ["net.npz", "--shape", "5,2", "--html", "a", "--json", "./a"],
            "--json ./a: is the file of --html as well",
        ),
        (
            ["net.npz", "--shape", "5,2", "--html", "no/a"],
            "--html no/a: cannot write to folder no: No such file or directory",
        ),
        (
            ["net.npz", "--shape", "5,3", "--json", "a.json"],
            "--shape 5,3: Linear(2 -> 3): x has shape (5, 3), expected (..., 2) "
            "(in module 0 of Sequential)",
        ),
        (
            ["few.npz", "--data", "spirals", "--html", "a.html"],
            "few.npz: knows the classes a, b, but spirals has 0, 1, 2",
        ),
        (
            ["net.py:odd", "--data", "moons", "--json", "a.json"],
            "net.py, line 12: IndexError: index 3 is out of bounds for axis 1 with "
            "size 2 (in module 0 of Sequential)",
        ),
    ],
)
def test_errors_are_one_line_and_leave_no_file(capsys, folder, argv, line):
    few = nn.Linear(2, 2)
    few.class_names = ["a", "b"]
    nn.save(few, "few.npz")
    before = sorted(path.name for path in folder.iterdir())
    out, err = run(capsys, *argv, code=2)
    assert (out, err) == ("", f"nnmods explain: error: {line}\n")
    after = {path.name for path in folder.iterdir()} - {"__pycache__"}
    assert sorted(after) == before


def test_failing_to_write_is_told_and_the_rest_written(capsys, monkeypatch, folder):
    def full(path, contents):
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr("nnmods.commands.explain.write_json", full)
    options = ["--shape", "5,2", "--json", "a.json", "--html", "a.html"]
    out, err = run(capsys, "net.npz", *options, code=1)
    assert out.endswith("saved a.html\n") and (folder / "a.html").exists()
    assert err == "nnmods explain: error: a.json: No space left on device\n"


def test_as_a_process_that_nobody_reads(folder):
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "nnmods", "explain", "net.npz",
         "--shape", "5,2", "--json", "a.json"],
        env=os.environ | {"PYTHONPATH": str(Path(nn.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0
    process.stderr.close()
    assert json.loads((folder / "a.json").read_text())["settings"]["shape"] == [[5, 2]]
