import numpy as np
import pytest

from nnmods.kernels.windows import check_sizes, output_size, windows


@pytest.mark.parametrize(
    "size, kernel, stride, padding, dilation, floor, ceil",
    [
        (28, 5, 1, 0, 1, 24, 24),
        (32, 3, 1, 1, 1, 32, 32),
        (7, 2, 2, 0, 1, 3, 4),
        (7, 3, 2, (0, 1), 1, 3, 4),  # span 8 - 3 = 5: 2.5 steps
        (9, 3, 2, 0, 3, 2, 2),  # reach 7, span 2
        (10, 3, 4, 1, 2, 2, 3),  # reach 5, span 7
        (5, 5, 3, 0, 1, 1, 1),
        (4, 5, 3, 0, 1, 0, 1),
        (2, 5, 1, 0, 1, -2, -2),
    ],
)
def test_output_size(size, kernel, stride, padding, dilation, floor, ceil):
    one = [(v,) for v in (size, kernel, stride, padding, dilation)]
    assert output_size(*one) == (floor,)
    assert output_size(*one, ceil=True) == (ceil,)


def test_output_size_wants_one_entry_for_each_axis():
    with pytest.raises(ValueError):
        output_size((5, 5), (3,), (1, 1), (0, 0), (1, 1))


def test_check_sizes_says_what_is_wrong():
    with pytest.raises(
        ValueError, match=r"output has size \(3, 2\), expected \(3, 3\)"
    ):
        check_sizes("output", (3, 2), (3, 3))
    with pytest.raises(ValueError, match="larger than the padded input"):
        check_sizes("output", (3, 0), (3, 0))


@pytest.mark.parametrize("shape", [(2, 9, 7, 3), (1, 9, 7, 1), (2, 9, 7, 0)])
def test_windows_hold_what_the_formula_says(shape, rng):
    x = rng.standard_normal(shape)
    view = windows(x, (3, 2), (2, 1), (1, 3), (4, 4))
    assert view.shape == (shape[0], 3, 2, 4, 4, shape[-1])
    for c, k, j, o, p, n in np.ndindex(view.shape):
        assert view[c, k, j, o, p, n] == x[c, 2 * o + k, p + 3 * j, n]
    if x.size:
        assert np.shares_memory(view, x)
