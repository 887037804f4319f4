"""The README's code blocks run, in order, and print what it says."""

import re
from pathlib import Path

import pytest

import nnmods as nn

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README.read_text(), re.M | re.S)


def test_code_blocks_run_and_print_what_follows_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "readme"}
    assert sum(kind == "python" for kind, _ in BLOCKS) >= 4
    for kind, text in BLOCKS:
        if kind == "python":
            exec(compile(text, str(README), "exec"), names)
        elif kind == "text":
            assert capsys.readouterr().out == text
        else:
            assert kind == "sh"  # CI runs these
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("heading", ["Command one", "Command two"])
def test_ci_finds_the_commands(heading):
    section = README.read_text().split(f"## {heading}")[1].split("\n## ")[0]
    assert len(re.findall(r"^```sh\n", section, re.M)) == 1


def test_classes_named_in_the_lectures_table_exist():
    table = README.read_text().split("## From the lecture")[1].split("\n## ")[0]
    cells = [row.split("|")[2] for row in table.splitlines() if row.count("|") == 4]
    named = re.findall(
        r"`(?:(data|optim|training)\.)?([A-Z]\w+|kaiming)", " ".join(cells)
    )
    assert len(named) > 15
    rooms = {"data": nn.data, "optim": nn.optim, "training": nn.training, "": nn}
    for room, name in named:
        assert hasattr(rooms[room], name) or hasattr(nn.optim, name), name
