"""The benchmarks: their table is whole, their arithmetic right, small rows run."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in [*sys.modules]:
        if name.split(".")[0] in ("harness", "rows"):
            del sys.modules[name]


def test_the_table_is_well_formed():
    from harness.row import GROUPS, PEERS, REFERENCE
    from rows import ROWS

    names = [row.name for row in ROWS]
    assert len(names) == len(set(names)) > 90
    assert {row.group for row in ROWS} == set(GROUPS)
    for row in ROWS:
        assert "nnmods" in row.builders and set(row.builders) <= set(PEERS), row.name
        assert len(row.name) <= 41, row.name
    assert sum(REFERENCE not in row.builders for row in ROWS) < 10


def test_every_activation_has_a_row():
    from rows import activations

    import nnmods as nn

    tested = {name.split()[0] for name in activations.PAIRS}
    assert set(nn.activations.__all__) - tested == {"SoftMax", "LogSoftMax"}


@pytest.mark.parametrize(
    "name", ["MLP 64-32-10 b32 Adam", "LeNet-5 b1 inference", "50 Identity"]
)
def test_small_rows_step_and_repeat(name):
    from harness.equal import assert_equal
    from harness.ours import Training
    from rows import ROWS

    (row,) = (row for row in ROWS if row.name == name)
    build = row.builders["nnmods"]
    assert_equal({"one": build(), "two": build()}, rtol=1e-6)
    contestant = build()
    if isinstance(contestant, Training):
        before = contestant.results()["cost"]
        for _ in range(100):
            contestant()
        assert contestant.results()["cost"] < before


def test_differences_are_found():
    from harness.equal import compare

    a = {"y": np.array([1.0, -4.0]), "change 0": np.array([3.0, 4.0])}
    compare(a, {"y": np.array([1.003, -4.0])}, 1e-3, "here")
    compare(a, {"change 0": np.array([3.02, 4.0]), "more": 0}, 1e-3, "here")
    for key, value in (
        ("y", [1.005, -4.0]),
        ("y", [np.nan, -4.0]),
        ("y", [1.0]),
        ("change 0", [3.03, 4.0]),
        ("other", [1.0]),
    ):
        with pytest.raises(AssertionError, match="^here"):
            compare(a, {key: np.array(value)}, 1e-3, "here")


def test_contestants_take_turns(monkeypatch):
    from harness import clock

    monkeypatch.setattr(clock, "ROUND", 0.03)
    now, calls = [0.0], []

    def taking(name, seconds):
        def step():
            calls.append(name)
            now[0] += seconds

        return step

    steps = {"a": taking("a", 0.001), "b": taking("b", 0.01)}
    times = clock.alternate(steps, 0.3, lambda: now[0])
    assert len(times["a"]) == len(times["b"]) == 10
    np.testing.assert_allclose(times["a"], 0.001)
    np.testing.assert_allclose(times["b"], 0.01)
    turns = [name for i, name in enumerate(calls) if calls[i - 1] != name]
    assert turns[-4:] == ["b", "a", "b", "a"] or turns[-4:] == ["a", "b", "a", "b"]


def test_ratios_and_means():
    from harness.figures import geometric_mean, ratio, verdicts

    times = {"nnmods": [1.0, 2.0, 1.0], "pytorch": [4.0, 6.0, 2.0]}
    assert ratio(times) == 3.0  # of 4, 3, 2
    assert ratio(times, "jax") is None
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert geometric_mean([]) is None
    rows = [
        {"name": "a", "group": "small MLP", "times": times},
        {"name": "b", "group": "other", "times": {"nnmods": [1], "pytorch": [12]}},
        {"name": "c", "group": "start-up", "times": {"nnmods": [1], "pytorch": [99]}},
        {"name": "d", "group": "other", "times": {"nnmods": [1]}},
    ]
    rows[0]["memory"] = {"ratio": 0.5}
    found = {what: rest for what, *rest in verdicts(rows)}
    assert found["small MLP"] == [4.0, pytest.approx(3), "a", 3]
    assert found["other"] == [1.0, pytest.approx(12), "b", 12]
    assert found["peak memory of training"] == [1.0, 0.5, "a", 0.5]
    assert found["geometric mean of all steps"][1] == pytest.approx(6)


def test_lines():
    from harness import table

    row = {
        "name": "a",
        "group": "other",
        "times": {"nnmods": [2e-5], "pytorch": [1e-5]},
    }
    assert table.line(row).split() == "a 20.0 us 10.0 us - - - 0.50 < 1.00".split()
    assert table.line({"name": "b", "error": "why"}).split() == "b failed: why".split()
    assert "FAILS" in table.summary([row])[-1]
    assert doctest.testmod(table).failed == 0


@pytest.mark.parametrize(
    "name, multiplications",
    [
        # no dC_dx of the first
        ("MLP 64-32-10 b32 SGD", 32 * (2 * 64 * 32 + 3 * 32 * 10)),
        ("conv 1x1 64->128, 28x28 b32", 3 * 32 * 28 * 28 * 64 * 128),
        ("LSTM 50x32x128", 3 * 50 * 32 * (128 + 128) * 4 * 128),
    ],
)
def test_least_work(name, multiplications):
    from harness.work import least_work
    from rows import ROWS

    (row,) = (row for row in ROWS if row.name == name)
    step = row.builders["nnmods"]()
    step()
    assert least_work(step)["flops"] == 2 * multiplications


@pytest.mark.parametrize(
    "arguments, wanted",
    [("--list --rows lenet*", 2), ("--list --rows hardtanh,mlp*", 13)],
)
def test_list(arguments, wanted):
    done = run("--list", *arguments.split())
    assert len(done.stdout.splitlines()) == wanted


def test_unknown_rows_are_refused():
    assert "no row is like nothing" in run("--rows", "nothing", fails=True).stderr


def test_a_row_in_a_fresh_process(tmp_path):
    file = tmp_path / "results.json"
    done = run("--rows", "50 identity", "--peers", "nnmods", "--quick", "--json", file)
    assert "50 Identity" in done.stdout
    (row,) = json.loads(file.read_text())["rows"]
    assert len(row["times"]["nnmods"]) >= 5 and min(row["times"]["nnmods"]) > 0


def run(*arguments, fails=False):
    """Run the command line, and return the process that is done."""
    command = [sys.executable, BENCHMARKS / "run.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert bool(done.returncode) == fails, done.stderr
    return done
