import numpy as np
import pytest

from nnmods.criterions import SpatialClassNLLCriterion

RNG = np.random.default_rng(0)
Y, TARGET = RNG.standard_normal((2, 3, 4, 5)), RNG.integers(0, 3, (2, 4, 5))
WEIGHTS = np.array([0.5, 2.0, 1.0])


def by_definition(y, target, weights=(1, 1, 1), size_average=True, ignore=None):
    """Return C and dC_dy by a loop over the pixels."""
    C, divisor, dC_dy = 0.0, 0.0, np.zeros(y.shape)
    for (n, i, j), t in np.ndenumerate(target):
        if t != ignore:
            C -= weights[t] * y[n, t, i, j]
            dC_dy[n, t, i, j] = -weights[t]
            divisor += weights[t]
    return (C / divisor, dC_dy / divisor) if size_average else (C, dC_dy)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("size_average", [True, False])
@pytest.mark.parametrize("order", ["C", "F", "batch last", "strided"])
def test_definition_in_any_memory_order(weights, size_average, order):
    w = (1, 1, 1) if weights is None else weights
    C, dC_dy = by_definition(Y, TARGET, w, size_average)
    y = {
        "C": Y,
        "F": np.asfortranarray(Y),
        "batch last": np.moveaxis(np.moveaxis(Y, 0, -1).copy(), -1, 0),
        "strided": np.repeat(np.repeat(Y, 2, 3), 2, 1)[:, ::2, :, ::2],
    }[order]
    cost = SpatialClassNLLCriterion(weights, size_average)
    np.testing.assert_allclose(cost.backward(y, TARGET), dC_dy, 1e-14)
    assert cost(y, TARGET) == pytest.approx(C, rel=1e-13)
    if order != "strided":
        assert cost.dC_dy.strides == y.strides


@pytest.mark.parametrize("ignore", [-100, 1, -1])
def test_pixels_may_be_left_out(ignore):
    target = TARGET.copy()
    target[0, 1:3] = ignore
    C, dC_dy = by_definition(Y, target, WEIGHTS, True, ignore)
    cost = SpatialClassNLLCriterion(WEIGHTS, ignore_index=ignore)
    assert cost(Y, target) == pytest.approx(C, rel=1e-13)
    np.testing.assert_allclose(cost.backward(Y, target), dC_dy, 1e-14)


def test_labels_of_any_dtype_and_stride():
    cost = SpatialClassNLLCriterion()
    C = cost(Y, TARGET)
    for kind in ("uint8", "int32", "float64", "float32"):
        target = np.repeat(TARGET.astype(kind), 2, 2)[:, :, ::2]
        assert cost(Y, target) == C
        assert cost(Y, np.asfortranarray(target)) == C
    whole = np.arange(120).reshape(2, 3, 4, 5) % 7
    wanted = by_definition(whole * 1.0, TARGET)[0]
    assert cost(whole, TARGET) == pytest.approx(wanted, rel=1e-13)
    assert cost.float().backward(whole.astype("uint8"), TARGET).dtype == np.float32


def test_errors():
    cost, wrong = SpatialClassNLLCriterion(), TARGET.copy()
    wrong[1, 2, 3] = 3
    for y, target, text in (
        (
            Y,
            wrong,
            r"target has label 3 at \(1, 2, 3\), expected 0 to 2 or -100; labels",
        ),
        (Y, wrong - 4, r"target has label -\d at \(0, 0, 0\), expected 0 to 2"),
        (Y, TARGET + 0.5, r"target has label \d\.5 at \(0, 0, 0\), expected whole"),
        (Y[0], TARGET[0], r"y has shape \(3, 4, 5\), expected \(\*, \*, \*, \*\)"),
        (Y, TARGET[:1], r"target has shape \(1, 4, 5\), expected \(2, 4, 5\)"),
        (Y, TARGET.reshape(2, 20), r"target has shape \(2, 20\), expected \(2, 4, 5\)"),
        (Y[:, :2], TARGET, "y has 2 classes, expected 3, one for each weight"),
    ):
        if "weight" in text:
            cost = SpatialClassNLLCriterion(WEIGHTS)
        for verb in (cost.forward, cost.backward):
            with pytest.raises(ValueError, match=text):
                verb(y, target)
    with pytest.raises(TypeError, match="target has type NoneType, expected an array"):
        cost.forward(Y, None)


def test_repr():
    cost = SpatialClassNLLCriterion(WEIGHTS, False, ignore_index=0)
    assert repr(SpatialClassNLLCriterion(None, None)) == "SpatialClassNLLCriterion()"
    assert repr(cost) == (
        "SpatialClassNLLCriterion(weights=[0.5, 2.0, 1.0], size_average=False, "
        "ignore_index=0)"
    )
