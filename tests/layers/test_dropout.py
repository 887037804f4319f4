import copy
import math

import numpy as np
import pytest

import nnmods.core
from nnmods.core.torch7_generator import Torch7Generator
from nnmods.layers.noise import Dropout
from nnmods.testing import check_module


@pytest.mark.parametrize("p_drop", [0.0, 0.2, 0.5, 0.9])
def test_share_and_scale(p_drop):
    n = 40_000
    y = Dropout(p_drop, rng=1)(np.ones(n))
    kept = np.count_nonzero(y)
    # five standard deviations of a binomial count
    assert abs(kept - (1 - p_drop) * n) <= 5 * math.sqrt(n * p_drop * (1 - p_drop))
    np.testing.assert_allclose(np.unique(y[y != 0]), [1 / (1 - p_drop)], rtol=1e-15)


def test_all_verbs_use_the_mask_of_the_last_forward(rng):
    dropout = Dropout(0.4, rng=0)
    x, dC_dy, dx = rng.standard_normal((3, 5, 4))
    y = dropout(x)
    mask = np.where(y == 0, 0, 1 / 0.6)
    assert 0 < np.count_nonzero(mask) < mask.size
    np.testing.assert_allclose(dropout.mask, mask, rtol=1e-15)
    for _ in range(2):
        np.testing.assert_allclose(dropout.backward(x, dC_dy), mask * dC_dy, rtol=1e-15)
        np.testing.assert_allclose(dropout.jvp(x, dx), mask * dx, rtol=1e-15)
    assert not np.array_equal(dropout(x), y)  # a new one each time


@pytest.mark.parametrize(
    "p_drop, n, k",
    [(0.5, 4, 2), (0.5, 5, 2), (0.5, 1, 0), (0.3, 5, 1), (0.7, 5, 3), (0.28, 25, 7)]
    + [(0.9, 1, 1), (0.0, 3, 0), (0.57, 50, 28), (0.55, 100, 55)],
)
def test_exact_drops_so_many_of_each_sample(p_drop, n, k):
    y = Dropout(p_drop, exact=True, rng=0)(np.ones((6, n)))
    np.testing.assert_array_equal(np.count_nonzero(y, axis=1), np.full(6, n - k))
    np.testing.assert_allclose(y[y != 0], n / (n - k) if k < n else 1, rtol=1e-15)
    vector = Dropout(p_drop, exact=True, rng=0)(np.ones(n))
    assert np.count_nonzero(vector) == n - k


def test_exact_counts_all_entries_of_a_sample():
    y = Dropout(exact=True, rng=0)(np.ones((50, 2, 3)))
    np.testing.assert_array_equal(np.count_nonzero(y, axis=(1, 2)), np.full(50, 3))
    assert len(np.unique(y, axis=0)) > 10  # samples differ
    share = np.count_nonzero(y, axis=0) / 50
    assert (share > 0.2).all() and (share < 0.8).all()  # each place has its turn


@pytest.mark.parametrize("exact", [False, True])
def test_not_inverted_scales_in_evaluation(exact):
    dropout, x = Dropout(0.25, inverted=False, exact=exact, rng=0), np.full((3, 4), 8.0)
    assert set(np.unique(dropout(x))) == {0, 8}
    dropout.evaluate()
    np.testing.assert_array_equal(dropout(x), np.full((3, 4), 6.0))
    np.testing.assert_array_equal(dropout.backward(x, x), np.full((3, 4), 6.0))


def test_not_inverted_and_exact_keeps_the_mean_for_odd_lengths():
    dropout, x = Dropout(inverted=False, exact=True).evaluate(), np.full(5, 10.0)
    np.testing.assert_allclose(dropout(x), np.full(5, 6.0))  # 3 of 5 are kept


def test_evaluation_is_the_identity(rng):
    dropout, x = Dropout().evaluate(), rng.standard_normal((3, 4))
    for verb in (dropout.forward, lambda x: dropout.backward(x, x)):
        np.testing.assert_array_equal(verb(x), x)
    np.testing.assert_array_equal(dropout.jvp(x, 2 * x), 2 * x)


def test_training_after_evaluation_does_not_write_to_the_input():
    dropout, x = Dropout(rng=0), np.ones((3, 4))
    dropout.evaluate().forward(x)
    dropout.backward(x, x)
    dropout.training().forward(x)
    dropout.backward(x, x)
    np.testing.assert_array_equal(x, np.ones((3, 4)))


@pytest.mark.parametrize("exact", [False, True])
def test_neither_memory_order_nor_dtype_changes_what_is_dropped(exact):
    x = np.ones((4, 3, 5))
    first = Dropout(exact=exact, rng=7)(x)
    others = [np.asfortranarray(x), np.moveaxis(np.ones((3, 5, 4)), -1, 0)]
    for other in [*others, x.astype(np.float32), x.astype(int)]:
        np.testing.assert_array_equal(Dropout(exact=exact, rng=7)(other), first)


def test_the_default_generator_is_looked_up_at_the_call():
    dropout, x = Dropout(), np.ones(100)
    nnmods.core.manual_seed(3)
    first = dropout(x)
    nnmods.core.manual_seed(3)
    np.testing.assert_array_equal(dropout(x), first)
    assert dropout.rng is None


def test_a_generator_is_kept():
    rng = np.random.default_rng(0)
    assert Dropout(rng=rng).rng is rng


def test_backward_needs_a_mask_of_this_shape():
    dropout, x = Dropout(), np.ones((2, 3))
    with pytest.raises(
        RuntimeError, match=r"Dropout\(\): mask has none, expected shap"
    ):
        dropout.backward(x, x)
    dropout.forward(x)
    with pytest.raises(
        RuntimeError, match=r"mask has shape \(2, 3\), expected shape \("
    ):
        dropout.backward(x[:1], x[:1])
    assert copy.deepcopy(dropout).mask is None


@pytest.mark.parametrize("p_drop", [-0.1, 1.0, math.nan])
def test_probabilities_out_of_range(p_drop):
    with pytest.raises(
        ValueError, match=r"Dropout: p_drop is .*, expected 0 <= p_drop"
    ):
        Dropout(p_drop)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (3, 0), (1,), (1, 1, 1)])
def test_empty_and_small(exact, shape):
    dropout, x = Dropout(exact=exact, rng=0), np.ones(shape)
    assert dropout.forward(x).shape == shape
    assert dropout.backward(x, x).shape == shape


@pytest.mark.parametrize("options", [{}, {"exact": True}, {"inverted": False}])
def test_contract_in_training(options, rng):
    check_module(Dropout(0.4, **options), rng.standard_normal((5, 4)))


def test_a_probability_is_a_number():
    with pytest.raises(TypeError, match="Dropout: p_drop has type str, expected a rea"):
        Dropout("half")


def test_repr():
    assert repr(Dropout()) == "Dropout()"
    dropout = Dropout(0.2, inverted=False, exact=True)
    assert repr(dropout) == "Dropout(0.2, inverted=False, exact=True)"


@pytest.mark.parametrize("v1", [None, False, True])
def test_torch7s_second_argument_is_the_opposite_of_inverted(v1):
    dropout, x = Dropout(0.5, v1, rng=0), np.ones(50)
    assert dropout.inverted is not v1
    assert set(np.unique(dropout(x))) == ({0, 1} if v1 else {0, 2})
    np.testing.assert_array_equal(dropout.evaluate()(x), x * (0.5 if v1 else 1))


def test_the_two_names_may_not_contradict_each_other():
    assert not Dropout(0.5, True, inverted=False).inverted
    with pytest.raises(ValueError, match="Dropout: v1 is True and inverted is True"):
        Dropout(0.5, True, inverted=True)


def test_inplace_changes_nothing():
    x = np.ones(20)
    Dropout(0.5, None, True, rng=0).forward(x)
    np.testing.assert_array_equal(x, np.ones(20))


def test_with_probability_0_nothing_is_drawn():
    rng, x = np.random.default_rng(0), np.ones(5)
    dropout = Dropout(0, rng=rng)
    assert dropout.forward(x) is x and dropout.backward(x, x) is x
    assert rng.random() == np.random.default_rng(0).random()


def test_draws_are_those_of_torch7():
    u = Torch7Generator(7).random(6)
    y = Dropout(0.4, rng=Torch7Generator(7))(np.ones((3, 2), np.float32).T)
    np.testing.assert_allclose(y.reshape(-1), (u <= 0.6) / 0.6, rtol=1e-6)


def test_the_probability_can_be_changed():
    dropout, x = Dropout(0.1, rng=0), np.ones(50)
    assert dropout.setp(0.75) is dropout and dropout(x).max() == 4
    with pytest.raises(ValueError, match="p_drop is 1, expected 0 <= p_drop < 1"):
        dropout.setp(1)
    assert dropout.p_drop == 0.75


def test_the_squared_mask():
    dropout, x, h = Dropout(rng=0), np.ones((3, 4)), np.full((3, 4), 5.0)
    mask = dropout(x)
    np.testing.assert_array_equal(dropout.backward_diag_hessian(x, h), 20 * (mask > 0))
    assert dropout.evaluate().backward_diag_hessian(x, h) is h
