"""SpatialDropout, VolumetricDropout and WhiteNoise; Dropout has tests of its own."""

import numpy as np
import pytest

import nnmods.core
from nnmods.core.torch7_generator import Torch7Generator
from nnmods.layers.noise import (
    Dropout,
    SpatialDropout,
    VolumetricDropout,
    WhiteNoise,
)


@pytest.mark.parametrize(
    "make, shape, mask_shape",
    [
        (SpatialDropout, (4, 3, 2, 5), (4, 3, 1, 1)),
        (SpatialDropout, (30, 2, 5), (30, 1, 1)),
        (VolumetricDropout, (4, 3, 2, 1, 5), (4, 3, 1, 1, 1)),
        (VolumetricDropout, (30, 2, 1, 5), (30, 1, 1, 1)),
    ],
)
def test_whole_channels_are_dropped_and_nothing_is_scaled(make, shape, mask_shape, rng):
    dropout, x = make(0.4, rng=1), rng.standard_normal(shape)
    y = dropout(x)
    assert dropout.mask.shape == mask_shape
    assert set(np.unique(dropout.mask)) == {0, 1}
    np.testing.assert_array_equal(y, x * dropout.mask)
    np.testing.assert_array_equal(dropout.backward(x, 2 * x), 2 * y)
    np.testing.assert_array_equal(dropout.jvp(x, 3 * x), 3 * y)
    dropout.evaluate()
    for verb in (dropout, lambda x: dropout.backward(x, x)):  # Torch7's failed
        np.testing.assert_allclose(verb(x), 0.6 * x, rtol=1e-15)


@pytest.mark.parametrize(
    "dropout, shape",
    [
        (SpatialDropout(0.5, True, rng=0), (4, 5, 1, 2)),
        (VolumetricDropout(0.5, True, rng=0), (4, 5, 1, 2, 1)),
        (Dropout(0.5, None, None, True, rng=0), (4, 5)),
        (Dropout(0.5, True, None, True, rng=0), (4, 5)),
        (Dropout(exact=True, stochastic_inference=True, rng=0), (4, 5)),
    ],
    ids=repr,
)
def test_stochastic_inference_drops_y_and_its_gradient(dropout, shape):
    """Torch7 masked the output alone."""
    dropout.evaluate()
    x = np.ones(shape)
    y = dropout(x)
    assert set(np.unique(y)) <= {0, 1, 2, 5 / 3} and 0 < np.count_nonzero(y) < y.size
    np.testing.assert_array_equal(dropout.backward(x, x), y)
    np.testing.assert_array_equal(dropout.jvp(x, x), y)
    assert not np.array_equal(dropout(x), y)


@pytest.mark.parametrize("p_drop, kept", [(0, 1), (1, 0)])
def test_none_or_all(p_drop, kept):
    x = np.ones((2, 3, 1, 1))
    np.testing.assert_array_equal(SpatialDropout(p_drop, rng=0)(x), kept * x)


def test_draws_are_those_of_torch7():
    u = Torch7Generator(7).random(6)
    dropout = SpatialDropout(0.4, rng=Torch7Generator(7))
    y = dropout(np.ones((2, 3, 1, 1), np.float32))
    np.testing.assert_array_equal(y.reshape(-1), u <= 0.6)
    noise = WhiteNoise(0.5, 0.3, rng=Torch7Generator(7))(np.zeros((2, 3)).T)
    wanted = Torch7Generator(7).normal(0.5, 0.3, (3, 2))
    np.testing.assert_allclose(noise, wanted, rtol=1e-15)


def test_shapes_that_do_not_fit():
    with pytest.raises(
        ValueError, match=r"SpatialDropout\(0.3\): x has shape \(4, 6\)"
    ):
        SpatialDropout(0.3).forward(np.ones((4, 6)))
    with pytest.raises(ValueError, match=r"expected \(\*, \*, \*, \*, \*\)"):
        VolumetricDropout().evaluate().forward(np.ones((2, 4, 6)))


@pytest.mark.parametrize("make", [SpatialDropout, VolumetricDropout])
@pytest.mark.parametrize("p_drop", [-0.1, 1.1, np.nan])
def test_probabilities_out_of_range(make, p_drop):
    with pytest.raises(
        ValueError, match=r"Dropout: p_drop is .*, expected 0 <= p_drop"
    ):
        make(p_drop)
    with pytest.raises(
        ValueError, match=r"Dropout: p_drop is .*, expected 0 <= p_drop"
    ):
        make().setp(p_drop)


def test_a_mask_is_needed():
    x = np.ones((2, 3, 1, 1))
    with pytest.raises(
        RuntimeError, match=r"mask has none, expected shape \(2, 3, 1, 1"
    ):
        SpatialDropout().backward(x, x)


def test_white_noise_has_mean_and_spread():
    x, noise = np.full(40_000, 3.0), WhiteNoise(0.5, 0.2, rng=1)
    y = noise(x)
    assert abs(y.mean() - 3.5) < 5 * 0.2 / 200 and abs(y.std() - 0.2) < 0.005
    np.testing.assert_allclose(y, x + noise.noise)
    assert not np.array_equal(noise(x), y)


def test_white_noise_passes_the_gradient_and_adds_its_mean_in_evaluation():
    x, noise = np.ones((2, 3)), WhiteNoise(0.5, 0.2)
    for _ in range(2):
        np.testing.assert_array_equal(noise.backward(x, 2 * x), 2 * x)
        np.testing.assert_array_equal(noise.jvp(x, 3 * x), 3 * x)
        noise.evaluate()  # where Torch7's backward failed
    np.testing.assert_array_equal(noise(x), x + 0.5)


def test_white_noise_is_the_same_for_other_memory_and_dtype():
    x = np.ones((4, 3))
    y = WhiteNoise(rng=5)(x)
    for other in (np.asfortranarray(x), x.astype(int)):
        np.testing.assert_array_equal(WhiteNoise(rng=5)(other), y)
    single = WhiteNoise(rng=5)(x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, y, rtol=1e-6)


def test_white_noise_takes_the_default_generator_at_the_call():
    noise, x = WhiteNoise(), np.ones(5)
    nnmods.core.manual_seed(3)
    first = noise(x)
    nnmods.core.manual_seed(3)
    np.testing.assert_array_equal(noise(x), first)


def test_a_negative_spread():
    with pytest.raises(ValueError, match="WhiteNoise: std is -1.0, expected 0 or more"):
        WhiteNoise(0, -1)


def test_repr():
    assert repr(SpatialDropout()) == "SpatialDropout()"
    text = "VolumetricDropout(0.2, stochastic_inference=True)"
    assert repr(VolumetricDropout(0.2, True)) == text
    assert [repr(WhiteNoise()), repr(WhiteNoise(0, 0.3)), repr(WhiteNoise(1))] == [
        "WhiteNoise()",
        "WhiteNoise(0.0, 0.3)",
        "WhiteNoise(1.0)",
    ]
