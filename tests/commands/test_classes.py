"""The list of classes: complete, by family, and found by words."""

import inspect

import pytest

import nnmods as nn
from nnmods.__main__ import main
from nnmods.commands.classes import FAMILIES, families


def test_every_class_is_listed_once_with_a_line():
    classes = {
        name
        for name in nn.__all__
        if inspect.isclass(getattr(nn, name))
        and issubclass(getattr(nn, name), (nn.Module, nn.Criterion))
    }
    listed = [entry for entries in families().values() for entry in entries]
    assert sorted(name for name, _ in listed) == sorted(classes)
    for name, line in listed:
        assert line.endswith(".") and 10 < len(line) <= 80, f"{name}: {line}"


def test_families_are_those_of_the_folders():
    assert list(families()) == list(FAMILIES.values())


def test_words_narrow_the_list(capsys):
    assert main(["classes", "max", "SPATIAL"]) == 0
    out = capsys.readouterr().out
    assert "  SpatialMaxPooling" in out and "Linear" not in out


def test_words_of_no_class(capsys):
    assert main(["classes", "nonesuch"]) == 2
    assert "no class has nonesuch" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--markdown"])
def test_markdown(capsys, option):
    assert main(["classes", "tanh", option]) == 0
    assert "| `Tanh` | " in capsys.readouterr().out
