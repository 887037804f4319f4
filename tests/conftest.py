"""What all tests share: a known random state, the default dtype, and a summary."""

import re
import shutil
from collections import Counter, defaultdict

import numpy as np
import pytest

import nnmods as nn


@pytest.fixture(autouse=True)
def known_state():
    nn.manual_seed(0)
    yield
    nn.set_default_dtype("float64")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def one_thread():
    """What Python takes for a moment to hand work to another thread does not count."""
    nn.set_num_threads(1)
    yield
    nn.set_num_threads()


def pytest_terminal_summary(terminalreporter):
    """Print, class by class, how many of Torch7's cases were equal."""
    equal, total, reasons = Counter(), Counter(), defaultdict(list)
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, ()):
            found = re.search(r"torch7/test_golden\.py::.*\[(.+)\]$", report.nodeid)
            if not found or getattr(report, "when", "call") != "call":
                continue
            case = found[1]
            name = re.sub(r"^(rnn:|float\.|x(?=[A-Z]))|(\.\w+)*\.\d+$", "", case)
            if outcome == "skipped":
                reasons[report.longrepr[2].removeprefix("Skipped: ")].append(case)
                continue
            total[name] += 1
            equal[name] += outcome == "passed"
    if not total:
        return
    write = terminalreporter.write_line
    terminalreporter.section("Torch7's numbers: equal/compared")
    entries = [f"{name} {equal[name]}/{total[name]}" for name in sorted(total)]
    width = max(map(len, entries)) + 2
    columns = max(shutil.get_terminal_size().columns // width, 1)
    rows = -(-len(entries) // columns)
    for row in range(rows):
        line = "".join(entry.ljust(width) for entry in entries[row::rows])
        write(line.rstrip())
    for reason, cases in sorted(reasons.items()):
        write(f"left out: {', '.join(cases)}: {reason}")
    write(f"{equal.total()} of {total.total()} golden cases equal")
