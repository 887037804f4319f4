"""Clocks: rounds that alternate between contestants, and growth of memory."""

import ctypes
import gc
import time
from pathlib import Path

ROUND = 0.03  # seconds of one contestant's turn
LEAST_ROUNDS = 5


def alternate(contestants, seconds, clock=time.perf_counter):
    """Return for each contestant its seconds per step, one number for each round.

    Each round gives all contestants a turn of about `ROUND` seconds, in an order that
    is reversed from round to round: a processor that changes its speed does so for all
    of them. Before a turn, threads of the one before come to rest, and some steps that
    are not timed bring caches and threads of its own.

    Parameters
    ----------
    contestants : dict
        Name: a callable that does one step.
    seconds : float
        For each contestant, in all; the slowest sets the number of rounds.
    clock : callable
        `time.process_time` is for one thread on a busy machine.
    """
    repeats = {name: _repeats(step, clock) for name, step in contestants.items()}
    longest = max(n * t for n, t in repeats.values())
    rounds = max(LEAST_ROUNDS, round(seconds / longest))
    times = {name: [] for name in contestants}
    order = list(contestants)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name in order:
                n, t = repeats[name]
                _settle()
                with getattr(contestants[name], "turn", _Nothing)():
                    times[name].append(_turn(contestants[name], n, t, clock))
            order.reverse()
    finally:
        gc.enable()
    return times


def _settle(pause=0.002, longest=0.5):
    """Wait for threads that spin: those of OpenBLAS do so for a tenth of a second."""
    end = time.perf_counter() + longest
    used = pause
    while used > pause / 4 and time.perf_counter() < end:
        before = time.process_time()
        time.sleep(pause)
        used = time.process_time() - before


def _turn(step, n, t, clock, lead=0.003):
    for _ in range(min(n, 1 + int(lead / t))):
        step()
    start = clock()
    for _ in range(n):
        step()
    return (clock() - start) / n


def _repeats(step, clock):
    """Warm up, and return how many steps make a round, and the time of one."""
    for _ in range(3):
        step()
    n = 1
    while (t := _turn(step, n, 1.0, clock) * n) < ROUND / 4:
        n *= 4
    return max(1, round(n * ROUND / t)), t / n


class _Nothing:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def memory_growth(build, steps=5):
    """Return by how many bytes the peak memory of this process grows in ``steps``.

    What was freed before is given back to the system first, where that can be done, as
    steps would grow into it unseen.
    """
    step = build()
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass  # not glibc
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before = _status("VmRSS")
    for _ in range(steps):
        step()
    return _status("VmHWM") - before


def _status(key):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {key}")
