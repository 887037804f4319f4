"""Augmentations: what each does to each image, whatever the memory."""

import copy
import pickle

import numpy as np
import pytest
from memory import taken

from nnmods.core import get_rng
from nnmods.core.torch7_generator import Torch7Generator
from nnmods.data import (
    Augment,
    Augmentation,
    GaussianNoise,
    Minibatches,
    RandomCrop,
    RandomFlip,
    RandomShift,
)

MAKERS = {
    "shift": lambda rng: RandomShift(2, fill=9, rng=rng),
    "crop": lambda rng: RandomCrop((3, 4), padding=1, rng=rng),
    "large crop": lambda rng: RandomCrop((8, 9), padding=3, rng=rng),
    "flip": lambda rng: RandomFlip(rng=rng),
    "upside down": lambda rng: RandomFlip(0.3, axis=-2, rng=rng),
    "noise": lambda rng: GaussianNoise(20.0, rng=rng),
}
SHAPES = [(1, 1, 5, 6), (7, 2, 5, 6), (7, 5, 6), (0, 2, 5, 6), (4, 1, 3, 4)]
DTYPES = [np.float32, np.float64, np.uint8]


def images(shape, dtype, seed=0):
    x = np.random.default_rng(seed).integers(0, 256, shape)
    return x.astype(dtype)


def laid_out(x, memory):
    """Return x in another memory order."""
    if memory == "batch last":
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)
    if memory == "strided":
        wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        wide[..., ::-2] = x
        return wide[..., ::-2]
    return x


def shifted(image, a, b, size, fill):
    """Return size pixels of an image from (a, b) on, pixel by pixel."""
    y = np.full((*image.shape[:-2], *size), fill, image.dtype)
    for i in range(size[0]):
        for j in range(size[1]):
            inside = 0 <= i + a < image.shape[-2] and 0 <= j + b < image.shape[-1]
            if inside:
                y[..., i, j] = image[..., i + a, j + b]
    return y


@pytest.fixture(params=["plain", "batch last", "strided"])
def batches(request):
    """Batches of all shapes and dtypes in one memory order."""
    return [
        laid_out(images(shape, dtype), request.param)
        for shape in SHAPES
        for dtype in DTYPES
    ]


@pytest.mark.parametrize("pixels", [0, 1, 2, 7])
def test_shifts(batches, pixels):
    for x in batches:
        y = RandomShift(pixels, fill=3, rng=5).transform(x)
        rng, n = np.random.default_rng(5), len(x)
        a, b = (rng.integers(0, 2 * pixels + 1, n) - pixels for _ in range(2))
        assert y.shape == x.shape and y.dtype == x.dtype
        for k in range(n):
            expected = shifted(x[k], a[k], b[k], x.shape[-2:], 3)
            np.testing.assert_array_equal(y[k], expected)


@pytest.mark.parametrize(
    ("size", "padding"), [((3, 4), 0), (2, 1), ((1, 3), 0), ((3, 7), 2), ((7, 8), 2)]
)
def test_crops(batches, size, padding):
    for x in batches:
        check_crops(x, size, padding)


def check_crops(x, size, padding):
    y = RandomCrop(size, padding, rng=5).transform(x)
    size = (size, size) if np.ndim(size) == 0 else size
    rng = np.random.default_rng(5)
    a, b = (
        rng.integers(0, length + 2 * padding - part + 1, len(x)) - padding
        for length, part in zip(x.shape[-2:], size, strict=True)
    )
    assert y.shape == (*x.shape[:-2], *size) and y.dtype == x.dtype
    for k in range(len(x)):
        np.testing.assert_array_equal(y[k], shifted(x[k], a[k], b[k], size, 0))


def test_all_shifts_occur_equally_often():
    x = np.zeros((20_000, 3, 3), np.uint8)
    x[:, 1, 1] = 1
    mean = RandomShift(1, rng=0).transform(x).mean(axis=0)
    # The standard deviation of each of the nine shares is 0.0022.
    np.testing.assert_array_less(np.abs(mean - 1 / 9), 0.012)


@pytest.mark.parametrize("axis", [-1, -2])
@pytest.mark.parametrize("p_flip", [0, 0.5, 1])
def test_flips(batches, axis, p_flip):
    for x in batches:
        y = RandomFlip(p_flip, axis, rng=5).transform(x)
        flipped = np.random.default_rng(5).random(len(x)) < p_flip
        assert y.shape == x.shape and y.dtype == x.dtype
        for k in range(len(x)):
            expected = np.flip(x[k], axis) if flipped[k] else x[k]
            np.testing.assert_array_equal(y[k], expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise(dtype):
    x = images((200, 3, 10, 10), dtype)
    y = GaussianNoise(0.5, rng=0).transform(x)
    assert y.dtype == dtype
    noise = y - x
    # The standard errors of mean and deviation are 0.002 and 0.0015.
    assert abs(noise.mean()) < 0.01 and abs(noise.std() - 0.5) < 0.008
    if dtype == np.float64:
        drawn = np.random.default_rng(0).standard_normal(x.shape)
        np.testing.assert_array_equal(y, x + 0.5 * drawn)


def test_noise_of_bytes_stays_in_range():
    x = np.tile(np.array([0, 128, 255], np.uint8), (1000, 1))
    y = GaussianNoise(30, rng=0).transform(x)
    assert y.dtype == np.uint8
    assert y[:, 1].min() < 100 and y[:, 1].max() > 156
    assert y[:, 0].min() == 0 and y[:, 0].max() < 160
    assert y[:, 2].max() == 255 and y[:, 2].min() > 95
    np.testing.assert_array_equal(GaussianNoise(0).transform(x), x)


def test_noise_of_any_shape_and_of_nan():
    x = np.array([1.0, np.nan, np.inf, -np.inf])
    y = GaussianNoise(0.1, rng=0).transform(x)
    assert np.isnan(y[1]) and y[2] == np.inf and y[3] == -np.inf
    half = GaussianNoise(0.1, rng=0).transform(np.ones((2, 3), np.float16))
    assert half.dtype == np.float16


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_memory_does_not_matter(name, dtype):
    x = images((7, 2, 5, 6), dtype)
    wanted = MAKERS[name](3).transform(x).copy()
    for memory in ("batch last", "strided"):
        y = MAKERS[name](3).transform(laid_out(x, memory))
        np.testing.assert_array_equal(y, wanted)
        if memory == "batch last":
            assert y.transpose(1, 2, 3, 0).flags.c_contiguous
    swapped = x.astype(x.dtype.newbyteorder(">"))
    y = MAKERS[name](3).transform(swapped)
    assert y.dtype.isnative
    np.testing.assert_array_equal(y, wanted)


@pytest.mark.parametrize("name", MAKERS)
def test_input_is_not_written_to_and_buffers_are_reused(name):
    x = images((7, 2, 5, 6), np.float32)
    x.flags.writeable = False
    augment = MAKERS[name](0)
    first = augment.transform(x)
    assert not np.shares_memory(first, x)
    address = first.ctypes.data
    assert augment.transform(x).ctypes.data == address
    rest = augment.transform(x[:3])  # a smaller last batch
    assert rest.ctypes.data == address and rest.flags.c_contiguous
    assert augment.transform(x).ctypes.data == address
    assert augment.transform(x.astype(np.float64)).dtype == np.float64


@pytest.mark.parametrize("name", MAKERS)
def test_called_as_minibatches_do(name):
    x, target = images((7, 2, 5, 6), np.uint8), np.arange(7)
    y, same = MAKERS[name](1)(x, target)
    assert same is target
    np.testing.assert_array_equal(y, MAKERS[name](1).transform(x))
    batches = Minibatches(x, target, 3, "never", transform=MAKERS[name](1))
    first, _ = next(iter(batches))
    np.testing.assert_array_equal(first, MAKERS[name](1).transform(x[:3]))


@pytest.mark.parametrize("name", MAKERS)
def test_states_copies_and_pickles(name):
    x = images((7, 2, 5, 6), np.float32)
    augment, other = MAKERS[name](1), MAKERS[name](2)
    augment.transform(x)
    state = augment.state_dict()
    copies = copy.deepcopy(augment), pickle.loads(pickle.dumps(augment))
    wanted = augment.transform(x)
    other.load_state_dict(state)
    for twin in (other, *copies):
        np.testing.assert_array_equal(twin.transform(x), wanted)
        assert repr(twin) == repr(augment)
    with pytest.raises(ValueError, match=f"{type(other).__name__}: state has names"):
        other.load_state_dict({})


@pytest.mark.parametrize("name", MAKERS)
def test_generators(name):
    x = images((7, 2, 5, 6), np.float32)
    assert MAKERS[name](None).rngs == [get_rng()]
    rng = np.random.default_rng(4)
    augment = MAKERS[name](rng)
    assert augment.rngs == [rng]
    first = augment.transform(x).copy()
    assert (augment.transform(x) != first).any()
    y = MAKERS[name](Torch7Generator(1)).transform(x)
    np.testing.assert_array_equal(y, MAKERS[name](Torch7Generator(1)).transform(x))


def test_a_chain_is_one_after_another():
    x, target = images((7, 2, 5, 6), np.uint8), np.arange(7)

    def bright(x, target):
        return np.maximum(x, 100), target + 1

    augment = Augment(RandomShift(1, rng=1), bright, RandomFlip(rng=2))
    y, moved = augment(x, target)
    shift = RandomShift(1, rng=1).transform(x)
    expected = RandomFlip(rng=2).transform(np.maximum(shift, 100))
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(moved, target + 1)
    assert augment.state_dict()["1"] is None
    assert len(augment.rngs) == 2
    assert Augment()(x, target) == (x, target)


def test_chains_in_chains_have_states():
    def make(seed):
        return Augment(Augment(RandomFlip(rng=seed)), GaussianNoise(1.0, rng=seed + 1))

    x = images((7, 2, 5, 6), np.float64)
    augment, other = make(1), make(8)
    augment(x, None)
    state = augment.state_dict()
    wanted, _ = augment(x, None)
    other.load_state_dict(state)
    np.testing.assert_array_equal(other(x, None)[0], wanted)


@pytest.mark.parametrize("make", [RandomShift, RandomCrop, RandomFlip])
@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        ([[1.0]], TypeError, "x has type list, expected an array of real numbers"),
        (np.ones((1, 2, 2), complex), TypeError, "x has type complex128, expected an"),
        (np.ones((2, 2)), ValueError, "x has shape (2, 2), expected (N, C, H, W) or"),
    ],
)
def test_what_is_no_image(make, x, error, text):
    augment = make(1)
    with pytest.raises(error) as caught:
        augment.transform(x)
    assert str(caught.value).startswith(f"{augment!r}: {text}")


@pytest.mark.parametrize(
    "make", [RandomShift, lambda *args, **settings: RandomCrop(3, *args, **settings)]
)
@pytest.mark.parametrize(
    ("dtype", "fill", "limits"),
    [
        (np.uint8, 256, "0 to 255"),
        (np.uint8, -1, "0 to 255"),
        (np.int16, np.inf, "-32768 to 32767"),
        (np.uint8, np.nan, "0 to 255"),
    ],
)
def test_a_fill_that_integers_cannot_hold(make, dtype, fill, limits):
    rng = np.random.default_rng(3)
    augment = make(1, fill=fill, rng=rng)
    with pytest.raises(ValueError) as caught:
        augment.transform(np.ones((2, 3, 3), dtype))
    x_of = f"for x of {np.dtype(dtype)}"
    assert str(caught.value) == (
        f"{augment!r}: fill is {fill}, expected {limits} {x_of}"
    )
    assert rng.random() == np.random.default_rng(3).random()  # nothing was drawn
    assert np.isclose(augment.transform(np.ones((9, 3, 3))), fill, equal_nan=True).any()


def test_noise_on_what_it_cannot_be_added_to():
    for x in (np.ones(3, int), [1.0], np.ones(2, complex), np.ones(2, bool)):
        with pytest.raises(TypeError, match="expected an array of floating-point num"):
            GaussianNoise(1).transform(x)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: RandomShift(-1),
            ValueError,
            "RandomShift: pixels is -1, expected 0 or more",
        ),
        (
            lambda: RandomShift(1.5),
            TypeError,
            "RandomShift: pixels is 1.5, expected an integer",
        ),
        (
            lambda: RandomShift(1, fill="0"),
            TypeError,
            "RandomShift: fill has type str, expected a real number",
        ),
        (
            lambda: RandomCrop((2, 0)),
            ValueError,
            "RandomCrop: size is (2, 0), expected 1 or more",
        ),
        (
            lambda: RandomCrop((1, 2, 3)),
            ValueError,
            "RandomCrop: size is (1, 2, 3), expected height and width",
        ),
        (
            lambda: RandomCrop(2, -1),
            ValueError,
            "RandomCrop: padding is -1, expected 0 or more",
        ),
        (
            lambda: RandomCrop(5, 1).transform(np.ones((1, 2, 9))),
            ValueError,
            "RandomCrop((5, 5), padding=1, fill=0): x has images of 4 x 11 pixels, "
            "padding included, expected at least 5 x 5",
        ),
        (
            lambda: RandomFlip(1.5),
            ValueError,
            "RandomFlip: p_flip is 1.5, expected 0 to 1",
        ),
        (
            lambda: RandomFlip(axis=1),
            ValueError,
            "RandomFlip: axis is 1, expected -1 or -2",
        ),
        (
            lambda: GaussianNoise(-1),
            ValueError,
            "GaussianNoise: std is -1, expected finite and >= 0",
        ),
        (
            lambda: GaussianNoise(np.nan),
            ValueError,
            "GaussianNoise: std is nan, expected finite and >= 0",
        ),
        (
            lambda: Augment(RandomFlip(), 3),
            TypeError,
            "Augment: stage 1 has type int, expected a function of x and target",
        ),
    ],
)
def test_wrong_options(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_an_augmentation_of_ones_own():
    class Inverted(Augmentation):
        def transform(self, x):
            y = self._y.like(x)
            np.subtract(255, x, out=y)
            return y

    x = images((2, 3, 3), np.uint8)
    np.testing.assert_array_equal(Inverted(0)(x, None)[0], 255 - x)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("memory", ["plain", "batch last"])
def test_nothing_is_allocated_per_batch(name, dtype, memory):
    x = laid_out(images((256, 3, 24, 24), dtype), memory)
    augment = MAKERS[name](0)
    augment.transform(x)
    assert taken(lambda: augment.transform(x)) < x.nbytes / 8
