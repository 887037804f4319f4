"""Damage by chance is noticed, or was in a field that says nothing of the content."""

import json

import numpy as np
import pytest

from interop.holder import Holder, read, refused, write
from nnmods.activations import Tanh
from nnmods.containers import Sequential
from nnmods.core import Module
from nnmods.interop import load, save
from nnmods.layers import Linear


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


def small():
    net = Sequential(Linear(3, 2, rng=0), Tanh(), Holder(rng=np.random.default_rng(1)))
    net.flatten_parameters()
    return net


def test_every_truncation(path):
    save(small(), path)
    raw = path.read_bytes()
    for length in range(0, len(raw), 11):
        path.write_bytes(raw[:length])
        refused(path)


def test_flipped_bits(path, rng):
    net = small()
    save(net, path)
    raw, outcomes = path.read_bytes(), []
    x = rng.standard_normal((4, 3))
    wanted, stream = Sequential(*net[:2])(x), net[2].rng.random(3)
    for _ in range(600):
        data = bytearray(raw)
        for place in rng.integers(len(raw), size=rng.integers(1, 4)):
            data[place] ^= 1 << rng.integers(8)
        path.write_bytes(data)
        try:
            new = load(path, (Holder,))
        except ValueError as err:
            assert str(err).startswith(f"{path}: ")
            outcomes.append("refused")
        else:
            np.testing.assert_array_equal(Sequential(*new[:2])(x), wanted)
            np.testing.assert_array_equal(new[2].rng.random(3), stream)
            outcomes.append("whole")
    assert outcomes.count("refused") > 300


def test_changed_bytes_of_the_document(path, rng):
    """With its checksum put right, anything may stand in the document."""
    save(small(), path)
    content, arrays = read(path)
    text, refusals = json.dumps(content), 0
    for _ in range(600):
        data = list(text)
        for place in rng.integers(len(text), size=rng.integers(1, 3)):
            data[place] = chr(rng.integers(32, 127))
        write(path, "".join(data), arrays)
        try:
            assert isinstance(load(path, (Holder,)), Module)
        except ValueError as err:
            assert str(err).startswith(f"{path}: ")
            refusals += 1
    assert refusals > 300
