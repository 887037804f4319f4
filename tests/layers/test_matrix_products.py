import numpy as np
import pytest

from nnmods.layers import MM, MV

A, B = (
    np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    np.array([[1.0, 10.0], [2.0, 20.0]]),
)


@pytest.mark.parametrize("trans_a", [False, True])
@pytest.mark.parametrize("trans_b", [False, True])
@pytest.mark.parametrize("batch", [False, True])
def test_mm(trans_a, trans_b, batch):
    module, dC_dy = MM(trans_a, trans_b), np.arange(6.0).reshape(3, 2)
    a, b = A.T.copy() if trans_a else A, B.T.copy() if trans_b else B
    da, db = dC_dy @ B.T, A.T @ dC_dy
    da, db = da.T if trans_a else da, db.T if trans_b else db
    y = A @ B
    if batch:
        a, b, dC_dy = np.stack([a, 2 * a]), np.stack([b, b]), np.stack([dC_dy, dC_dy])
        y, da, db = np.stack([y, 2 * y]), np.stack([da, da]), np.stack([db, 2 * db])
    np.testing.assert_array_equal(module.forward([a, b]), y)
    for mine, wanted in zip(module.backward([a, b], dC_dy), (da, db), strict=True):
        np.testing.assert_array_equal(mine, wanted)


@pytest.mark.parametrize("trans", [False, True])
@pytest.mark.parametrize("batch", [False, True])
def test_mv(trans, batch):
    a, v, dC_dy = A.T.copy() if trans else A, np.array([1.0, 10.0]), np.arange(3.0)
    y, da, dv = A @ v, np.outer(dC_dy, v), A.T @ dC_dy
    da = da.T if trans else da
    if batch:
        a, v, dC_dy = np.stack([a, 2 * a]), np.stack([v, v]), np.stack([dC_dy, dC_dy])
        y, da, dv = np.stack([y, 2 * y]), np.stack([da, da]), np.stack([dv, 2 * dv])
    module = MV(trans)
    np.testing.assert_array_equal(module.forward([a, v]), y)
    for mine, wanted in zip(module.backward([a, v], dC_dy), (da, dv), strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_one_array_twice():
    """Both gradients are there, in memory of their own."""
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    a, b = MM().backward([square, square], np.eye(2))
    np.testing.assert_array_equal(a, square.T)
    np.testing.assert_array_equal(b, square.T)
    assert not np.shares_memory(a, b)


@pytest.mark.parametrize(
    "module, x, match",
    [
        (
            MM(),
            [A, A],
            r"x has shapes \(3, 2\) and \(3, 2\), expected factors that fit",
        ),
        (MM(), [A, B[0]], r"x\[1\] has shape \(2,\), expected \(\*, \*\)"),
        (MM(), [A[0], B], r"x\[0\] has shape \(2,\), expected \(\*, \*\)"),
        (MM(), [A[None], B], r"x\[1\] has shape \(2, 2\), expected \(\*, \*, \*\)"),
        (MM(), [A[None], np.stack([B, B])], "expected factors that fit"),
        (MM(), [A], "x has 1 entries, expected 2"),
        (MV(), [A, B], r"x\[1\] has shape \(2, 2\), expected \(\*,\)"),
        (MV(), [A, np.ones(3)], "expected factors that fit"),
        (MV(True), [A, np.ones(2)], "expected factors that fit"),
        (MV(), [A[None], np.ones((2, 2))], "expected factors that fit"),
    ],
)
def test_what_is_refused(module, x, match):
    with pytest.raises(ValueError, match=match):
        module.forward(x)


def test_a_wrong_gradient():
    with pytest.raises(
        ValueError, match=r"dC_dy has shape \(2, 3\), expected \(3, 2\)"
    ):
        MM().backward([A, B], np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(3,\)"):
        MV().backward([A, B[0]], np.ones(2))


def test_reprs():
    assert (
        repr(MM()) == "MM()"
        and repr(MM(True, True)) == "MM(trans_a=True, trans_b=True)"
    )
    assert repr(MV(None)) == "MV()" and repr(MV(True)) == "MV(trans=True)"
    with pytest.raises(TypeError, match="MV: trans has type int, expected a bool"):
        MV(1)
