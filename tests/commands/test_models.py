import numpy as np
import pytest

from nnmods.commands.models import is_image, lenet, mlp
from nnmods.core import manual_seed
from nnmods.layers import Dropout


@pytest.mark.parametrize(
    "shape",
    [
        (1, 4, 4),
        (1, 8, 8),
        (3, 5, 23),
        (1, 23, 60),
        (1, 24, 25),
        (1, 28, 28),
        (3, 32, 32),
    ],
)
def test_lenet_takes_images_of_any_size(shape, rng):
    net = lenet(shape, 7, 0.5).float().evaluate()
    y = net(rng.standard_normal((2, *shape)).astype(np.float32))
    assert y.shape == (2, 7) and y.dtype == np.float32


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 4), (2, 3, 4, 5)])
def test_mlp_takes_anything(shape, rng):
    assert mlp(shape, 3, 0.5)(rng.standard_normal((6, *shape))).shape == (6, 3)


@pytest.mark.parametrize("make", [mlp, lenet])
def test_dropout(make):
    assert [m.p_drop for m in make((1, 8, 8), 3, 0.25).find_modules(Dropout)] == [0.25]
    assert make((1, 8, 8), 3, 0).find_modules(Dropout) == []


@pytest.mark.parametrize("make", [mlp, lenet])
def test_weights_are_of_the_seed(make):
    nets = []
    for seed in (1, 1, 2):
        manual_seed(seed)
        nets.append(make((1, 8, 8), 3, 0).flatten_parameters()[0])
    assert np.array_equal(nets[0], nets[1])
    assert not np.array_equal(nets[0], nets[2])


def test_weights_have_the_variance_of_kaiming():
    manual_seed(0)
    weight = mlp((50, 40), 3, 0)[1].weight  # 64 x 2000
    assert weight.std() == pytest.approx((2 / 2000) ** 0.5, rel=0.01)


@pytest.mark.parametrize(
    "shape, image",
    [((1, 4, 4), True), ((1, 3, 9), False), ((9, 9), False), ((1, 2, 8, 8), False)],
)
def test_is_image(shape, image):
    assert is_image(shape) is image
