"""Does a training that is killed again and again end as if it had been left alone?

``nnmods train`` runs once in peace, and once more with SIGKILL at random moments, each
time resumed from its checkpoints. Weights, running statistics and history must be the
same to the last bit; the table says how far each life came.

    python benchmarks/kill_resume.py [--kills N] [--longest SECONDS] [--seed N]
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from nnmods.commands.versions import versions

COMMAND = [sys.executable, "-m", "nnmods", "train"]
#: A training of some ten seconds, with dropout and all that a run has.
TRAINING = ["--data", "digits", "--epochs", "20", "--checkpoint-every", "3"]


def command(folder, training):
    """Return a command that begins a training in a folder, or goes on with it."""
    return [
        *COMMAND,
        *training,
        *("--checkpoint", folder / "checkpoints", "--resume"),
        *("--save", folder / "model.npz", "--json", folder / "history.json"),
    ]


def run(folder, training):
    """Let a training end by itself."""
    subprocess.run(command(folder, training), check=True, stdout=subprocess.DEVNULL)


def survive(folder, training, kills, longest, rng, tell=print):
    """Kill a training at random moments, resume it each time, and let it end.

    Returns
    -------
    int
        How many times it was killed: fewer than asked for if it ended before.
    """
    for k in range(kills):
        process = subprocess.Popen(
            command(folder, training),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        life = rng.uniform(0, longest)
        try:
            process.wait(life)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        if process.returncode == 0:
            return k
        if process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the training failed: {errors}")
        tell(f"kill {k + 1:3}: after {life:4.2f} s, {reached(folder)}")
    run(folder, training)
    return kills


def reached(folder):
    """Return which checkpoint a killed training left, and what half-written file."""
    names = sorted(path.name for path in (folder / "checkpoints").glob("*"))
    whole = [name for name in names if name.endswith(".npz")]
    half = [name for name in names if name.endswith(".tmp")]
    return (whole[-1] if whole else "no checkpoint yet") + (
        ", one half-written" if half else ""
    )


def assert_same_end(folder, other):
    """Raise unless two trainings came to the same bits."""
    with np.load(folder / "model.npz") as a, np.load(other / "model.npz") as b:
        assert a.files == b.files
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name], name)
    histories = [
        json.loads((place / "history.json").read_text())["history"]
        for place in (folder, other)
    ]
    for history in histories:
        del history["seconds"]
    assert histories[0] == histories[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--longest", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print(" ".join(f"{name} {version}" for name, version in versions().items()))
    place = Path(tempfile.mkdtemp())
    try:
        alone = place / "alone"
        alone.mkdir()
        start = time.perf_counter()
        run(alone, TRAINING)
        print(f"left alone: {time.perf_counter() - start:.1f} s")
        done = trainings = 0
        while done < options.kills:
            killed = place / f"killed {trainings}"
            killed.mkdir()
            done += survive(
                killed, TRAINING, options.kills - done, options.longest, rng
            )
            assert_same_end(killed, alone)
            trainings += 1
        print(
            f"killed {done} times in {trainings} training(s): the same bits each time"
        )
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
