import numpy as np
import pytest

import nnmods as nn
from nnmods.core.workspace import Workspace
from nnmods.kernels.sparse import add_product, add_transposed_product
from nnmods.layers import IndexLinear, SparseLinear
from nnmods.layers.linear.normalizing import normalized


def sparse(do_grad_input=False):
    module = SparseLinear(4, 2, do_grad_input, rng=0)
    module.weight[...] = [[1, 10, 100, 1000], [0, 1, 2, 3]]
    module.bias[...] = [0.5, 0]
    return module


def index(*args, **kwargs):
    module = IndexLinear(4, 2, *args, **kwargs)
    module.weight[...], module.bias[...] = sparse().weight.T, sparse().bias
    return module


PAIRS = np.array([[3, 2.0], [0, 1.0], [3, -1.0]])  # 3 occurs twice
Y = [1001.5, 3]
KEYS, VALUES = PAIRS[:, 0].astype(int), PAIRS[:, 1]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("size", [5, 40])
def test_the_kernel_as_a_dense_product(dtype, order, size):
    rng = np.random.default_rng(0)
    starts, keys = np.array([0, 3, 3, 7]), rng.integers(0, size, 7)
    values, b, c = rng.random(7), rng.random((size, 4)), rng.random((3, 4))
    dense = np.zeros((3, size))
    np.add.at(dense, (np.repeat(np.arange(3), np.diff(starts)), keys), values)
    values, b, c = (np.asarray(a, dtype, order=order) for a in (values, b, c))
    y, grad = np.ones((3, 4), dtype, order), np.ones((size, 4), dtype, order)
    assert add_product(starts, keys, values, b, y, Workspace()) is y
    add_transposed_product(starts, keys, values, c, grad, Workspace())
    np.testing.assert_allclose(y, 1 + dense @ b, 1e-6)
    np.testing.assert_allclose(grad, 1 + dense.T @ c, 1e-6)


@pytest.mark.parametrize(
    "x, y",
    [
        (PAIRS, Y),
        ([KEYS, VALUES], Y),
        ([PAIRS, PAIRS[:0], PAIRS[1:2]], [Y, [0.5, 0], [1.5, 0]]),
        ([PAIRS], [Y]),
        (np.stack([PAIRS, PAIRS]), [Y, Y]),
        ([], [0.5, 0]),
        (np.empty((0, 3, 2)), np.empty((0, 2))),
    ],
)
def test_forms_of_sparse_linear(x, y):
    module = sparse()
    np.testing.assert_array_equal(module.forward(x), y)
    dC_dx = module.backward(x, np.ones(np.shape(y)))
    if isinstance(x, list) or x.ndim == 2:
        assert dC_dx == []
    else:
        np.testing.assert_array_equal(dC_dx, np.zeros(x.shape))


def test_gradients_of_sparse_linear():
    module, dC_dy = sparse(True), np.array([[1.0, 2.0], [5.0, 0.0]])
    x = [PAIRS, PAIRS[1:2]]
    a, b = module.backward(x, dC_dy)
    np.testing.assert_array_equal(a, [[0, 1], [1, 12], [2, 104], [3, 1006]])
    np.testing.assert_array_equal(b[:, 1], [5, 50, 500, 5000])
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_array_equal(module.grad_weight, [[3, 0, 0, 0.5], [1, 0, 0, 1]])
    np.testing.assert_array_equal(module.grad_bias, [3, 1])
    assert module.backward(np.stack([PAIRS]), dC_dy[:1]).shape == (1, 4, 2)
    (single,) = module.backward(PAIRS, dC_dy[0])
    np.testing.assert_array_equal(single, a)


def test_where_a_value_is_0_its_index_does_not_matter():
    x = np.concatenate([PAIRS, [[-1, 0.0]]])
    np.testing.assert_array_equal(sparse().forward(x), Y)


def test_weight_decay_of_sparse_linear():
    module = sparse()
    module.weight_decay = 0.5
    module.acc_grad_params(PAIRS, np.zeros(2))
    np.testing.assert_array_equal(module.grad_weight, 0.5 * module.weight)


@pytest.mark.parametrize(
    "x, match",
    [
        (np.array([[4, 1.0]]), "x has index 4.0 at 0, expected 0 to 3"),
        (np.ones((3, 3)), r"x has shape \(3, 3\), expected \(\*, 2\)"),
        ([PAIRS, np.ones(2)], r"x\[1\] has shape \(2,\), expected \(\*, 2\)"),
        ([KEYS, VALUES[:2]], r"x\[1\] has shape \(2,\), expected \(3,\)"),
    ],
)
def test_what_sparse_linear_refuses(x, match):
    with pytest.raises(ValueError, match=match):
        sparse().forward(x)


@pytest.mark.parametrize(
    "x, y",
    [
        ([KEYS, VALUES], Y),
        ([[KEYS, KEYS[1:2]], [VALUES, VALUES[1:2]]], [Y, [1.5, 0]]),
        ([KEYS, VALUES, np.array([1, 0, 2])], [[2000.5, 6], [0.5, 0], [-998.5, -3]]),
        ([KEYS, VALUES, [3]], [Y]),
        ([[], []], np.empty((0, 2))),
        ([KEYS[:0], VALUES[:0]], [0.5, 0]),
    ],
)
def test_forms_of_index_linear(x, y):
    module, dC_dy = index(), np.ones(np.shape(y))
    np.testing.assert_array_equal(module.forward(x), y)
    assert module.backward(x, dC_dy) == []
    module.acc_grad_params(x, dC_dy)
    np.testing.assert_array_equal(module.grad_bias, dC_dy.reshape(-1, 2).sum(axis=0))


def test_gradients_of_index_linear():
    module, dC_dy = index(True), np.array([1.0, 2.0])
    places, dense = module.backward([KEYS, VALUES], dC_dy)
    np.testing.assert_array_equal(places, [0, 1, 2, 3])
    np.testing.assert_array_equal(dense, [1, 12, 104, 1006])
    places, dense = module.backward([KEYS, VALUES, [3]], dC_dy[None])
    assert places.shape == dense.shape == (1, 4)
    module.acc_grad_params([KEYS, VALUES], dC_dy, 2)
    np.testing.assert_array_equal(module.grad_weight, [[2, 4], [0, 0], [0, 0], [2, 4]])


def test_an_offset_is_added_to_keys():
    module = index(keys_offset=1)
    np.testing.assert_array_equal(
        module.forward([np.array([2]), np.ones(1)]), [1000.5, 3]
    )
    np.testing.assert_array_equal(
        module.forward([np.array([-1]), np.ones(1)]), [1.5, 0]
    )
    with pytest.raises(ValueError, match=r"x\[0\] has index 3 at 0, expected -1 to 2"):
        module.forward([np.array([3]), np.ones(1)])


def test_a_given_weight_is_used_as_it_is():
    weight = np.ones((5, 3), np.float32)
    module = IndexLinear(1, 1, weight=weight)
    assert module.weight is weight and module.bias.dtype == np.float32
    assert (module.in_features, module.out_features) == (5, 3)
    assert repr(module) == "IndexLinear(5 -> 3)"


@pytest.mark.parametrize(
    "x, error, match",
    [
        (np.ones(2), TypeError, "expected a table"),
        ([KEYS], ValueError, "x has 1 entries, expected 2 or 3"),
        ([KEYS, VALUES, [1, 1]], ValueError, r"x\[2\] has sum 2, expected 3"),
        ([KEYS, VALUES, [4, -1]], ValueError, r"x\[2\] has index 4 at 0"),
        ([[KEYS], [VALUES[1:]]], ValueError, r"x\[1\]\[0\] has shape \(2,\)"),
    ],
)
def test_what_index_linear_refuses(x, error, match):
    with pytest.raises(error, match=match):
        index().forward(x)


def pair_by_pair(weight, keys, values, train):
    """Normalize as Torch7 does, one pair after another."""
    out = []
    for key, value in zip(keys, values, strict=True):
        row = weight[key]
        if train:
            if abs(value) > row[0]:
                row[:2] = abs(value), 1 / abs(value)
            row[2] = 1
        large = abs(value) > row[0]
        out.append((np.sign(value) if large else value * row[1]) + row[3])
    return out


@pytest.mark.parametrize("train", [True, False])
def test_normalized_values_as_a_loop_finds_them(train):
    rng = np.random.default_rng(0)
    keys, values = rng.integers(0, 6, 50), rng.standard_normal(50)
    values[:3] = 0
    weight = np.zeros((8, 5))
    weight[:4, 0] = rng.random(4)
    weight[:4, 1] = 1 / weight[:4, 0]
    weight[:, 3] = rng.standard_normal(8)
    other = weight.copy()
    got, _ = normalized(weight, keys, values, train)
    np.testing.assert_allclose(got, pair_by_pair(other, keys, values, train), 1e-14)
    np.testing.assert_allclose(weight, other, 1e-14)


def test_gradients_with_normalized_values():
    module = IndexLinear(4, 2, normalize=True)
    module.weight[:, 4:], module.bias[...] = sparse().weight.T, 0
    module.weight[:, 3] = 0.5
    x, dC_dy = [np.array([3, 3]), np.array([2.0, -4.0])], np.array([1.0, 2.0])
    np.testing.assert_array_equal(module.forward(x), [1000, 3])  # 1.5 - 0.5
    np.testing.assert_array_equal(module.weight[3, :4], [4, 0.25, 1, 0.5])
    module.acc_grad_params(x, dC_dy, 0.5)
    # By the bias of the key: both pairs give dC_dy . (1000, 3) = 1006.
    np.testing.assert_array_equal(module.grad_weight[3], [0, 0, 0, 1006, 0.5, 1])
    dx, dparams = [x[0], np.zeros(2)], [module.grad_weight, module.grad_bias]
    dy, square = module.jvp(x, dx, dparams), sum((p**2).sum() for p in dparams)
    np.testing.assert_allclose(dC_dy @ dy, 2 * square)  # the gradient had scale 0.5
    np.testing.assert_array_equal(module.jvp(x, [x[0], np.array([4.0, 0])]), [2000, 6])
    assert module.backward(x, dC_dy) == []
    module.do_grad_input = True
    with pytest.raises(ValueError, match="normalize is True, expected False"):
        module.backward(x, dC_dy)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: nn.IndexLinear(4, 2, weight=3), TypeError, "IndexLinear: weight has"),
        (
            lambda: nn.IndexLinear(4, 2, bias=np.ones(3)),
            ValueError,
            r"bias has shape \(3,\), expected \(2,\)",
        ),
        (lambda: nn.IndexLinear(4, 2, keys_offset=1.5), TypeError, "integer"),
        (lambda: nn.SparseLinear(4, 2)([[1, 2], [3]]), TypeError, r"x\[0\] is a list"),
        (
            lambda: nn.IndexLinear(4, 2)([np.array([0]), np.ones(1), None]),
            TypeError,
            r"x\[2\] has dtype object",
        ),
        (lambda: nn.LookupTable(4, 2)(np.array([1j])), TypeError, "real numbers"),
        (lambda: nn.LookupTable(4, 2).set_padding("a"), TypeError, "integer"),
    ],
)
def test_what_is_no_number_is_named(make, error, text):
    with pytest.raises(error, match=text):
        make()
