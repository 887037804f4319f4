"""What is written of every recorded module has what Torch7 itself had written.

The same classes and versions, every field, and in it the same number, string, boolean
and tensor; but for results and scratch memory, and for what stands in DIFFERENT.
"""

import io
import re
import zipfile

import numpy as np
import pytest

from nnmods.interop.t7 import load_t7, save_t7
from nnmods.interop.t7.raw import Object, Storage, Table, Tensor
from nnmods.interop.t7.raw_reader import RawReader
from nnmods.interop.t7.views import array_of
from nnmods.testing.compare import EXACT
from torch7.golden import FOLDER, cases
from torch7.test_saved import UNKNOWN

CASES = [
    pytest.param(case, id=case.id)
    for case in cases()
    if "t7" in case.entry and case.id not in UNKNOWN
]
#: Memory in which Torch7 computes, or had computed, or that it had not set at all.
SCRATCH = r"""
    output gradInput grad\w+ _output _gradInput _norm _scale norm scale coef batchsize
    inShape outShape inputSize outputSize clusterSampleCount _target
""".split()
SCRATCH = re.compile(rf".*\.({'|'.join(SCRATCH)})(\[.*)?")
#: Fields and values that differ, by their places, and why.
DIFFERENT = {
    r".*\.inplace": "here a result never stands in place of x",
    r".*: nn\.C?Add": "nn.Add of a file is our CAdd, which is Torch7's nn.CAdd",
    r"nn\.Copy\.update\w+": "functions of Lua, which copied nothing",
    r"nn\.Dropout\.(flag|lazy|mono)": "of rnn's, for noise in training",
    r".*\.dpnn_typename": "a note of dpnn for nobody",
    r"nn\.Recurrent\.rho": "of a backward that takes fewer steps than forward",
    r": nn.VolumetricDilatedMaxPooling": "version 2, as else ceil_mode would be lost",
    r"nn\.LinearWeightNorm\.weight": "not computed yet when it was saved",
}
DIFFERENT = re.compile("|".join(DIFFERENT))


class Comparison:
    """Collects the places at which what was written differs."""

    def __init__(self):
        self.found, self.seen = [], set()

    def compare(self, original, written, place):
        if id(original) in self.seen:
            return
        if isinstance(original, (Object, Table)):
            self.seen.add(id(original))
        if isinstance(original, Object) and isinstance(written, Object):
            self._objects(original, written, place)
        elif not SCRATCH.fullmatch(place) and not _same(original, written):
            self.found.append(place)
        elif isinstance(original, Table) and isinstance(written, Table):
            self._entries(original, written, f"{place}[%s]")

    def _objects(self, original, written, place):
        names = [(raw.name, raw.version) for raw in (original, written)]
        if names[0] != names[1]:
            self.found.append(f"{place}: {original.name}")
        elif isinstance(original.content, Table):
            self._entries(original.content, written.content, f"{original.name}.%s")

    def _entries(self, original, written, form):
        there = dict(written.pairs())
        for key, value in original.pairs():
            name = key.decode() if isinstance(key, bytes) else key
            self.compare(value, there.get(key), form % name)


def _same(a, b):
    """Tell whether two raw values are alike; of tables, both are."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Table):
        return True
    if isinstance(a, (Tensor, Storage)):
        x, y = array_of(a), array_of(b)
        alike = x.dtype == y.dtype and x.shape == y.shape
        return alike and np.allclose(x, y, rtol=EXACT, atol=0, equal_nan=True)
    return a == b


@pytest.fixture(scope="module")
def archive():
    with zipfile.ZipFile(FOLDER / "modules_t7.zip") as archive:
        yield archive


@pytest.mark.parametrize("case", CASES)
def test_what_torch7_wrote_is_written(case, archive):
    data = archive.read(case.entry["t7"])
    file = io.BytesIO()
    save_t7(load_t7(io.BytesIO(data)), file)
    comparison = Comparison()
    comparison.compare(
        RawReader(io.BytesIO(data)).read(),
        RawReader(io.BytesIO(file.getvalue())).read(),
        "",
    )
    assert [place for place in comparison.found if not DIFFERENT.search(place)] == []


def test_a_difference_is_seen():
    def read(value):
        save_t7(value, file := io.BytesIO())
        return RawReader(io.BytesIO(file.getvalue())).read()

    comparison = Comparison()
    comparison.compare(
        read([1, "a", np.ones(2), {"b": True}, 5]),
        read([1, "c", np.array([1, 2.0]), {"b": False}]),
        "",
    )
    assert comparison.found == ["[2.0]", "[3.0]", "[4.0][b]", "[5.0]"]
