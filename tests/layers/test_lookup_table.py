import numpy as np
import pytest

from nnmods.layers import Embedding, LookupTable, LookupTableMaskZero

TABLE = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])


def table(*args, **kwargs):
    module = LookupTable(3, 2, *args, rng=0, **kwargs)
    module.weight[...] = TABLE
    return module


def test_rows_that_occur_twice_add_up():
    module, x = table(), np.array([[2, 0], [2, 2]])
    np.testing.assert_array_equal(module.forward(x), TABLE[x])
    dC_dy = np.arange(8.0).reshape(2, 2, 2)
    np.testing.assert_array_equal(module.backward(x, dC_dy), np.zeros((2, 2)))
    module.acc_grad_params(x, dC_dy, 0.5)
    np.testing.assert_array_equal(module.grad_weight, [[1, 1.5], [0, 0], [5, 6.5]])


def test_many_rows_as_numpy_adds_them():
    module, rng = LookupTable(50, 7, rng=0), np.random.default_rng(0)
    x, dC_dy = rng.integers(0, 50, (40, 30)), rng.standard_normal((40, 30, 7))
    wanted = np.zeros((50, 7))
    np.add.at(wanted, x, dC_dy)
    for dtype in (np.float64, np.float32):
        module.astype(dtype).acc_grad_params(x, dC_dy.astype(dtype))
        np.testing.assert_allclose(module.grad_weight, wanted, 1e-4, 1e-4)
        module.zero_grad_params()


@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int32, np.int64, np.float32, np.float64]
)
def test_indices_of_any_dtype(dtype):
    x = np.array([2, 0], dtype)
    module = table().float()
    assert module.forward(x).dtype == np.float32
    np.testing.assert_array_equal(module.y, TABLE[[2, 0]])


def test_padding_gets_no_gradient():
    module, x = table(padding_value=2), np.array([2, 0, 2])
    np.testing.assert_array_equal(module.forward(x), TABLE[x])
    dC_dy = np.array([[np.nan, np.nan], [1.0, 2.0], [5.0, 6.0]])
    module.acc_grad_params(x, dC_dy)
    np.testing.assert_array_equal(module.grad_weight, [[1, 2], [0, 0], [0, 0]])
    module.set_padding(None).acc_grad_params(x[1:], dC_dy[1:])
    np.testing.assert_array_equal(module.grad_weight, [[2, 4], [0, 0], [5, 6]])


def test_gradients_divided_by_counts():
    module = table().scale_grad_by_freq()
    dC_dy = np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 9.0]])
    module.acc_grad_params(np.array([1, 1, 0]), dC_dy)
    np.testing.assert_array_equal(module.grad_weight, [[5, 9], [1.5, 1.5], [0, 0]])


@pytest.mark.parametrize(
    "p, norm", [(None, 5.0), (2, 5.0), (1, 7.0), (3, 91 ** (1 / 3))]
)
def test_long_rows_that_are_used_are_shortened(p, norm):
    module = table(max_norm=1.0, norm_type=p)
    module.weight[...] = [[3, -4], [30, 40], [0.1, 0.2]]
    y = module.forward(np.array([0, 2, 0]))
    short = np.array([3, -4]) / (norm + 1e-7)
    np.testing.assert_allclose(module.weight, [short, [30, 40], [0.1, 0.2]], 1e-12)
    np.testing.assert_allclose(y, [short, [0.1, 0.2], short], 1e-12)


def test_a_norm_type_that_is_not_positive():
    with pytest.raises(ValueError, match="norm_type is 0, expected more than 0"):
        table(norm_type=0)


@pytest.mark.parametrize("make", [table, lambda: Embedding(3, 2, max_norm=1e-3)])
@pytest.mark.parametrize(
    "x, match",
    [
        (np.array([0, 3]), "x has index 3 at 1, expected 0 to 2; indices count from 0"),
        (np.array([[0, 1], [-1, 0]]), r"x has index -1 at \(1, 0\), expected 0 to 2"),
        (np.array([0.5]), "x has index 0.5 at 0, expected whole numbers"),
        (np.array([1.0, np.nan]), "x has index nan at 1, expected 0 to 2"),
        (np.array([np.inf]), "x has index inf at 0, expected 0 to 2"),
    ],
)
def test_wrong_indices_are_named_before_anything_changes(make, x, match):
    module = make()
    before = module.weight.copy()
    with pytest.raises(ValueError, match=match):
        module.forward(x)
    np.testing.assert_array_equal(module.weight, before)


@pytest.mark.parametrize("cls", [LookupTable, LookupTableMaskZero])
def test_one_or_two_axes(cls):
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 1, 1\), expected \(\*, \*\)"
    ):
        cls(3, 2).forward(np.zeros((1, 1, 1), int))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(2, 2\)"):
        cls(3, 2).acc_grad_params(np.array([0, 1]), np.ones(2))
    with pytest.raises(TypeError, match="x is a table of 1, expected an array"):
        cls(3, 2).forward([np.zeros(2, int)])


def test_mask_gives_zeros():
    module = LookupTableMaskZero(3, 2, rng=0)
    module.weight[1:] = TABLE
    x = np.array([-1, 2, -1])
    np.testing.assert_array_equal(module.forward(x), [[0, 0], [4, 5], [0, 0]])
    module.acc_grad_params(x, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    np.testing.assert_array_equal(module.grad_weight, [[6, 8], [0, 0], [0, 0], [3, 4]])
    module.update_params(1.0)
    np.testing.assert_array_equal(module.forward(x[:1]), [[0, 0]])
    with pytest.raises(ValueError, match="x has index -2 at 0, expected -1 to 2"):
        module.forward(np.array([-2]))


def test_reprs():
    assert repr(LookupTable(3, 2)) == "LookupTable(3, 2)"
    assert repr(table(1, 0.5)) == "LookupTable(3, 2, padding_value=1, max_norm=0.5)"
    assert repr(LookupTableMaskZero(3, 2)) == "LookupTableMaskZero(3, 2)"
    module = Embedding(3, 2, -1, norm_type=1.0, scale_grad_by_freq=True)
    assert repr(module) == (
        "Embedding(3, 2, padding_idx=2, norm_type=1.0, scale_grad_by_freq=True)"
    )


def test_a_padding_row_of_an_embedding_starts_at_0():
    module = Embedding(4, 2, -3, rng=0)
    np.testing.assert_array_equal(module.weight[1], 0)
    np.testing.assert_array_equal(module.reset(1).weight[1], 0)
    with pytest.raises(ValueError, match="padding_idx is 4, expected -4 to 3"):
        Embedding(4, 2, 4)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("max_norm, p", [(None, 2.0), (1.0, 2.0), (1.5, 1.0)])
def test_embedding_as_pytorch(scaled, max_norm, p):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, dC_dy = rng.integers(0, 6, (5, 2, 4)), rng.standard_normal((5, 2, 4, 3))
    args = 6, 3, 1, max_norm, p, scaled
    module, peer = Embedding(*args, rng=0), torch.nn.Embedding(*args).double()
    with torch.no_grad():
        peer.weight.copy_(torch.from_numpy(module.weight))
    y = peer(torch.from_numpy(x))
    y.backward(torch.from_numpy(dC_dy))
    np.testing.assert_allclose(module.forward(x), y.detach().numpy(), 1e-10)
    module.acc_grad_params(x, dC_dy)
    np.testing.assert_allclose(module.grad_weight, peer.weight.grad.numpy(), 1e-10)
    np.testing.assert_allclose(module.weight, peer.weight.detach().numpy(), 1e-10)


def test_a_nan_gradient_at_the_padding_index_does_no_harm():
    module = table(0)
    module.acc_grad_params(np.array([0, 1]), np.array([[np.nan, np.nan], [1.0, 2.0]]))
    np.testing.assert_array_equal(module.grad_weight, [[0, 0], [1, 2], [0, 0]])
