"""How fast is nnmods, and against PyTorch, torch.compile, JAX and scikit-learn?

Each row runs in a fresh process: contestants are built from the same parameters and
data, equal results are asserted, then they run in turn, round by round. The table has
the median time of a step and the ratio to PyTorch; a dash is a contestant that is not
installed or cannot do the same.

    python benchmarks/run.py                         all rows: half an hour and more
    python benchmarks/run.py --rows 'MLP*,tanh'      some rows
    python benchmarks/run.py --rows lenet --peers pytorch --threads 1 --cpu-time
"""

import argparse
import fnmatch
import functools
import json
import statistics
import sys

from harness import machine, table, worker
from harness.figures import ratio
from harness.row import PEERS, REFERENCE
from rows import ROWS

#: Processes whose memory is measured; of PyTorch it differs by a fifth from one to the
#: next, so the median counts.
GROWTHS = 5


def main():
    """Run the command line; return 1 if a row failed."""
    options = parse()
    rows = chosen(options.rows)
    if options.list:
        print("\n".join(f"{row.name:{table.NAME}}{row.group}" for row in rows))
        return 0
    if options.one:
        worker.answer(work(options))
        return 0
    described = machine.describe(options.threads)
    print("\n".join(machine.lines(described)))
    print("\n" + table.heading(options.memory))
    found = []
    try:
        for i, row in enumerate(rows):
            progress(f"[{i + 1}/{len(rows)}] {row.name} ...")
            found.append(measured(row, options))
            progress("")
            print(table.line(found[-1], options.memory), flush=True)
    except KeyboardInterrupt:
        progress("")
        print("interrupted")
    print("\n" + "\n".join(table.summary(found)))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"machine": described, "rows": found}, file, indent=1)
    if options.plot:
        from harness.plot import bars

        bars(found, options.plot)
    return int(any("error" in row for row in found) or len(found) < len(rows))


def parse():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="see also: limits.py"
    )
    parser.add_argument(
        "--rows", default="*", help="patterns or parts of names, comma-separated"
    )
    parser.add_argument(
        "--peers", default=",".join(PEERS), help="against whom (default: %(default)s)"
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=machine.processors(),
        help="of every contestant (default: %(default)s, one for each processor)",
    )
    parser.add_argument("--memory", action="store_true", help="and peak memory")
    parser.add_argument("--quick", action="store_true", help="0.3 s instead of 1.5")
    parser.add_argument(
        "--cpu-time",
        action="store_true",
        help="of the process instead of the clock's: for one thread on a busy machine",
    )
    parser.add_argument("--json", metavar="FILE", help="store all times")
    parser.add_argument("--plot", metavar="FILE.png", help="draw the ratios")
    parser.add_argument("--list", action="store_true", help="list the rows only")
    parser.add_argument("--one", metavar="ROW", help=argparse.SUPPRESS)
    parser.add_argument("--grow", metavar="PEER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    peers = ["nnmods", *options.peers.split(",")]
    unknown = [peer for peer in peers if peer not in PEERS]
    if unknown:
        parser.error(f"--peers: {', '.join(unknown)}: expected some of {[*PEERS]}")
    options.peers = list(dict.fromkeys(peers))
    if options.threads < 1:
        parser.error(f"--threads is {options.threads}, expected 1 or more")
    if not chosen(options.rows):
        parser.error(f"--rows: no row is like {options.rows}; see --list")
    return options


def chosen(patterns):
    """Return the rows of which a pattern is a part, or that it matches."""
    patterns = [pattern.strip().lower() for pattern in patterns.split(",")]
    return [
        row
        for row in ROWS
        if any(
            pattern in row.name.lower() or fnmatch.fnmatch(row.name.lower(), pattern)
            for pattern in patterns
            if pattern
        )
    ]


def work(options):
    """Measure one row in this process."""
    (row,) = (row for row in ROWS if row.name == options.one)
    if options.grow:
        return worker.grow_row(row, options.grow, options.threads)
    seconds = 0.3 if options.quick else 1.5
    time = getattr(row, "time", functools.partial(worker.time_row, row))
    return time(options.peers, options.threads, seconds, options.cpu_time)


def measured(row, options):
    """Have a row measured in processes of its own; return what was found."""
    found = {"name": row.name, "group": row.group}
    one = ["--one", row.name, "--peers", ",".join(options.peers)]
    one += ["--quick"] * options.quick + ["--cpu-time"] * options.cpu_time
    others = machine.Others()
    try:
        found["times"] = worker.spawn(one, options.threads)
        found["others"] = others.share()
        found["ratio"] = ratio(found["times"])
        if options.memory and row.trains and REFERENCE in found["times"]:
            grown = {
                peer: statistics.median(
                    worker.spawn([*one, "--grow", peer], options.threads)
                    for _ in range(GROWTHS)
                )
                for peer in ("nnmods", REFERENCE)
            }
            found["memory"] = grown | {"ratio": grown[REFERENCE] / grown["nnmods"]}
    except Exception as error:  # one row's trouble is not the others'
        found["error"] = str(error)
    return found


def progress(text):
    """Show what is being done, where somebody is looking."""
    if sys.stderr.isatty():
        print(f"\r{text:79}\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
