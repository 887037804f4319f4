"""Chain: transformations one after another, fitted together or not at all."""

import numpy as np
import pytest

from nnmods.data import Chain, Normalizer, Whitening
from nnmods.testing.compare import EXACT, SINGLE


def data(dtype=np.float64):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((80, 4)) @ rng.standard_normal((4, 4)) * [1, 10, 100, 1]
    return (x + 5).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_decorrelation_scale(dtype):
    x = data(dtype)
    chain = Chain(Normalizer(), Whitening())
    assert chain.fit(x) is chain
    y = chain.transform(x)
    assert y.dtype == dtype
    normalizer = Normalizer()
    whitening = Whitening().fit(normalizer.fit_transform(x))
    np.testing.assert_array_equal(y, whitening.transform(normalizer.transform(x)))
    np.testing.assert_array_equal(chain.fit_transform(x), y)
    tolerance = {np.float32: SINGLE, np.float64: EXACT}[dtype] * np.abs(x).max()
    np.testing.assert_allclose(chain.inverse(y), x, rtol=0, atol=tolerance)


def test_states():
    x = data()
    chain, other = (Chain(Normalizer(), Chain(Whitening(2))) for _ in range(2))
    empty = chain.state_dict()
    y = chain.fit_transform(x)
    other.load_state_dict(chain.state_dict())
    np.testing.assert_array_equal(other.transform(x), y)
    broken = chain.state_dict() | {"1": {"0": {"mean": 3}}}
    with pytest.raises(ValueError, match="Whitening: state has names mean, expected"):
        other.load_state_dict(broken)
    np.testing.assert_array_equal(other.transform(x), y)
    other.load_state_dict(empty)
    with pytest.raises(RuntimeError, match="has seen no data"):
        other.transform(x)
    with pytest.raises(ValueError, match="Chain: state has names 0, expected 0, 1"):
        other.load_state_dict({"0": {}})


def test_a_fit_that_fails_leaves_all_as_they_were():
    x = data()
    chain = Chain(Normalizer(), Whitening(4))
    y = chain.fit_transform(x)
    with pytest.raises(ValueError, match="x has 3 features, expected at least 4"):
        chain.fit(2 * x[:, :3])
    np.testing.assert_array_equal(chain.transform(x), y)


def test_repr_and_no_stages():
    chain = Chain(Normalizer(), Whitening())
    assert repr(chain) == f"Chain({Normalizer()!r}, {Whitening()!r})"
    x = data()
    assert Chain().fit_transform(x) is x


def test_what_is_no_transformation():
    with pytest.raises(TypeError) as caught:
        Chain(Normalizer(), np.tanh)
    assert str(caught.value) == (
        "Chain: stage 1 has type ufunc without fit, "
        "expected a transformation such as Normalizer()"
    )
