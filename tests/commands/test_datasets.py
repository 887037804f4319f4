import numpy as np
import pytest

from nnmods.commands.datasets import load_problem
from nnmods.core import manual_seed
from nnmods.data import Dataset


def test_digits_are_split_the_same_way_each_time():
    manual_seed(1)
    first = load_problem("digits")
    manual_seed(2)
    second = load_problem("digits")
    assert len(first.train) == 1438 and len(first.test) == 359
    assert np.array_equal(first.test.x, second.test.x)
    counts = np.bincount(first.test.target)
    assert counts.min() >= 34 and counts.max() <= 37  # a fifth of 174 to 183


def test_images_are_normalised_by_channel():
    problem = load_problem("digits")
    x = problem.inputs(problem.train)
    assert problem.mean.shape == problem.std.shape == (1, 1, 1)
    assert x.dtype == np.float32 and x.shape == (1438, 1, 8, 8)
    assert x.mean(dtype=np.float64) == pytest.approx(0, abs=1e-6)
    assert x.std(dtype=np.float64) == pytest.approx(1, abs=1e-6)


def save_npz(path, x):
    np.savez(path, x=x, target=np.arange(len(x)) % 2)


def test_features_are_normalised_by_the_training_set_alone(tmp_path, rng):
    x = rng.standard_normal((50, 3)) * [1, 10, 100] + [1e6, 0, -5]
    x[:, 1] = 7.0  # constant
    save_npz(tmp_path / "a.npz", x)
    problem = load_problem(str(tmp_path / "a.npz"))
    assert len(problem.train) == 40
    train = problem.train.x
    wanted = (train - train.mean(axis=0)) / np.maximum(train.std(axis=0), 1e-8)
    got = problem.inputs(problem.train)
    assert got.dtype == np.float32
    # float32 of the rounded result, not of the large data: eps * 1e6 would be 0.1
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    wanted = (problem.test.x - train.mean(axis=0)) / np.maximum(train.std(axis=0), 1e-8)
    np.testing.assert_allclose(
        problem.inputs(problem.test), wanted, rtol=1e-5, atol=1e-6
    )


def test_csv(tmp_path):
    (tmp_path / "PETS.CSV").write_text("4.5,46,cat\n9,55,dog\n" * 5)
    problem = load_problem(str(tmp_path / "PETS.CSV"))
    assert problem.classes == ("cat", "dog") and problem.input_shape == (2,)


def test_a_given_test_set_is_used(monkeypatch):
    train = Dataset(np.array([[1.0], [3.0]]), np.array([0, 1]), "ab", "two (train)")
    test = Dataset(np.array([[2.0]]), np.array([0]), "ab", "two (test)")
    monkeypatch.setitem(
        load_problem.__globals__["IN_FOLDERS"], "mnist", lambda folder: (train, test)
    )
    problem = load_problem("mnist:x")
    assert problem.train is train and problem.test is test
    assert problem.name == "two"
    assert problem.inputs(test).tolist() == [[0.0]]  # (2 - 2) / 1
