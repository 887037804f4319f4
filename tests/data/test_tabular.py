"""CSV files: headers, targets, dialects, and every way to be no table."""

import gzip

import numpy as np
import pytest

from nnmods.data import read_csv, read_regression

IRIS = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,virginica\n4.9,3.0,setosa\n"
FEATURES = [[5.1, 3.5], [7.0, 3.2], [4.9, 3.0]]


@pytest.fixture
def csv(tmp_path):
    def write(text, name="iris.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize("target", [-1, 2, np.int64(2), "kind"])
@pytest.mark.parametrize("header", ["auto", True])
def test_names_become_indices(csv, target, header):
    iris = read_csv(csv(IRIS), target, header)
    np.testing.assert_array_equal(iris.x, FEATURES)
    assert iris.x.dtype == np.float64
    assert iris.target.tolist() == [0, 1, 0]
    assert iris.classes == ("setosa", "virginica")
    assert iris.name == "iris"


def test_without_a_header(csv):
    for header in ("auto", False):
        data = read_csv(csv("2,5.5,6\n0,7,8\n"), 0, header)
        assert data.x.tolist() == [[5.5, 6.0], [7.0, 8.0]]
        assert data.target.tolist() == [2, 0]
        assert data.classes == ("0", "1", "2")


def test_a_header_of_numbers_is_one_if_told_so(csv):
    text = "0,1,2\n5,6,1\n"
    assert len(read_csv(csv(text))) == 2
    assert read_csv(csv(text), header=True).x.tolist() == [[5.0, 6.0]]
    assert read_csv(csv(text), "0").target.tolist() == [5]


def test_names_in_a_given_order(csv):
    iris = read_csv(csv(IRIS), classes=["virginica", "versicolor", "setosa"])
    assert iris.target.tolist() == [2, 0, 2]
    assert iris.classes == ("virginica", "versicolor", "setosa")


@pytest.mark.parametrize(
    "text",
    [
        IRIS.replace("\n", "\r\n"),
        IRIS.replace("\n", "\n\n"),
        IRIS.replace(",", " , "),
        IRIS.replace("setosa", '"setosa"'),
        IRIS[:-1],
        "\n  \n" + IRIS,
        b"\xef\xbb\xbf" + IRIS.encode(),  # the byte order mark that Excel writes
        gzip.compress(IRIS.encode()),
    ],
    ids=["crlf", "blank", "spaces", "quotes", "no end", "blank start", "bom", "gzip"],
)
def test_the_same_table_in_other_spellings(csv, text):
    iris = read_csv(csv(text), "kind")
    np.testing.assert_array_equal(iris.x, FEATURES)
    assert iris.target.tolist() == [0, 1, 0]


def test_delimiter(csv):
    iris = read_csv(csv(IRIS.replace(",", ";")), delimiter=";")
    np.testing.assert_array_equal(iris.x, FEATURES)


BROKEN = {
    "": "is empty, expected rows of cells",
    "\n\n": "is empty, expected rows of cells",
    "a,b\n": "has a header only, expected rows of numbers",
    "1\n2\n": "line 1 has 1 cell, expected 2 or more separated by ','",
    "1,2,0\n\n3,4\n": "line 3 has 2 cells, expected 3",
    "1,2,0\n3,4,0,5\n": "line 2 has 4 cells, expected 3",
    "1,2,0\n3,x,0\n": "line 2: column 1 is 'x', expected a finite number",
    "1,x,0\n3,4,0\n": "line 1: column 1 is 'x', expected a finite number",
    "a,b,c\n1,2,0\n,4,0\n": "line 3: column 0 (a) is '', expected a finite number",
    "1,2,0\n3,nan,0\n": "line 2: column 1 is 'nan', expected a finite number",
    "1,2,0\n-inf,4,0\n": "line 2: column 0 is '-inf', expected a finite number",
    "1,2,0\n3,4,\n": "line 2: target is '', expected a class",
    "1,2,0\n3,4,1.5\n": "line 2: target is '1.5', "
    "expected a whole number, or classes given by name",
}


@pytest.mark.parametrize(("text", "message"), BROKEN.items())
def test_broken_tables(csv, text, message):
    path = csv(text)
    with pytest.raises(ValueError) as caught:
        read_csv(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_broken_table_leaves_no_file_open(csv, monkeypatch):
    opened = []

    def recorded(*args):
        opened.append(open(*args))
        return opened[-1]

    monkeypatch.setattr("nnmods.data.reading.open", recorded, raising=False)
    with pytest.raises(ValueError) as caught:  # whose traceback has all that was
        read_csv(csv("1,2,0\n3,x,0\n"))
    assert caught.value and [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    "content", [b"1,2\n\xff,0\n", b'1,2\n"3"4,0\n', b'1,2\n"3,0\n'], ids=repr
)
def test_not_a_text_of_rows(csv, content):
    with pytest.raises(ValueError, match="iris.csv: after line .*: not a CSV file"):
        read_csv(csv(content))


def test_corrupt_gzip(csv):
    with pytest.raises(ValueError, match="iris.csv: corrupt gzip data: "):
        read_csv(csv(gzip.compress(IRIS.encode())[:-9]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": 3}, "{path}: target is column 3, expected one of 3"),
        ({"target": -4}, "{path}: target is column -4, expected one of 3"),
        (
            {"target": "type"},
            "{path}: header has 0 columns named 'type', expected one; "
            "it has length, width, kind",
        ),
        (
            {"target": "kind", "header": False},
            "target is 'kind', expected an index if header=False",
        ),
        ({"header": "no"}, "header is 'no', expected 'auto', True or False"),
    ],
)
def test_wrong_options(csv, options, message):
    path = csv(IRIS)
    with pytest.raises(ValueError) as caught:
        read_csv(path, **options)
    assert str(caught.value) == message.format(path=path)


def test_a_name_that_two_columns_have(csv):
    with pytest.raises(ValueError, match="header has 2 columns named 'a'"):
        read_csv(csv("a,a,b\n1,2,3\n"), "a")


def test_target_of_another_type(csv):
    with pytest.raises(TypeError):
        read_csv(csv(IRIS), 1.0)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.csv"):
        read_csv(tmp_path / "nowhere.csv")


HOUSES = "rooms,age,price,rent\n3,40,1.5,7\n5,10,4,8.5\n4,0,-2e3,9\n"


@pytest.mark.parametrize(
    ("target", "x", "wanted"),
    [
        ("rent", [0, 1, 2], [3]),
        (-1, [0, 1, 2], [3]),
        (np.int64(1), [0, 2, 3], [1]),
        (["price", "age"], [0, 3], [2, 1]),
        (("price", -1), [0, 1], [2, 3]),
        ([0, 1, 2, 3], [], [0, 1, 2, 3]),
    ],
)
def test_regression(csv, target, x, wanted):
    table = np.array([[3, 40, 1.5, 7], [5, 10, 4, 8.5], [4, 0, -2000, 9]])
    for text in (HOUSES, gzip.compress(HOUSES.encode()), HOUSES.replace(",", ";")):
        delimiter = ";" if ";" in str(text) and isinstance(text, str) else ","
        path = csv(text, "houses.csv")
        found, values = read_regression(path, target, True, delimiter=delimiter)
        np.testing.assert_array_equal(found, table[:, x], strict=True)
        np.testing.assert_array_equal(values, table[:, wanted], strict=True)


def test_regression_without_a_header(csv):
    x, target = read_regression(csv("1,2,3\n4,5,6.5\n"))
    assert x.tolist() == [[1, 2], [4, 5]] and target.tolist() == [[3], [6.5]]
    x, target = read_regression(csv("1\t2\n4\t5\n"), 0, delimiter="\t")
    assert x.tolist() == [[2], [5]] and target.tolist() == [[1], [4]]


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        ("", -1, "is empty, expected rows of cells"),
        ("a,b\n", "a", "has a header only, expected rows of numbers"),
        ("a,b\n1,x\n", -1, "line 2: column 1 (b) is 'x', expected a finite number"),
        ("1,nan\n", -1, "line 1: column 1 is 'nan', expected a finite number"),
        ("a,b\n1,\n", "a", "line 2: column 1 (b) is '', expected a finite number"),
        ("1,2\n3,4,5\n", 0, "line 2 has 3 cells, expected 2"),
        (
            "1,2\n",
            [0, -2],
            "target is columns [0, 0], expected one or more that differ",
        ),
        ("1,2\n", [], "target is columns [], expected one or more that differ"),
        ("1,2\n", 2, "target is column 2, expected one of 2"),
        (
            "a,b\n1,2\n",
            ["a", "c"],
            "header has 0 columns named 'c', expected one; it has a, b",
        ),
    ],
)
def test_what_is_no_regression(csv, text, target, message):
    path = csv(text)
    with pytest.raises(ValueError) as caught:
        read_regression(path, target)
    assert str(caught.value) == f"{path}: {message}"


def test_regression_targets_of_another_type(csv):
    with pytest.raises(TypeError):
        read_regression(csv(HOUSES), 1.0)
