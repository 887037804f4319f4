"""The fixture of the pytest plugin, and its report for graders."""

import json

import pytest

pytest_plugins = "pytester"

TESTS = """
import numpy as np
import nnmods as nn


class Half(nn.Module):
    def forward(self, x):
        return x / 2

    def backward(self, x, dC_dy):
        return dC_dy


def test_wrong(diagnose_module):
    diagnose_module(Half(), np.ones((5, 3)))


def test_right(diagnose_module):
    assert diagnose_module(nn.Tanh(), np.ones((5, 3)), seed=1).ok
"""


@pytest.fixture
def session(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # it may be installed
    pytester.makepyfile(test_work=TESTS)
    return lambda *argv: pytester.runpytest("-p", "nnmods.testing.pytest_plugin", *argv)


def test_a_mistake_fails_the_test_with_the_report(session):
    result = session()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["Half(): 1 mistake, x of shape (5, 3)", "dC_dx: missing-derivative"]
    )


def test_a_report_that_cannot_be_written_stops_before_the_tests(session):
    result = session("--nnmods-json", "none/report.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--nnmods-json none/report.json: there is no*"])


def test_the_report_of_a_session(session, pytester):
    session("--nnmods-json", "report.json")
    report = json.loads((pytester.path / "report.json").read_text())
    assert report["ok"] is False
    wrong, right = report["results"]
    assert wrong["test"].endswith("test_work.py::test_wrong")
    assert wrong["findings"][0]["mistake"] == "missing-derivative"
    assert right["test"].endswith("test_work.py::test_right") and right["ok"] is True
