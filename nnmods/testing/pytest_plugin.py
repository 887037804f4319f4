"""The pytest plugin: a fixture that fails with a diagnosis, and a JSON report."""

import json
from pathlib import Path

import pytest

RESULTS = pytest.StashKey()


def pytest_addoption(parser):
    group = parser.getgroup("nnmods")
    group.addoption(
        "--nnmods-json",
        metavar="FILE",
        help="write what diagnose_module found in all tests, as JSON",
    )


def pytest_configure(config):
    config.stash[RESULTS] = []
    path = config.getoption("nnmods_json")
    if path is not None and not Path(path).absolute().parent.is_dir():
        raise pytest.UsageError(f"--nnmods-json {path}: there is no such folder")


@pytest.fixture
def diagnose_module(request):
    """Return a function of (module, x), with diagnose's options, that fails the test.

    It returns the `Diagnosis` of a module in which no mistake was found; of another
    one the report is the failure's message.
    """

    def check(module, x, **options):
        from nnmods.testing import diagnose  # few sessions check modules

        found = diagnose(module, x, **options)
        result = {"test": request.node.nodeid, **found.to_dict()}
        request.config.stash[RESULTS].append(result)
        if not found.ok:
            pytest.fail(str(found), pytrace=False)
        return found

    return check


def pytest_sessionfinish(session):
    path = session.config.getoption("nnmods_json")
    if path is not None:
        results = session.config.stash[RESULTS]
        report = {"ok": all(result["ok"] for result in results), "results": results}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2, allow_nan=False)
            file.write("\n")
