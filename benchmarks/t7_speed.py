"""How fast are `.t7` files read and written?

A file of float tensors is loaded, and the same bytes are read by `np.fromfile`; equal
arrays are asserted first, rounds alternate, and the medians and their ratio are
printed: 1 would be as fast as reading without understanding. Then the peak of memory
against the size of the file, with and without ``mmap``, and the time of writing.

    python benchmarks/t7_speed.py                     500 MB in a temporary folder
    python benchmarks/t7_speed.py --megabytes 50 --tensors 1000 --folder DIR
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from nnmods.interop.t7 import load_t7, save_t7

_PEAK = """
import sys
from pathlib import Path
from nnmods.interop.t7 import load_t7

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

load_t7(sys.argv[2])
before = peak()
made = load_t7(sys.argv[1], mmap=sys.argv[3] == "mmap")
print(peak() - before)
"""


def timed(call):
    start = time.perf_counter()
    made = call()
    return time.perf_counter() - start, made


def peak(path, small, how):
    """Return the peak of memory, in bytes, that loading takes in a new process."""
    command = [sys.executable, "-c", _PEAK, str(path), str(small), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--tensors", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    n = options.megabytes * 10**6 // 4 // options.tensors
    arrays = [rng.random(n, np.float32) for _ in range(options.tensors)]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path, bare = Path(folder) / "tensors.t7", Path(folder) / "tensors.bin"
        small = Path(folder) / "small.t7"
        writing, _ = timed(lambda: save_t7(arrays, path))
        save_t7([1], small)
        np.concatenate(arrays).tofile(bare)
        for got, wanted in zip(load_t7(path), arrays, strict=True):
            assert (got == wanted).all()
        calls = {
            "np.fromfile": lambda: np.fromfile(bare, np.float32),
            "load_t7": lambda: load_t7(path),
            "load_t7, mmap": lambda: load_t7(path, mmap=True),
        }
        times = {name: [] for name in calls}
        for _ in range(options.rounds):
            for name, call in calls.items():
                times[name].append(timed(call)[0])
        size = path.stat().st_size
        print(f"{size / 1e6:.0f} MB, {options.tensors} tensors, numpy {np.__version__}")
        base = statistics.median(times["np.fromfile"])
        for name, found in times.items():
            median = statistics.median(found)
            print(f"{name:14} {median * 1e3:8.1f} ms   {base / median:6.2f}")
        print(f"{'save_t7':14} {writing * 1e3:8.1f} ms")
        has_peaks = Path("/proc/self/status").exists()
        for how in ("read", "mmap") if has_peaks else ():
            share = peak(path, small, how) / size
            print(f"peak of memory, {how}: {share:.3f} of the file")


if __name__ == "__main__":
    main()
