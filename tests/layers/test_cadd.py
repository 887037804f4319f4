import numpy as np
import pytest

from nnmods.layers import CAdd, CMul, Constant, Mul


def filled(module):
    p = module.parameters()[0][0]
    p[...] = np.arange(1.0, p.size + 1).reshape(p.shape)
    return module


SPREADS = [  # size, shape of x, the parameter as NumPy spreads it
    ((4,), (4,), np.arange(1, 5)),
    ((4,), (3, 4), np.arange(1, 5)),
    ((1, 4), (3, 4), np.arange(1, 5)),
    ((1, 4), (4,), np.arange(1, 5)),
    ((3, 1), (3, 4), np.arange(1, 4)[:, None]),
    ((2, 3), (5, 2, 3), np.arange(1, 7).reshape(2, 3)),
    ((6,), (5, 2, 3), np.arange(1, 7).reshape(2, 3)),
    ((6,), (2, 3), np.arange(1, 7).reshape(2, 3)),
    ((1, 3, 1, 1), (2, 3, 2, 2), np.arange(1, 4)[:, None, None]),
    ((1, 3, 1, 2), (2, 3, 5, 2), np.arange(1, 7).reshape(3, 1, 2)),
    ((1,), (2, 3, 4), np.ones(1)),
    ((1, 1), (3,), np.ones(1)),
]


@pytest.mark.parametrize("size, shape, p", SPREADS)
@pytest.mark.parametrize("cls", [CAdd, CMul])
def test_how_a_parameter_spreads(cls, size, shape, p):
    rng = np.random.default_rng(0)
    x, dC_dy = rng.standard_normal(shape), rng.standard_normal(shape)
    module = filled(cls(*size))
    y, terms = (x + p, dC_dy) if cls is CAdd else (x * p, dC_dy * x)
    np.testing.assert_allclose(module.forward(x), y)
    dC_dx = dC_dy if cls is CAdd else dC_dy * p
    np.testing.assert_allclose(module.backward(x, dC_dy), dC_dx)
    module.acc_grad_params(x, dC_dy, 0.5)
    (_, p_own, grad), spread = module.named_parameters()[0], np.broadcast_to(p, shape)
    for i in range(p_own.size):  # entries are numbered: each names where it went
        share = 0.5 * terms[spread == i + 1].sum()
        np.testing.assert_allclose(grad.reshape(-1)[i], share, 1e-12)


@pytest.mark.parametrize("cls", [CAdd, CMul])
@pytest.mark.parametrize(
    "size, shape",
    [((3, 1, 1), (2, 3, 2, 2)), ((4,), (3, 5)), ((3, 4), (1, 4)), ((2,), ())],
)
def test_what_does_not_fit_is_refused(cls, size, shape):
    with pytest.raises(ValueError, match=r"x has shape \(.*\), expected one that \("):
        cls(*size).forward(np.ones(shape))


def test_torch7s_add():
    assert CAdd(4, True).bias.shape == CAdd(4, scalar=True).bias.shape == (1,)
    assert CAdd(4, False).bias.shape == CAdd(4, None).bias.shape == (4,)
    module, x = CAdd(4, True), np.ones((3, 4))
    module.acc_grad_params(x, x)
    np.testing.assert_array_equal(module.grad_bias, [12])


def test_the_gradient_is_not_the_argument():
    module, dC_dy = CAdd(4), np.ones((3, 4))
    assert not np.shares_memory(module.backward(np.ones((3, 4)), dC_dy), dC_dy)


def test_sizes():
    assert CMul((2, 3)).weight.shape == CAdd([2, 3]).bias.shape == (2, 3)
    with pytest.raises(ValueError, match="CAdd: size has 0 entries"):
        CAdd()
    with pytest.raises(ValueError, match="CMul: size is 0, expected 1 or more"):
        CMul(2, 0)
    with pytest.raises(TypeError, match="CMul: size is 'a', expected an integer"):
        CMul("a")
    assert repr(CAdd(2, 3)) == "CAdd(2, 3)" and repr(CMul((4,))) == "CMul(4)"


def test_mul():
    module, x = filled(Mul()), np.array([[1.0, 2.0]])
    module.weight[...] = 3
    np.testing.assert_array_equal(module.forward(x), [[3, 6]])
    np.testing.assert_array_equal(module.backward(x, x), [[3, 6]])
    module.acc_grad_params(x, x, 2)
    np.testing.assert_array_equal(module.grad_weight, [10])
    assert repr(module) == "Mul()"


def test_constant():
    x = np.ones((5, 2))
    np.testing.assert_array_equal(Constant(3.5)(x), [3.5])
    np.testing.assert_array_equal(Constant([1, 2], 1)(x), [[1, 2]] * 5)
    np.testing.assert_array_equal(Constant([1, 2], 2)(x), [1, 2])
    np.testing.assert_array_equal(
        Constant(3.5).backward(x, np.ones(1)), np.zeros((5, 2))
    )
    with pytest.raises(ValueError, match=r"dC_dy has shape \(2,\), expected \(1,\)"):
        Constant(3.5).backward(x, np.ones(2))


def test_the_value_of_a_constant_is_its_own():
    value = np.ones(2)
    module = Constant(value)
    value[0] = 7
    np.testing.assert_array_equal(module(np.ones(1)), [1, 1])
    assert repr(module) == "Constant([1.0, 1.0])"
    assert repr(Constant(2, 1)) == "Constant(2.0, n_input_dim=1)"
    assert repr(Constant(np.ones((3, 4)))) == "Constant(array of shape (3, 4))"
    assert module.float()(np.ones(1, np.float32)).dtype == np.float32


@pytest.mark.parametrize("value", [None, "a", [[1.0], [1.0, 2.0]], 1j])
def test_the_value_of_a_constant_is_a_number_or_an_array(value):
    with pytest.raises(TypeError, match="Constant: value is .*, expected real numbers"):
        Constant(value)


def test_second_derivatives_of_cmul():
    module = filled(CMul(2))
    x, g = np.array([[3.0, 5.0], [7.0, 11.0]]), np.array([[1.0, 10.0], [100.0, 1000.0]])
    dx, dp = np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([1.0, -1.0])
    turned = module.hvp(x, g, dx, [dp], 0.5)
    np.testing.assert_array_equal(turned, [[1, -10], [100, -1000]])
    np.testing.assert_array_equal(module.grad_weight, [100.5, 5])
    module.zero_grad_params()
    got = module.backward_diag_hessian(x, g)
    np.testing.assert_array_equal(got, [[1, 40], [100, 4000]])
    module.acc_diag_hessian_params(x, g)
    np.testing.assert_array_equal(module.grad_weight, [4909, 121250])


def test_examples_of_cmul():
    module, x = filled(CMul(2)), np.array([[3.0, 5.0], [7.0, 11.0]])
    g = np.array([[1.0, 10.0], [100.0, 1000.0]])
    (grads,) = module.per_example_grads(x, g)
    np.testing.assert_array_equal(grads, [[3, 50], [700, 11000]])
    got = module.per_example_sq_norms(x, g)
    np.testing.assert_array_equal(got, [2509, 121490000])


def test_a_bias_with_entries_of_each_example():
    module, g = filled(CAdd(2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    (grads,) = module.per_example_grads(np.zeros((2, 2)), g)
    np.testing.assert_array_equal(grads, [[[1, 2], [0, 0]], [[0, 0], [3, 4]]])
    got = module.per_example_sq_norms(np.zeros((2, 2)), g)
    np.testing.assert_array_equal(got, [5, 25])


@pytest.mark.parametrize("module", [CMul(4), CAdd(4), Mul()], ids=repr)
def test_no_examples(module):
    none = np.zeros((0, 4))
    (grads,) = module.per_example_grads(none, none)
    assert grads.shape == (0, *module.parameters()[0][0].shape)
    assert module.per_example_sq_norms(none, none).shape == (0,)
