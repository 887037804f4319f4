"""What has no place in a file is refused by name, before a file is touched."""

import threading
from datetime import date
from enum import IntEnum

import numpy as np
import pytest

from interop.holder import Holder
from nnmods.activations import Tanh
from nnmods.containers import Sequential
from nnmods.core import Module
from nnmods.interop import load, save
from nnmods.layers import Linear

WANTED = "expected a plain value, list, tuple, dict, array, generator, module"


class Colour(IntEnum):
    RED = 1


class Odd(np.random.PCG64):
    pass


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.npz"
    save(Linear(3, 2), path)
    return path


def refused(module, path, error):
    """Return the text of the error, after which the old file stands alone."""
    before = path.read_bytes()
    with pytest.raises(error) as caught:
        save(module, path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
    return str(caught.value)


def test_the_error_names_the_path_the_type_and_what_to_do(path):
    net = Sequential(Tanh(), Sequential(Holder(hooks={"after": [1, print]})))
    assert refused(net, path, TypeError) == (
        "Sequential: modules[1].modules[0].hooks['after'][1] has type "
        f"builtin_function_or_method, {WANTED} or criterion; "
        "Holder.__getstate__ can leave it out"
    )


@pytest.mark.parametrize(
    "value, kind",
    [
        (lambda x: x, "function"),
        ({1, 2}, "set"),
        (frozenset(), "frozenset"),
        (1j, "complex"),
        (b"bytes", "bytes"),
        (bytearray(), "bytearray"),
        (date(2000, 1, 1), "date"),
        (Colour.RED, "Colour"),
        (np.float32, "type"),
        (threading.Lock(), "lock"),
        (slice(3), "slice"),
        (..., "ellipsis"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "MaskedArray"),
        (np.array([(1, 2.0)], "i4,f8").view(np.recarray), "recarray"),
        (np.random.RandomState(1), "RandomState"),
        (np.random.PCG64(1), "PCG64"),
        (np.datetime64("2000-01-01"), "datetime64"),
        (type("Pair", (tuple,), {})(), "Pair"),
        (type("Ordered", (dict,), {})(), "Ordered"),
        (object(), "object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_types(path, value, kind):
    text = refused(Holder(value=value), path, TypeError)
    assert text.startswith(f"Holder: value has type {kind}, {WANTED}")


def test_an_open_file(path, tmp_path):
    with open(path, "rb") as file:
        text = refused(Sequential(Holder(log=file)), path, TypeError)
    assert text.startswith("Sequential: modules[0].log has type BufferedReader")


@pytest.mark.parametrize("dtype", ["O", "i4,f8", "M8[s]", "V3"])
def test_dtypes_of_arrays(path, dtype):
    text = refused(Holder(table=np.zeros(2, dtype)), path, TypeError)
    assert text == (
        f"Holder: table has dtype {np.dtype(dtype)}, expected numbers or text; "
        "Holder.__getstate__ can leave it out"
    )


def test_dtype_of_objects(path):
    text = refused(Holder(kind=np.dtype("O")), path, TypeError)
    assert text.startswith("Holder: kind has type ObjectDType")


@pytest.mark.parametrize(
    "key, kind", [(1, "int"), (None, "NoneType"), (("a",), "tuple")]
)
def test_keys(path, key, kind):
    text = refused(Holder(table=[{key: 1}]), path, TypeError)
    assert text.startswith(f"Holder: table[0] has a key of type {kind}, expected str")


def test_lists_without_end(path):
    endless = []
    endless.append(endless)
    deep = []
    for _ in range(100):
        deep = [deep]
    for value in (endless, deep):
        text = refused(Holder(items=value), path, ValueError)
        assert text.startswith("Holder: items[0][0][0]")
        assert "nests deeper than 100, or contains itself; Holder" in text


def test_the_error_of_a_deep_one_is_short(path):
    root = inner = Sequential()
    for _ in range(5000):
        inner.modules.append(Sequential())
        inner = inner.modules[0]
    inner.modules.append(Holder(hook=print))
    text = refused(root, path, TypeError)
    assert "modules[0].modules[0].hook has type" in text and len(text) < 500


def test_generators_of_others(path):
    text = refused(Holder(rng=np.random.Generator(Odd(1))), path, TypeError)
    assert text.startswith("Holder: rng.bit_generator has type Odd, expected one of")


@pytest.mark.parametrize("name", ["__class__", "not a name", "3", ""])
def test_names_of_attributes(path, name):
    module = Holder()
    vars(module)[name] = 1
    text = refused(Sequential(module), path, TypeError)
    assert f"modules[0].{name} is no name of an attribute" in text


def test_a_state_that_is_no_dict(path):
    class Own(Module):
        def __getstate__(self):
            return (1, 2)

    text = refused(Own(), path, TypeError)
    assert text.startswith("Own: __getstate__() has type tuple, expected a dict")


def test_two_classes_of_one_name(path):
    other = type("Linear", (Linear,), {})
    text = refused(Sequential(Linear(3, 2), other(2, 2)), path, ValueError)
    assert "have one name" in text and "rename one" in text


@pytest.mark.parametrize("value", [None, 3, [Linear(2, 2)], Linear], ids=str)
def test_what_is_no_module(path, value):
    text = refused(value, path, TypeError)
    assert text == (
        f"save: module has type {type(value).__name__}, "
        "expected a Module or a Criterion"
    )


def test_flattened_once_but_never_again(path):
    net = Sequential(Linear(3, 2))
    net.flatten_parameters()
    net.add(Linear(2, 2, dtype="float32"))
    text = refused(net, path, TypeError)
    assert text == (
        "Sequential: flattened parameters have dtypes float32, float64, expected one "
        "floating-point type; astype() converts a network"
    )
    net.astype("float32").modules.append(net[0])
    assert "stands at two places" in refused(net, path, ValueError)


def test_a_class_can_leave_it_out(path):
    class Hooked(Holder):
        hook = None

        def __getstate__(self):
            return {k: v for k, v in super().__getstate__().items() if k != "hook"}

    save(Hooked(hook=print, size=3), path)
    new = load(path, (Hooked,))
    assert new.hook is None and new.size == 3


def test_an_error_of_the_disk_leaves_the_old_file(path, monkeypatch):
    def full(file, **arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert "No space left" in refused(Linear(4, 4), path, OSError)
    assert repr(load(path)) == "Linear(3 -> 2)"


def test_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere/net\.npz"):
        save(Linear(3, 2), tmp_path / "nowhere" / "net.npz")
