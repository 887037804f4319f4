"""ClassNLLCriterion and CrossEntropyCriterion: what they have in common."""

import copy

import numpy as np
import pytest
from memory import taken_again

from nnmods.criterions import ClassNLLCriterion, CrossEntropyCriterion

BOTH = pytest.mark.parametrize("cls", [ClassNLLCriterion, CrossEntropyCriterion])
OPTIONS = pytest.mark.parametrize(
    "options",
    [
        {},
        {"size_average": False},
        {"weights": [0.5, 2.0, 1.0]},
        {"weights": [0.5, 2.0, 1.0], "size_average": False, "ignore_index": 1},
        {"ignore_index": 2},
        {"weights": [0.5, 2.0, 1.0], "ignore_index": -1},
    ],
    ids=str,
)
#: With -1 only where that is ignored.
TARGET = np.array([2, 0, 1, 1, 2])


def scores(n=5, c=3):
    return np.random.default_rng(0).standard_normal((n, c))


def labels(options):
    target = TARGET.copy()
    if options.get("ignore_index") == -1:
        target[1] = -1
    return target


def by_definition(cls, y, target, weights=None, size_average=True, ignore_index=-100):
    """Return C and dC_dy by a loop over the samples."""
    w = np.ones(y.shape[1]) if weights is None else np.asarray(weights)
    C, dC_dy, divisor = 0.0, np.zeros(y.shape), 0.0
    for n, t in enumerate(target):
        if t == ignore_index:
            continue
        divisor += w[t]
        dC_dy[n, t] = -w[t]
        C -= w[t] * y[n, t]
        if cls is CrossEntropyCriterion:
            Z = np.exp(y[n]).sum()
            C += w[t] * np.log(Z)
            dC_dy[n] += w[t] * np.exp(y[n]) / Z
    return (C / divisor, dC_dy / divisor) if size_average else (C, dC_dy)


@BOTH
@OPTIONS
@pytest.mark.parametrize("order", ["C", "F", "strided"])
def test_definition(cls, options, order):
    y, target = scores(), labels(options)
    C, dC_dy = by_definition(cls, y, target, **options)
    if order == "strided":
        wide = np.zeros((10, 9))
        wide[::2, ::3] = y
        y = wide[::2, ::3]
    else:
        y = np.array(y, order=order)
    y.flags.writeable = target.flags.writeable = False
    criterion = cls(**options)
    np.testing.assert_allclose(criterion.backward(y, target), dC_dy, 1e-13, 1e-16)
    assert criterion.dC_dy.flags.f_contiguous == (order == "F")
    assert criterion.forward(y, target) == pytest.approx(C, rel=1e-13)
    assert type(criterion.C) is float
    np.testing.assert_allclose(criterion.backward(y, target), dC_dy, 1e-13, 1e-16)


@BOTH
@OPTIONS
def test_gradient_by_central_differences(cls, options):
    criterion, y, target = cls(**options), scores(), labels(options)
    dC_dy = criterion.backward(y, target).copy()
    for at in np.ndindex(y.shape):
        step = np.zeros(y.shape)
        step[at] = 1e-5
        slope = (criterion(y + step, target) - criterion(y - step, target)) / 2e-5
        assert dC_dy[at] == pytest.approx(slope, rel=1e-6, abs=1e-10)


@BOTH
def test_more_classes_than_fit_the_narrow_layout(cls):
    y = scores(4, 130)
    target = np.array([129, 0, 64, 65])
    C, dC_dy = by_definition(cls, y, target)
    criterion = cls()
    assert criterion(y, target) == pytest.approx(C, rel=1e-13)
    np.testing.assert_allclose(criterion.backward(y, target), dC_dy, rtol=1e-13)
    whole = np.arange(4 * 130).reshape(4, 130) % 7
    C, dC_dy = by_definition(cls, whole * 1.0, target)
    assert criterion(whole, target) == pytest.approx(C, rel=1e-13)
    np.testing.assert_allclose(criterion.backward(whole, target), dC_dy, rtol=1e-13)


@BOTH
@pytest.mark.parametrize(
    "kind", ["int8", "uint8", "int16", "int32", "uint32", "uint64", ">i4", ">u8"]
)
@pytest.mark.parametrize("options", [{}, {"ignore_index": 1}, {"weights": [1, 2, 3]}])
def test_labels_of_any_integer_dtype(cls, kind, options):
    criterion, y = cls(**options), scores()
    C, dC_dy = criterion(y, TARGET), criterion.backward(y, TARGET).copy()
    target = np.repeat(TARGET.astype(kind), 2)[::2]  # strided as well
    assert criterion(y, target) == C
    np.testing.assert_array_equal(criterion.backward(y, target), dC_dy)


@BOTH
def test_one_sample_is_a_batch_of_one(cls):
    criterion, y = cls([0.5, 2, 1]), scores(1)
    C, dC_dy = criterion(y, np.array([1])), criterion.backward(y, np.array([1]))[0]
    one = cls([0.5, 2, 1])
    for target in (1, 1.0, np.int32(1), np.array(1), np.array([1]), np.array([1.0])):
        assert cls([0.5, 2, 1])(y, target) == C  # as a batch of one, too
        assert one(y[0], target) == C
        assert one.backward(y[0], target).shape == (3,)
        np.testing.assert_array_equal(one.dC_dy, dC_dy)


@BOTH
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_labels_may_be_whole_numbers_of_floating_point(cls, kind):
    criterion, y = cls([0.5, 2, 1]), scores()
    C, dC_dy = criterion(y, TARGET), criterion.backward(y, TARGET).copy()
    target = np.repeat(TARGET.astype(kind), 2)[::2]
    assert criterion(y, target) == C
    np.testing.assert_array_equal(criterion.backward(y, target), dC_dy)


@BOTH
@pytest.mark.parametrize("value", [1.5, np.nan, np.inf, -np.inf, 1e30])
def test_labels_that_are_not_whole_are_refused(cls, value):
    criterion, target = cls(), TARGET.astype(float)
    target[3] = value
    text = rf"\(\): target has label {value:g} at 3, expected whole numbers".replace(
        "+", r"\+"
    )
    for verb in (criterion.forward, criterion.backward):
        with pytest.raises(ValueError, match=text):
            verb(scores(), target)
    with pytest.raises(ValueError, match="target has label 3 at 3, expected 0 to 2"):
        criterion(scores(), np.where(TARGET == TARGET[3], 3.0, TARGET)[[0, 1, 4, 2, 0]])


@BOTH
def test_none_stands_for_the_default(cls):
    assert repr(cls(None, None, None)) == f"{cls.__name__}()"


@BOTH
def test_size_average_may_be_set_later(cls):
    criterion, y = cls(), scores()
    C, dC_dy = criterion(y, TARGET), criterion.backward(y, TARGET).copy()
    criterion.size_average = False
    assert criterion(y, TARGET) == pytest.approx(5 * C, rel=1e-14)
    np.testing.assert_allclose(criterion.backward(y, TARGET), 5 * dC_dy, 1e-14, 1e-15)


@BOTH
def test_all_ignored_costs_nothing(cls):
    y, target = scores(2), np.array([-100, -100])
    for options in ({}, {"weights": [1, 2, 3]}, {"size_average": False}):
        criterion = cls(**options)
        assert criterion(y, target) == 0
        np.testing.assert_array_equal(criterion.backward(y, target), np.zeros((2, 3)))


@BOTH
def test_weights_of_sum_0_cost_nothing(cls):
    criterion, y = cls([0, 1, 1]), scores(2)
    assert criterion(y, np.array([0, 0])) == 0
    np.testing.assert_array_equal(criterion.backward(y, np.array([0, 0])), 0 * y)


@BOTH
def test_ignored_samples_may_hold_anything_infinite(cls):
    y = np.array([[0.0, -np.inf, -1.0], [1.0, 2.0, 0.5]])
    for ignored in (-100, 1):
        criterion = cls(ignore_index=ignored)
        C = criterion(y, np.array([ignored, 0]))
        assert C == pytest.approx(cls()(y[1:], np.array([0])), rel=1e-15)
        np.testing.assert_array_equal(
            criterion.backward(y, np.array([ignored, 0]))[0], [0, 0, 0]
        )


@BOTH
def test_float32_stays_float32(cls):
    criterion, y = cls([0.5, 2, 1]), scores()
    C, dC_dy = criterion(y, TARGET), criterion.backward(y, TARGET).copy()
    single = y.astype(np.float32)
    for _ in range(2):  # with weights of float64, then of float32
        assert criterion(single, TARGET) == pytest.approx(C, rel=1e-6)
        assert criterion.backward(single, TARGET).dtype == np.float32
        np.testing.assert_allclose(criterion.dC_dy, dC_dy, rtol=1e-5)
        criterion.float()
    assert criterion.weights.dtype == np.float32


@BOTH
@pytest.mark.parametrize("kind", ["uint8", "int64", "bool"])
def test_integer_y_does_not_wrap(cls, kind):
    y = np.array([[0, 200, 3], [1, 0, 1]]).astype(kind)
    target = np.array([0, 2])
    criterion = cls(dtype=np.float32)
    assert criterion(y, target) == pytest.approx(cls()(y * 1.0, target), rel=1e-6)
    assert criterion.backward(y, target).dtype == np.float32


@BOTH
def test_empty_batch(cls):
    for options in ({}, {"ignore_index": 1}, {"weights": [1, 2, 3]}):
        criterion = cls(**options)
        nothing, none = np.zeros((0, 3)), np.zeros(0, int)
        assert criterion(nothing, none) == 0.0
        assert criterion.backward(nothing, none).shape == (0, 3)


@BOTH
def test_nan_passes(cls):
    y = scores()
    y[2, 1] = np.nan
    assert np.isnan(cls()(y, TARGET))


@BOTH
@OPTIONS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_large_is_allocated_on_repeat(cls, options, dtype):
    criterion, y = cls(**options).astype(dtype), scores(10_000).astype(dtype)
    target = np.tile(labels(options), 2000)
    assert taken_again(lambda: criterion.forward(y, target)) < 4096
    assert taken_again(lambda: criterion.backward(y, target)) < 4096


@BOTH
@pytest.mark.parametrize("weights", [None, [1, 1, 1]])
@pytest.mark.parametrize("label", [-1, 3, 2**40])
def test_labels_are_checked(cls, weights, label):
    criterion, target = cls(weights), np.array([2, 0, label, 7, -100])
    text = rf": target has label {label} at 2, expected 0 to 2 or -100; labels count"
    for verb in (criterion.forward, criterion.backward):
        with pytest.raises(ValueError, match=text):
            verb(scores(), target)


@BOTH
def test_ignore_index_beyond_an_unsigned_dtype(cls):
    with pytest.raises(ValueError, match="target has label 255 at 1, expected 0 to 2"):
        cls()(scores(2), np.array([0, 255], np.uint8))
    C = cls(ignore_index=255)(scores(2), np.array([0, 255], np.uint8))
    assert C == pytest.approx(cls()(scores(2)[:1], np.array([0])), rel=1e-15)


@BOTH
def test_errors(cls):
    criterion, name = cls(), cls.__name__
    for y, target, kind, text in (
        (scores(), [0, 1], TypeError, "target is a list of 2, expected an array"),
        (scores(), "0", TypeError, "target has type str, expected an array"),
        (scores(), None, TypeError, "target has type NoneType, expected an array"),
        (scores(), TARGET * 1j, TypeError, "target has dtype complex128, expected re"),
        (scores(), 1, ValueError, r"target has shape \(1,\), expected \(5,\)"),
        (scores(), TARGET[:4], ValueError, r"target has shape \(4,\), expected \(5,\)"),
        (scores()[0], TARGET, ValueError, r"target has shape \(5,\), expected \(1,\)"),
        (np.zeros((2, 3, 4)), TARGET, ValueError, r"y has shape \(2, 3, 4\), expected"),
        (np.zeros((2, 0)), TARGET[:2], ValueError, "y has 0 classes, expected at lea"),
        ([[0.0]], TARGET, TypeError, "y is a list of 1, expected an array"),
    ):
        for verb in (criterion.forward, criterion.backward):
            with pytest.raises(kind, match=rf"^{name}\(\): {text}"):
                verb(y, target)
    text = "y has 3 classes, expected 2, one for each weight"
    with pytest.raises(ValueError, match=text):
        cls([1.0, 2.0])(scores(), TARGET)
    with pytest.raises(ValueError, match=f"^{name}: weights has 2 axes, expected 1"):
        cls(np.ones((2, 2)))
    with pytest.raises(TypeError, match=f"^{name}: ignore_index is 1.5, expected an i"):
        cls(ignore_index=1.5)


@BOTH
def test_copies_leave_results_behind(cls):
    criterion, y = cls([0.5, 2, 1]), scores()
    C, dC_dy = criterion(y, TARGET), criterion.backward(y, TARGET)
    other = copy.deepcopy(criterion)
    assert other.C is None and other.dC_dy is None
    assert other(y, TARGET) == C
    assert not np.shares_memory(other.backward(y, TARGET), dC_dy)
    assert not np.shares_memory(other.weights, criterion.weights)


@BOTH
def test_repr(cls):
    name = cls.__name__
    assert repr(cls()) == f"{name}()"
    assert repr(cls([1, 2], False, 3)) == (
        f"{name}(weights=[1.0, 2.0], size_average=False, ignore_index=3)"
    )
