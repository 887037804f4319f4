import numpy as np
import pytest

from nnmods.criterions import PoissonNLLCriterion

RATES = np.array([2.0, 0.5, 4.0, 1.0])
COUNTS = np.array([3.0, 0.0, 1.0, 2.0])
COST = (RATES - COUNTS * np.log(RATES)).sum()


def test_logarithms_of_rates():
    cost, y = PoissonNLLCriterion(), np.log(RATES)
    assert cost(y, COUNTS) == pytest.approx(COST / 4, rel=1e-14)
    np.testing.assert_allclose(cost.backward(y, COUNTS), (RATES - COUNTS) / 4, 1e-14)


def test_rates():
    cost = PoissonNLLCriterion(False, eps=0.5, size_average=False)
    C = (RATES - COUNTS * np.log(RATES + 0.5)).sum()
    assert cost(RATES, COUNTS) == pytest.approx(C, rel=1e-14)
    wanted = 1 - COUNTS / (RATES + 0.5)
    np.testing.assert_allclose(cost.backward(RATES, COUNTS), wanted, 1e-14)
    nothing = np.zeros(1)
    assert cost(nothing, nothing) == 0 and cost.backward(nothing, nothing) == 1


def test_stirlings_formula_where_it_is_good():
    cost = PoissonNLLCriterion(full=True, size_average=False)
    stirling = sum(
        n * np.log(n) - n + np.log(2 * np.pi * n) / 2 for n in COUNTS if n > 1
    )
    y = np.log(RATES)
    assert cost(y, COUNTS) == pytest.approx(COST + stirling, rel=1e-14)
    wanted = PoissonNLLCriterion(size_average=False).backward(y, COUNTS)
    np.testing.assert_array_equal(cost.backward(y, COUNTS), wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes(dtype):
    cost = PoissonNLLCriterion(full=True, size_average=False)
    y = np.array([-np.inf, 1e30, np.nan], dtype)
    assert cost(y[:1], np.zeros(1)) == 0
    assert cost(y[:1], np.ones(1)) == np.inf
    np.testing.assert_array_equal(cost.backward(y, np.ones(3)), [-1, np.inf, np.nan])
    assert cost(y[1:2], np.ones(1)) == np.inf and np.isnan(cost(y, np.ones(3)))
    rates = PoissonNLLCriterion(False)
    assert rates(np.zeros(1, dtype), np.ones(1)) == pytest.approx(-np.log(1e-8))
    assert np.isnan(rates(y[2:], np.ones(1)))


def test_errors_and_repr():
    rates = PoissonNLLCriterion(False)
    text = (
        r"^PoissonNLLCriterion\(log_input=False\): y has value -1 at \(1,\), expected 0"
    )
    for verb in (rates.forward, rates.backward):
        with pytest.raises(ValueError, match=text):
            verb(np.array([np.nan, -1.0]), np.ones(2))
    with pytest.raises(ValueError, match=r"target has shape \(2,\), expected \(3,\)"):
        rates(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="eps is 0, expected a number above 0"):
        PoissonNLLCriterion(eps=0)
    assert repr(PoissonNLLCriterion(None, None, None)) == "PoissonNLLCriterion()"
    text = "PoissonNLLCriterion(full=True, eps=0.5, size_average=False)"
    assert repr(PoissonNLLCriterion(True, True, 0.5, False)) == text
