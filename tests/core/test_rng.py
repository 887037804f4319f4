"""The default generator: replaced, and kept where it is."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.rng import get_rng, unmoved_rng


@pytest.mark.parametrize("make", [np.random.default_rng, nn.Torch7Generator])
def test_a_block_draws_what_would_come_next_and_leaves_it(make):
    rng = nn.manual_seed(make(1))
    rng.standard_normal(3)  # one of a pair of Torch7's is waiting
    with unmoved_rng():
        inside = get_rng().standard_normal(4)
        get_rng().standard_normal(3)
    assert get_rng() is rng
    np.testing.assert_array_equal(rng.standard_normal(4), inside)


def test_an_error_or_a_new_seed_in_the_block_leaves_it_too():
    rng = nn.manual_seed(1)
    with pytest.raises(ZeroDivisionError), unmoved_rng():
        nn.manual_seed(2)
        raise ZeroDivisionError
    assert get_rng() is rng
