"""Does any damaged `.t7` file do more than raise a T7Error?

Mutates files of Torch7 and loads them: bytes and numbers overwritten, parts cut out,
doubled, taken from other files. Whatever comes up but a T7Error, takes longer than ten
seconds, or more memory than twice the file plus 16 MB, is printed with the seed and the
number by which it comes up again, and the exit status is 1.

    python benchmarks/fuzz_t7.py                      100,000 mutations of tests/t7
    python benchmarks/fuzz_t7.py --count 1000000 --seed 3 FILE.t7 ...
"""

import argparse
import io
import random
import re
import signal
import struct
import sys
import time
import tracemalloc
from collections import Counter
from pathlib import Path

from nnmods.interop.t7 import T7Error, T7Reader

FILES = Path(__file__).parents[1] / "tests" / "t7"
SECONDS, MEMORY = 10, 16 << 20

#: Numbers that sizes, indices and type ids are overwritten with.
ODD = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, 127, 255, 65_535, 10**6, 2**24, 2**31 - 1]
ODD += [-(2**31), 2**31, 2**32, 2**40, 2**62, 2**63 - 1, -(2**63)]
#: Numbers of Lua, which are doubles.
ODD_DOUBLES = [0.0, -1.0, 0.5, 1e6, 1e9, 2.0**31, 2.0**53, 1e300, float("inf")]
ODD_DOUBLES += [float("-inf"), float("nan")]


def overwrite_bytes(data, rng, others):
    for _ in range(rng.choice([1, 1, 2, 8])):
        data[rng.randrange(len(data))] = rng.randrange(256)


def overwrite_number(data, rng, others):
    code, values = rng.choice([("i", ODD), ("q", ODD), ("d", ODD_DOUBLES)])
    value = rng.choice(values)
    if code == "i":
        value = (value + 2**31) % 2**32 - 2**31
    packed = struct.pack(rng.choice("<<<>") + code, value)
    at = rng.randrange(len(data))
    data[at : at + len(packed)] = packed


def overwrite_digits(data, rng, others):
    """Change a number of an ASCII file."""
    tokens = list(re.finditer(rb"(?<![^\s])-?\d[\d.e+-]*(?![^\s])", data))
    if not tokens:
        return overwrite_number(data, rng, others)
    token = rng.choice(tokens)
    value = rng.choice(ODD + ODD_DOUBLES)
    data[token.start() : token.end()] = str(value).encode()


def truncate(data, rng, others):
    del data[rng.randrange(1, len(data) + 1) :]


def cut(data, rng, others):
    at = rng.randrange(len(data))
    del data[at : at + rng.choice([1, 4, 8, 12, rng.randrange(1, 200)])]


def double(data, rng, others):
    at, end = sorted(rng.randrange(len(data)) for _ in range(2))
    data[rng.randrange(len(data)) : 0] = data[at:end]


def splice(data, rng, others):
    other = rng.choice(others)
    at = rng.randrange(len(other))
    part = other[at : at + rng.randrange(1, 400)]
    place = rng.randrange(len(data))
    data[place : place + rng.choice([0, len(part)])] = part


def redirect(data, rng, others):
    """Let a table or an object be another one, also one that it stands in."""
    kinds = (b"\x03\0\0\0", b"\x04\0\0\0", b"\n3\n", b"\n4\n")
    places = [found.end() for kind in kinds for found in re.finditer(kind, data)]
    if not places:
        return overwrite_number(data, rng, others)
    at, index = rng.choice(places), rng.randrange(1, 40)
    if data[at - 1 : at] == b"\n":
        end = data.find(b"\n", at)
        data[at : max(end, at)] = str(index).encode()
    else:
        data[at : at + 4] = struct.pack("<i", index)


MUTATIONS = [overwrite_bytes, overwrite_number, overwrite_digits, truncate, cut]
MUTATIONS += [double, splice, redirect, redirect, overwrite_number, overwrite_digits]


def mutate(files, seed, number):
    """Return the bytes of one mutated file; the same arguments give the same bytes."""
    rng = random.Random(f"{seed} {number}")
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        if data:
            rng.choice(MUTATIONS)(data, rng, files)
    return bytes(data)


class TooLong(Exception):
    pass


def load(data):
    """Load all objects of a file, and return what came of it: a word."""
    try:
        with T7Reader(io.BytesIO(data)) as reader:
            for _ in reader:
                pass
    except T7Error as err:
        assert "expected" in str(err) or err.__cause__ is not None, err
        assert "\n" not in str(err), err
        return "T7Error"
    return "loaded"


def watched(data):
    """Load a file under a time limit and a watch on memory.

    Returns
    -------
    outcome : str
    excess : int
        Bytes taken beyond what is allowed, negative mostly.
    """

    def stop(*_):
        raise TooLong(f"more than {SECONDS} s")

    has_alarm = hasattr(signal, "setitimer")
    if has_alarm:
        before = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
    tracemalloc.reset_peak()
    start = tracemalloc.get_traced_memory()[0]
    try:
        outcome = load(data)
    except BaseException as err:
        if isinstance(err, (KeyboardInterrupt, SystemExit)):
            raise
        outcome = f"{type(err).__name__}: {err}"
    finally:
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    peak = tracemalloc.get_traced_memory()[1] - start
    return outcome, peak - 2 * len(data) - MEMORY


def fuzz(files, count, seed, tell=print):
    """Return a Counter of outcomes, and a list of the failures."""
    outcomes, failures = Counter(), []
    tracemalloc.start()
    try:
        for number in range(count):
            data = mutate(files, seed, number)
            outcome, excess = watched(data)
            if outcome not in ("T7Error", "loaded") or excess > 0:
                failures.append((number, outcome, excess))
                tell(f"seed {seed} number {number}: {outcome}, memory {excess:+d}")
            outcomes[outcome if outcome in ("T7Error", "loaded") else "failed"] += 1
    finally:
        tracemalloc.stop()
    return outcomes, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    paths = options.files or sorted(FILES.glob("*.t7"))
    files = [path.read_bytes() for path in paths]
    done, start = 0, time.perf_counter()
    total, failures = Counter(), []
    while done < options.count:
        count = min(10_000, options.count - done)
        outcomes, failed = fuzz(files, count, options.seed + done)
        total, done = total + outcomes, done + count
        failures += failed
        seconds = time.perf_counter() - start
        print(f"{done} mutations, {seconds:.0f} s: {dict(total)}", file=sys.stderr)
    print(f"{done} mutations of {len(files)} files: {dict(total)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
