"""The lecture's graph, dimensions and basic modules: statements 1, 2, 6 to 11."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import STEP


def jacobian(function, x):
    """Return dy/dx, M x N, by central differences."""
    columns = []
    for i in range(x.size):
        step = np.zeros(x.shape)
        step.flat[i] = STEP
        ahead, behind = function(x + step), function(x - step)
        columns.append((ahead - behind).ravel() / (2 * STEP))
    return np.stack(columns, axis=1)


class LectureExample:
    """C(y, ybar) with ybar = G(x, w): a network of parameters w, and a cost."""

    def __init__(self, rng):
        self.x = rng.standard_normal(3)
        self.y = rng.standard_normal(2)
        self.G = nn.Sequential(
            nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=1)
        )
        self.cost = nn.MSECriterion(size_average=False)
        self.w, self.dC_dw = self.G.flatten_parameters()

    def ybar_of(self, w):
        self.w[...] = w
        return self.G(self.x)


@pytest.fixture
def example(rng):
    return LectureExample(rng)


def test_lecture_01_gradient_is_the_product_along_the_graph(example):
    w = example.w.copy()
    dG_dw = jacobian(example.ybar_of, w)
    ybar = example.ybar_of(w)
    example.G.forward(example.x)
    dC_dybar = example.cost.backward(ybar, example.y)
    example.G.backprop(example.x, dC_dybar)
    np.testing.assert_allclose(example.dC_dw, 1 * dC_dybar @ dG_dw, 1e-6, 1e-8)
    C_of_w = jacobian(
        lambda w: np.array(example.cost(example.ybar_of(w), example.y)), w
    )
    np.testing.assert_allclose(example.dC_dw, C_of_w[0], 1e-6, 1e-8)


def test_lecture_02_dimensions_are_1xN_1xM_and_MxN(example):
    N, M = example.w.size, example.y.size
    ybar = example.G.forward(example.x)
    dC_dybar = example.cost.backward(ybar, example.y)
    example.G.backprop(example.x, dC_dybar)
    assert dC_dybar[None].shape == (1, M)
    assert jacobian(example.ybar_of, example.w.copy()).shape == (M, N)
    assert example.dC_dw[None].shape == (1, N)
    told = nn.explain(example.G, example.x)  # each module's M x N, of y by x
    titles, *rows = (line.split() for line in told.text.splitlines()[:4])
    printed = [row[titles.index("J")] for row in rows]
    assert printed == ["4x3", "4x4", "2x4"] and "J 2x3, 26 parameters" in told.text


def test_lecture_06_linear_in_the_lectures_columns_and_in_our_rows(rng):
    linear = nn.Linear(3, 2, bias=False, rng=0)
    W, X = linear.weight, rng.standard_normal((3, 5))  # a sample per column
    dC_dY = rng.standard_normal((2, 5))
    np.testing.assert_allclose(linear(X.T), (W @ X).T, rtol=1e-12)
    dC_dX = linear.backprop(X.T, dC_dY.T).T
    np.testing.assert_allclose(dC_dX, W.T @ dC_dY, rtol=1e-12)
    np.testing.assert_allclose(linear.grad_weight, dC_dY @ X.T, rtol=1e-12)


def test_lecture_06_bias_gets_the_sum_of_the_gradients(rng):
    linear, dC_dy = nn.Linear(3, 2, rng=0), rng.standard_normal((5, 2))
    linear.acc_grad_params(rng.standard_normal((5, 3)), dC_dy)
    np.testing.assert_allclose(linear.grad_bias, dC_dy.sum(axis=0), rtol=1e-12)


def test_lecture_07_relu_passes_the_gradient_unless_x_is_negative():
    x, dC_dy = np.array([-2.0, -0.0, 0.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(nn.ReLU().backward(x, dC_dy), [0, 2, 3, 4])
    torch7 = nn.ReLU(grad_at_zero=0)
    np.testing.assert_array_equal(torch7.backward(x, dC_dy), [0, 0, 0, 4])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_lecture_08_duplicate_copies_forward_and_sums_backward(n, rng):
    splitter, x = nn.Duplicate(n), rng.standard_normal((4, 3))
    for y in splitter.forward(x):
        np.testing.assert_array_equal(y, x)
    dC_dy = [rng.standard_normal((4, 3)) for _ in range(n)]
    np.testing.assert_allclose(splitter.backward(x, dC_dy), sum(dC_dy), rtol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_lecture_09_add_gives_each_input_the_gradient_unchanged(n, rng):
    x, dC_dy = [rng.standard_normal((4, 3)) for _ in range(n)], np.ones((4, 3)) * 7
    add = nn.Add()
    np.testing.assert_allclose(add.forward(x), sum(x), rtol=1e-14)
    gradients = add.backward(x, dC_dy)
    assert len(gradients) == n
    for dC_dx in gradients:
        np.testing.assert_array_equal(dC_dx, dC_dy)


def test_lecture_10_max_gives_the_gradient_to_x1_only_where_it_is_larger():
    x1, x2 = np.array([1.0, 5.0, 3.0]), np.array([2.0, 4.0, 3.0])
    largest, dC_dy = nn.Max(), np.array([10.0, 20.0, 30.0])
    np.testing.assert_array_equal(largest.forward([x1, x2]), [2, 5, 3])
    dC_dx1, dC_dx2 = largest.backward([x1, x2], dC_dy)
    np.testing.assert_array_equal(dC_dx1, [0, 20, 0])
    np.testing.assert_array_equal(dC_dx2, [10, 0, 30])  # a tie: "else", to X2


def test_lecture_11_fused_module_equals_the_chain_and_is_finite_beyond_it(rng):
    x, target = rng.standard_normal((4, 3)), np.array([0, 2, 1, 1])
    probabilities = nn.SoftMax()(x)
    chain = np.log(probabilities)
    np.testing.assert_allclose(nn.LogSoftMax()(x), chain, rtol=1e-12)
    cost = nn.CrossEntropyCriterion()
    composed = nn.ClassNLLCriterion()
    np.testing.assert_allclose(cost(x, target), composed(chain, target), rtol=1e-12)
    dC_dp = composed.backward(chain, target) / probabilities  # through the logarithm
    softmax = nn.SoftMax()
    np.testing.assert_allclose(
        cost.backward(x, target), softmax.backward(x, dC_dp), rtol=1e-10, atol=1e-16
    )
    far, label = np.array([[1000.0, -1000.0]]), np.array([1])
    with np.errstate(divide="ignore"):
        assert np.log(nn.SoftMax()(far))[0, 1] == -np.inf
    assert cost(far, label) == 2000
    np.testing.assert_array_equal(cost.backward(far, label), [[1, -1]])
