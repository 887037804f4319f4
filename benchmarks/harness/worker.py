"""Worker: one row in one fresh process."""

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time

from harness.clock import alternate, memory_growth
from harness.equal import assert_equal
from harness.material import in_float64
from harness.row import DOUBLE, KINKS, PEERS, REFERENCE, NoCounterpart

#: Starts of lines by which results are found among what libraries print.
MARK = "nnmods-benchmark:"
LIMIT = 1800  # seconds
#: One of these is needed by torch.compile.
COMPILERS = "c++", "g++", "clang++"


def spawn(arguments, threads):
    """Run ``run.py`` with ``arguments`` in a fresh process; return what it found.

    Raises
    ------
    RuntimeError
        If it failed: the last line that it printed.
    """
    names = "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"
    done = subprocess.run(
        [sys.executable, sys.argv[0], *arguments, "--threads", str(threads)],
        env=os.environ | dict.fromkeys(names, str(threads)),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    for line in done.stdout.splitlines():
        if line.startswith(MARK):
            return json.loads(line.removeprefix(MARK))
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    raise RuntimeError(lines[-1])


def answer(found):
    """Print what this process found, for `spawn`."""
    print(f"\n{MARK}{json.dumps(found)}", flush=True)


def installed(peers):
    """Return those of ``peers`` whose packages are there, and their compiler."""
    found = [peer for peer in peers if importlib.util.find_spec(PEERS[peer])]
    if not any(map(shutil.which, COMPILERS)):
        found = [peer for peer in found if peer != "compile"]
    return found


def set_threads(threads, peers):
    """Give every contestant that has no variable of the environment its threads."""
    import nnmods as nn

    nn.set_num_threads(threads)
    if PEERS.keys() & set(peers) & {"pytorch", "compile"}:
        import torch

        torch.set_num_threads(threads)


def time_row(row, peers, threads, seconds, cpu_time=False):
    """Return the times of a row: contestant, seconds per step in each round."""
    peers = [peer for peer in installed(peers) if peer in row.builders]
    set_threads(threads, peers)
    contestants = _built(row, peers)
    if row.kinks:
        with in_float64():
            assert_equal(_built(row, {"nnmods", REFERENCE} & set(peers)), DOUBLE)
        assert_equal(contestants, KINKS, steps=0)
    else:
        assert_equal(contestants, row.rtol)
    clock = time.process_time if cpu_time else time.perf_counter
    return alternate(contestants, seconds, clock)


def _built(row, peers):
    contestants = {}
    for peer in PEERS:
        if peer in peers:
            with contextlib.suppress(NoCounterpart):
                contestants[peer] = row.builders[peer]()
    return contestants


def grow_row(row, peer, threads):
    """Return by how many bytes training steps of one contestant grow the memory."""
    set_threads(threads, [peer])
    return memory_growth(row.builders[peer])
