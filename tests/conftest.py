"""What all tests share: a known random state, and the default dtype restored."""

import numpy as np
import pytest

import nnmods as nn


@pytest.fixture(autouse=True)
def known_state():
    nn.manual_seed(0)
    yield
    nn.set_default_dtype("float64")


@pytest.fixture
def rng():
    return np.random.default_rng(0)
