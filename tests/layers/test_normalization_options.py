"""Settings of the normalisations are numbers, and known to be when they are made."""

import numpy as np
import pytest

import nnmods as nn

OPTIONS = [
    (nn.BatchNormalization, (3,), "eps"),
    (nn.SpatialBatchNormalization, (3,), "momentum"),
    (nn.GroupNorm, (1, 3), "eps"),
    (nn.InstanceNorm, (3,), "momentum"),
    (nn.LayerNorm, (3,), "eps"),
    (nn.RMSNorm, (3,), "eps"),
    (nn.LayerNormalization, (3,), "eps"),
    (nn.Normalize, (2,), "eps"),
    (nn.SpatialDivisiveNormalization, (3, np.ones(3)), "threshold"),
    (nn.SpatialDivisiveNormalization, (3, np.ones(3)), "thresval"),
    (nn.SpatialCrossMapLRN, (3,), "alpha"),
    (nn.SpatialCrossMapLRN, (3,), "beta"),
    (nn.SpatialCrossMapLRN, (3,), "k"),
]


@pytest.mark.parametrize("cls, args, name", OPTIONS)
@pytest.mark.parametrize("value", ["1", [1], 1j])
def test_what_is_no_number_is_refused_when_it_is_given(cls, args, name, value):
    with pytest.raises(TypeError, match=f"^{cls.__name__}: {name} has type"):
        cls(*args, **{name: value})


def test_a_numpy_scalar_does_not_widen_the_result():
    module = nn.Normalize(2, np.float64(1e-5))
    assert module(np.ones((2, 3), np.float32)).dtype == np.float32
