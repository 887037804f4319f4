"""The pictures of the docs show what is drawn now, whole and apart."""

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest

import nnmods as nn

DOCS = Path(__file__).parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
pictures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pictures)


def texts(svg):
    """Return all texts of a picture, and how many shapes of each kind it has."""
    root, space = ElementTree.fromstring(svg), "{http://www.w3.org/2000/svg}"
    found = sorted("".join(text.itertext()) for text in root.iter(f"{space}text"))
    kinds = ("rect", "circle", "path", "polygon")
    return found, [len(list(root.iter(space + kind))) for kind in kinds]


@pytest.mark.parametrize("make", pictures.PICTURES, ids=lambda make: make.__name__)
def test_it_is_up_to_date(make):
    file = DOCS / "pictures" / f"{make.__name__}.svg"
    drawn = nn.draw(*make()).svg
    # Places may differ in their last digits, with another version of SciPy.
    assert texts(file.read_text()) == texts(drawn), "run docs/pictures.py again"


def test_all_of_them_are_shown():
    page = (DOCS / "graphs.md").read_text()
    names = {f"{make.__name__}.svg" for make in pictures.PICTURES}
    assert {path.name for path in (DOCS / "pictures").iterdir()} == names
    assert all(f"](pictures/{name})" in page for name in names)
