"""Whitening: decorrelation, null directions, and the conditioning of what follows."""

import copy
import pickle

import numpy as np
import pytest

import nnmods as nn
from nnmods.data import Whitening
from nnmods.testing.compare import EXACT, SINGLE

TOLERANCE = {np.float32: SINGLE, np.float64: EXACT}


def correlated(n=200, dtype=np.float64):
    """Return samples of 5 features with standard deviations from 0.2 to 10."""
    rng = np.random.default_rng(0)
    spread = np.array([10.0, 5.0, 1.0, 0.5, 0.2])
    turn, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    x = rng.standard_normal((n, 5)) * spread @ turn + [3, -50, 0, 7, 100]
    return x.astype(dtype)


def require_close(a, b, tolerance):
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max(initial=1))


def covariance(y):
    return np.cov(y, rowvar=False, bias=True)


def test_by_hand():
    # Along (1, 1)/sqrt 2 the variance is 9, along (1, -1)/sqrt 2 it is 1.
    x = np.array([[3, 3], [-3, -3], [1, -1], [-1, 1]]) + [10, 20]
    whitening = Whitening().fit(x)
    assert whitening.mean.tolist() == [10, 20]
    require_close(whitening.variances, [9, 1], EXACT)
    root = np.sqrt(2)
    y = whitening.transform(x)
    require_close(y, [[root, 0], [-root, 0], [0, root], [0, -root]], EXACT)
    zca = Whitening(zca=True).fit_transform(x)
    require_close(zca, [[1, 1], [-1, -1], [1, -1], [-1, 1]], EXACT)


@pytest.mark.parametrize("zca", [False, True])
def test_result_is_white(zca):
    x = correlated()
    y = Whitening(zca=zca).fit_transform(x)
    require_close(y.mean(axis=0), np.zeros(5), EXACT)
    require_close(covariance(y), np.eye(5), EXACT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("zca", [False, True])
def test_inverse_undoes_transform(zca, dtype):
    x = correlated(dtype=dtype)
    whitening = Whitening(zca=zca).fit(x)
    y = whitening.transform(x)
    assert y.dtype == dtype
    again = whitening.inverse(y)
    assert again.dtype == dtype and again.shape == x.shape
    require_close(again, x, TOLERANCE[dtype])


def test_zca_is_the_white_result_nearest_to_x():
    x = correlated()
    x = x - x.mean(axis=0)
    near = Whitening(zca=True).fit_transform(x)
    other = Whitening().fit_transform(x)
    assert np.square(near - x).sum() < np.square(other - x).sum()
    matrix = np.linalg.lstsq(x, near, rcond=None)[0]
    require_close(matrix, matrix.T, EXACT)


def test_the_hessian_of_a_linear_unit_becomes_the_identity():
    """The Hessian of a linear unit is the covariance of its inputs."""
    x = correlated()
    y = Whitening().fit_transform(x)

    def condition(x):
        eigenvalues = np.linalg.eigvalsh(x.T @ x / len(x))
        return eigenvalues[-1] / eigenvalues[0]

    assert condition(x) > 1000
    assert condition(y) < 1 + EXACT


def test_null_directions_give_0():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((50, 2))
    x = np.column_stack([a, a[:, 0] - 2 * a[:, 1], np.full(50, 7.5)])
    for zca in (False, True):
        whitening = Whitening(zca=zca).fit(x)
        y = whitening.transform(x)
        assert np.isfinite(y).all() and np.abs(y).max() < 10
        require_close(whitening.inverse(y), x, EXACT)
        # What the training set never did is not blown up.
        assert np.abs(whitening.transform(x + [0, 0, 0, 1.0])).max() < 10
    y = Whitening().fit_transform(x)
    require_close(covariance(y), np.diag([1, 1, 0, 0]), EXACT)


def test_constant_data_give_0():
    x = np.full((5, 3), 0.1)
    for zca in (False, True):
        whitening = Whitening(zca=zca)
        assert (whitening.fit_transform(x) == 0).all()
        np.testing.assert_array_equal(whitening.inverse(np.ones((2, 3))), x[:2])


@pytest.mark.parametrize("zca", [False, True])
def test_some_components(zca):
    x = correlated()
    whitening = Whitening(2, zca=zca).fit(x)
    y = whitening.transform(x)
    full = Whitening().fit(x)
    require_close(whitening.variances, full.variances[:2], EXACT)
    assert y.shape == ((200, 5) if zca else (200, 2))
    if not zca:
        require_close(y, full.transform(x)[:, :2], EXACT)
    # What is lost is what the other directions held.
    lost = x - whitening.inverse(y)
    require_close(np.square(lost).sum() / 200, full.variances[2:].sum(), EXACT)


def test_pca_is_scikit_learns():
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = correlated()
    pca = decomposition.PCA(whiten=True).fit(x)
    theirs, ours = pca.transform(x), Whitening().fit_transform(x)
    # They divide by N - 1, and have signs of their own.
    signs = np.sign(np.sum(theirs * ours, axis=0))
    require_close(ours, theirs * signs * np.sqrt(200 / 199), EXACT)


def test_images_and_single_samples():
    x = correlated().reshape(100, 2, 5)
    zca = Whitening(zca=True).fit(x)
    assert zca.mean.shape == (2, 5)
    y = zca.transform(x)
    assert y.shape == x.shape
    require_close(zca.transform(x[3]), y[3], EXACT)
    require_close(zca.inverse(y[3]), x[3], EXACT)
    pca = Whitening(3).fit(x)
    assert pca.transform(x).shape == (100, 3)
    assert pca.transform(x[3]).shape == (3,)
    assert pca.inverse(np.ones(3)).shape == (2, 5)
    assert pca.transform(x[:0]).shape == (0, 3)


def test_fewer_samples_than_features():
    x = correlated(3)
    y = Whitening().fit_transform(x)
    require_close(covariance(y), np.diag([1, 1, 0, 0, 0]), EXACT)


def test_strides_byte_order_and_integers():
    x = np.round(correlated())
    wanted = Whitening().fit_transform(x)
    for other in (x.astype(">f8"), np.asfortranarray(x), np.repeat(x, 2, 1)[:, ::2]):
        y = Whitening().fit_transform(other)
        assert y.dtype == np.float64 and y.dtype.isnative
        require_close(y, wanted, EXACT)
    whole = Whitening(dtype="float32").fit(x.astype(np.int64))
    assert whole.transform(x.astype(int)).dtype == np.float32
    assert whole.inverse(np.ones((2, 5), int)).dtype == np.float32
    nn.set_default_dtype("float32")
    assert Whitening().fit_transform(x.astype(int)).dtype == np.float32


def test_input_is_not_written_to():
    x = correlated()
    x.flags.writeable = False
    y = Whitening().fit_transform(x)
    y.flags.writeable = False
    Whitening().fit(x).inverse(y)


def test_large_data_are_taken_in_slices(monkeypatch):
    x = correlated()
    whole = Whitening().fit(x)
    monkeypatch.setattr("nnmods.data.moments.CHUNK", 35)
    pieces = Whitening().fit(x)
    require_close(pieces.variances, whole.variances, EXACT)
    require_close(pieces.mean, whole.mean, EXACT)


def test_nan_goes_through_and_stays_in_its_row():
    x = correlated()
    whitening = Whitening().fit(x)
    x[4, 2] = np.nan
    y = whitening.transform(x)
    assert np.isnan(y[4]).all() and np.isfinite(np.delete(y, 4, axis=0)).all()


def test_states_copies_and_pickles():
    x = correlated()
    whitening = Whitening(3, zca=True).fit(x)
    other = Whitening(3, zca=True)
    assert set(other.state_dict().values()) == {3, True, 1e-10, None}
    state = whitening.state_dict()
    other.load_state_dict(state)
    state["mean"][:] = 0
    copies = copy.deepcopy(whitening), pickle.loads(pickle.dumps(whitening))
    for twin in (other, *copies):
        np.testing.assert_array_equal(twin.transform(x), whitening.transform(x))
        assert repr(twin) == repr(whitening)
    other.load_state_dict(Whitening(3, zca=True).state_dict())
    with pytest.raises(RuntimeError, match="has seen no data"):
        other.transform(x)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"zca": True}, "state has zca True, expected False"),
        ({"eps": 0.5}, "state has eps 0.5, expected 1e-10"),
        ({"n_components": 3}, "state has n_components 3, expected None"),
        ({"mean": np.full(5, np.nan)}, "state has no mean of finite float64"),
        ({"mean": None}, "state has no mean of finite float64"),
        ({"variances": -np.ones(5)}, "state has no variances >= 0"),
        ({"components": np.eye(4)}, "state has no components of shape (5, 5)"),
    ],
)
def test_refused_states_change_nothing(change, text):
    x = correlated()
    whitening = Whitening().fit(x)
    wanted = whitening.transform(x)
    with pytest.raises(ValueError) as caught:
        whitening.load_state_dict(whitening.state_dict() | change)
    assert str(caught.value) == f"Whitening: {text}"
    np.testing.assert_array_equal(whitening.transform(x), wanted)


def test_repr_and_before_fit():
    assert repr(Whitening()) == "Whitening(zca=False, eps=1e-10)"
    whitening = Whitening(2, dtype="float32").fit(np.eye(3))
    assert repr(whitening) == (
        "Whitening(n_components=2, zca=False, eps=1e-10, dtype=float32, fitted to (3,))"
    )
    for call in (Whitening().transform, Whitening().inverse):
        with pytest.raises(RuntimeError) as caught:
            call(np.ones((2, 2)))
        assert str(caught.value) == (
            "Whitening(zca=False, eps=1e-10): has seen no data, expected fit(x) before"
        )


@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        (np.ones(3), ValueError, "x has shape (3,), expected (N, ...) with N > 0"),
        (np.ones((0, 3)), ValueError, "x has shape (0, 3), expected (N, ...) with"),
        (np.ones((3, 0)), ValueError, "x has shape (3, 0), expected (N, ...) with"),
        (np.ones((4, 1)), ValueError, "x has 1 features, expected at least 2"),
        (np.array([[1, 2], [np.nan, 3]]), ValueError, "x has nan, infinite or too"),
        (np.array([[1e200, 1], [0, 3]]), ValueError, "x has nan, infinite or too"),
        ([[1.0, 2.0]], TypeError, "x has type list, expected an array of real num"),
    ],
)
def test_data_that_cannot_be_fitted(x, error, text):
    whitening = Whitening(2)
    with pytest.raises(error) as caught:
        whitening.fit(x)
    assert str(caught.value).startswith(f"{whitening!r}: {text}")
    assert whitening.mean is None


def test_data_of_another_shape():
    whitening = Whitening(2).fit(np.eye(3))
    for shape in ((4, 2), (4,), (3, 4), ()):
        with pytest.raises(ValueError) as caught:
            whitening.transform(np.ones(shape))
        assert str(caught.value) == (
            f"{whitening!r}: x has shape {shape}, expected (N, 3) as in fit"
        )
    with pytest.raises(ValueError, match=r"y has shape \(4, 3\), expected \(N, 2\)"):
        whitening.inverse(np.ones((4, 3)))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: Whitening(0),
            ValueError,
            "Whitening: n_components is 0, expected 1 or more",
        ),
        (
            lambda: Whitening(1.5),
            TypeError,
            "Whitening: n_components is 1.5, expected an integer",
        ),
        (
            lambda: Whitening(eps=0),
            ValueError,
            "Whitening: eps is 0, expected between 0 and 1",
        ),
    ],
)
def test_wrong_options(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text
