"""CIFAR's binary files: the layout of a record, class names, broken files."""

import numpy as np
import pytest

from nnmods.data import load_cifar10, load_cifar100


def pixels(seed, n):
    return np.random.default_rng(seed).integers(0, 256, (n, 3072), np.uint8)


def record_bytes(x, *labels):
    columns = [np.array(label, np.uint8)[:, None] for label in labels]
    return np.hstack([*columns, x]).tobytes()


@pytest.fixture
def cifar10(tmp_path):
    for k in range(1, 6):
        data = record_bytes(pixels(k, 2), [k, 9])
        (tmp_path / f"data_batch_{k}.bin").write_bytes(data)
    (tmp_path / "test_batch.bin").write_bytes(record_bytes(pixels(0, 1), [3]))
    return tmp_path


@pytest.fixture
def cifar100(tmp_path):
    data = record_bytes(pixels(1, 2), [19, 200], [99, 0])  # the coarse label is skipped
    (tmp_path / "train.bin").write_bytes(data)
    (tmp_path / "test.bin").write_bytes(record_bytes(pixels(2, 1), [0], [42]))
    return tmp_path


def test_cifar10(cifar10):
    train, test = load_cifar10(str(cifar10))
    assert train.x.shape == (10, 3, 32, 32) and train.x.dtype == np.uint8
    assert train.target.tolist() == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]
    assert test.x.shape == (1, 3, 32, 32) and test.target.tolist() == [3]
    # Byte 1024 c + 32 row + column of the pixels of sample 1 of batch 2.
    assert train.x[3, 2, 5, 7] == pixels(2, 2)[1, 1024 * 2 + 32 * 5 + 7]
    np.testing.assert_array_equal(test.x.reshape(1, 3072), pixels(0, 1))
    assert train.classes == tuple("0123456789")
    assert (train.name, test.name) == ("cifar10 (train)", "cifar10 (test)")
    train.x[...] = 0  # the array is the caller's own


def test_cifar100(cifar100):
    train, test = load_cifar100(cifar100)
    assert train.target.tolist() == [99, 0] and test.target.tolist() == [42]
    np.testing.assert_array_equal(train.x.reshape(2, 3072), pixels(1, 2))
    assert train.classes == tuple(str(k) for k in range(100))


def test_class_names(cifar10, cifar100):
    names = [f"kind {k}" for k in range(100)]
    (cifar10 / "batches.meta.txt").write_text("\n".join(names[:10]) + "\n\n")
    (cifar100 / "fine_label_names.txt").write_text("\n".join(names))
    assert load_cifar10(cifar10)[1].classes == tuple(names[:10])
    assert load_cifar100(cifar100)[0].classes == tuple(names)


def test_wrong_number_of_class_names(cifar10):
    path = cifar10 / "batches.meta.txt"
    path.write_text("cat\ndog\n")
    with pytest.raises(ValueError) as caught:
        load_cifar10(cifar10)
    assert str(caught.value) == f"{path}: has 2 class names, expected 10"


def test_class_names_that_are_no_text(cifar10):
    (cifar10 / "batches.meta.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ValueError, match="meta.txt: is not a text of class names"):
        load_cifar10(cifar10)


@pytest.mark.parametrize("size", [0, 1, 3072, 3074])
def test_not_a_whole_number_of_records(cifar10, size):
    path = cifar10 / "data_batch_4.bin"
    path.write_bytes(bytes(size))
    with pytest.raises(ValueError) as caught:
        load_cifar10(cifar10)
    assert str(caught.value) == (
        f"{path}: has {size} bytes, expected a multiple of 3073, the size of a record, "
        "and at least one"
    )


def test_label_out_of_range(cifar10, cifar100):
    path = cifar10 / "data_batch_5.bin"
    path.write_bytes(record_bytes(pixels(5, 3), [0, 1, 10]))
    with pytest.raises(ValueError) as caught:
        load_cifar10(cifar10)
    assert str(caught.value) == f"{path}: sample 2 has label 10, expected 0 to 9"
    path = cifar100 / "test.bin"
    path.write_bytes(record_bytes(pixels(5, 1), [0], [100]))
    with pytest.raises(ValueError) as caught:
        load_cifar100(cifar100)
    assert str(caught.value) == f"{path}: sample 0 has label 100, expected 0 to 99"


def test_missing_file(cifar10):
    (cifar10 / "data_batch_3.bin").unlink()
    with pytest.raises(FileNotFoundError, match="data_batch_3.bin"):
        load_cifar10(cifar10)
    with pytest.raises(FileNotFoundError, match="train.bin"):
        load_cifar100(cifar10)
