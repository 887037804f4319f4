"""Each way to name a network, and what it is given."""

from pathlib import Path

import numpy as np
import pytest

import nnmods as nn
from nnmods.commands.errors import CommandError
from nnmods.commands.given import add_given, read_given
from nnmods.commands.opening import add_model, open_model
from nnmods.commands.parsing import Parser
from nnmods.data import load_digits, split

T7 = Path(__file__).parents[1] / "t7"
CODE = """
import numpy as np
import nnmods as nn

class Gain(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.gain, self.grad_gain = np.ones(n), np.zeros(n)
    def forward(self, x):
        return self.gain * x
    def backward(self, x, dC_dy):
        return self.gain * dC_dy

ready = nn.Linear(2, 5)
def none(): return nn.Linear(4, 3)
def shape(any_name): return nn.Linear(*any_name, 2)
def both(any_name, other): return nn.Linear(*any_name, other)
def classes(n_classes): return nn.Linear(2, n_classes)
def other_default(width=20): return nn.Linear(2, width)
def defaults(width=20, *, n_classes=3, **rest): return nn.Linear(width, n_classes)
def two_shapes(shapes): return nn.ParallelTable(*[nn.Linear(n, 1) for (n,) in shapes])
def three(a, b, c): pass
def by_place(any_name, /, n_classes): return nn.Linear(*any_name, n_classes)
def three_letters(): return "abc"
def failing(n_classes): return [][n_classes]
Own, cost = nn.Linear, nn.MSECriterion()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    return tmp_path


def opened(*argv):
    """Return what options as those of ``draw`` come to: a Choice, x and labels."""
    parser = Parser()
    add_model(parser)
    add_given(parser, required=False)
    options = parser.parse_args(list(map(str, argv)))
    given = read_given(options)
    choice = open_model(options, **given.sizes)
    return choice, *given.batch(choice, options.samples)


def error_of(*argv):
    with pytest.raises(CommandError) as caught:
        opened(*argv)
    assert "\n" not in str(caught.value)
    assert caught.value.code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    "name, argv, text",
    [
        ("ready", [], "Linear(2 -> 5)"),
        ("ready", ["--data", "moons"], "Linear(2 -> 5)"),
        ("none", ["--shape", "5,7"], "Linear(4 -> 3)"),
        ("shape", ["--shape", "5,7"], "Linear(7 -> 2)"),
        ("both", ["--shape", "5,7", "--n-classes", "9"], "Linear(7 -> 9)"),
        ("both", ["--data", "digits.csv"], "Linear(3 -> 2)"),
        ("by_place", ["--shape", "5,7", "--n-classes", "9"], "Linear(7 -> 9)"),
        ("by_place", ["--data", "spirals"], "Linear(2 -> 3)"),
        ("classes", ["--n-classes", "9"], "Linear(2 -> 9)"),
        ("classes", ["--data", "spirals"], "Linear(2 -> 3)"),
        ("other_default", ["--data", "spirals"], "Linear(2 -> 20)"),
        ("defaults", [], "Linear(20 -> 3)"),
        ("defaults", ["--data", "moons"], "Linear(20 -> 2)"),
        (
            "two_shapes",
            ["--shape", "5,7", "--shape", "5,8"],
            "ParallelTable(\n  (0): Linear(7 -> 1)\n  (1): Linear(8 -> 1)\n)",
        ),
    ],
)
def test_functions_get_what_they_ask_for(folder, name, argv, text):
    (folder / "digits.csv").write_text("1,2,3,a\n4,5,7,b\n" * 5)
    choice, *_ = opened(f"net.py:{name}", *argv)
    assert repr(choice.net) == text
    assert (choice.name, choice.saved) == (f"net.py:{name}", False)


SHAPE_NEEDED = "needs the shape of a sample; --shape or --data gives it"
CLASSES_NEEDED = "needs the number of classes; --n-classes or --data gives it"


@pytest.mark.parametrize(
    "argv, text",
    [
        (["net.py:shape"], f"net.py:shape: {SHAPE_NEEDED}"),
        (["net.py:both"], f"net.py:both: {SHAPE_NEEDED}"),
        (["net.py:both", "--shape", "5,2"], f"net.py:both: {CLASSES_NEEDED}"),
        (["net.py:classes"], f"net.py:classes: {CLASSES_NEEDED}"),
        (["net.py:three", "--data", "moons"], "net.py: TypeError: three() missing 1 "),
        (["net.py:three_letters"], "net.py: three_letters returned str, expected a "),
        (["net.py:failing", "--n-classes", "1"], "net.py, line 25: IndexError: "),
        (["net.py:Own", "--data", "moons"], "net.py: TypeError: Linear: in_features "),
        (["net.py:cost", "--data", "moons"], "net.py: TypeError: MSECriterion(): y "),
        (["null.py:net"], "null.py"),
        (["net.py:nothing"], "net.py:nothing: net.py has no function nothing"),
        (["no.py:net"], "no.py:net: there is no file no.py"),
        (["net.py"], "net.py: has no name of a function, expected net.py:NAME"),
        (["net.py:ready", "--code", "net.py"], "--code net.py: is for saved networks"),
        (["lenet"], f"lenet: {SHAPE_NEEDED}"),
        (["mlp", "--shape", "5,2"], f"mlp: {CLASSES_NEEDED}"),
        (
            ["lenet", "--shape", "5,2", "--n-classes", "2"],
            "lenet: needs images of 4x4 pixels or more, --shape has samples of shape "
            "(2,); mlp takes any",
        ),
        (
            ["lenet", "--data", "moons"],
            "lenet: needs images of 4x4 pixels or more, --data moons has samples of ",
        ),
        (
            ["mlp", "--shape", "5,2", "--shape", "5,3", "--n-classes", "2"],
            "mlp: takes one array, --shape gives a table of 2",
        ),
        (
            ["mlp", "--shape", "5,2", "--n-classes", "99999999999999"],
            "mlp: Unable to allocate ",
        ),
        (
            ["mlp", "--shape", "5,2", "--n-classes", "9" * 30],
            "mlp: Maximum allowed dimension exceeded",
        ),
        (["no.npz"], "no.npz: No such file or directory"),
        (["net.npz", "--code", "no.py"], "--code no.py: there is no file no.py"),
        (["cost.npz"], "cost.npz: holds MSECriterion, expected a Module"),
        (
            ["gain.npz"],
            "gain.npz: needs unknown classes, Gain (of net); --code PATH.py names a "
            "file with them",
        ),
        (["net.npz", "--key", "a"], "--key a: is for files that end with .t7, not for"),
        (["net.npz", "--unreferenced"], "--unreferenced: is for files that end with"),
        (["no.t7"], "no.t7: No such file or directory"),
        ([T7 / "list.ascii.t7"], f"{T7 / 'list.ascii.t7'}: has no module in it, "),
        (["two.t7"], "two.t7: has 2 modules, expected one; --key chooses a, b"),
        (["two.t7", "--key", "c"], "--key c: is not in two.t7, expected one of (top),"),
        (["ready.npz", "--data", "spirals"], "ready.npz: knows the classes 0, 1, but "),
        (["ready.npz", "--data", "digits"], "ready.npz: knows the classes 0, 1, but d"),
    ],
)
def test_errors(argv, text):
    nn.save(nn.Linear(2, 2), "net.npz")
    Path("null.py").write_bytes(b"\0")
    nn.save(nn.MSECriterion(), "cost.npz")
    nn.save_t7({"a": nn.Linear(2, 2), "b": nn.Linear(2, 3)}, "two.t7")
    nn.save(opened("net.py:ready")[0].user.classes["Gain"](2), "gain.npz")
    ready = nn.Linear(2, 2)
    ready.class_names = ["0", "1"]
    nn.save(ready, "ready.npz")
    assert error_of(*argv).startswith(text)


def test_saved_networks_keep_weights_dtype_and_mode():
    net = nn.Linear(4, 3).float().evaluate()
    nn.save(net, "net.npz")
    choice, x, labels = opened("net.npz", "--shape", "5,4")
    assert np.array_equal(choice.net.weight, net.weight)
    assert (choice.net.train, choice.saved, choice.user) == (False, True, None)
    assert (x.shape, x.dtype, labels) == ((5, 4), np.float32, None)
    _, again, _ = opened("net.npz", "--shape", "5,4")
    assert np.array_equal(x, again)


def test_saved_networks_with_classes_of_the_user():
    gain = opened("net.py:ready")[0].user.classes["Gain"](2)
    nn.save(gain, "gain.npz")
    choice, *_ = opened("gain.npz", "--code", "net.py")
    assert repr(choice.net) == "Gain()"
    assert choice.user.path.name == "net.py"


def test_files_of_torch7():
    choice, x, _ = opened(T7 / "mlp.binary.t7", "--shape", "4,6")
    assert choice.net.forward(x).shape == (4, 3)
    assert x.dtype == np.float64
    nn.save_t7({"a": nn.Linear(2, 2), "b": nn.Linear(2, 3)}, "TWO.T7")
    assert opened("TWO.T7", "--key", "b")[0].net.weight.shape == (3, 2)


def test_a_batch_of_a_data_set_is_normalised_and_drawn_from_it():
    _, x, labels = opened("mlp", "--data", "digits", "--samples", "1438")
    train, _ = split(load_digits(), 0.2, rng=0)
    assert x.shape == (1438, *train.x.shape[1:])
    assert np.array_equal(np.bincount(labels), np.bincount(train.target))
    assert abs(x.mean()) < 1e-4 and abs(x.std() - 1) < 1e-4
    _, few, few_labels = opened("mlp", "--data", "digits", "--samples", "7")
    assert np.array_equal(few, x[:7]) and np.array_equal(few_labels, labels[:7])
    assert len(set(few_labels.tolist())) > 1


def test_statistics_of_a_saved_network_are_respected():
    net = nn.Linear(2, 2)
    net.input_mean, net.input_std = np.full(2, 10.0), np.full(2, 4.0)
    net.class_names = ["0", "1"]
    nn.save(net, "own.npz")
    np.savez("all.npz", x=np.arange(20.0).reshape(10, 2), y=np.arange(10) % 2)
    _, x, _ = opened("own.npz", "--data", "all.npz")
    assert np.isin(4 * x + 10, np.arange(20)).all()


def test_files_of_arrays_are_taken_as_they_are():
    np.save("x.npy", np.arange(12, dtype=np.int8).reshape(3, 4))
    np.savez("t.npz", x10=np.ones((3, 5)), x9=np.ones((3, 2)))
    np.savez("x.npz", x=np.full((3, 4), 7.0))
    _, x, labels = opened("net.py:none", "--data", "x.npy", "--samples", "1")
    assert x.dtype == np.float64 and np.array_equal(x, np.arange(12).reshape(3, 4))
    assert labels is None
    choice, x, _ = opened("net.py:two_shapes", "--data", "t.npz")
    assert [entry.shape for entry in x] == [(3, 2), (3, 5)]
    assert [entry.shape for entry in choice.net.forward(x)] == [(3, 1), (3, 1)]
    assert (opened("net.py:none", "--data", "x.npz")[1] == 7).all()


@pytest.mark.parametrize(
    "argv, text",
    [
        (["--shape", "5,x"], "argument --shape: is '5,x', expected whole numbers of a"),
        (["--shape", "5,0"], "argument --shape: is '5,0', expected whole numbers of a"),
        (["--shape", "1," * 70 + "1"], "--shape 1,1,"),
        (["--shape", "5,4", "--data", "moons"], "argument --data: not allowed with ar"),
        (["--data", "cats"], "--data cats: is unknown, expected digits, "),
        (["--data", "no.npy"], "--data no.npy: No such file or directory"),
        (["--data", "no.npz"], "--data no.npz: No such file or directory"),
        (["--data", "text.npy"], "--data text.npy: is no file of NumPy, expected .npy"),
        (["--data", "pk.npy"], "--data pk.npy: is no file of NumPy, expected"),
        (["--data", "pk.npz"], "--data pk.npz: not a whole .npz data set: File is not"),
        (["--data", "names.npy"], "--data names.npy: has dtype <U1, expected real num"),
        (["--data", "one.npy"], "--data one.npy: has shape (), expected samples"),
        (["--data", "none.npz"], "--data none.npz: has no arrays, expected at least"),
        (["--data", "moons", "--n-classes", "3"], "--n-classes 3: two moons has 2"),
        (["--samples", "0"], "argument --samples: is '0', expected a whole number of"),
    ],
)
def test_what_cannot_be_given(folder, argv, text):
    (folder / "text.npy").write_text("x")
    (folder / "pk.npy").write_bytes(b"PK")
    (folder / "pk.npz").write_bytes(b"PK")
    np.save("names.npy", np.array(["a"]))
    np.save("one.npy", np.float64(1))
    np.savez("none.npz")
    assert error_of("net.py:none", *argv).startswith(text)
