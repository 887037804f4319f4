"""Every module as Torch7 saved it is loaded, and gives Torch7's numbers.

`golden/modules_t7.zip` holds the modules and criterions of the recorded cases, as they
were before their first forward.
"""

import io
import zipfile

import pytest

import nnmods as nn
from nnmods.interop.t7 import T7Error, load_t7, save_t7
from torch7.comparing import compare_criterion, compare_module, reason
from torch7.families import CONSTRUCTORS
from torch7.golden import FOLDER, cases

CASES = [case for case in cases() if "t7" in case.entry]
#: Classes that are not built here.
UNKNOWN = {"rnn:Sequencer.tensor.04": "nn.MuFuRu"}
KNOWN = [pytest.param(case, id=case.id) for case in CASES if case.id not in UNKNOWN]


@pytest.fixture(scope="module")
def archive():
    with zipfile.ZipFile(FOLDER / "modules_t7.zip") as archive:
        yield archive


def contents(archive, case):
    return io.BytesIO(archive.read(case.entry["t7"]))


def compare(case, made):
    if why := reason(case):
        pytest.skip(why)
    if isinstance(made, nn.Criterion):
        compare_criterion(case, made)
        return
    counted = CONSTRUCTORS.get(case.name)  # a class whose results count from 1
    if isinstance(counted, type) and issubclass(counted, type(made)):
        made.__class__ = counted
    compare_module(case, made)


def test_the_archive_has_every_case(archive):
    assert {case.entry["t7"] for case in CASES} == set(archive.namelist())
    assert len(CASES) == 531


@pytest.mark.parametrize("case", KNOWN)
def test_what_torch7_saved_gives_its_numbers(case, archive):
    made = load_t7(contents(archive, case))
    if case.kind == "module":
        assert made.train is case.entry.get("train", True)
    compare(case, made)


@pytest.mark.parametrize("case", KNOWN)
def test_what_is_written_gives_its_numbers(case, archive):
    file = io.BytesIO()
    save_t7(load_t7(contents(archive, case)), file, "ascii")
    file.seek(0)
    compare(case, load_t7(file))


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_built_is_named(name, archive):
    (case,) = [case for case in CASES if case.id == name]
    with pytest.raises(T7Error, match=UNKNOWN[name]):
        load_t7(contents(archive, case))
