"""What was measured on."""

import importlib.metadata
import os
import platform
from pathlib import Path

PACKAGES = "nnmods numpy scipy torch jax scikit-learn".split()


def processors():
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe(threads):
    """Return versions, threads and processor as a dict."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "processor": _processor(),
        "processors": processors(),
        "threads": threads,
        "system": platform.platform(),
        "versions": versions,
        "blas": _blas(),
    }


def lines(machine):
    """Return the dict as lines of text."""
    versions = ", ".join(f"{k} {v or '-'}" for k, v in machine["versions"].items())
    count = f"{machine['processors']} processors, {machine['threads']} threads"
    first = f"{machine['processor']}, {count}, {machine['system']}"
    return [first, versions, f"products of nnmods by {machine['blas']}"]


def _blas():
    """Return NumPy's BLAS, and for which processor its products are written.

    That is this one, unless a variable of the environment names another: then all
    products of ours, and of scikit-learn's, are as fast as that one would do them.
    """
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        text = "a BLAS that only threadpoolctl can name"
    else:
        found = [each for each in threadpool_info() if each["user_api"] == "blas"]
        text = "an unknown BLAS"
        if found:
            kind = found[0].get("architecture", "any processor")
            text = f"{found[0]['internal_api']} {found[0]['version']} for {kind}"
    forced = os.environ.get("OPENBLAS_CORETYPE")
    return f"{text}, as OPENBLAS_CORETYPE={forced} demands" if forced else text


class Others:
    """How much of the processors other processes take, since this was made.

    Threads of PyTorch that wait for one another lose ten times the time that is taken:
    such rows are measured again when the machine is quiet.
    """

    def __init__(self):
        self.before = self._used()

    def share(self):
        """Return the share, from 0 to 1, or 0 where the system does not tell."""
        busy, total, own = (
            b - a for a, b in zip(self.before, self._used(), strict=True)
        )
        return max(0.0, (busy - own) / total) if total > 0 else 0.0

    def _used(self):
        """Return seconds of all processors, busy and in all, and of our children."""
        try:
            fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        except OSError:
            return 0, 0, 0
        seconds = [int(field) / os.sysconf("SC_CLK_TCK") for field in fields]
        idle = seconds[3] + seconds[4]
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        return sum(seconds) - idle, sum(seconds), own


def _processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
