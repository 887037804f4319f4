"""LeakyReLU, RReLU and PReLU: the slope below 0 is given, drawn or learnt."""

import numpy as np
import pytest

import nnmods as nn

X = np.array([-2.0, 0.0, 4.0])


@pytest.mark.parametrize("negval", [0.25, 0.0, -0.5, 2.0, 1.0])
def test_leaky_relu_has_the_lower_slope_at_zero(negval):
    module = nn.LeakyReLU(negval)
    np.testing.assert_array_equal(module.forward(X), [-2 * negval, 0, 4])
    np.testing.assert_array_equal(module.backward(X, X + 1), [-negval, negval, 5])


def test_leaky_relu_takes_inplace_alone_as_torch7_does():
    assert nn.LeakyReLU(True).negval == nn.LeakyReLU(None).negval == 0.01
    assert repr(nn.LeakyReLU(0.01)) == "LeakyReLU()"
    assert repr(nn.LeakyReLU(0.2, True)) == "LeakyReLU(negval=0.2)"
    with pytest.raises(TypeError, match="LeakyReLU: negval has type str, expected a"):
        nn.LeakyReLU("a")


def test_rrelu_draws_in_logical_order_and_only_where_x_is_not_positive():
    x = np.array([[1.0, -2.0, 3.0], [0.0, 5.0, -6.0]])
    drawn = nn.Torch7Generator(3).uniform(0.1, 0.5, 3)
    for layout in (np.ascontiguousarray, np.asfortranarray):
        module = nn.RReLU(0.1, 0.5, rng=nn.Torch7Generator(3))
        y = module.forward(layout(x))
        wanted = [[1, drawn[0], 1], [drawn[1], 1, drawn[2]]]
        np.testing.assert_allclose(module.noise, wanted, rtol=1e-15)
        np.testing.assert_allclose(y, x * wanted, rtol=1e-15)
        dC_dx = module.backward(module._x, x + 7)
        np.testing.assert_allclose(dC_dx, (x + 7) * wanted, rtol=1e-15)


def test_rrelu_takes_the_mean_slope_in_evaluation_and_draws_nothing():
    rng = nn.Torch7Generator(1)
    module = nn.RReLU(0.25, 0.75, rng=rng).evaluate()
    np.testing.assert_array_equal(module.forward(X), [-1, 0, 4])
    np.testing.assert_array_equal(module.backward(X, X + 1), [-0.5, 0.5, 5])
    assert rng.random() == nn.Torch7Generator(1).random()


def test_rrelu_has_torch7s_default_bounds():
    module = nn.RReLU()
    assert (module.lower, module.upper) == (1 / 8, 1 / 3)
    module.forward(np.full(1000, -1.0))
    assert 0.125 <= module.noise.min() < 0.13 and 0.328 < module.noise.max() <= 1 / 3


def test_rrelu_wants_its_own_forward():
    module = nn.RReLU()
    text = r"RReLU\(\): noise is not of this x, expected its own; forward\(x\) in"
    with pytest.raises(RuntimeError, match=text):
        module.backward(X, X)
    module.forward(X)
    for other in (-X, X[:2]):
        with pytest.raises(RuntimeError, match=text):
            module.backward(other, other)
        with pytest.raises(RuntimeError, match=text):
            module.jvp(other, other)
    module.backward(X.copy(), X)  # equal values are this x
    module.clear_state()
    assert module.noise is None
    with pytest.raises(RuntimeError, match=text):
        module.backward(X, X)


def test_rrelu_bounds_are_checked():
    for bounds in ((0.5, 0.1), (-0.1, 0.5), (0.1, np.inf), (np.nan, 1)):
        with pytest.raises(ValueError, match="expected 0 <= lower <= upper < inf"):
            nn.RReLU(*bounds)
    with pytest.raises(TypeError, match="RReLU: upper has type str, expected a real"):
        nn.RReLU(0.1, "1")
    assert repr(nn.RReLU()) == "RReLU()"
    assert repr(nn.RReLU(0.1, 0.5)) == "RReLU(lower=0.1, upper=0.5)"


def test_prelu_with_one_weight():
    module = nn.PReLU()
    assert module.weight.tolist() == [0.25] and module.grad_weight.tolist() == [0]
    np.testing.assert_array_equal(module.forward(X), [-0.5, 0, 4])
    dC_dy = np.array([3.0, 5.0, 7.0])
    np.testing.assert_array_equal(module.backward(X, dC_dy), [0.75, 1.25, 7])
    module.acc_grad_params(X, dC_dy)
    module.acc_grad_params(X, dC_dy, 0.5)
    assert module.grad_weight.tolist() == [-9]


@pytest.mark.parametrize(
    "shape", [(2,), (3, 2), (4, 2, 3), (2, 2, 3, 1), (1, 2, 1, 2, 2)]
)
def test_prelu_with_a_weight_for_each_plane(shape, rng):
    module, x = nn.PReLU(2), rng.standard_normal(shape)
    module.weight[...] = [0.5, -2.0]
    axis = int(len(shape) > 1)  # (4, 2, 3) is a batch of 4
    slope = np.reshape([0.5, -2.0], [2 if i == axis else 1 for i in range(len(shape))])
    wanted = np.where(x > 0, x, slope * x)
    np.testing.assert_allclose(module.forward(x), wanted, rtol=1e-15)
    dC_dy = rng.standard_normal(shape)
    wanted = np.where(x > 0, 1, slope) * dC_dy
    np.testing.assert_allclose(module.backprop(x, dC_dy, 0.5), wanted, rtol=1e-15)
    terms = np.moveaxis(np.minimum(x, 0) * dC_dy, axis, 0).reshape(2, -1)
    np.testing.assert_allclose(module.grad_weight, 0.5 * terms.sum(axis=1), rtol=1e-13)


def test_prelu_checks_its_planes():
    text = r"PReLU\(3\): x has shape \(3, 2, 2\), expected 3 planes along axis 1"
    with pytest.raises(ValueError, match=text):
        nn.PReLU(3).forward(np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match=r"expected 3 planes along axis 0"):
        nn.PReLU(3).acc_grad_params(np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match=r"dparams\[0\] has shape \(2,\), expected"):
        nn.PReLU(3).jvp(np.zeros(3), np.zeros(3), [np.zeros(2)])
    with pytest.raises(
        TypeError, match="PReLU: n_output_plane is 1.5, expected an int"
    ):
        nn.PReLU(1.5)
    assert repr(nn.PReLU()) == "PReLU()" and repr(nn.PReLU(3)) == "PReLU(3)"


def test_prelu_is_reset_to_its_first_weights():
    module = nn.PReLU(2, init=0.1, dtype=np.float32)
    module.weight[...] = 7
    assert module.reset(stdv=0.5) is module
    assert module.weight.tolist() == np.float32([0.1, 0.1]).tolist()


def test_prelu_promotes_the_dtypes_of_x_and_its_weights():
    x = np.ones(3, np.float32)
    assert nn.PReLU().forward(x).dtype == np.float64
    assert nn.PReLU(dtype=np.float32).forward(x).dtype == np.float32
