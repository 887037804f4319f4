"""What can this machine do, and what share of that does each row reach?

The rate of NumPy's float32 matrix products at shapes of the rows, the bandwidth of
copies in cache and in memory, what a call of a ufunc costs, and a hand-over to a thread
of `nnmods`. With results of run.py, each row as a share of the largest of three limits:
its products at the best rate, its arrays at the bandwidth, its calls. Products are
those of the definition: Winograd's convolutions need fewer, and may reach over 100 %.

    python benchmarks/limits.py
    python benchmarks/limits.py results.json        of run.py --json results.json
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import threadpoolctl
from harness import machine, table
from harness.work import least_work
from rows import ROWS

import nnmods as nn
from nnmods.kernels.threads import in_lanes

#: Of products (m, k) times (k, n): layers, windows of convolutions, Winograd's tiles.
SHAPES = [
    (32, 64, 32),
    (128, 784, 512),
    (256, 2048, 2048),
    (64, 576, 1024),
    (128, 1152, 2048),
    (64, 64, 2048),
    (6, 25, 50_000),
    (2048, 2048, 2048),
]
#: Bytes of both arrays of a copy: in the second-level cache, and beyond all caches.
COPIES = {"cache": 1 << 19, "memory": 1 << 27}


def best(call, seconds=0.2):
    """Return the least time of a call, over ``seconds`` of trying."""
    call()
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def product_rate(m, k, n, threads):
    """Return flops per second of one matrix product."""
    rng = np.random.default_rng(0)
    a, b = rng.random((m, k), np.float32), rng.random((k, n), np.float32)
    out = np.empty((m, n), np.float32)
    with threadpoolctl.threadpool_limits(threads, "blas"):
        return 2 * m * k * n / best(lambda: np.matmul(a, b, out=out))


def bandwidth(size, threads):
    """Return bytes per second, read and written, of copies by as many threads."""
    source, target = np.ones((2, threads, size // 8 // threads), np.float32)
    with ThreadPoolExecutor(threads) as pool:
        return size / best(lambda: list(pool.map(_copies, target, source))) * _TIMES


_TIMES = 20  # copies in a task, beside which handing it over is little


def _copies(target, source):
    for _ in range(_TIMES):
        np.copyto(target, source)


def call_cost():
    """Return the seconds of a call of a ufunc on a few numbers."""
    a = np.ones(4, np.float32)

    def calls():
        for _ in range(1000):
            np.multiply(a, a, out=a)

    return best(calls) / 1000


def measure(threads):
    """Return the limits of this machine, and print them."""
    counts = sorted({1, threads})
    print("GFLOP/s of float32 products (m, k) (k, n)" + _cells(counts, "d", " threads"))
    rates = {shape: [product_rate(*shape, n) / 1e9 for n in counts] for shape in SHAPES}
    for shape, found in rates.items():
        print(f"  {shape!s:39}" + _cells(found, ".1f"))
    print("GB/s of copies, read and written")
    speeds = {
        where: [bandwidth(size, n) / 1e9 for n in counts]
        for where, size in COPIES.items()
    }
    for where, found in speeds.items():
        print(f"  in {where:36}" + _cells(found, ".1f"))
    call, hand_over = call_cost(), best(lambda: in_lanes(lambda lane: None, 2))
    print(f"a call of a ufunc {table.duration(call)}, ", end="")
    print(f"a hand-over to a thread {table.duration(hand_over)}")
    return {
        "flops": max(found[-1] for found in rates.values()) * 1e9,
        "bytes": {where: found[-1] * 1e9 for where, found in speeds.items()},
        "calls": call,
    }


def _cells(values, form, unit=""):
    return "".join(f"{value:{form}}{unit}".rjust(12) for value in values)


def limit_of(work, limits):
    """Return the least seconds of a step, and what sets them."""
    where = "cache" if 2 * work["largest"] <= COPIES["cache"] else "memory"
    return max(
        (1e-12, "Python alone"),
        (work["flops"] / limits["flops"], "products"),
        (work["bytes"] / limits["bytes"][where], where),
        (work["calls"] * limits["calls"], "calls"),
    )


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="?", help="what run.py --json has stored")
    parser.add_argument("--threads", type=int, default=machine.processors())
    options = parser.parse_args()
    rows = []
    if options.results:
        with open(options.results) as file:
            stored = json.load(file)
        options.threads = stored["machine"]["threads"]
        rows = [row for row in stored["rows"] if row.get("times")]
    print("\n".join(machine.lines(machine.describe(options.threads))) + "\n")
    nn.set_num_threads(options.threads)
    limits = measure(options.threads)
    if rows:
        print(f"\n{'row':{table.NAME}}{'nnmods':>9}{'limit':>9}{'share':>8}  set by")
    builders = {row.name: row.builders["nnmods"] for row in ROWS}
    for row in rows:
        taken = statistics.median(row["times"]["nnmods"])
        text = f"{row['name']:{table.NAME}}{table.duration(taken):>9}"
        contestant = builders.get(row["name"])
        if callable(contestant) and row["name"] != "digits to 98 %":
            step = contestant()
            step()
            least, what = limit_of(least_work(step), limits)
            text += f"{table.duration(least):>9}{least / taken:8.0%}  {what}"
        print(text, flush=True)


if __name__ == "__main__":
    main()
