"""The code blocks of README and docs run, in order, and print what these say."""

import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

import nnmods as nn
from nnmods.__main__ import main
from nnmods.commands.classes import families, markdown

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_run_and_print_what_follows_them(
    page, tmp_path, monkeypatch, capsys
):
    shutil.copytree(ROOT / "tests/t7", tmp_path / "tests/t7")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(), re.M | re.S)
    assert sum(kind == "python" for kind, _ in blocks) >= 4
    names = {"__name__": "readme"}
    for (kind, text), (following, _) in pairwise([*blocks, ("", "")]):
        if kind == "python":
            exec(compile(text, str(page), "exec"), names)
        elif kind == "text":
            assert capsys.readouterr().out == text
        else:
            assert kind == "sh"  # CI runs those that are not run here
            assert capsys.readouterr().out == ""
            run_shell(text)
            if following != "text":  # what is not shown may be anything
                capsys.readouterr()
    assert capsys.readouterr().out == ""


def test_pages_link_to_files_that_exist():
    for page in PAGES:
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        assert not [link for link in links if not (page.parent / link).is_file()]


def run_shell(text):
    """Run the commands that are no installation, and take a moment only."""
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["nnmods"] and words[1] in ("draw", "explain", "t7"):
            assert main(words[1:]) == 0


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


def test_the_table_of_classes_is_what_the_command_prints():
    begin, end = "<!-- nnmods classes --markdown -->\n", "<!-- end -->"
    table = README.read_text().split(begin)[1].split(end)[0]
    assert table.strip() == markdown(families())


def test_names_in_the_table_for_newcomers_exist():
    text = README.read_text().split("## Coming from")[1].split("\n## ")[0]
    here = " ".join(row.split("|")[3] for row in text.splitlines()[4:] if "|" in row)
    methods = set(re.findall(r"`m\.(\w+)\(|`m\.(\w+)`", here))
    names = {a or b for a, b in methods}
    assert len(names) > 20
    missing = {n for n in names if not hasattr(nn.Sequential(), n)}
    assert not missing
    for name in re.findall(r"nn\.((?:testing|utils)\.\w+|[A-Z]\w+)", here):
        room, _, inner = name.rpartition(".")
        assert hasattr(getattr(nn, room) if room else nn, inner), name
