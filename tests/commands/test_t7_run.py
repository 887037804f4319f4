"""``nnmods t7 run`` computes what the original Torch7 computed."""

from pathlib import Path

import numpy as np
import pytest

import nnmods as nn
from nnmods.__main__ import main
from nnmods.testing.compare import EXACT


def assert_close(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=EXACT)


FOLDER = Path(__file__).parents[1] / "t7"
MLP = str(FOLDER / "mlp.binary.t7")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def expected():
    with np.load(FOLDER / "expected.npz") as archive:
        return dict(archive)


def run(*words, code=0):
    assert main(["t7", "run", *map(str, words)]) == code


def test_output_is_that_of_torch7(capsys, expected):
    np.save("x.npy", expected["mlp/input"])
    run(MLP, "--input", "x.npy", "--output", "y.npy")
    assert_close(np.load("y.npy"), expected["mlp/output"])
    captured = capsys.readouterr()
    assert captured.out.splitlines()[:2] == [
        "input   float64 4 x 6",
        "output  float64 4 x 3",
    ]
    assert captured.out.endswith("saved y.npy\n")


def test_input_is_cast_to_the_dtype_of_the_module(capsys):
    np.save("x.npy", np.ones((2, 6), np.int8))
    run(FOLDER / "mlp_float.ascii.t7", "--input", "x.npy", "--output", "y.npy")
    assert np.load("y.npy").dtype == np.float32
    assert "input   float32 2 x 6" in capsys.readouterr().out


def test_training_mode_is_left_and_said(capsys):
    nn.save_t7(nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 2)), "net.t7")
    np.save("x.npy", np.ones((1, 3)))
    run("net.t7", "--input", "x.npy", "--output", "y.npy")
    assert_close(np.load("y.npy"), nn.load_t7("net.t7").evaluate()(np.ones((1, 3))))
    assert capsys.readouterr().err == (
        "nnmods t7: net.t7: was saved in training mode, and runs in evaluation mode\n"
    )


def test_tables_in_the_order_of_names_and_out(capsys):
    inner = nn.ParallelTable(nn.Identity(), nn.MulConstant(2.0))
    nn.save_t7(nn.ConcatTable(nn.SelectTable(1), inner).evaluate(), "net.t7")
    np.savez("x.npz", x10=np.full(2, 10.0), x9=np.full(2, 9.0))
    run("net.t7", "--input", "x.npz", "--output", "y.npz")
    with np.load("y.npz") as found:
        assert {k: v[0] for k, v in found.items()} == {"0": 10, "1.0": 9, "1.1": 20}
    assert capsys.readouterr().err == ""
    run("net.t7", "--input", "x.npz", "--output", "y.npy", code=2)
    assert "output is a table of 2; .npz takes it" in capsys.readouterr().err


def test_a_module_in_a_table(capsys):
    net = nn.Linear(3, 2).evaluate()
    nn.save_t7({"rate": 0.1, "best": {"net": net}, "last": net}, "one.t7")
    nn.save_t7({"a": net, "b": {"c": [nn.Linear(3, 4)]}}, "two.t7")
    np.save("x.npy", np.ones((1, 3)))
    run("one.t7", "--input", "x.npy", "--output", "y.npz")
    with np.load("y.npz") as found:
        assert_close(found["0"], net(np.ones((1, 3))))
    run("two.t7", "--input", "x.npy", "--output", "y.npy", "--key", "b.c[0]")
    assert np.load("y.npy").shape == (1, 4)
    capsys.readouterr()
    run("two.t7", "--input", "x.npy", "--output", "y.npy", code=2)
    assert (
        "has 2 modules, expected one; --key chooses a, b.c[0]"
        in capsys.readouterr().err
    )
    run("two.t7", "--input", "x.npy", "--output", "y.npy", "--key", "d", code=2)
    assert "--key d: is not in two.t7, expected one of " in capsys.readouterr().err


@pytest.mark.parametrize(
    "file, x, output, line",
    [
        (MLP, np.ones((2, 5)), "y.npy", "--input x.npy: Linear(6 -> 5): x has shape"),
        (MLP, np.array(["a"]), "y.npy", "--input x.npy: has dtype <U1, expected real"),
        (MLP, np.ones((2, 6)), "y.txt", "--output y.txt: has another ending"),
        (MLP, np.ones((2, 6)), "no/y.npy", "--output no/y.npy: cannot write to folder"),
        (MLP, None, "y.npy", "--input x.npy: No such file or directory"),
        ("none.t7", np.ones(2), "y.npy", "none.t7: No such file or directory"),
        (FOLDER / "list.ascii.t7", np.ones(2), "y.npy", "list.ascii.t7: has no module"),
    ],
)
def test_errors_are_one_line_and_leave_no_file(capsys, tmp_path, file, x, output, line):
    if x is not None:
        np.save("x.npy", x)
    before = sorted(tmp_path.iterdir())
    run(file, "--input", "x.npy", "--output", output, code=2)
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("nnmods t7: error: ") and line in err
    assert sorted(tmp_path.iterdir()) == before


def test_pickles_are_refused(capsys):
    np.save("x.npy", np.array([{}]), allow_pickle=True)
    run(MLP, "--input", "x.npy", "--output", "y.npy", code=2)
    assert "--input x.npy: " in capsys.readouterr().err


def test_an_output_that_no_memory_can_hold(capsys):
    nn.save_t7(nn.SpatialAdaptiveAveragePooling(10**5, 10**5), "net.t7")
    np.save("x.npy", np.ones((10**4, 1, 1)))  # more bytes than 47 bits can count
    run("net.t7", "--input", "x.npy", "--output", "y.npy", code=2)
    assert "error: --input x.npy: Unable to allocate" in capsys.readouterr().err
    assert not Path("y.npy").exists()


def test_an_array_without_axes_is_a_number(capsys):
    nn.save_t7(nn.MulConstant(2.0), "net.t7")
    np.save("x.npy", np.array(3.0))
    run("net.t7", "--input", "x.npy", "--output", "y.npy")
    assert np.load("y.npy") == 6
    assert capsys.readouterr().out.startswith(
        "input   float64 number\noutput  float64 number\n"
    )
