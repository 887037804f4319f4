"""Files of others, and classes that are not known, are refused by name."""

import pickle

import numpy as np
import pytest

from interop.holder import EMPTY, Holder, document, refused, write
from nnmods.containers import Sequential
from nnmods.core import Module
from nnmods.interop import load, save
from nnmods.layers import Linear


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


def test_an_unknown_class(path):
    class Gain(Module):
        pass

    save(Gain(), path)
    assert refused(path, ()).endswith("; pass classes=(Gain,)")
    save(Sequential(Gain(), Linear(2, 2), Holder(), Gain()), path)
    assert refused(path, ()) == (
        f"needs unknown classes, Gain (of {__name__}), Holder (of interop.holder); "
        "pass classes=(Gain, Holder)"
    )


def test_anothers_class_with_a_name_of_ours(path):
    other = type("Linear", (Linear,), {"__module__": "their.models"})
    save(other(3, 2), path)
    assert "Linear (of their.models)" in refused(path)
    assert type(load(path, (other,))) is other


@pytest.mark.parametrize(
    "name", ["Module", "Container", "State", "os", "load", "__all__"]
)
def test_no_other_names_of_ours(path, name):
    write(path, document(objects=[{**EMPTY, "class": name}]), {})
    assert f"unknown classes, {name} (of nnmods.x)" in refused(path)


def test_nonsense_for_classes(path):
    save(Linear(2, 2), path)
    with pytest.raises(TypeError, match=r"is the class Holder, .* pass \(Holder,\)"):
        load(path, Holder)
    with pytest.raises(TypeError, match="classes has <class 'int'>, expected subcl"):
        load(path, (int,))
    with pytest.raises(TypeError, match="classes has 'Linear', expected subclasses"):
        load(path, ("Linear",))
    assert type(load(path, (Linear, Linear))) is Linear
    with pytest.raises(ValueError, match="has two of the name Holder, expected one"):
        load(path, (Holder, type("Holder", (Module,), {})))


def test_a_class_that_does_not_take_its_state(path):
    class Picky(Module):
        def __setstate__(self, state):
            raise KeyError("size")

    save(Picky(), path)
    text = refused(path, (Picky,))
    assert text == "has a state that Picky does not take (KeyError: 'size')"


def test_a_missing_file_and_a_folder(path, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"net\.npz"):
        load(path)
    with pytest.raises(IsADirectoryError):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"text\n" * 99, pickle.dumps([1])])
def test_no_zip_file(path, content):
    path.write_bytes(content)
    assert refused(path).startswith("is no .npz file, or not all of one")


def test_another_npz_file(path):
    np.savez(path, x=np.ones(3))
    assert refused(path) == (
        "has no array 'structure': it was not written by nnmods.save"
    )


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "{}", '{"format": "else"}', "[" * 100_000, "\xff"]
)
def test_another_structure(path, text):
    write(path, text, {})
    assert "written by nnmods.save" in refused(path) or "another str" in refused(path)


class Trap:
    sprung = False

    def __setstate__(self, state):
        Trap.sprung = True


def test_pickled_arrays_are_never_unpickled(path):
    trap = Trap()
    trap.value = 1  # without attributes there is no state to set
    objects = np.array([trap], object)
    write(
        path,
        document(objects=[{**EMPTY, "state": {"a": {"array": "a"}}}]),
        {"a": objects},
    )
    assert refused(path) == "has array 'a' of dtype object, expected numbers or text"
    np.savez(path, structure=objects)
    assert "'structure' of dtype object" in refused(path)
    assert not Trap.sprung


def test_compressed(path):
    save(Linear(2, 2), path)
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez_compressed(path, **arrays)
    assert refused(path) == "has a compressed array 'structure', expected it as it is"
