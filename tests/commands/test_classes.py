"""The list of classes: complete, by family, and found by words."""

import inspect
import subprocess
import sys

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


def test_markdown(capsys):
    assert main(["classes", "tanh", "--markdown"]) == 0
    assert "| `Tanh` | " in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m nnmods classes | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stdout == "Containers\n" and done.stderr == ""
