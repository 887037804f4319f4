from math import prod

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kernels.counting import counted_products
from nnmods.kernels import columns

COUNTS = {  # positions (*O, N), and the most in a run
    "one run": ((10, 8), 1000),
    "rows": ((40, 40, 16), 5000),
    "parts of rows": ((6, 32, 64), 300),
    "parts of the batch": ((2, 100000), 30000),
    "volumes": ((5, 10, 20, 32), 7000),
    "single ones": ((5, 60, 2), 1),
    "nothing": ((10, 0), 50),
}


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("name", COUNTS)
def test_runs_take_every_position_once_and_in_order(name, lanes):
    count, most = COUNTS[name]
    total = prod(count)
    number = np.arange(total).reshape(count)
    runs = columns.cut(count, most, lanes)
    end, longest = 0, runs[0][0].stop
    for run, index in runs:
        assert run.start == end
        end = run.stop
        assert end - run.start <= min(most, longest)
        assert_array_equal(number[index].ravel(), np.arange(total)[run])
    assert end == total
    assert len(runs) <= lanes + 2 * total / most
    assert len(runs) >= min(lanes, total)


@pytest.mark.parametrize("rows, parts", [(8, 1), (64, 1), (67, 1), (128, 2), (480, 8)])
def test_products_are_cut_for_blas_to_take_them_unpacked(rows, parts, rng):
    """By rows, where these can be dealt out evenly and are not too few."""
    K, N = 64, 240  # 15360 multiplications for a row: 65 rows are the most
    a, b = rng.standard_normal((3, rows, K)), rng.standard_normal((3, K, N))
    out = np.empty((3, rows, N))
    with counted_products() as products:
        columns.unpacked_products(a, b, out)
    assert products == {(rows // parts, K, N): 3 * parts}
    assert_allclose(out, a @ b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("count, most", [((56, 32), 256), ((7, 32), 300), ((50,), 7)])
def test_lanes_get_as_many_runs_each(count, most):
    for lanes in (1, 2, 3):
        runs = columns.cut(count, most, lanes)
        sizes = [flat.stop - flat.start for flat, _ in runs]
        assert len(runs) % lanes == 0
        assert max(sizes) == sizes[0] <= max(most, count[-1] if count[1:] else 1)
        assert sum(sizes) == np.prod(count)
