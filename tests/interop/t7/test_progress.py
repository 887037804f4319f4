"""Progress: large files show how far reading and writing have come."""

import io
import sys
import types

import numpy as np
import pytest

from nnmods.interop.t7 import load_t7, progress, save_t7


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def bars(monkeypatch):
    """Bars that count, for files of any size."""
    made = []

    class Bar:
        def __init__(self, total, **options):
            self.total, self.done, self.is_open = total, 0, True
            made.append(self)

        def update(self, n):
            self.done += n

        def close(self):
            self.is_open = False

    monkeypatch.setattr(progress, "QUIET", 1000)
    at_a_terminal = types.SimpleNamespace(stderr=Terminal())
    monkeypatch.setattr("nnmods.core.progress.sys", at_a_terminal)
    monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(tqdm=Bar))
    return made


@pytest.mark.parametrize("form", ["binary", "ascii"])
def test_a_bar_follows_the_bytes(form, bars, tmp_path):
    arrays = [np.arange(300_000.0), np.arange(100_000, dtype=np.int32)]
    save_t7(arrays, tmp_path / "x.t7", form)
    (writing,) = bars
    assert writing.done == writing.total == sum(x.nbytes for x in arrays)
    bars.clear()
    load_t7(tmp_path / "x.t7")
    (reading,) = bars
    assert reading.total == (tmp_path / "x.t7").stat().st_size
    assert 0.9 * reading.total < reading.done <= reading.total
    assert not (reading.is_open or writing.is_open)


def test_small_files_show_none(bars, tmp_path):
    save_t7(np.ones(10), tmp_path / "x.t7")
    load_t7(tmp_path / "x.t7")
    assert not bars


def test_without_tqdm_there_is_none(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setitem(sys.modules, "tqdm", None)
    bar = progress.progress(10**9)
    bar.update(3)
    bar.close()
