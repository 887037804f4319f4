import numpy as np
import pytest

from nnmods.kernels.phases import Phases, from_grid, grid
from nnmods.kernels.scratch import scratch
from nnmods.kernels.taps import geometry

GEOMETRIES = [
    (5, 3, 2, 1, 1, 3),
    (7, 2, 3, 0, 4, 1),
    (4, 3, 1, 2, 2, 4),
    (3, 5, 1, 4, 1, 7),
    (8, 2, 2, 0, 1, 4),
    (9, 1, 4, 1, 1, 3),
]


@pytest.mark.parametrize("size, kernel, stride, before, dilation, count", GEOMETRIES)
def test_taps_read_every_position_and_the_border(
    size, kernel, stride, before, dilation, count, rng
):
    args = (size, kernel, stride, before, dilation, count)
    found = geometry(*((arg,) for arg in args))
    images = rng.standard_normal((2, size, 3))
    with scratch() as room:
        views = Phases(images, found, "image", room).split(-1)
        for k, (tap, view) in enumerate(zip(found.taps, views, strict=True)):
            read = view.reshape(2, *found.lengths, 3)[found.windows]
            assert tap.start == (k * dilation - before,)
            for o in range(count):
                i = o * stride + tap.start[0]
                inside = 0 <= i < size
                assert inside == (o in range(count)[tap.inside[1]])
                assert (read[:, o] == (images[:, i] if inside else -1)).all()


@pytest.mark.parametrize("args", GEOMETRIES)
def test_join_is_the_transpose_of_split(args, rng):
    found = geometry(*((arg,) for arg in args))
    size, count = args[0], args[-1]
    images, total = rng.standard_normal((2, 2, size, 3))
    weights = rng.standard_normal((len(found.taps), 2, count, 3))
    product = 0
    with scratch() as room:
        views = Phases(images, found, "image", room).split(0)
        sums = Phases(total, found, "sums", room)
        parts = zip(views, found.fresh, sums.clear(), strict=True)
        for k, (view, fresh, sum_) in enumerate(parts):
            vector = grid(weights[k], found, ("weights", k), room)
            product += vector @ view
            sum_[...] = vector if fresh else sum_ + vector
        sums.join()
    assert np.vdot(total, images) == pytest.approx(product)
    assert found.exact == (args == (8, 2, 2, 0, 1, 4))


@pytest.mark.parametrize("args", GEOMETRIES)
def test_from_grid_undoes_grid(args, rng):
    found = geometry(*((arg,) for arg in args))
    values = rng.standard_normal((2, args[-1], 3))
    with scratch() as room:
        vector = grid(values, found, "values", room)
        assert vector.sum() == pytest.approx(values.sum())
        assert np.shares_memory(vector, values) == (found.lengths == (args[-1],))
        back = values if np.shares_memory(vector, values) else np.empty_like(values)
        from_grid(vector, found, back)
    np.testing.assert_array_equal(back, values)
