import numpy as np
import pytest

from nnmods.layers.normalization import SpatialCrossMapLRN


def expected(x, size, alpha, beta, k):
    """Return y of one image, map by map."""
    y = np.empty_like(x)
    for c in range(len(x)):
        near = x[max(0, c - size // 2) : c + size // 2 + 1]
        y[c] = x[c] / (k + alpha / size * (near**2).sum(axis=0)) ** beta
    return y


@pytest.mark.parametrize("size", [1, 3, 5, 9])
@pytest.mark.parametrize("options", [(2.0, 0.75, 1), (2.0, 0.6, 0.3), (1.0, 1, 2)])
@pytest.mark.parametrize("C", [1, 2, 7])
def test_values_and_gradients(size, options, C, rng):
    x, dC_dy, dx = rng.standard_normal((3, 2, C, 3, 2))
    norm = SpatialCrossMapLRN(size, *options)
    y = norm(x)
    for i in range(2):
        wanted = expected(x[i], size, *options)
        np.testing.assert_allclose(y[i], wanted, rtol=1e-12)
        np.testing.assert_allclose(norm(x[i]), wanted, rtol=1e-12)
    change = (norm(x + 1e-6 * dx) - norm(x - 1e-6 * dx)) / 2e-6
    dC_dx = norm.backward(x, dC_dy)
    np.testing.assert_allclose(norm.jvp(x, dx), change, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.vdot(dC_dx, dx), np.vdot(dC_dy, change), rtol=1e-7)


def test_values_by_hand():
    norm = SpatialCrossMapLRN(3, alpha=3.0, beta=1.0, k=1.0)
    x = np.array([1.0, 2.0, 0.0]).reshape(3, 1, 1)
    np.testing.assert_allclose(norm(x).ravel(), [1 / 6, 2 / 6, 0])
    plain = SpatialCrossMapLRN(5, None, None, None)
    assert (plain.alpha, plain.beta, plain.k) == (1e-4, 0.75, 1)
    np.testing.assert_allclose(plain(x).ravel(), x.ravel() / 1.0001**0.75, rtol=1e-15)


def test_another_x_than_that_of_forward(rng):
    a, b, dC_dy, dx = rng.standard_normal((4, 2, 4, 3, 2))
    one, two = SpatialCrossMapLRN(3, 2.0), SpatialCrossMapLRN(3, 2.0)
    one.forward(b)
    two.forward(a)
    np.testing.assert_array_equal(two.backward(b, dC_dy), one.backward(b, dC_dy))
    two.forward(a)
    np.testing.assert_array_equal(two.jvp(b, dx), one.jvp(b, dx))


def test_nan_stays_in_its_place(rng):
    x = rng.standard_normal((2, 5, 3, 2))
    x[0, 0, 0, 0] = np.nan
    norm = SpatialCrossMapLRN(3)
    y, dC_dx = norm(x), norm.backward(x, np.ones_like(x))
    assert np.isnan(y[0, :2, 0, 0]).all() and np.isnan(dC_dx[0, :3, 0, 0]).all()
    assert np.isnan(y).sum() == 2 and np.isnan(dC_dx).sum() == 3


def test_what_overflows_does_so_quietly():
    norm, x = SpatialCrossMapLRN(3), np.full((1, 3, 1, 1), 1e30, np.float32)
    np.testing.assert_array_equal(norm(x), np.zeros_like(x))
    norm.backward(x, x)
    assert np.isnan(SpatialCrossMapLRN(3, k=-5.0)(x / 1e30)).all()


def test_integers():
    x = np.arange(12, dtype=np.uint8).reshape(1, 3, 2, 2) * 20
    norm = SpatialCrossMapLRN(3)
    np.testing.assert_allclose(norm(x), norm(x.astype(np.float64)))


def test_errors():
    for size in (0, 2, 4):
        with pytest.raises(ValueError, match=f"size is {size}, expected an odd one"):
            SpatialCrossMapLRN(size, 0.2)
    with pytest.raises(TypeError, match="size is 1.5, expected an integer"):
        SpatialCrossMapLRN(1.5)
    with pytest.raises(ValueError, match=r"x has shape \(3, 4\), expected \(\*, \*, "):
        SpatialCrossMapLRN(3).forward(np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(3, 4, 5\), expected \(3"):
        SpatialCrossMapLRN(3).backward(np.ones((3, 4, 4)), np.ones((3, 4, 5)))


def test_repr():
    assert repr(SpatialCrossMapLRN(5)) == "SpatialCrossMapLRN(5)"
    wanted = "SpatialCrossMapLRN(3, alpha=0.2, beta=0.5, k=2)"
    assert repr(SpatialCrossMapLRN(3, 0.2, 0.5, 2)) == wanted


@pytest.mark.parametrize("size", [3, 5])
def test_against_pytorch(size, rng):
    torch = pytest.importorskip("torch")
    x, dC_dy = rng.standard_normal((2, 2, 7, 3, 2))
    peer = torch.nn.LocalResponseNorm(size, 0.5, 0.75, 2.0)
    t = torch.from_numpy(x).requires_grad_()
    y = peer(t)
    y.backward(torch.from_numpy(dC_dy))
    norm = SpatialCrossMapLRN(size, 0.5, 0.75, 2.0)
    np.testing.assert_allclose(norm(x), y.detach().numpy(), rtol=1e-12)
    got, wanted = norm.backward(x, dC_dy), t.grad.numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-14)
