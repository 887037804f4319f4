"""A training that gets SIGKILL, and is resumed each time, ends with the same bits."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
#: 20 epochs of 25 steps, fast enough to be over in a second or two.
TRAINING = ["--data", "moons", "--dropout", "0.2", "--checkpoint-every", "4"]
TRAINING += ["--epochs", "20"]


@pytest.fixture
def kill_resume(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import kill_resume

    yield kill_resume
    del sys.modules["kill_resume"]


def kill_after(command, folder, steps):
    """Kill a training as soon as a checkpoint of so many steps is there."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any(
        int(path.stem.partition("-")[2]) >= steps
        for path in (folder / "checkpoints").glob("checkpoint-*.npz")
    ):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_killed_at_several_moments(tmp_path, kill_resume):
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    for folder in (alone, killed):
        folder.mkdir()
    kill_resume.run(alone, TRAINING)
    for steps in (1, 97, 150):
        kill_after(kill_resume.command(killed, TRAINING), killed, steps)
    assert not (killed / "model.npz").exists()
    kill_resume.run(killed, TRAINING)
    kill_resume.assert_same_end(killed, alone)


def test_another_end_is_noticed(tmp_path, kill_resume):
    for name, seed in (("a", "0"), ("b", "1")):
        (tmp_path / name).mkdir()
        kill_resume.run(
            tmp_path / name, ["--data", "moons", "--epochs", "1", "--seed", seed]
        )
    with pytest.raises(AssertionError):
        kill_resume.assert_same_end(tmp_path / "a", tmp_path / "b")
