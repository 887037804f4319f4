"""Normalizer: the lecture's formula, constants, dtypes, and calls out of order."""

import copy
import pickle

import numpy as np
import pytest

import nnmods.core
from nnmods.data import Normalizer


def test_features_by_hand():
    # Column 0: mean 3, variance (4 + 0 + 4) / 3; column 1: mean 10, variance 200 / 3.
    x = np.array([[1.0, 0.0], [3.0, 10.0], [5.0, 20.0]])
    normalizer = Normalizer()
    y = normalizer.fit_transform(x)
    a = np.sqrt(1.5)
    np.testing.assert_allclose(y, [[-a, -a], [0, 0], [a, a]], rtol=1e-15)
    assert normalizer.mean.tolist() == [3, 10]
    np.testing.assert_allclose(normalizer.std, np.sqrt([8 / 3, 200 / 3]), rtol=1e-15)


def test_channels_by_hand():
    # Channel 0 holds 0, 2, 4, 6 (mean 3, variance 5), channel 1 is constant.
    x = np.array([[[0.0, 2.0], [7.0, 7.0]], [[4.0, 6.0], [7.0, 7.0]]])
    normalizer = Normalizer("channel")
    y = normalizer.fit_transform(x)
    assert normalizer.mean.tolist() == [3, 7]
    np.testing.assert_allclose(y[:, 0], (x[:, 0] - 3) / np.sqrt(5), rtol=1e-15)
    assert (y[:, 1] == 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("axis", ["feature", "channel"])
def test_result_has_mean_0_and_deviation_1(axis, dtype):
    x = 5 + 3 * np.random.default_rng(0).standard_normal((40, 3, 4, 5)).astype(dtype)
    y = Normalizer(axis).fit_transform(x)
    assert y.dtype == dtype
    over = 0 if axis == "feature" else (0, 2, 3)
    tolerance = 10 * np.finfo(dtype).eps
    np.testing.assert_allclose(y.mean(over, np.float64), 0, atol=tolerance)
    np.testing.assert_allclose(y.std(over, np.float64), 1, rtol=tolerance)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("constant", [0.1, 200.3, -1 / 3])
def test_a_constant_gives_exactly_0(dtype, constant):
    if dtype == np.uint8:
        constant = abs(int(constant))
    x = np.full((997, 2, 3), constant, dtype)
    for axis in ("feature", "channel"):
        normalizer = Normalizer(axis)
        assert (normalizer.fit_transform(x) == 0).all()
        assert (normalizer.std == 0).all()
        assert (normalizer.inverse(normalizer.transform(x)) == x).all()


def test_eps_bounds_the_divisor():
    normalizer = Normalizer(eps=0.5).fit(np.array([[1.0, 1.0], [1.0, 1.5]]))
    # Deviations 0 and 0.25, both below eps.
    assert normalizer.transform(np.array([[2.0, 2.25]])).tolist() == [[2, 2]]
    default = Normalizer().fit(np.array([[1.0]]))
    assert default.transform(np.array([[1.5]])) == 0.5 / 1e-8


def test_statistics_are_those_of_the_training_set():
    train, test = np.array([[0.0], [2.0]]), np.array([[5.0], [7.0], [9.0]])
    normalizer = Normalizer().fit(train)
    assert normalizer.transform(test).tolist() == [[4], [6], [8]]
    assert normalizer.mean == 1 and normalizer.std == 1


def test_float32_does_not_lose_a_small_spread():
    """Differences are taken in float64, also where the mean is no float32."""
    x = np.float32(1 << 24) + np.array([[0], [2], [4], [6], [8]], np.float32)
    x[1] -= 2  # mean 2**24 + 3.6
    expected = (np.array([0, 0, 4, 6, 8]) - 3.6) / np.std([0, 0, 4, 6, 8])
    np.testing.assert_allclose(Normalizer().fit_transform(x)[:, 0], expected, rtol=1e-6)


def test_integers_get_the_dtype_asked_for():
    x = np.array([[0, 255], [255, 0]], np.uint8)
    assert Normalizer(dtype="float32").fit_transform(x).dtype == np.float32
    y = Normalizer().fit_transform(x)
    assert y.dtype == np.float64 and y.tolist() == [[-1, 1], [1, -1]]
    flags = np.array([[True], [False]])
    assert Normalizer().fit_transform(flags).tolist() == [[1], [-1]]
    double = x.astype(np.float64)
    assert Normalizer(dtype="float32").fit_transform(double).dtype == np.float64


def test_integers_follow_the_default_dtype():
    x = np.array([[1], [3]])
    normalizer = Normalizer()
    nnmods.core.set_default_dtype("float32")
    try:
        assert normalizer.fit_transform(x).dtype == np.float32
        assert normalizer.inverse(x).dtype == np.float32
    finally:
        nnmods.core.set_default_dtype("float64")


@pytest.mark.parametrize("axis", ["feature", "channel"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inverse_undoes_transform(axis, dtype):
    x = 5 + 3 * np.random.default_rng(0).standard_normal((6, 3, 4)).astype(dtype)
    normalizer = Normalizer(axis).fit(x)
    again = normalizer.inverse(normalizer.transform(x))
    assert again.dtype == dtype
    np.testing.assert_allclose(again, x, rtol=0, atol=20 * np.finfo(dtype).eps)


def test_one_sample_is_its_row_of_the_batch():
    x = np.random.default_rng(0).standard_normal((6, 3, 4))
    for normalizer in (Normalizer().fit(x), Normalizer("channel").fit(x)):
        y = normalizer.transform(x)
        np.testing.assert_array_equal(normalizer.transform(x[2]), y[2])
        np.testing.assert_array_equal(
            normalizer.inverse(y[2]), normalizer.inverse(y)[2]
        )


def test_one_number_per_sample():
    normalizer = Normalizer().fit(np.array([1.0, 3.0]))
    assert normalizer.transform(np.array([1.0, 2.0, 5.0])).tolist() == [-1, 0, 3]


def test_channels_of_images_of_another_size():
    x = np.random.default_rng(0).standard_normal((6, 2, 4, 4))
    normalizer = Normalizer("channel").fit(x)
    small = normalizer.transform(x[:, :, :3, :2])
    np.testing.assert_array_equal(small, normalizer.transform(x)[:, :, :3, :2])


def test_no_samples_and_no_features():
    normalizer = Normalizer().fit(np.ones((2, 3)))
    assert normalizer.transform(np.ones((0, 3))).shape == (0, 3)
    assert Normalizer().fit_transform(np.ones((4, 0))).shape == (4, 0)
    assert Normalizer("channel").fit_transform(np.ones((4, 0, 2))).shape == (4, 0, 2)


def test_strides_and_memory_order():
    x = np.random.default_rng(0).standard_normal((3, 4, 5, 6))
    turned = x.transpose(3, 0, 1, 2)  # (N, C, H, W) whose memory runs (C, H, W, N)
    for axis in ("feature", "channel"):
        y = Normalizer(axis).fit_transform(turned)
        expected = Normalizer(axis).fit_transform(np.ascontiguousarray(turned))
        np.testing.assert_allclose(y, expected, rtol=1e-12)
        assert y.strides == turned.strides
        y = Normalizer(axis).fit(turned).transform(turned[::-2])
        np.testing.assert_allclose(y, expected[::-2], rtol=1e-12)


def test_big_endian_input():
    x = np.array([[1.0], [3.0]], ">f4")
    y = Normalizer().fit_transform(x)
    assert y.dtype == np.float32 and y.dtype.isnative and y.tolist() == [[-1], [1]]


def test_out():
    x = np.array([[1.0, 5.0], [3.0, 9.0]])
    normalizer = Normalizer().fit(x)
    out = np.empty((2, 2), np.float32)
    assert normalizer.transform(x, out) is out
    assert out.tolist() == [[-1, -1], [1, 1]]
    assert normalizer.transform(x.astype(int), out=out) is out
    assert normalizer.transform(x, out=x) is x
    assert x.tolist() == [[-1, -1], [1, 1]]


def test_input_is_not_written_to():
    x = np.random.default_rng(0).standard_normal((5, 3))
    x.flags.writeable = False
    normalizer = Normalizer()
    assert normalizer.fit(x) is normalizer
    assert not np.shares_memory(normalizer.transform(x), x)
    assert not np.shares_memory(normalizer.inverse(x), x)


def test_copies_and_pickles():
    x = np.random.default_rng(0).standard_normal((5, 3))
    normalizer = Normalizer("channel", dtype="float32").fit(x)
    for twin in (
        copy.deepcopy(normalizer),
        pickle.loads(pickle.dumps(normalizer)),
    ):
        np.testing.assert_array_equal(twin.transform(x), normalizer.transform(x))
        assert repr(twin) == repr(normalizer)


def test_repr():
    assert repr(Normalizer()) == "Normalizer(axis='feature', eps=1e-08)"
    fitted = Normalizer("channel", 0.1, "float32").fit(np.ones((2, 3)))
    assert repr(fitted) == (
        "Normalizer(axis='channel', eps=0.1, dtype=float32, fitted to (3,))"
    )


def test_before_fit():
    for call in (Normalizer().transform, Normalizer().inverse):
        with pytest.raises(RuntimeError) as caught:
            call(np.ones((2, 2)))
        assert str(caught.value) == (
            "Normalizer(axis='feature', eps=1e-08): has seen no data, "
            "expected fit(x) before"
        )


@pytest.mark.parametrize("shape", [(4, 2), (4,), (), (2,), (4, 3, 1), (1, 4, 3)])
def test_features_of_another_shape(shape):
    normalizer = Normalizer().fit(np.ones((4, 3)))
    for call in (normalizer.transform, normalizer.inverse):
        with pytest.raises(ValueError) as caught:
            call(np.ones(shape))
        assert str(caught.value) == (
            "Normalizer(axis='feature', eps=1e-08, fitted to (3,)): "
            f"x has shape {shape}, expected (N, 3) as in fit"
        )


@pytest.mark.parametrize("shape", [(4, 2, 5, 5), (4, 3), (2, 5, 5), (1, 4, 3, 5, 5)])
def test_channels_of_another_shape(shape):
    normalizer = Normalizer("channel").fit(np.ones((4, 3, 5, 5)))
    with pytest.raises(ValueError) as caught:
        normalizer.transform(np.ones(shape))
    assert str(caught.value) == (
        "Normalizer(axis='channel', eps=1e-08, fitted to (3,)): "
        f"x has shape {shape}, expected (N, 3, any, any) as in fit"
    )


@pytest.mark.parametrize(
    ("axis", "x", "text"),
    [
        ("feature", np.ones(()), "x has shape (), expected 1 or more axes"),
        ("channel", np.ones(3), "x has shape (3,), expected 2 or more axes"),
        (
            "feature",
            np.ones((0, 3)),
            "x has shape (0, 3), expected samples to average over",
        ),
        (
            "channel",
            np.ones((2, 3, 0)),
            "x has shape (2, 3, 0), expected samples to average over",
        ),
        (
            "feature",
            np.array([[1.0], [np.nan]]),
            "x has nan, infinite or too large entries, expected finite ones",
        ),
        (
            "channel",
            np.array([[np.inf], [1.0]]),
            "x has nan, infinite or too large entries, expected finite ones",
        ),
        (
            "feature",
            np.array([[-1e300], [1e300]]),
            "x has nan, infinite or too large entries, expected finite ones",
        ),
    ],
)
def test_data_that_cannot_be_fitted(axis, x, text):
    normalizer = Normalizer(axis)
    with pytest.raises(ValueError) as caught:
        normalizer.fit(x)
    assert str(caught.value) == f"Normalizer(axis={axis!r}, eps=1e-08): {text}"
    assert normalizer.mean is None and normalizer.std is None


def test_a_failed_fit_changes_nothing():
    normalizer = Normalizer().fit(np.array([[1.0], [3.0]]))
    with pytest.raises(ValueError):
        normalizer.fit(np.array([[np.nan]]))
    assert normalizer.mean == 2 and normalizer.std == 1


@pytest.mark.parametrize("x", [[[1.0]], np.array([["a"]]), np.array([[1j]]), None])
def test_x_of_another_type(x):
    normalizer = Normalizer().fit(np.ones((1, 1)))
    for call in (normalizer.fit, normalizer.transform, normalizer.inverse):
        with pytest.raises(TypeError, match="expected an array of real numbers"):
            call(x)


def test_wrong_out():
    x = np.ones((2, 3))
    normalizer = Normalizer().fit(x)
    with pytest.raises(TypeError, match="out has type int64, expected a float array"):
        normalizer.transform(x, np.empty((2, 3), np.int64))
    with pytest.raises(TypeError, match="out has type list, expected a float array"):
        normalizer.transform(x, [])
    with pytest.raises(ValueError, match=r"out has shape \(3, 3\), expected \(2, 3\)"):
        normalizer.transform(x, np.empty((3, 3)))


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"axis": 1}, ValueError, "axis is 1, expected 'feature' or 'channel'"),
        ({"eps": 0}, ValueError, "eps is 0, expected more than 0"),
        ({"eps": np.nan}, ValueError, "eps is nan, expected more than 0"),
        ({"dtype": int}, TypeError, "dtype is int64, expected a floating-point type"),
    ],
)
def test_wrong_options(options, error, text):
    with pytest.raises(error) as caught:
        Normalizer(**options)
    assert str(caught.value) == text


@pytest.mark.parametrize("axis", ["feature", "channel", "number"])
def test_states(axis):
    x = np.random.default_rng(0).standard_normal((5, 3, 2))
    if axis == "number":  # per sample: statistics are numbers themselves
        axis, x = "feature", x[:, 0, 0]
    normalizer, other = Normalizer(axis).fit(x), Normalizer(axis)
    assert other.state_dict()["mean"] is None
    state = normalizer.state_dict()
    other.load_state_dict(state)
    other.load_state_dict(state | {"trailing": np.array(state["trailing"])})
    if state["mean"].shape:
        state["mean"][...] = 9
    np.testing.assert_array_equal(other.transform(x), normalizer.transform(x))
    assert repr(other) == repr(normalizer)
    other.load_state_dict(Normalizer(axis).state_dict())
    with pytest.raises(RuntimeError, match="has seen no data"):
        other.transform(x)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"axis": "channel"}, "state has axis 'channel', expected 'feature'"),
        ({"eps": 0.5}, "state has eps 0.5, expected 1e-08"),
        ({"mean": np.array([1, 2])}, "state has no mean of finite float64"),
        ({"std": np.ones(3)}, "state has no std >= 0 shaped like its mean"),
        ({"std": -np.ones(2)}, "state has no std >= 0 shaped like its mean"),
        ({"std": None}, "state has no std of finite float64"),
        ({"trailing": -1}, "state has no number of trailing axes"),
    ],
)
def test_refused_states_change_nothing(change, text):
    normalizer = Normalizer().fit(np.array([[1.0, 5.0], [3.0, 6.0]]))
    with pytest.raises(ValueError) as caught:
        normalizer.load_state_dict(normalizer.state_dict() | change)
    assert str(caught.value) == f"Normalizer: {text}"
    assert normalizer.mean.tolist() == [2, 5.5] and normalizer.std.tolist() == [1, 0.5]
    with pytest.raises(TypeError, match="Normalizer: state has type list, expected a"):
        normalizer.load_state_dict([])
    with pytest.raises(ValueError, match="Normalizer: state has names mean, expected"):
        normalizer.load_state_dict({"mean": None})
