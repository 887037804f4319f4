import numpy as np
import pytest

from nnmods.layers.shape import Identity


def test_returns_its_arguments_themselves():
    x, dC_dy = np.ones((2, 3)), np.zeros((2, 3))
    assert Identity().forward(x) is x
    assert Identity().backward(x, dC_dy) is dC_dy
    assert Identity().jvp(x, dC_dy) is dC_dy


def test_calling_it_copies():
    x = np.ones(3)
    assert not np.shares_memory(Identity()(x), x)


def test_a_table_must_match_in_build_and_shape():
    x = [np.ones(2), [np.ones(3)]]
    with pytest.raises(ValueError, match=r"dC_dy\[1\]\[0\] has shape \(2,\), expected"):
        Identity().backward(x, [np.ones(2), [np.ones(2)]])
    with pytest.raises(ValueError, match=r"dC_dy\[1\] has 2 entries, expected 1"):
        Identity().backward(x, [np.ones(2), [np.ones(3)] * 2])
    with pytest.raises(TypeError, match=r"dC_dy\[1\] has shape \(3,\), expected a tab"):
        Identity().backward(x, [np.ones(2), np.ones(3)])


def test_refuses_what_is_no_array():
    with pytest.raises(TypeError, match=r"Identity\(\): x has type str"):
        Identity().forward("x")


def test_repr():
    assert repr(Identity()) == "Identity()"
