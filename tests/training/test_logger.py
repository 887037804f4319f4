import csv
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from nnmods.training import Logger, read_log


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


@pytest.fixture
def log(path):
    """Three rows of two columns."""
    log = Logger(path, ["a", "b"])
    for i in range(3):
        log.add(i, i / 2)
    return log


TEXT = "a,b\n0,0.0\n1,0.5\n2,1.0\n"


def test_rows(log, path):
    assert path.read_text() == TEXT
    assert len(log) == 3 and log.names == ("a", "b")


def test_a_dict_gives_the_names_and_may_be_in_any_order(path):
    log = Logger(path)
    assert path.read_text() == "" and log.names is None and len(log) == 0
    log.add({"train cost": 0.5, "test cost": None})
    log.add({"test cost": 0.25, "train cost": float("nan")})
    assert path.read_text() == "train cost,test cost\n0.5,\nnan,0.25\n"


def test_a_new_log_replaces_the_old_one(log, path):
    Logger(path, ["c"])
    assert path.read_text() == "c\n"


def test_columns(log, path):
    columns = read_log(path)
    assert [*columns] == ["a", "b"]
    assert_array_equal(columns["a"], [0.0, 1.0, 2.0])
    assert_array_equal(columns["b"], [0.0, 0.5, 1.0])
    assert {column.dtype for column in columns.values()} == {np.dtype(float)}


def test_no_rows_yet(path):
    log = Logger(path)
    assert read_log(path) == {}
    log = Logger(path, ["a"])
    assert len(log) == 0 and read_log(path)["a"].shape == (0,)


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_numbers_come_back_bit_by_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("log") / "log.csv"
    log = Logger(path, ["a"])
    for value in values:
        log.add(value)
    assert read_log(path)["a"].tobytes() == np.array(values).tobytes()


def test_numbers_of_all_kinds(path):
    log = Logger(path, ["x"])
    values = [np.float32(0.1), np.float16(0.1), np.int8(-3), np.array(0.1), 7, 2**53]
    for value in [*values, float("nan"), -np.inf, None]:
        log.add(value)
    wanted = [*map(float, values), np.nan, -np.inf, np.nan]
    assert_array_equal(read_log(path)["x"], wanted)
    assert path.read_text().splitlines()[3:6] == ["-3", "0.1", "7"]
    assert path.read_text().endswith('nan\n-inf\n""\n')  # None is no nan in the file


def test_names_of_all_kinds(path):
    names = ["a,b", 'say "x"', " c ", "Kosten für α", "#"]
    Logger(path, names).add(*range(5))
    assert [*read_log(path)] == names
    with open(path, newline="") as file:
        assert [*csv.DictReader(file)][0] == dict(zip(names, "01234", strict=True))
    assert Logger(path, append=True).names == tuple(names)


def test_appending(log, path):
    again = Logger(path, append=True)
    assert len(again) == 3 and again.names == ("a", "b")
    again.add({"b": 4, "a": 3})
    Logger(path, ["a", "b"], append=True).add(5, None)
    assert path.read_text() == TEXT + "3,4\n5,\n"


def test_appending_to_nothing(path):
    Logger(path, ["a"], append=True).add(1)
    assert path.read_text() == "a\n1\n"


@pytest.mark.parametrize("size", range(len(TEXT) + 1))
def test_half_a_line_is_dropped(log, path, size):
    path.write_text(TEXT[:size])
    whole = TEXT[: TEXT[:size].rfind("\n") + 1]
    rows = max(whole.count("\n") - 1, 0)
    assert len(read_log(path).get("a", [])) == rows
    assert path.read_text() == TEXT[:size]
    again = Logger(path, ["a", "b"], append=True)
    assert len(again) == rows
    again.add(8, 9)
    assert path.read_text() == (whole or "a,b\n") + "8,9\n"


def test_a_killed_run_loses_nothing(path):
    code = (
        "import os; from nnmods.training import Logger\n"
        f"log = Logger({str(path)!r})\n"
        "log.add({'a': 1}); log.add(2)\n"
        "os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    assert_array_equal(read_log(path)["a"], [1.0, 2.0])


def test_a_full_disk_leaves_whole_rows(path):
    pytest.importorskip("resource")
    code = (
        "import resource; from nnmods.training import Logger\n"
        f"log = Logger({str(path)!r}, ['a', 'b'])\n"
        "log.add(1, 2)\n"
        "unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (12, unlimited[1]))\n"
        "try:\n"
        "    log.add(1234567, 2)\n"
        "except OSError as err:\n"
        "    print(len(log), type(err).__name__)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)\n"
        "log.add(3, 4)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "1 OSError\n", run.stderr
    assert path.read_text() == "a,b\n1,2\n3,4\n"


@pytest.mark.parametrize("n", range(4))
def test_truncate(log, path, n):
    log.truncate(n)
    assert len(log) == n
    log.add(7, 8)
    assert path.read_text() == "".join(TEXT.splitlines(True)[: n + 1]) + "7,8\n"


def test_truncate_before_the_first_row(path):
    log = Logger(path)
    log.truncate(0)
    log.add({"a": 1})
    assert path.read_text() == "a\n1\n"


@pytest.mark.parametrize(
    "n, error, text",
    [
        (4, ValueError, "n has value 4, expected 0 to 3"),
        (-1, ValueError, "n has value -1"),
        (1.0, TypeError, "n has type float, expected an integer"),
    ],
)
def test_truncate_errors(log, path, n, error, text):
    with pytest.raises(error, match=re.escape(text)):
        log.truncate(n)
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    "row, error, text",
    [
        ((1,), ValueError, "row has 1 values, expected 2: a, b"),
        ((1, 2, 3), ValueError, "row has 3 values"),
        (({"a": 1},), ValueError, "row has names a, expected a, b"),
        (({"a": 1, "b": 2, "c": 3},), ValueError, "row has names a, b, c"),
        ((1, "2"), TypeError, "'b' has type str, expected a number or None"),
        ((1, True), TypeError, "'b' has type bool"),
        ((1, 2j), TypeError, "'b' has type complex"),
        ((1, np.ones(1)), TypeError, "'b' has type ndarray"),
    ],
)
def test_refused_rows_are_not_written(log, path, row, error, text):
    with pytest.raises(error, match=re.escape(f"{log!r}: {text}")):
        log.add(*row)
    assert path.read_text() == TEXT and len(log) == 3
    log.add(3, 4)
    assert path.read_text() == TEXT + "3,4\n"


def test_a_refused_first_row_gives_no_names(path):
    log = Logger(path)
    with pytest.raises(RuntimeError, match="row has no names, expected a dict"):
        log.add(1, 2)
    with pytest.raises(TypeError, match="'a' has type str"):
        log.add({"a": "x"})
    assert log.names is None and path.read_text() == ""
    log.add({"b": 1})
    assert path.read_text() == "b\n1\n"


@pytest.mark.parametrize(
    "names, error, text",
    [
        ([], ValueError, "names has length 0"),
        (["a", "a"], ValueError, "names has 'a' twice"),
        (["a\nb"], ValueError, "names has 'a\\nb', expected one line of text"),
        ([""], ValueError, "names has '', expected one line"),
        ([1], TypeError, "names has an entry of type int, expected text"),
        ("ab", TypeError, "names has type str"),
    ],
)
def test_refused_names(log, path, names, error, text):
    with pytest.raises(error, match=re.escape(text)):
        Logger(path, names)
    assert path.read_text() == TEXT


def test_other_names_are_not_appended(log, path):
    with pytest.raises(ValueError, match="file has names a, b, expected b, a"):
        Logger(path, ["b", "a"], append=True)
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    "content, text",
    [
        (b"a,b\n1\n", "line 2 has 1 fields, expected 2"),
        (b"a\n1\n\n", "line 3 has 0 fields, expected 1"),
        (b"a,b\n1,2\n1,x\n", "line 3 has fields 1, x, expected numbers"),
        (b'a,"b\n1,2\n', "is no CSV file"),
        (b'a\n"1\n"\n', "is no CSV file with a row in each line"),
        (b"\xff\xfe\n", "is no CSV file"),
        (b"a,a\n", "names has 'a' twice"),
        (b"\n", "names has length 0"),
    ],
)
def test_files_that_are_no_log(path, content, text):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(f"read_log: {path}: {text}")):
        read_log(path)
    with pytest.raises(ValueError, match=re.escape(f"Logger: {path}: {text}")):
        Logger(path, append=True)
    assert path.read_bytes() == content


def test_lines_that_end_as_on_windows(path):
    path.write_bytes(b"a,b\r\n1,\r\n")
    assert_array_equal(read_log(path)["b"], [np.nan])


def test_what_others_wrote_is_kept(log, path):
    other = Logger(path, append=True)
    log.add(3, 4)
    for change in (lambda: other.add(5, 6), lambda: other.truncate(0)):
        with pytest.raises(RuntimeError, match="another program wrote to it"):
            change()
    assert path.read_text() == TEXT + "3,4\n"


def test_a_file_that_is_gone(log, path):
    path.unlink()
    with pytest.raises(FileNotFoundError):
        log.add(1, 2)
    assert not path.exists()


@pytest.mark.parametrize("append", [False, True])
def test_no_such_folder(tmp_path, append):
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "no/log"))):
        Logger(tmp_path / "no/log", ["a"], append)
    with pytest.raises(IsADirectoryError):
        Logger(tmp_path, ["a"], append)


def test_pickled_logs_go_on(log, path):
    again = pickle.loads(pickle.dumps(log))
    again.add(3, 4)
    assert path.read_text() == TEXT + "3,4\n"
