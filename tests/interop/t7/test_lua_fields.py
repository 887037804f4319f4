"""What is written has every field that Torch7's constructors set."""

import importlib
from collections import Counter, defaultdict

import pytest
from cases import CRITERIONS, MODULES

from nnmods.interop.t7.constructors import constructors
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.raw import Object, Table
from nnmods.interop.t7.registry import FAMILIES, known_classes

FIELDS = constructors()

#: Fields that are nil after ``__init``, or that Torch7 makes when it needs them.
MADE_LATER = {
    "nn.Add": {"scalar", "_ones"},  # written as nn.CAdd
    "nn.Copy": {"updateOutput", "updateGradInput"},  # functions that copy nothing
    "nn.FastLSTM": {"eps", "momentum"},  # of its batch normalization
    "nn.GatedLinearUnit": {"dim"},  # nil for the last axis
    "nn.Kmeans": {"scale"},
    "nn.LinearWeightNorm": {"gradWeight"},  # of nn.Linear, whose __init is not called
    "nn.LookupTable": {"normType"},
    "nn.SparseLinear": {"formatted_input", "lastInput"},
    "nn.SpatialFractionalMaxPooling": {"randomSamples"},
    "nn.UpSampling": {"odepth"},  # of images with three axes
    "nn.VolumetricFractionalMaxPooling": {
        "randomSamples",
        "ratioT",
        "ratioW",
        "ratioH",
    },
}
#: Classes that no case can be written of, or that are bases.
NO_CASE = {"nn.IndexLinear", "nn.SparseLinear"}


@pytest.fixture(scope="module")
def written():
    """The names of the fields of each class, over all objects in files of all cases."""
    found = defaultdict(set)
    for cases in (MODULES | CRITERIONS).values():
        for case in cases:
            try:
                raw = Lowering().lower(case.make())
            except (TypeError, ValueError):
                continue  # tested elsewhere: Torch7 has no such setting
            stack, seen = [raw], set()
            while stack:
                raw = stack.pop()
                if id(raw) in seen or not isinstance(raw, (Object, Table)):
                    continue
                seen.add(id(raw))
                if isinstance(raw, Object):
                    names = raw.content.items[::2] if raw.content else ()
                    found[raw.name] |= {key.decode() for key in names}
                    stack.append(raw.content)
                else:
                    stack += raw.items
    return found


def test_the_list_names_what_is_known_here():
    unknown = set(FIELDS) - set(known_classes())
    assert unknown == set()


@pytest.mark.parametrize("name", sorted(set(FIELDS) - NO_CASE))
def test_every_field_of_the_constructor_is_written(name, written):
    wanted = FIELDS[name] - MADE_LATER.get(name, set())
    other = known_classes()[name].name  # of an older name: the one that is written
    assert wanted - written[other] == set()


def test_no_class_stands_in_two_families():
    found = Counter()
    for family in FAMILIES:
        module = importlib.import_module(f"nnmods.interop.t7.classes.{family}")
        found.update([*(f"nn.{name}" for name in module.CLASSES), *module.ALIASES])
    assert max(found.values()) == 1
