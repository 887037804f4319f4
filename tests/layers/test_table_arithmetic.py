"""CAddTable, CSubTable, CMulTable, CDivTable, CMaxTable and CMinTable."""

import numpy as np
import pytest

from nnmods.layers.table import (
    CAddTable,
    CDivTable,
    CMaxTable,
    CMinTable,
    CMulTable,
    CSubTable,
)

ALL = [CAddTable, CSubTable, CMulTable, CDivTable, CMaxTable, CMinTable]
PAIRS = [CSubTable, CDivTable]
MANY = [cls for cls in ALL if cls not in PAIRS]
A, B, C = np.array([6.0, -2.0]), np.array([3.0, 4.0]), np.array([0.0, 5.0])
DY = np.array([1.0, 10.0])


@pytest.mark.parametrize(
    "module, x, y, dC_dx",
    [
        (CAddTable(), [A, B, C], [9, 7], [DY] * 3),
        (CAddTable(True), [A], A, [DY]),
        (CSubTable(), [A, B], [3, -6], [DY, -DY]),
        (CMulTable(), [A, B, C], [0, -40], [[0, 200], [0, -100], [18, -80]]),
        (CMulTable(), [A], A, [DY]),
        (CDivTable(), [A, B], [2, -0.5], [[1 / 3, 2.5], [-2 / 3, 1.25]]),
        (CMaxTable(), [A, B, C], [6, 5], [[1, 0], [0, 0], [0, 10]]),
        (CMinTable(), [A, B, C], [0, -2], [[0, 10], [0, 0], [1, 0]]),
    ],
)
def test_values_by_hand(module, x, y, dC_dx):
    np.testing.assert_array_equal(module.forward(x), y)
    got = module.backward(x, DY)
    assert len(got) == len(x)
    for mine, wanted in zip(got, dC_dx, strict=True):
        np.testing.assert_allclose(mine, wanted, 1e-15)
    np.testing.assert_array_equal(DY, [1, 10])


@pytest.mark.parametrize("cls", [CMaxTable, CMinTable])
def test_the_first_of_equal_entries_gets_the_gradient(cls):
    module, x = cls(), [np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([1.0, 3])]
    first = module.backward(x, DY)
    wanted = (
        [[1, 0], [0, 10], [0, 0]] if cls is CMaxTable else [[1, 10], [0, 0], [0] * 2]
    )
    np.testing.assert_array_equal(first, wanted)
    u = [np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])]
    np.testing.assert_array_equal(module.jvp(x, u), [1, 4 if cls is CMaxTable else 2])


@pytest.mark.parametrize("cls", ALL)
def test_nan_gives_nan(cls):
    x = [np.array([1.0, np.nan]), np.array([np.nan, np.nan])]
    assert np.isnan(cls()(x)).all()


@pytest.mark.parametrize("cls", [CMaxTable, CMinTable])
def test_the_first_nan_gets_the_gradient(cls):
    x = [np.array([1.0]), np.array([np.nan]), np.array([np.nan])]
    np.testing.assert_array_equal(cls().backward(x, np.ones(1)), [[0], [1], [0]])


def test_a_product_with_zeros():
    x = [np.array([0.0, 0.0]), np.array([2.0, 0.0]), np.array([3.0, 5.0])]
    got = CMulTable().backward(x, np.ones(2))
    np.testing.assert_array_equal(got, [[6, 0], [0, 0], [0, 0]])


def test_a_division_by_zero_is_silent():
    divide, x = CDivTable(), [np.array([1.0, 0.0]), np.zeros(2)]
    np.testing.assert_array_equal(divide(x), [np.inf, np.nan])
    first, second = divide.backward(x, np.ones(2))
    np.testing.assert_array_equal(first, [np.inf, np.inf])
    np.testing.assert_array_equal(second, [-np.inf, np.nan])
    assert not np.isfinite(divide.jvp(x, x)).any()


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("kind", [np.uint8, np.int64, bool])
def test_integers_are_computed_in_the_dtype_of_the_module(cls, kind):
    x = [np.array([200, 1]).astype(kind), np.array([100, 1]).astype(kind)]
    y = cls()(x)
    np.testing.assert_array_equal(y, cls()([a.astype(float) for a in x]))
    assert y.dtype == np.float64
    assert cls().backward(x, DY)[1].dtype == np.float64
    assert cls().float()(x).dtype == np.float32


@pytest.mark.parametrize("cls", ALL)
def test_mixed_dtypes_are_promoted(cls):
    x = [np.ones(2, np.float32), np.full(2, 1 + 1e-12)]
    assert cls()(x).dtype == np.float64


@pytest.mark.parametrize("cls", MANY)
def test_tables_of_other_lengths_and_shapes_one_after_another(cls, rng):
    module = cls()
    for n, shape in ((3, (2, 3)), (1, (2, 3)), (2, (4,)), (3, ())):
        x = [np.asarray(rng.standard_normal(shape)) for _ in range(n)]
        y, dC_dy = module(x), np.asarray(rng.standard_normal(shape))
        np.testing.assert_array_equal(y, cls()(x))
        assert len(module.backward(x, dC_dy)) == n


@pytest.mark.parametrize("cls", ALL)
def test_errors(cls):
    module, x = cls(), [np.ones((2, 3)), np.ones((2, 3))]
    with pytest.raises(
        TypeError, match=rf"{cls.__name__}\(\): x has shape \(2, 3\), e"
    ):
        module.forward(x[0])
    wanted = "2" if cls in PAIRS else "at least 1"
    with pytest.raises(ValueError, match=f"x has 0 entries, expected {wanted}"):
        module.forward([])
    with pytest.raises(
        ValueError, match=r"x\[1\] has shape \(3, 2\), expected \(2, 3\)"
    ):
        module.forward([x[0], x[0].T])
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(2, 3\)"):
        module.backward(x, np.ones(2))
    with pytest.raises(ValueError, match=r"dx has 1 entries, expected 2"):
        module.jvp(x, x[:1])
    with pytest.raises(TypeError, match=r"x\[0\] is a list of 1, expected an array"):
        module.forward([[1.0], x[0]])


@pytest.mark.parametrize("cls", PAIRS)
def test_just_two_entries(cls):
    with pytest.raises(ValueError, match="x has 3 entries, expected 2"):
        cls().forward([np.ones(2)] * 3)


def test_repr():
    assert repr(CAddTable()) == "CAddTable()"
    assert repr(CAddTable(True)) == "CAddTable(inplace=True)"
    assert repr(CMulTable()) == "CMulTable()"


def test_sums_of_sums_leave_x_alone():
    x = [np.array([1.0]), np.array([2.0])]
    inner, outer = CAddTable(True), CAddTable(True)
    y = outer.forward([inner.forward(x), x[1]])
    np.testing.assert_array_equal(y, [5])
    np.testing.assert_array_equal(x, [[1], [2]])


@pytest.mark.parametrize("cls", ALL)
def test_against_torch(cls, rng):
    torch = pytest.importorskip("torch")
    function = {
        CAddTable: torch.add,
        CSubTable: torch.sub,
        CMulTable: torch.mul,
        CDivTable: torch.div,
        CMaxTable: torch.maximum,
        CMinTable: torch.minimum,
    }[cls]
    x = [rng.standard_normal((3, 4)) for _ in range(2)]
    dC_dy = rng.standard_normal((3, 4))
    tensors = [torch.tensor(a, requires_grad=True) for a in x]
    y = function(*tensors)
    y.backward(torch.tensor(dC_dy))
    np.testing.assert_allclose(cls()(x), y.detach().numpy(), 1e-12)
    for mine, theirs in zip(cls().backward(x, dC_dy), tensors, strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), 1e-12)


def test_second_derivatives_of_a_product():
    product, x = CMulTable(), [A, B, C]
    dx = [np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([2.0, 1.0])]
    np.testing.assert_array_equal(
        product.hvp(x, DY, dx), [[6, 90], [12, -20], [3, -20]]
    )
    wanted = [[0, 4000], [0, 1000], [324, 640]]
    for dC_dy in (None, DY):  # linear in each entry: nothing of its own
        got = product.backward_diag_hessian(x, DY, dC_dy)
        np.testing.assert_array_equal(got, wanted)


def test_second_derivatives_of_a_quotient():
    quotient, x = CDivTable(), [np.array([6.0]), np.array([2.0])]
    dC_dy, h = np.array([8.0]), np.array([16.0])
    turned = quotient.hvp(x, dC_dy, [np.array([1.0]), np.array([4.0])])
    np.testing.assert_array_equal(turned, [[-8], [46]])
    np.testing.assert_array_equal(quotient.backward_diag_hessian(x, h), [[4], [36]])
    whole = quotient.backward_diag_hessian(x, h, dC_dy)
    np.testing.assert_array_equal(whole, [[4], [48]])


def test_the_square_of_minus_one():
    got = CSubTable().backward_diag_hessian([A, B], DY)
    np.testing.assert_array_equal(got, [DY, DY])
