"""MNIST's four files: all spellings, and files that do not belong together."""

import gzip
import struct

import numpy as np
import pytest

from nnmods.data import load_mnist


def write(path, array):
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    data = header + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def images(n):
    return np.random.default_rng(n).integers(0, 256, (n, 28, 28))


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "train-images-idx3-ubyte", images(3))
    write(tmp_path / "train-labels-idx1-ubyte", np.array([9, 0, 4]))
    write(tmp_path / "t10k-images.idx3-ubyte.gz", images(2))
    write(tmp_path / "t10k-labels.idx1-ubyte", np.array([1, 1]))
    return tmp_path


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_reads_both_sets_in_any_spelling(folder, kind):
    train, test = load_mnist(kind(folder))
    np.testing.assert_array_equal(train.x, images(3)[:, None])
    np.testing.assert_array_equal(test.x, images(2)[:, None])
    assert train.x.dtype == np.uint8 and train.target.dtype == np.int64
    assert train.target.tolist() == [9, 0, 4] and test.target.tolist() == [1, 1]
    assert train.classes == test.classes == tuple("0123456789")
    assert (train.name, test.name) == ("mnist (train)", "mnist (test)")


def test_missing_file(folder):
    (folder / "t10k-labels.idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError) as caught:
        load_mnist(folder)
    assert str(caught.value) == (
        f"{folder}: has no t10k-labels-idx1-ubyte, nor t10k-labels.idx1-ubyte, "
        "nor one of them as .gz"
    )


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: has no train-images-idx3"):
        load_mnist(tmp_path / "nowhere")


@pytest.mark.parametrize("wrong", [np.zeros((3, 28, 27)), np.zeros((3, 784))])
def test_images_of_another_size(folder, wrong):
    path = folder / "train-images-idx3-ubyte"
    write(path, wrong)
    with pytest.raises(ValueError) as caught:
        load_mnist(folder)
    assert str(caught.value) == (
        f"{path}: has shape {wrong.shape} of uint8, expected (N, 28, 28) of uint8"
    )


@pytest.mark.parametrize("wrong", [np.zeros(2), np.zeros((3, 1))])
def test_labels_that_do_not_fit(folder, wrong):
    path = folder / "train-labels-idx1-ubyte"
    write(path, wrong)
    with pytest.raises(ValueError) as caught:
        load_mnist(folder)
    assert str(caught.value) == (
        f"{path}: has shape {wrong.shape} of uint8, expected (3,) of uint8, "
        "one label per image"
    )


def test_label_out_of_range(folder):
    path = folder / "train-labels-idx1-ubyte"
    write(path, np.array([9, 10, 4]))
    with pytest.raises(ValueError) as caught:
        load_mnist(folder)
    assert str(caught.value) == f"{path}: sample 1 has label 10, expected 0 to 9"
