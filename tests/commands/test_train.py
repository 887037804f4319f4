"""The command from end to end, on data that are learnt in a moment."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from nnmods.__main__ import main
from nnmods.commands.steps import OPTIMIZERS, SCHEDULES
from nnmods.core import get_default_dtype
from nnmods.interop import load
from nnmods.training.stepping import Stepper


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *argv):
    """Return the exit code of ``nnmods train``, and the lines it printed."""
    code = main(["train", "--epochs", "2", *map(str, argv)])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err.splitlines()


def test_lines(capsys):
    code, out, err = run(capsys, "--data", "moons")
    assert (code, err) == (0, [])
    assert out[:2] == [
        "two moons: 800 samples to train, 200 to test, 2 classes",
        "mlp: 322 parameters, adam",  # 2*64 + 64 + 64*2 + 2
    ]
    for k in (1, 2):
        assert out[1 + k].startswith(f"epoch {k}/2  train cost ")
    assert out[4:6] == ["saved model.npz", ""]
    assert out[6].split() == ["0", "1", "correct"]
    assert out[-3:-1] == ["rows: the true class; columns: the predicted one", ""]
    assert out[-1].startswith("test accuracy ")


def test_json(capsys):
    _, out, _ = run(capsys, "--data", "moons", "--json", "a.json", "--l2", "0.5")
    with open("a.json") as file:
        results = json.load(file)
    assert list(results) == ["settings", "versions", "history"]
    assert results["settings"] == {
        "data": "moons",
        "model": "mlp",
        "load": None,
        "epochs": 2,
        "batch_size": 32,
        "lr": 0.003,
        "optim": "adam",
        "schedule": "cosine",
        "l1": 0.0,
        "l2": 0.5,
        "dropout": 0.0,
        "clip": None,
        "seed": 0,
    }
    assert list(results["versions"]) == ["nnmods", "python", "numpy", "scipy"]
    assert results["versions"]["numpy"] == np.__version__
    history = results["history"]
    names = ["train_cost", "train_accuracy", "validation_cost", "validation_accuracy"]
    assert list(history) == [*names, "lr", "seconds"]
    assert [len(values) for values in history.values()] == [2] * 6
    assert out[3].startswith(f"epoch 2/2  train cost {history['train_cost'][1]:.4f} ")
    assert out[-1] == f"test accuracy {100 * history['validation_accuracy'][1]:.2f} %"


def test_saved_network_can_be_used(capsys):
    from nnmods.data import split, two_moons

    _, out, _ = run(capsys, "--data", "moons")
    net = load("model.npz")
    _, test = split(two_moons(1000, rng=0))
    x = ((test.x - net.input_mean) / net.input_std).astype(np.float32)
    hits = net(x).argmax(axis=1) == test.target
    assert out[-1] == f"test accuracy {100 * hits.mean():.2f} %"
    assert net.class_names == ["0", "1"]
    assert net(x).dtype == np.float32
    assert not net.train


def test_same_seed_same_network(capsys):
    for seed, name in [(1, "a"), (1, "b"), (2, "c")]:
        run(capsys, "--data", "moons", "--seed", seed, "--save", name)
    a, b, c = (load(name).flatten_parameters()[0] for name in "abc")
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_default_dtype_is_left_alone(capsys):
    run(capsys, "--data", "moons")
    assert get_default_dtype() == np.float64


def test_load_goes_on(capsys):
    run(capsys, "--data", "moons", "--epochs", 10)
    before = load("model.npz")
    code, out, _ = run(
        capsys, "--data", "moons", "--load", "model.npz", "--save", "b.npz"
    )
    assert code == 0 and out[1] == "model.npz: 322 parameters, adam"
    first = float(out[2].split("train cost ")[1].split()[0])
    assert first < 0.4  # a fresh one starts near log(2)
    after = load("b.npz")
    assert np.array_equal(before.input_mean, after.input_mean)
    assert after.input_mean.dtype == np.float64  # not rounded with the parameters
    assert not np.array_equal(before[1].weight, after[1].weight)


def test_loaded_statistics_are_used(capsys):
    np.savez("a.npz", x=np.arange(20.0).reshape(10, 2), y=np.arange(10) % 2)
    np.savez("b.npz", x=np.arange(20.0).reshape(10, 2) + 50, y=np.arange(10) % 2)
    run(capsys, "--data", "a.npz")
    run(capsys, "--data", "b.npz", "--load", "model.npz", "--save", "c.npz")
    assert np.array_equal(load("model.npz").input_mean, load("c.npz").input_mean)


@pytest.mark.parametrize(
    "optim, schedule",
    [
        *((name, "cosine") for name in OPTIMIZERS),
        *(("sgd", name) for name in SCHEDULES if name != "cosine"),
    ],
)
def test_optimisers_and_schedules_learn(capsys, optim, schedule):
    options = ["--optim", optim, "--schedule", schedule, "--dropout", 0, "--l1", 1e-5]
    code, _, _ = run(capsys, "--data", "moons", *options, "--json", "a.json")
    with open("a.json") as file:
        costs = json.load(file)["history"]["train_cost"]
    assert code == 0 and costs[0] > costs[1]


def test_plot(capsys, folder):
    pytest.importorskip("matplotlib")
    code, out, _ = run(capsys, "--data", "moons", "--plot", "a.svg")
    assert code == 0 and "saved model.npz, a.svg" in out
    assert (folder / "a.svg").read_text().startswith("<?xml")


def test_digits_with_the_default_network(capsys):
    code, out, _ = run(capsys, "--epochs", 1)
    assert code == 0
    assert out[0] == "digits: 1438 samples to train, 359 to test, 10 classes"
    # 32*9 + 32, 64*32*9 + 64, 128*256 + 128, 10*128 + 10
    assert out[1] == "lenet: 53002 parameters, adam"
    assert float(out[-1].split()[2]) > 80


def interrupt_after(monkeypatch, steps):
    """Let Ctrl-C come in place of step ``steps + 1``."""
    take = Stepper.take

    def stop(self, *args):
        if self.optimizer.t == steps:
            raise KeyboardInterrupt
        return take(self, *args)

    monkeypatch.setattr(Stepper, "take", stop)


def test_interrupt_saves_what_there_is(capsys, monkeypatch):
    interrupt_after(monkeypatch, 27)  # an epoch is 800 / 32 = 25 steps
    code, out, err = run(
        capsys, "--data", "moons", "--json", "a.json", "--plot", "a.png"
    )
    assert (code, err) == (130, [])
    assert out[3:5] == ["interrupted in epoch 2", "saved model.npz, a.json, a.png"]
    assert out[-1].startswith("test accuracy ")
    with open("a.json") as file:
        assert len(json.load(file)["history"]["seconds"]) == 1
    assert load("model.npz")[1].weight.shape == (64, 2)


def test_interrupt_in_the_first_epoch_draws_nothing(capsys, monkeypatch, folder):
    interrupt_after(monkeypatch, 3)
    code, out, _ = run(capsys, "--data", "moons", "--plot", "a.png")
    assert code == 130
    assert out[3:5] == [
        "no epoch was completed: nothing to draw in a.png",
        "saved model.npz",
    ]
    assert not (folder / "a.png").exists()


def test_interrupt_before_the_first_step_saves_nothing(capsys, monkeypatch, folder):
    (folder / "model.npz").write_text("old")
    interrupt_after(monkeypatch, 0)
    code, _, err = run(capsys, "--data", "moons", "--json", "a.json")
    assert (code, err) == (130, ["nnmods train: interrupted"])
    assert (folder / "model.npz").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["model.npz"]


def test_divergence_leaves_old_files(capsys, folder):
    (folder / "model.npz").write_text("old")
    code, _, err = run(
        capsys, "--data", "moons", "--optim", "sgd", "--lr", "1e20", "--json", "a.json"
    )
    assert code == 1 and len(err) == 1
    assert err[0].startswith("nnmods train: error: in epoch 1, batch ")
    assert err[0].endswith(
        "finite x; a smaller learning rate may help: --lr is 1e+20; nothing saved"
    )
    assert (folder / "model.npz").read_text() == "old"
    assert not (folder / "a.json").exists()


def test_failing_to_write_is_told_and_the_rest_written(capsys, monkeypatch, folder):
    def full(net, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("nnmods.commands.running.save", full)
    code, out, err = run(capsys, "--data", "moons", "--json", "a.json")
    assert code == 1 and "saved a.json" in out
    assert err == ["nnmods train: error: model.npz: No space left on device"]
    assert out[-1].startswith("test accuracy ")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_behind_stdout(folder):
    source = os.path.dirname(importlib.util.find_spec("nnmods").origin)
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "nnmods", "train", "--data", "moons"],
            env=os.environ | {"PYTHONPATH": os.path.dirname(source)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (process.returncode, process.stderr) == (0, "")
    assert (folder / "model.npz").exists()


def test_as_a_process(folder):
    """No terminal, warnings as errors, and a reader that leaves after two lines."""
    source = os.path.dirname(importlib.util.find_spec("nnmods").origin)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "nnmods", "train", "--data", "moons"],
        env=os.environ | {"PYTHONPATH": os.path.dirname(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().startswith("two moons: ")
    assert process.stdout.readline().startswith("mlp: ")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0
    process.stderr.close()
    assert len(load("model.npz")) == 4
