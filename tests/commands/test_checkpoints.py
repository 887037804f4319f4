"""``nnmods train --checkpoint FOLDER --resume``."""

import errno
import os
import warnings

import numpy as np
import pytest

from nnmods.__main__ import main
from nnmods.interop import load
from nnmods.training import Checkpoint


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *argv):
    code = main(["train", "--data", "moons", "--epochs", "3", *map(str, argv)])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err.splitlines()


def weights(path):
    return load(path).flatten_parameters()[0]


def interrupted(capsys, monkeypatch, steps):
    """Begin a training, and let it end like a crash after some steps."""

    class Crash(BaseException):
        pass

    def crash(self, trainer):
        on_step(self, trainer)
        if trainer.optimizer.t == steps:
            raise Crash

    on_step = Checkpoint.on_step
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(Checkpoint, "on_step", crash)
        run(capsys, "--checkpoint", "runs/a", "--checkpoint-every", 10)
    capsys.readouterr()


def test_going_on(capsys, monkeypatch):
    run(capsys, "--save", "alone.npz")
    interrupted(capsys, monkeypatch, 47)
    code, out, err = run(capsys, "--checkpoint", "runs/a", "--resume")
    assert (code, err) == (0, [])
    assert (
        out[2]
        == f"going on from {os.path.join('runs', 'a', 'checkpoint-000000040.npz')}"
    )
    assert out[3].startswith("epoch 2/3  train cost ")
    np.testing.assert_array_equal(weights("model.npz"), weights("alone.npz"))


def test_resume_with_nothing_there_yet(capsys):
    code, out, _ = run(capsys, "--checkpoint", "new", "--resume")
    assert (
        code == 0 and out[2] == "no checkpoint in new yet: training from the beginning"
    )


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--resume"], "--resume needs --checkpoint FOLDER"),
        (["--checkpoint-every", "3"], "--checkpoint-every needs --checkpoint FOLDER"),
        (["--checkpoint", "a/b"], "--checkpoint a/b: "),
        (["--checkpoint", "a"], "--checkpoint a: "),
    ],
)
def test_options_that_do_not_go_together(capsys, folder, argv, message):
    (folder / "a").write_text("a file")
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, []) and len(err) == 1
    assert err[0].startswith(f"nnmods train: error: {message}")


def test_the_folder_of_another_training(capsys):
    run(capsys, "--checkpoint", "a")
    code, _, (err,) = run(capsys, "--checkpoint", "a")
    assert code == 2 and "has checkpoints of a training; --resume goes on" in err
    code, _, (err,) = run(capsys, "--checkpoint", "a", "--resume", "--lr", 0.5)
    assert code == 2 and err.endswith("is of a training with --lr 0.003, not 0.5")


def test_a_damaged_checkpoint_is_named(capsys, folder, monkeypatch):
    run(capsys, "--save", "alone.npz")
    interrupted(capsys, monkeypatch, 47)
    last = folder / "runs" / "a" / "checkpoint-000000040.npz"
    last.write_bytes(last.read_bytes()[:-100])
    with warnings.catch_warnings(action="default"):
        code, out, (err,) = run(capsys, "--checkpoint", "runs/a", "--resume")
    assert code == 0 and out[2].endswith("checkpoint-000000030.npz")
    assert "warning: " in err and "checkpoint-000000040.npz: is damaged" in err
    np.testing.assert_array_equal(weights("model.npz"), weights("alone.npz"))
    for path in last.parent.glob("*.npz"):
        path.write_text("")
    code, _, err = run(capsys, "--checkpoint", "runs/a", "--resume")
    assert code == 2 and err[0].startswith("nnmods train: error: --resume: ")


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="asks where a file is")
def test_a_full_disk(capsys, folder, monkeypatch):
    interrupted(capsys, monkeypatch, 47)

    def full(handle):
        if "runs" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, _, err = run(capsys, "--checkpoint", "runs/a", "--resume")
    assert code == 1 and len(err) == 1
    assert "error: --checkpoint runs" in err[0] and "No space left on dev" in err[0]
    assert err[0].endswith("; --resume goes on from the last whole one")
    assert not (folder / "model.npz").exists()
    code, out, err = run(capsys, "--checkpoint", "runs/a", "--resume")
    assert (code, err) == (0, []) and out[2].endswith("checkpoint-000000040.npz")


def test_clipping(capsys):
    code, _, _ = run(capsys, "--clip", 1e-30, "--optim", "sgd", "--save", "a.npz")
    assert code == 0
    run(capsys, "--epochs", 1, "--clip", 1e-30, "--optim", "sgd", "--save", "b.npz")
    moved = np.abs(weights("a.npz") - weights("b.npz")).max()
    assert 0 < moved < 1e-28  # two epochs of 25 steps of at most 1e-30
