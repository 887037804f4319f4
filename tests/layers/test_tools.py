"""Modules that pass x on, and do something else with the gradient."""

import numpy as np
import pytest

from nnmods.layers.tools import (
    CategoricalEntropy,
    GradientReversal,
    L1Penalty,
    PrintSize,
    ZeroGrad,
)
from nnmods.testing.compare import EXACT, require_close

x = np.array([[1.0, -2.0, 0.0], [0.5, 3.0, -0.5]])
dC_dy = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])


@pytest.mark.parametrize(
    "module", [GradientReversal(), L1Penalty(1), PrintSize(), ZeroGrad()], ids=repr
)
def test_y_is_x_itself(module):
    assert module.forward(x) is x and module.y is x
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3,\), expected \(2, 3\)"):
        module.backward(x, np.ones(3))


@pytest.mark.parametrize(
    "module, wanted",
    [
        (GradientReversal(), -dC_dy),
        (GradientReversal(0.3), -0.3 * dC_dy),
        (GradientReversal().set_lambda(2), -2 * dC_dy),
        (ZeroGrad(), 0 * dC_dy),
        (L1Penalty(0.5), dC_dy + 0.5 * np.array([[1, -1, 0], [1, 1, -1]])),
        (L1Penalty(3, True), dC_dy + 0.5 * np.array([[1, -1, 0], [1, 1, -1]])),
        (L1Penalty(2, False, False), 2.0 * np.array([[1, -1, 0], [1, 1, -1]])),
    ],
    ids=repr,
)
def test_gradients(module, wanted):
    before = dC_dy.copy()
    for _ in range(2):
        np.testing.assert_allclose(module.backward(x, dC_dy), wanted, rtol=1e-15)
    np.testing.assert_array_equal(dC_dy, before)


@pytest.mark.parametrize(
    "module, dy",
    [
        (GradientReversal(0.3), -0.3 * x),
        (ZeroGrad(), 0 * x),
        (L1Penalty(1), x),
        (L1Penalty(1, False, False), 0 * x),
        (PrintSize(), x),
    ],
    ids=repr,
)
def test_the_direction_belongs_to_the_gradient(module, dy):
    np.testing.assert_array_equal(module.jvp(x, x), dy)


def test_a_direction_is_not_overwritten_when_the_gradient_is_cut_off():
    penalty, dx = L1Penalty(1), np.ones((2, 3))
    penalty.jvp(x, dx)
    penalty.provide_output = False
    penalty.jvp(x, x)
    np.testing.assert_array_equal(dx, np.ones((2, 3)))


def test_penalty_is_a_sum_or_a_mean():
    penalty = L1Penalty(0.5)
    penalty.forward(x)
    assert penalty.loss == 3.5
    penalty = L1Penalty(0.5, True)
    penalty.forward(x.astype(np.float32))
    assert penalty.loss == pytest.approx(3.5 / 6)
    penalty.forward(np.ones((0, 3)))
    assert penalty.loss == 0
    assert penalty.clear_state().loss is None


def test_tables():
    table = [np.ones(2), [np.zeros((1, 3))]]
    for module, factor in ((ZeroGrad(), 0), (GradientReversal(2), -2)):
        assert module.forward(table) is table
        first, (second,) = module.backward(table, table)
        np.testing.assert_array_equal(first, [factor, factor])
        np.testing.assert_array_equal(second, np.zeros((1, 3)))
        with pytest.raises(
            TypeError, match=r"dC_dy has shape \(2,\), expected a table"
        ):
            module.backward(table, np.ones(2))
    with pytest.raises(TypeError, match=r"L1Penalty\(1.0\): x is a table of 2"):
        L1Penalty(1).forward(table)


def test_zeros_are_written_anew():
    stop = ZeroGrad()
    stop.backward(x, dC_dy).fill(7)
    assert not stop.backward(x, dC_dy).any()


def test_print_size(capsys):
    show = PrintSize("conv1")
    show.forward(x)
    assert capsys.readouterr().out == "conv1: x has shape (2, 3)\n"
    assert show.backward(x, dC_dy) is dC_dy
    assert capsys.readouterr().out == "conv1: dC_dy has shape (2, 3)\n"
    PrintSize().forward([x, [x[0]]])
    assert capsys.readouterr().out == "PrintSize: x has shape [(2, 3), [(3,)]]\n"
    show.jvp(x, x)
    assert capsys.readouterr().out == ""


def entropy_of(x):
    p = x.sum(axis=0) / x.sum()
    return -np.sum(p * np.log(p + 1e-6))


@pytest.mark.parametrize("scale", [1, 0.3])
@pytest.mark.parametrize("average", [True, False])
def test_entropy_gradient_is_that_of_the_formula(scale, average, rng):
    """By differences along directions that keep the sum, a constant by definition."""
    probabilities = rng.random((4, 3)) + 0.1
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    module = CategoricalEntropy(scale)
    module.size_average = average
    dC_dx = module.backward(probabilities, np.zeros((4, 3)))
    assert module.entropy == pytest.approx(entropy_of(probabilities))
    m = scale / 4 if average else scale
    u = rng.standard_normal((4, 3))
    u -= u.mean()
    ahead, behind = (entropy_of(probabilities + s * u) for s in (1e-6, -1e-6))
    assert np.vdot(dC_dx, u) == pytest.approx(-m * (ahead - behind) / 2e-6, rel=1e-6)


def test_entropy_that_is_high_enough():
    even = np.full((2, 2), 0.5)  # log 2 = 0.69
    np.testing.assert_array_equal(CategoricalEntropy(1, 0.6).backward(even, even), even)
    assert (CategoricalEntropy(1, 0.7).backward(even, even) != even).all()


def test_entropy_of_what_are_no_probabilities():
    none = np.zeros((2, 2))
    assert np.isnan(CategoricalEntropy().backward(none, none)).all()
    with pytest.raises(ValueError, match=r"x has shape \(2,\), expected \(\*, \*\)"):
        CategoricalEntropy().forward(np.ones(2))


def test_these_gradients_are_by_design_not_those_of_y():
    modules = GradientReversal(), L1Penalty(1), ZeroGrad(), CategoricalEntropy()
    assert all(module.surrogate for module in modules)
    assert not PrintSize().surrogate


def test_repr():
    assert repr(GradientReversal()) == "GradientReversal()"
    assert repr(GradientReversal(0.3)) == "GradientReversal(0.3)"
    text = "L1Penalty(0.1, size_average=True, provide_output=False)"
    assert [repr(L1Penalty(0.1)), repr(L1Penalty(0.1, True, False))] == [
        "L1Penalty(0.1)",
        text,
    ]
    assert [repr(PrintSize()), repr(PrintSize("x"))] == [
        "PrintSize()",
        "PrintSize('x')",
    ]
    assert repr(ZeroGrad()) == "ZeroGrad()"
    assert repr(CategoricalEntropy()) == "CategoricalEntropy()"
    assert repr(CategoricalEntropy(2, 1)) == "CategoricalEntropy(2.0, min_entropy=1.0)"


@pytest.mark.parametrize(
    "module, wanted",
    [
        (GradientReversal(0.5), dC_dy / 4),
        (ZeroGrad(), 0 * dC_dy),
        (PrintSize(), dC_dy),
        (L1Penalty(1), dC_dy),
        (L1Penalty(1, provide_output=False), 0 * dC_dy),
        (CategoricalEntropy(), dC_dy),
    ],
    ids=repr,
)
def test_squares_of_what_the_gradient_undergoes(module, wanted):
    np.testing.assert_array_equal(module.backward_diag_hessian(x, dC_dy), wanted)


@pytest.mark.parametrize("provide_output", [True, False])
def test_a_penalty_is_not_added_to_changes(provide_output):
    penalty = L1Penalty(1, provide_output=provide_output)
    ddC_dx = penalty.backprop_jvp(x, dC_dy, np.ones_like(x), 2 * dC_dy)
    np.testing.assert_array_equal(ddC_dx, 2 * dC_dy if provide_output else 0 * dC_dy)


def test_curvature_of_the_entropy_is_that_of_its_gradient():
    """Of CategoricalEntropy, where there is no curvature above it."""
    entropy, p = CategoricalEntropy(), np.array([[0.5, 0.25], [0.75, 0.5]])
    own = entropy.backward_diag_hessian(p, 0 * p, 0 * p)
    for i, j in np.ndindex(p.shape):
        unit = np.zeros_like(p)
        unit[i, j] = 1
        turned = entropy.hvp(p, 0 * p, unit)
        require_close(entropy, "d2C_dx2", own[i, j], turned[i, j], EXACT)


def test_a_direction_of_the_entropy_is_checked():
    entropy, p = CategoricalEntropy(), np.full((2, 2), 0.5)
    with pytest.raises(ValueError, match=r"dx has shape \(3, 2\), expected \(2, 2\)"):
        entropy.hvp(p, p, np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(2, 2\)"):
        entropy.hvp(p, np.ones(2), p)
