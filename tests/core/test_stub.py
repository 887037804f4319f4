"""Editors are told the names that there are."""

from pathlib import Path

import nnmods
from core.stub import stub


def test_the_stub_has_every_name():
    path = Path(nnmods.__file__).with_suffix(".pyi")
    assert path.read_text() == stub(), "python tests/core/stub.py > nnmods/__init__.pyi"
